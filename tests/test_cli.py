"""The command line: what it prints, its exit codes, and that every fault is one line."""

import io
import json
import os
import pty
import select
import signal
import subprocess
import sys
import time

import numpy as np
import psutil
import pytest
from PIL import Image

import cnnbuilder as cb
from cnnbuilder.cli import main
from cnnbuilder.files.pictures import prepare, read_picture
from cnnbuilder.files.resources import resource, samples

LENET, BROKEN = str(samples() / "lenet5.json"), str(samples() / "broken.json")
WELCOME = str(resource("welcome.cnn"))
SEVEN = str(samples() / "pictures" / "seven.png")


@pytest.fixture
def command(capsys):
    """Run the command line in this process: exit code, standard output, standard error."""

    def run(*arguments):
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as ended:
            code = ended.code
        out, error = capsys.readouterr()
        return code, out, error

    return run


def process(*arguments, environment=(), **options):
    """Run it in a process of its own."""
    return subprocess.run([sys.executable, "-m", "cnnbuilder", *map(str, arguments)], capture_output=True, timeout=300,
                          env={**os.environ, **dict(environment)}, **options)


def saved(folder, blocks, weights=None, **changes):
    design = cb.Design.from_dict({"format": "cnnbuilder", "version": 1, "blocks": blocks, **changes})
    cb.save(design, folder / "design.cnn", weights)
    return folder / "design.cnn"


def block(id, kind, **params):
    return {"id": id, "kind": kind, "params": params}


def one_line(error):
    """The one line of an error, without the program's name."""
    assert error.startswith("cnnbuilder: ") and error.endswith("\n") and error.count("\n") == 1, error
    return error.removeprefix("cnnbuilder: ").rstrip("\n")


# check


def test_check_prints_a_line_a_block_and_totals(command):
    code, out, error = command("check", LENET)
    assert (code, error) == (0, "")
    lines = {line.split()[0]: line for line in out.splitlines() if line}
    assert lines["conv1"].split() == ["conv1", "conv", "28", "×", "28", "×", "6", "156", "117,600", "18.8", "KB"]
    assert lines["dense1"].split() == ["dense1", "dense", "120", "48,120", "48,000", "480", "B"]
    assert lines["total"].split()[1:3] == ["61,706", "416,520"]
    table = out.splitlines()[1:17]
    assert len({len(line) for line in table}) == 1, "the columns are aligned"
    assert "In all 61,706 parameters and 416,520 multiply-adds." in out


def test_check_of_a_design_that_cannot_run_says_why_and_how_to_mend_it(command):
    code, out, error = command("check", BROKEN)
    assert code == 1
    assert one_line(error) == f"{BROKEN} cannot run: 3 problems"
    assert "3 problems:\n  conv3 does not fit pool2." in out
    assert "    fix: Padding same in conv3 → " in out
    assert "conv3" in next(line for line in out.splitlines() if "?" in line)


@pytest.mark.parametrize("path", [LENET, BROKEN])
def test_check_as_json_is_the_contracts_and_nothing_else(command, path):
    code, out, _ = command("check", path, "--json")
    data = json.loads(out)
    report = cb.check(cb.load(path))
    assert data == json.loads(json.dumps(report.to_dict()))
    assert code == (1 if data["problems"] else 0)
    assert list(data) == ["blocks", "total_parameters", "total_macs", "total_memory_bytes", "problems", "notes"]
    assert data["blocks"][0] == {"id": "image", "kind": "input", "shape": [1, 28, 28], "parameters": 0, "macs": 0,
                                 "memory_bytes": 3136}
    assert set(data["total_memory_bytes"]) == {"weights", "forward", "backward"}
    for problem in data["problems"]:
        assert set(problem) == {"block", "code", "message", "fixes"}


def test_names_cannot_steer_the_terminal(command, tmp_path):
    path = saved(tmp_path, [block("a", "\x1b[31m\nred\u202e")], name="\x1b]0;title\x07\nsecond line")
    code, out, error = command("check", path)
    assert code == 1
    assert all(c.isprintable() or c == "\n" for c in out + error)
    assert json.loads(command("check", path, "--json")[1])["blocks"][0]["kind"] == "\x1b[31m\nred\u202e"


# run


