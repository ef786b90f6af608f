"""Memory stays flat over documents that are opened, shown and closed in the whole window.

CNNBUILDER_DOCUMENTS=1000 opens so many.
"""

import gc
import os
from collections.abc import Callable
from typing import Any

import pytest

from cnnbuilder.app.documents import default_picture
from cnnbuilder.app.window import Window
from cnnbuilder.design.document import Design
from cnnbuilder.engine.run import Run
from cnnbuilder.files import load
from cnnbuilder.files.resources import samples

DOCUMENTS = int(os.environ.get("CNNBUILDER_DOCUMENTS", "60"))
SETTLING = 20
"""After so many, what is made once is made."""
OBJECTS, BYTES = 40, 100_000
"""What each further document may leave at most: a design, its report or its result would be many times that."""
NAMES = ("lenet5", "lenet-1998", "kernel-six")


def resident() -> int:
    """Bytes of memory that this process holds."""
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.skipif(not os.path.exists("/proc/self/statm"), reason="the system does not tell a process's memory here")
def test_documents_leave_nothing(open_window: Callable[..., Window], qtbot: Any) -> None:
    window = open_window()
    first = window.session.shown.key
    picture = default_picture(window.session.design)

    def one(number: int) -> None:
        window.session.open(load(samples() / f"{NAMES[number % len(NAMES)]}.json"), picture=picture)
        window.documents.opened.emit()
        assert window.session.shown.key != first
        qtbot.waitUntil(
            lambda: (
                window._latest is not None
                and window._latest.request is window.live._latest
                and not window.runner.is_running
            ),
            timeout=30_000,
        )
        window.repaint()
        window.documents.close()
        assert window.session.shown.key == first

    window.session.set_param(next(iter(window.session.design.blocks)), "height", 28, merge=None)
    window.session.move({next(iter(window.session.design.blocks)): (1.0, 1.0)})  # touched: it keeps its place
    for number in range(SETTLING):
        one(number)
    gc.collect()
    objects, memory = len(gc.get_objects()), resident()
    for number in range(DOCUMENTS - SETTLING):
        one(number)
    gc.collect()
    count = DOCUMENTS - SETTLING
    held = gc.get_objects()
    grown, more = (len(held) - objects) / count, (resident() - memory) / count
    alive = [sum(type(item) is kind for item in held) for kind in (Design, Run)]
    print(f"\n{count} documents: {grown:.1f} objects and {more / 1e3:.1f} kB each; designs and runs alive: {alive}")
    assert grown < OBJECTS and more < BYTES
