"""The designs that come with the program: what each is called and teaches, read when first asked for."""

import re
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from cnnbuilder.design.check import check
from cnnbuilder.design.document import Design
from cnnbuilder.design.errors import Error
from cnnbuilder.design.shape import grouped, plural
from cnnbuilder.files import load
from cnnbuilder.files.resources import resource, samples

TRAINED = "A network that has learnt digits: run it on any of them and look inside"


@dataclass(frozen=True, eq=False)
class Sample:
    """One design of the program's own."""

    path: Path
    design: Design
    teaches: str = ""
    """What it shows, in a sentence."""

    @property
    def title(self) -> str:
        """Its name."""
        name = self.design.name or self.path.stem
        return f"{name}, trained" if self.path.suffix == ".cnn" else name

    @cached_property
    def line(self) -> str:
        """How large it is, or how much is wrong with it."""
        report = check(self.design)
        size = plural(len(self.design.blocks), "block")
        if report.problems:
            return f"{size}, {plural(len(report.problems), 'problem')} to mend"
        return f"{size}, {grouped(report.total_parameters)} parameters"


def _lines() -> dict[str, str]:
    """What each sample shows, from the table that comes with them."""
    try:
        text = (samples() / "README.md").read_text(encoding="utf-8")
    except (Error, OSError):
        return {}
    rows = re.findall(r"^\| `([\w-]+\.json)` \| (.+?) \|", text, re.MULTILINE)
    return {name: line[:1].upper() + line[1:] for name, line in rows}


@cache
def sample_designs() -> tuple[Sample, ...]:
    """The welcome design and every sample, small ones first."""
    found: list[Sample] = []
    try:
        paths = [resource("welcome.cnn"), *sorted(samples().glob("*.json"))]
    except Error:
        return ()
    lines = _lines()
    for path in paths:
        try:
            found.append(Sample(path, load(path), lines.get(path.name, TRAINED)))
        except Error:
            continue
    return tuple(sorted(found, key=lambda item: (item.path.suffix != ".cnn", len(item.design.blocks))))


def read_samples() -> None:
    """Read and check every sample, so that whoever shows them later need not wait; for another thread."""
    for sample in sample_designs():
        _ = sample.line
