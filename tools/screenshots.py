"""Drives the real program and writes docs/screenshots/: `python tools/screenshots.py [name …]`."""

import json
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sample_designs import blocks as samples
from sample_designs.photographs import residual_unit
from stage import ROOT, Stage, screen

OUT = ROOT / "docs" / "screenshots"
LARGE, SMALL = (1600, 1000), (1366, 768)
RAN = (
    "bool(len(window.maps) == 3 and window._latest and window._latest.thumbnails and window._latest.request is "
    "window.live._latest and not window.tasks._threads and (window._latest.backward_seconds or window._latest.message))"
)
FORWARD = "bool(window._latest and window._latest.thumbnails and window.docks.views('connectivity'))"
"""Of a network without a loss."""


def deep() -> dict[str, object]:
    """A residual network of 120 blocks."""
    blocks = [
        samples.block("image", "input", channels=3, height=64, width=64, fit="crop"),
        samples.conv("conv1", 32, 5, padding="same", bias="none"),
        samples.block("bn1", "batch_norm"),
        samples.relu("relu1"),
        samples.max_pool("pool1"),
    ]
    links = samples.chain("image", "conv1", "bn1", "relu1", "pool1")
    for stage, units in enumerate((3, 4, 5, 3)):
        for unit in range(units):
            first = stage > 0 and unit == 0
            name, last = f"stage{stage + 1}_{unit + 1}", blocks[-1]["id"]
            more = residual_unit(name, last, 32 << stage, stride=2 if first else 1, project=first)
            blocks += more[0]
            links += more[1]
    links += samples.chain(blocks[-1]["id"], "global_pool", "flatten", "dense", "softmax")
    blocks += [samples.block("global_pool", "global_pool"), samples.plain("flatten"), samples.dense("dense", 100)]
    blocks.append(samples.plain("softmax"))
    assert len(blocks) == 120
    return samples.design("Residual, 120 blocks", blocks, links=links)


def nothing(stage: Stage) -> None:
    """Only what has run."""


def start(stage: Stage) -> None:
    """The start page, with some files opened before."""
    stage.ask(f"os.environ.update(HOME={str(stage.home)!r})")
    networks = stage.home / "networks"
    networks.mkdir()
    for sample, name in (("lenet5", "digits"), ("resnet18", "photographs"), ("notes-example", "lecture-3")):
        shutil.copy(ROOT / "samples" / f"{sample}.json", networks / f"{name}.json")
        stage.ask(f"window.documents.remember(type(samples)({str(networks / f'{name}.json')!r}))")
    stage.ask("window.shell.show_start()")


def dark(stage: Stage) -> None:
    """In the dark theme, a map pointed at."""
    stage.ask("theme.keeper().show(theme.DARK)")
    x, y = stage.ask("centre(window.maps[0].grid)")
    stage.hand("mousemove", x - 300, y - 40)
    stage.hand("mousemove", x - 298, y - 38)


def problem(stage: Stage) -> None:
    """A clash, explained."""
    stage.ask("window.session.select(('conv3',))")
    stage.ask("window.docks.show_view('problems')")
    stage.ask("window.canvas.show_block('conv3')")


def gradients(stage: Stage) -> None:
    """The gradient of a weight."""
    stage.ask("window.session.select(('conv2',))")
    stage.ask("window.docks.show_view('gradients')")
    stage.ask("window.maps[2].foot.which.setCurrentIndex(1)")
    stage.ask("window.maps[2].refresh(True)")


def kernels(stage: Stage) -> None:
    """The kernels of a trained convolution."""
    stage.ask("window.session.select(('conv2',))")
    stage.ask("window.docks.show_view('kernels')")


def pixel(stage: Stage) -> None:
    """One value of the second convolution, taken apart."""
    stage.ask("window.session.select(('conv2',))")
    stage.ask("window.docks.show_view('pixel')")
    stage.ask("window.docks.mark_unit('conv2', (2, 6, 6))")