@pytest.mark.usefixtures("kernels")
def test_run_tells_the_classes_the_loss_and_the_times(command):
    code, out, error = command("run", WELCOME, "--image", SEVEN, "--target", 7)
    assert (code, error) == (0, "")
    lines = out.splitlines()
    assert lines[0] == "seven: 28 × 28 × 1"
    assert lines[2].split()[0] == "7" and float(lines[2].split()[1]) > 90
    assert len([line for line in lines if line.endswith("%")]) == 5
    network = cb.Network(cb.load(WELCOME), cb.load_weights(WELCOME))
    layer = network.design.blocks["image"].layer
    loss = network.forward(prepare(read_picture(SEVEN), layer)).backward(target=7).loss
    assert f"loss {loss:.6g} for target 7 (7)" in lines
    assert lines[-1].startswith("forward ") and " ms, backward " in lines[-1]


@pytest.mark.usefixtures("kernels")
def test_run_writes_every_output_and_gradient(command, tmp_path):
    folder = tmp_path / "a" / "b"
    code, out, _ = command("run", WELCOME, "--image", SEVEN, "--target", 7, "--output", folder)
    assert code == 0 and f"sheets and arrays.npz are in {folder}" in out
    network = cb.Network(cb.load(WELCOME), cb.load_weights(WELCOME))
    run = network.forward(prepare(read_picture(SEVEN), network.design.blocks["image"].layer))
    gradients = run.backward(target=7)
    wanted = {f"output/{id}": run[id] for id in network.design.blocks}
    wanted |= {f"gradient/{id}": gradients.outputs[id] for id in network.design.blocks}
    wanted |= {f"gradient/{name}": gradients.weights[name] for name in gradients.weights}
    with np.load(folder / "arrays.npz") as found:
        assert set(found) == set(wanted)
        for name in found:
            assert np.allclose(found[name], wanted[name], atol=1e-6), name
    sheets = {path.name for path in folder.glob("*.png")}
    assert {f"{id}.png" for id in network.design.blocks} <= sheets
    assert {f"{id}.gradient.png" for id in network.design.blocks} <= sheets
    assert {"conv1.weight.gradient.png", "dense1.weight.gradient.png"} <= sheets
    for name in sheets:
        Image.open(folder / name).verify()


@pytest.mark.usefixtures("kernels")
def test_run_without_weights_or_a_softmax_says_what_it_shows(command, tmp_path):
    path = saved(tmp_path, [block("image", "input", height=4, width=4), block("flatten", "flatten"),
                            block("scores", "dense", units=3)], labels=["cat", "dog", "cow"], seed=5)
    code, out, _ = command("run", path, "--image", SEVEN)
    assert code == 0
    assert f"{path} holds no weights; they begin as seed 5 makes them" in out
    assert "softmax of scores:" in out and "seven: 4 × 4 × 1, made of 28 × 28 × 1" in out
    rows = [line.split() for line in out.splitlines() if "%" in line]
    assert {row[-1] for row in rows} == {"cat", "dog", "cow"}
    assert abs(sum(float(row[1]) for row in rows) - 100) < 0.05


@pytest.mark.usefixtures("kernels")
def test_run_of_maps_and_of_the_pictures_own_size(command, tmp_path):
    path = saved(tmp_path, [block("image", "input", channels=3, size="picture"), block("conv", "conv", filters=2)])
    code, out, _ = command("run", path, "--image", samples() / "pictures" / "chelsea.jpg", "--output", tmp_path / "out")
    assert code == 0
    assert "conv: 298 × 449 × 2" in out
    assert np.load(tmp_path / "out" / "arrays.npz")["output/conv"].shape == (1, 2, 298, 449)


def complaint(command, *arguments):
    code, _, error = command(*arguments)
    assert code == 1
    return one_line(error)


@pytest.mark.usefixtures("kernels")
def test_what_run_cannot_use_is_one_line(command, tmp_path):
    run = ("run", WELCOME, "--image")
    assert complaint(command, *run, SEVEN, "--target", 10).endswith("numbered 0 to 9")
    assert complaint(command, *run, SEVEN, "--target", -1).endswith("numbered 0 to 9")
    assert complaint(command, *run, tmp_path / "none.png") == f"{tmp_path / 'none.png'}: there is no such file"
    assert "is no picture" in complaint(command, *run, LENET)
    (tmp_path / "file").write_text("")
    assert complaint(command, *run, SEVEN, "--output", tmp_path / "file").endswith("file: is a file, not a folder")
    assert "cannot be made" in complaint(command, *run, SEVEN, "--output", tmp_path / "file" / "out")
    assert complaint(command, "run", BROKEN, "--image", SEVEN).startswith(
        f"{BROKEN} cannot run: conv3 does not fit pool2.")
    two = saved(tmp_path, [block("a", "input"), block("b", "input"), block("sum", "add")],
                links=[{"from": "a", "to": "sum"}, {"from": "b", "to": "sum", "input": 1}])
    assert complaint(command, "run", two, "--image", SEVEN) == (
        f"{two} has 2 inputs (a, b) and one picture is given: run it in Python, with "
        "network.forward({block: array, …})")


