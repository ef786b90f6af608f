"""The package: what importing it brings along, and what an installed one holds."""

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

import cnnbuilder as cb
from cnnbuilder.files import resources
from cnnbuilder.files.resources import resource, samples

ROOT = Path(__file__).resolve().parent.parent
CHECKOUT = (ROOT / "pyproject.toml").exists()

HEAVY = ("PySide6", "numba", "llvmlite", "numpy", "PIL", "onnx", "torch", "safetensors", "psutil")


def imported(code):
    """Which of the heavy libraries are there after `code`, in a process of its own."""
    code += f"\nimport sys; print(*[name for name in {HEAVY!r} if name in sys.modules])"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()


def test_importing_loading_checking_and_saving_bring_nothing_heavy(tmp_path):
    assert imported("import cnnbuilder as cb; cb.load, cb.check, cb.Design, cb.DesignError") == []
    code = f"""
import cnnbuilder as cb
design = cb.load({str(samples() / "lenet5.json")!r})
assert cb.check(design).total_parameters == 61706
cb.save(design, {str(tmp_path / "a.cnn")!r})
cb.save(design, {str(tmp_path / "a.json")!r})
cb.load({str(tmp_path / "a.cnn")!r})
"""
    assert imported(code) == []


def test_a_run_needs_neither_qt_nor_numba_once_the_kernels_are_compiled(kernels):
    code = f"""
import numpy as np, cnnbuilder as cb
cb.Network(cb.load({str(samples() / "lenet5.json")!r})).forward(np.zeros((1, 28, 28)))
"""
    assert not {"PySide6", "numba"} & set(imported(code))


def test_checking_on_the_command_line_needs_none_of_them():
    code = f"from cnnbuilder.cli import main; main(['check', {str(samples() / 'lenet5.json')!r}, '--json'])"
    lines = imported(code)
    assert not set(HEAVY) & set(lines[-1:])
    assert not {"PySide6", "numba"} & set(lines)


def test_every_public_name_is_there():
    for name in cb.__all__:
        assert getattr(cb, name) is not None
    assert set(cb.__all__) <= set(dir(cb))
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        cb.nothing  # noqa: B018


def test_resources_and_samples_are_found():
    assert resource("welcome.cnn").is_file() and resource("icons/conv.svg").is_file()
    assert (samples() / "lenet5.json").is_file() and (samples() / "pictures" / "seven.png").is_file()
    with pytest.raises(cb.DesignFileError, match=r"none\.svg: is missing; install cnnbuilder again"):
        resource("none.svg")


def test_an_installation_without_them_says_so(monkeypatch, tmp_path):
    monkeypatch.setattr(resources, "_PACKAGE", tmp_path / "cnnbuilder")
    with pytest.raises(cb.DesignFileError, match="install cnnbuilder again"):
        samples()


# The wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel of this checkout, built by pip, without asking a registry where the build's tools are here."""
    if not CHECKOUT:
        pytest.skip("not a checkout")
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--quiet", "--wheel-dir", str(folder), str(ROOT)]
    try:
        import hatchling  # noqa: F401
    except ImportError:
        pass
    else:
        command.insert(4, "--no-build-isolation")
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"no wheel can be built here: {done.stderr.strip().splitlines()[-1:]}")
    return next(folder.glob("*.whl"))


def test_the_wheel_holds_code_resources_samples_and_licence(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        metadata = archive.read(next(name for name in names if name.endswith(".dist-info/METADATA"))).decode()
        scripts = archive.read(next(name for name in names if name.endswith("entry_points.txt"))).decode()
    tracked = (ROOT / "cnnbuilder").rglob("*.py")
    assert {str(path.relative_to(ROOT)) for path in tracked} <= names
    for folder in ("resources", "samples"):
        wanted = {f"cnnbuilder/_data/{path.relative_to(ROOT)}" for path in (ROOT / folder).rglob("*") if path.is_file()}
        assert len(wanted) > 5 and wanted <= names
    assert any(name.endswith("LICENSE") for name in names)
    assert not any(name.startswith(("tests", "docs")) for name in names)
    assert f"Version: {cb.__version__}\n" in metadata and "License-Expression: MIT\n" in metadata
    assert "cnnbuilder = cnnbuilder.cli:main" in scripts


def test_an_unpacked_wheel_runs_and_finds_its_files(wheel, tmp_path):
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    code = """
import cnnbuilder, sys
from cnnbuilder.files.resources import resource, samples
from cnnbuilder.cli import main
print(cnnbuilder.__file__, resource("welcome.cnn"), samples())
sys.exit(main(["check", str(resource("welcome.cnn"))]))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path,
                          env={"PYTHONPATH": str(tmp_path), "PATH": "/usr/bin:/bin", "PYTHONIOENCODING": "utf-8"})
    assert done.returncode == 0, done.stderr
    paths = done.stdout.splitlines()[0].split()
    assert all(path.startswith(str(tmp_path)) for path in paths) and "_data" in paths[1] and "_data" in paths[2]


# What is said to strangers


@pytest.mark.skipif(not CHECKOUT, reason="not a checkout")
def test_the_readme_has_the_two_commands_and_names_what_exists():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    commands = re.findall(r"^python3 -m venv .*$", text, re.MULTILINE)
    assert len(commands) == 2
    assert commands[0].endswith("bin/cnnbuilder") and commands[1].endswith("-m pytest")
    for link in re.findall(r"\]\(([^)#]+)\)", text):
        assert link.startswith("http") or link == "docs/screenshots/welcome.png" or (ROOT / link).exists(), link
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    for extra in re.findall(r"'\.\[(\w+)\]'", text):
        assert extra in extras


@pytest.mark.skipif(not CHECKOUT, reason="not a checkout")
def test_python_in_the_readme_runs(kernels, tmp_path, monkeypatch):
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    code = re.search(r"```python\n(.*?)```", text, re.DOTALL)[1]
    monkeypatch.chdir(tmp_path)
    for name in ("samples", "resources"):
        (tmp_path / name).symlink_to(ROOT / name)
    import numpy as np

    exec(code, {"x": np.zeros((1, 28, 28), np.float32)})
    assert (tmp_path / "wider.cnn").exists()


@pytest.mark.skipif(not CHECKOUT, reason="not a checkout")
def test_ci_runs_the_readmes_test_command():
    text = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert subprocess.run(["bash", "-n", str(ROOT / ".ci" / "run")]).returncode == 0
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o111
    assert 'grep -m1 "pytest$" README.md' in text