def attribution(stage: Stage, *asked: str, unit: str = "") -> None:
    """Which pixels a number rests on."""
    stage.wait("bool(window.docks.views('attribution'))")
    stage.ask("window.docks.show_view('attribution')")
    stage.ask("window.docks.resizeDocks([window.docks.dock_of('attribution')], [420], Vertical)")
    stage.ask(f"window.docks.views('attribution')[0].controls.ask{asked}")
    if unit:
        stage.ask(f"window.docks.mark_unit{unit}")
    stage.wait("window.docks.views('attribution')[0].sheet.answer is not None")


def occlusion(stage: Stage) -> None:
    """A photograph with squares covered."""
    attribution(stage, "class", "occlusion")


def effective(stage: Stage) -> None:
    """The effective receptive field of a unit, in the exact one; dark."""
    stage.ask("theme.keeper().show(theme.DARK)")
    attribution(stage, "unit", "saliency", unit="('conv2', (3, 5, 6))")


def activations(stage: Stage) -> None:
    """What every block gives; two maps switched off."""
    bias = "{**window._latest.weights}['conv1.bias'].copy()"
    stage.ask(
        f"[a := {bias}, a.__setitem__([2, 4], -9), window.session.set_weights('Maps off', 'conv1.bias', a)] and None"
    )
    stage.wait(RAN)
    stage.ask("window.docks.show_view('activations')")
    stage.ask("window.docks.resizeDocks([window.docks.dock_of('activations')], [420], Vertical)")
    stage.wait("window.docks.views('activations')[0]._counted is window._latest")


def compare(stage: Stage) -> None:
    """LeNet-5 with one more block beside its tiled sister."""
    stage.ask("window.session.append('batch_norm', 'conv2')")
    stage.ask("window.documents.open(samples / 'lenet-tiled.json', True)")
    stage.wait("not window.tasks._threads and len(window.session.shown.tabs) == 2")
    stage.wait(RAN)
    stage.ask("window.docks.show_view('compare')")
    stage.ask("window.docks.resizeDocks([window.docks.dock_of('compare')], [420], Vertical)")
    stage.wait("window.docks.views('compare')[0].model.shown.seen is not None")
    stage.ask("window.session.select(('relu1',))")


def row() -> dict[str, object]:
    """The lecture notes' figure: nine units in a row, windows of two."""
    return samples.design(
        "Sharing",
        [
            samples.block("image", "input", channels=1, height=1, width=9),
            samples.block("conv1", "tiled_conv", filters=1, kernel_size=[1, 2], tiles=[1, 2], bias="none"),
        ],
        links=samples.chain("image", "conv1"),
    )


def connections(stage: Stage, block: str = "conv1", high: int = 520) -> None:
    """Who reads whom, with room for it."""
    stage.ask(f"window.session.select(({block!r},))")
    stage.ask("window.docks.show_view('connectivity')")
    stage.ask(f"window.docks.resizeDocks([window.docks.dock_of('connectivity')], [{high}], Vertical)")
    stage.ask("app.processEvents()")


def sharing(stage: Stage) -> None:
    """The ways to share weights, one above the other."""
    connections(stage)
    stage.ask("window.docks.mark_unit('conv1', (0, 0, 4))")


def connected_maps(stage: Stage) -> None:
    """A whole map, dark."""
    stage.ask("theme.keeper().show(theme.DARK)")
    connections(stage)
    stage.ask("window.docks.views('connectivity')[0].show_scope('map')")
    stage.wait("window.docks.views('connectivity')[0].diagram.done")


def matrix(stage: Stage) -> None:
    """The matrix of a small convolution and its transpose."""
    stage.ask("window.session.set_param('conv1', 'tiles', [1, 1])")
    connections(stage)
    stage.ask("window.docks.views('connectivity')[0].show_mode('matrix')")


def backward(stage: Stage) -> None:
    """The gradient of one weight, taken apart."""
    stage.ask("window.session.select(('conv1',))")
    stage.ask("window.docks.show_view('pixel')")
    stage.ask("window.docks.mark_unit('conv1.weight', (2, 0, 1, 1))")


def laboratory(stage: Stage) -> None:
    """An experiment with its text."""
    stage.ask("window.shell.laboratory.open('shifted')")
    stage.wait("'pool_moved' in window.session.design.blocks and window.docks.dock_of('laboratory') is not None")
    stage.wait(FORWARD)