def test_weights_that_do_not_fit_are_one_line(command, tmp_path):
    blocks = [block("image", "input"), block("conv", "conv")]
    path = saved(tmp_path, blocks, {"conv.weight": np.zeros(3), "other.weight": np.zeros(3)})
    message = complaint(command, "run", path, "--image", SEVEN)
    assert message.startswith(f"{path}: the weights do not fit the design: ") and message.endswith("(and 1 more)")
    content = path.read_bytes()
    path.write_bytes(content.replace(b'"F32"', b'"F31"'))
    assert "weights" in complaint(command, "run", path, "--image", SEVEN)


# convert


def test_convert_both_ways(command, tmp_path):
    assert command("convert", LENET, tmp_path / "a.cnn") == (0, "", "")
    assert command("convert", tmp_path / "a.cnn", tmp_path / "b.json") == (0, "", "")
    assert cb.load(tmp_path / "b.json").to_dict() == cb.load(LENET).to_dict()
    assert command("convert", WELCOME, tmp_path / "c.cnn") == (0, "", "")
    assert set(cb.load_weights(tmp_path / "c.cnn")) == set(cb.load_weights(WELCOME))
    code, _, error = command("convert", WELCOME, tmp_path / "d.json")
    assert code == 0 and "only a .cnn file keeps weights" in one_line(error)


@pytest.mark.parametrize("suffix", [".onnx", ".py", ".svg", ".png"])
def test_formats_of_a_later_version_are_one_line(command, tmp_path, suffix):
    assert f"this version cannot write {suffix} yet" in complaint(command, "convert", LENET, tmp_path / f"a{suffix}")
    assert not list(tmp_path.iterdir())


def test_an_extension_that_there_is_not(command, tmp_path):
    assert "saved as .json" in complaint(command, "convert", LENET, tmp_path / "a.txt")


# Arguments


@pytest.mark.parametrize("arguments", [
    ["check"], ["check", LENET, LENET], ["check", LENET, "--jason"], ["check", LENET, "--js"], ["run", LENET],
    ["run", LENET, "--image"], ["run", LENET, "--image", SEVEN, "--target", "seven"], ["convert", LENET], ["--what"],
    [LENET, LENET], ["chek", LENET], ["--json", "check", LENET],
])
def test_wrong_arguments(command, arguments):
    code, out, error = command(*arguments)
    assert (code, out) == (2, "") and error.startswith("usage: ")


def test_help_and_version(command):
    code, out, _ = command("--help")
    assert code == 0 and all(word in out for word in ("check", "run", "convert", "application"))
    assert command("--version") == (0, f"cnnbuilder {cb.__version__}\n", "")
    for name in ("check", "run", "convert"):
        assert command(name, "--help")[0] == 0


@pytest.mark.parametrize("name", ["check", "run"])
def test_a_file_that_cannot_be_read_is_one_line(command, tmp_path, name):
    (tmp_path / "bad.json").write_text("{")
    rest = ["--image", SEVEN] if name == "run" else []
    for path in (tmp_path / "bad.json", tmp_path / "none.json", tmp_path):
        assert complaint(command, name, path, *rest).startswith(f"{path}: ")


# The application


def test_a_file_or_nothing_opens_the_application(command, monkeypatch):
    opened = []
    monkeypatch.setattr("cnnbuilder.app.main", lambda path: opened.append(path) or 0)
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    assert command() == command(LENET) == command("--", LENET) == (0, "", "")
    assert opened == [None, LENET, LENET]
    commands = "check, run, explain, convert"
    assert complaint(command, "chek") == f"chek: there is no such file, and no such command ({commands})"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="DISPLAY is Linux's")
@pytest.mark.parametrize("platform", ["", "xcb", "wayland;xcb"])
def test_without_a_display_one_line_says_what_works_without(platform):
    environment = {"DISPLAY": "", "WAYLAND_DISPLAY": "", "QT_QPA_PLATFORM": platform}
    done = process(environment=environment)
    assert done.returncode == 1
    message = one_line(done.stderr.decode())
    assert "no display" in message and "check" in message and "run" in message


# Streams


