"""The command line. Without a command it opens the application; nothing else imports Qt."""

import argparse
import os
import sys
from collections.abc import Sequence

import cnnbuilder
from cnnbuilder.cli.console import Console, one_line
from cnnbuilder.design.errors import Cancelled, Error

USAGE = """cnnbuilder [FILE]
       cnnbuilder check FILE [--json]
       cnnbuilder run FILE --image IMAGE [--target N] [--output DIR]
       cnnbuilder explain FILE --image IMAGE --block B --at C,R,K [--backward N] [--json | --output PNG]
       cnnbuilder convert IN OUT"""

UNUSABLE, WRONG, INTERRUPTED = 1, 2, 130

_SCREENLESS = ("offscreen", "minimal", "vnc", "linuxfb", "eglfs", "vkkhrdisplay")
"""Platforms of Qt that need no display server."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the exit code is 0 done, 1 the input cannot be used, 2 wrong arguments, 130 Ctrl+C."""
    console = Console()
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        code = _run(given, console)
    except (Cancelled, KeyboardInterrupt):
        console.complain("interrupted")
        code = INTERRUPTED
    except Error as error:
        console.complain(one_line(str(error)))
        code = UNUSABLE
    except MemoryError:
        console.complain("there is not enough memory")
        code = UNUSABLE
    return console.close(code)


def _run(given: list[str], console: Console) -> int:
    parser = _parser()
    if given and given[0] in COMMANDS:
        options = parser.parse_args(given)
        return COMMANDS[options.command](options, console)
    if given[:1] == ["--"] or not given or not given[0].startswith("-"):
        files = given[1:] if given[:1] == ["--"] else given
        if len(files) > 1:
            parser.error(f"{files[0]!r} is no command (check, run, explain, convert), and only one FILE can be opened")
        return _open(files[0] if files else None, console)
    parser.parse_args(given)  # ends the program: --help, --version, or an option that there is not
    return WRONG


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="cnnbuilder", usage=USAGE, allow_abbrev=False,
        description="Draw a convolutional network, run it on a picture, and see every number explained. "
                    "Without a command the application opens, with FILE or the welcome design.",
    )
    parser.add_argument("--version", action="version", version=f"cnnbuilder {cnnbuilder.__version__}")
    commands = parser.add_subparsers(prog="cnnbuilder", dest="command", metavar="COMMAND")

    check = commands.add_parser("check", help="say whether a design can run, and what it costs", allow_abbrev=False)
    check.add_argument("file", metavar="FILE", help="a design: .json or .cnn")
    check.add_argument("--json", action="store_true", help="print JSON alone")

    run = commands.add_parser("run", help="run a picture through a design, forward and backward", allow_abbrev=False)
    run.add_argument("file", metavar="FILE", help="a design: .json, or .cnn with its weights")
    run.add_argument("--image", metavar="IMAGE", required=True, help="the picture: PNG, JPEG, TIFF …")
    run.add_argument("--target", metavar="N", type=int, help="the right class; runs backward from its loss")
    run.add_argument("--output", metavar="DIR", help="where to write every output and gradient: PNG, arrays.npz")

    explain = commands.add_parser(
        "explain", help="take one number of a network apart: every term that it is made of", allow_abbrev=False
    )
    explain.add_argument("file", metavar="FILE", help="a design: .json, or .cnn with its weights")
    explain.add_argument("--image", metavar="IMAGE", required=True, help="the picture: PNG, JPEG, TIFF …")
    explain.add_argument("--block", metavar="B", required=True, help="the block, or with --backward a weight")
    explain.add_argument("--at", metavar="C,R,K", required=True, help="its channel, row and column, or one number")
    explain.add_argument("--backward", metavar="N", type=int, help="explain the gradient of the loss for class N")
    form = explain.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print JSON alone, with every term")
    form.add_argument("--output", metavar="PNG", help="a picture to write: what is read, the weights, the products")

    convert = commands.add_parser("convert", help="write a design in another format", allow_abbrev=False)
    convert.add_argument("source", metavar="IN", help="a design: .json or .cnn")
    convert.add_argument("target", metavar="OUT", help="where to; its extension says how: .json .cnn")
    return parser


def _check(options: argparse.Namespace, console: Console) -> int:
    from cnnbuilder.cli.check import check_file

    return check_file(options.file, options.json, console)


def _run_picture(options: argparse.Namespace, console: Console) -> int:
    from cnnbuilder.cli.run import run_file

    return run_file(options.file, options.image, options.target, options.output, console)


def _explain(options: argparse.Namespace, console: Console) -> int:
    from cnnbuilder.cli.explain import Question, explain_file

    question = Question(options.block, options.at, options.backward)
    return explain_file(options.file, options.image, question, options.json, options.output, console)


def _convert(options: argparse.Namespace, console: Console) -> int:
    from cnnbuilder.cli.convert import convert_file

    return convert_file(options.source, options.target, console)


COMMANDS = {"check": _check, "run": _run_picture, "explain": _explain, "convert": _convert}


def _open(path: str | None, console: Console) -> int:
    """Open the application."""
    if path is not None and not os.path.exists(path):
        console.complain(f"{path}: there is no such file, and no such command (check, run, explain, convert)")
        return UNUSABLE
    if not _has_display():
        console.complain("there is no display to open the application on; "
                         "`cnnbuilder check FILE` and `cnnbuilder run FILE --image IMAGE` work without one")
        return UNUSABLE
    from cnnbuilder.app import main as open_application

    return open_application(path)


def _has_display() -> bool:
    if sys.platform in ("win32", "darwin"):
        return True
    wanted = os.environ.get("QT_QPA_PLATFORM", "").split(";")
    if any(platform.split(":")[0] in _SCREENLESS for platform in wanted):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