def maps(stage: Stage) -> None:
    """512 maps of a block, a good part of the window."""
    stage.ask("window.session.select(('conv4_1',))")
    stage.ask("window.canvas.show_block('conv4_1')")
    stage.ask("window.docks.show_view('maps')")


def costs(stage: Stage) -> None:
    """Shapes and costs as a table."""
    stage.ask("window.session.select(('conv3_1',))")
    stage.ask("window.docks.show_view('costs')")


def compiling(stage: Stage) -> None:
    """The first start: kernels are compiled in the background."""
    stage.wait("window.status._done.value() > 3", 120)


def fit(stage: Stage) -> None:
    """The whole network in view."""
    stage.ask("window.canvas.setFocus()")
    stage.ask("window.canvas.fit()")


def folded(stage: Stage) -> None:
    """Stages that come again are one card each."""
    stage.ask("window.session.fold_repeats()")
    stage.ask("window.session.arrange()")
    fit(stage)


def notes(stage: Stage) -> None:
    """Notes on the canvas, and a block switched off."""
    stage.ask("window.session.switch_off(('relu1',))")
    stage.ask("window.session.add_note(852, 550, 'Six filters find strokes: edges along four directions.')")
    stage.ask("window.session.add_note(426, -92, 'Without its ReLU this stage is linear. What do the classes say?')")
    stage.ask("window.session.select(('relu1',))")
    stage.wait(RAN)
    fit(stage)


def tabs(stage: Stage) -> None:
    """Several documents, one of them changed."""
    stage.ask("window.session.append('activation')")
    for number, name in enumerate(("resnet18", "notes-example", "lenet5"), start=2):
        stage.ask(f"window.documents.open(samples / '{name}.json', {name == 'lenet5'})")
        stage.wait(f"not window.tasks._threads and len(window.session.shown.tabs) == {number}")
    stage.wait(RAN)


def commands(stage: Stage) -> None:
    """Ctrl+K, some letters typed."""
    stage.ask("window.activateWindow()")
    stage.ask("window.shell.show_commands()")
    stage.hand("type", "--delay", 30, "pool")
    stage.wait("window.shell.commands.field.text() == 'pool'")


def following(stage: Stage) -> None:
    """What may come next, behind a block."""
    stage.ask("window.session.select(('pool2',))")
    stage.ask("window.canvas.show_block('pool2')")
    stage.ask("window.shell.want_next()")


def help(stage: Stage) -> None:
    """The page of a kind."""
    stage.ask("window.shell.show_help('conv')")


def preferences(stage: Stage) -> None:
    """The preferences."""
    stage.ask("window.shell.show_preferences()")


def draw(stage: Stage) -> None:
    """A digit drawn by hand."""
    stage.ask("window.bar.open_drawing()")
    pad = "next((w for w in window.findChildren(QWidget) if w.accessibleName() == 'Pad to draw on'), None)"
    stage.wait(f"({pad}).isVisible()")
    x, y = stage.ask(f"centre({pad})")
    stage.hand("mousemove", x - 50, y - 80, "mousedown", 1)
    for dx, dy in ((-20, -82), (10, -84), (50, -84), (40, -50), (20, -10), (0, 30), (-12, 60), (-20, 90)):
        stage.hand("mousemove", x + dx, y + dy)
    stage.hand("mouseup", 1)
    stage.wait("window._latest.target == 7")


def paint(stage: Stage) -> None:
    """A photograph painted over, and what the network makes of it."""
    stage.ask("window.bar.open_painting()")
    easel = "window.bar.painting.easel"
    stage.wait(f"{easel}.isVisible() and {easel}.pixels is not None")
    x, y = stage.ask(f"centre({easel})")
    stage.hand("mousemove", x - 90, y - 60, "mousedown", 1)
    for dx, dy in ((-60, -62), (-30, -58), (0, -62), (40, -60), (90, -58)):
        stage.hand("mousemove", x + dx, y + dy)
    stage.hand("mouseup", 1)
    stage.wait(f"{easel}.pixels.painted > 500 and window.session.shown.picture is window.bar.painting._own")
    stage.wait(RAN)