def test_an_output_that_knows_no_signs_but_ascii():
    done = process("check", LENET, environment={"PYTHONIOENCODING": "ascii"})
    assert done.returncode == 0 and done.stderr == b""
    assert "conv1    conv         28 x 28 x 6" in done.stdout.decode("ascii")
    done = process("check", BROKEN, environment={"PYTHONIOENCODING": "ascii"})
    assert "fix: Padding same in conv3 -> " in done.stdout.decode("ascii")
    done = process("check", BROKEN, "--json", environment={"PYTHONIOENCODING": "ascii"})
    assert json.loads(done.stdout) == json.loads(json.dumps(cb.check(cb.load(BROKEN)).to_dict()))


@pytest.mark.skipif(os.name != "posix", reason="shells of POSIX")
@pytest.mark.parametrize(("path", "code"), [(LENET, 0), (BROKEN, 1)])
def test_a_reader_that_goes_away_changes_nothing(path, code):
    done = subprocess.run(["bash", "-c", f"{sys.executable} -m cnnbuilder check {path} --json | true; "
                                         "echo ${PIPESTATUS[0]}"], capture_output=True, text=True)
    assert done.stdout == f"{code}\n"
    assert "Traceback" not in done.stderr and "Broken" not in done.stderr and done.stderr.count("\n") == code


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_a_full_disk_behind_the_output_is_one_line():
    done = subprocess.run([sys.executable, "-m", "cnnbuilder", "check", LENET], stdout=open("/dev/full", "w"),  # noqa: SIM115
                          stderr=subprocess.PIPE, text=True)
    assert done.returncode == 1
    assert one_line(done.stderr) == "the output cannot be written: No space left on device"


def test_a_closed_output():
    done = subprocess.run(["bash", "-c", f"{sys.executable} -m cnnbuilder check {LENET} >&-"], capture_output=True)
    assert (done.returncode, done.stderr) == (0, b"")


SLOW = """
import sys, time
from cnnbuilder.cli.console import Console, interruptible
from cnnbuilder import cli
def work(cancellation):
    console.progress(0, 2, "a block")
    time.sleep(0.5)
    console.progress(1, 2, "another block")
    print("ready", flush=True)
    for _ in range(3000):
        if cancellation():
            print("cancelled", flush=True)
            raise SystemExit(9)
        time.sleep(0.01)
console = Console()
cli._run = lambda given, console: interruptible(work)
sys.exit(cli.main([]))
"""


def interruptible_child(*arguments, stderr=subprocess.PIPE):
    """A Python process that hears Ctrl+C even where the tests themselves run in the background, deaf to it."""
    return subprocess.Popen(
        [sys.executable, *arguments], stdout=subprocess.PIPE, stderr=stderr,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip


@pytest.mark.skipif(os.name != "posix", reason="signals and terminals of POSIX")
def test_ctrl_c_stops_the_work_and_says_so_and_progress_is_shown_on_a_terminal_alone():
    terminal, end = pty.openpty()
    for stderr in (subprocess.PIPE, end):
        with interruptible_child("-c", SLOW, stderr=stderr) as child:
            assert child.stdout.readline() == b"ready\n"
            child.send_signal(signal.SIGINT)
            assert child.wait(20) == 130
            assert child.stdout.read() == b"cancelled\n"
            if stderr == subprocess.PIPE:
                assert child.stderr.read() == b"cnnbuilder: interrupted\n"
    os.close(end)
    shown = b""
    while select.select([terminal], [], [], 0.2)[0]:
        try:
            shown += os.read(terminal, 1000)
        except OSError:
            break
    os.close(terminal)
    assert b"\r1/2 another block" in shown and b"interrupted" in shown


@pytest.mark.usefixtures("kernels")
@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_ctrl_c_stops_a_real_run(tmp_path):
    """One convolution of 2·10¹² products: longer than the test waits, if nothing stopped it."""
    path = saved(tmp_path, [block("image", "input", channels=64, height=512, width=512),
                            block("conv", "conv", filters=512, kernel_size=[16, 16])])
    with interruptible_child("-m", "cnnbuilder", "run", path, "--image", SEVEN) as child:
        process = psutil.Process(child.pid)
        while sum(process.cpu_times()[:2]) < 4:  # seconds of work that only the convolution can be
            assert child.poll() is None
            time.sleep(0.05)
        child.send_signal(signal.SIGINT)
        assert child.wait(20) == 130
        assert child.stderr.read() == b"cnnbuilder: interrupted\n"


def test_a_stream_that_is_no_text_file_is_left_as_it_is(monkeypatch):
    out = io.StringIO()
    monkeypatch.setattr(sys, "stdout", out)
    assert main(["check", LENET]) == 0
    assert "28 × 28 × 6" in out.getvalue()