def prepare(stage: Stage) -> None:
    """What the network sees of a photograph."""
    stage.ask("window.documents.pictures.open(samples / 'pictures' / 'chelsea.jpg')")
    stage.wait("window.session.shown.picture.name.startswith('chelsea') and not window.tasks._threads")
    stage.wait(RAN)
    stage.ask("window.bar.open_preparing()")


def steps(stage: Stage) -> None:
    """Every step of a document, some undone."""
    for edit in ("set_param('conv1', 'filters', 12)", "append('batch_norm')", "duplicate()", "switch_off(('relu1',))"):
        stage.ask(f"window.session.{edit}")
    stage.ask("window.session.add_note(0, 500, 'wider')")
    stage.ask("[window.session.undo() for _ in range(2)] and None")
    stage.wait(RAN)
    stage.ask("window.shell.show_steps()")


def down(stage: Stage) -> None:
    """Laid from top to bottom."""
    stage.ask("window.session.arrange('down')")
    fit(stage)


@dataclass(frozen=True)
class Shot:
    """How a picture comes about."""

    act: Callable[[Stage], None]
    file: str = ""
    size: tuple[int, int] = LARGE
    ready: str = RAN
    scale: int = 1
    made: Callable[[], dict[str, object]] | None = None
    """Makes the design, where it is no sample."""


SHOTS = {
    "welcome": Shot(nothing),
    "start": Shot(start),
    "dark": Shot(dark),
    "small": Shot(nothing, size=SMALL),
    "small-problem": Shot(problem, "broken", size=SMALL),
    "sharp": Shot(nothing, size=(2732, 1536), scale=2),
    "problem": Shot(problem, "broken"),
    "gradients": Shot(gradients),
    "kernels": Shot(kernels),
    "pixel": Shot(pixel),
    "pixel-backward": Shot(backward),
    "activations": Shot(activations),
    "compare": Shot(compare),
    "occlusion": Shot(occlusion, "resnet18"),
    "effective-field": Shot(effective),
    "laboratory": Shot(laboratory),
    "connectivity": Shot(sharing, ready=FORWARD, made=row),
    "connectivity-maps": Shot(connected_maps),
    "connectivity-matrix": Shot(matrix, ready=FORWARD, made=row),
    "maps": Shot(maps, "vgg16"),
    "costs": Shot(costs, "vgg16"),
    "compiling": Shot(compiling, ready="True"),
    "deep": Shot(fit, made=deep),
    "folded": Shot(folded, made=deep),
    "notes": Shot(notes),
    "tabs": Shot(tabs),
    "commands": Shot(commands),
    "next": Shot(following),
    "help": Shot(help),
    "preferences": Shot(preferences),
    "draw": Shot(draw),
    "paint": Shot(paint, "resnet18"),
    "prepare": Shot(prepare, "resnet18"),
    "steps": Shot(steps),
    "down": Shot(down),
}


def take(name: str, shot: Shot, home: Path) -> None:
    """Start the program, do what is to be seen, and write the picture."""
    file = ROOT / "samples" / f"{shot.file}.json" if shot.file else None
    if shot.made is not None:
        file = home / "design.json"
        file.write_text(json.dumps(shot.made()))
    with screen(*shot.size) as display:
        stage = Stage(display, home, file, home / "cache" if name == "compiling" else None, shot.scale)
        try:
            if file is None and name != "compiling":
                stage.wait("window.session.shown.state.weights is not None")
            stage.wait(shot.ready, 120)
            shot.act(stage)
            for _ in range(3):
                stage.ask("app.processEvents()")
            stage.wait("not window.tasks._threads", 120)
            stage.shoot(OUT / f"{name}.png")
        finally:
            stage.close()


def main() -> None:
    """Take those named, or all."""
    for name in sys.argv[1:] or SHOTS:
        with tempfile.TemporaryDirectory() as home:
            take(name, SHOTS[name], Path(home))
        print(f"{name}: {(OUT / f'{name}.png').stat().st_size // 1024} KiB", flush=True)


if __name__ == "__main__":
    main()
