"""The experiments, chapter by chapter, in the order of the lecture notes."""

from cnnbuilder.app.laboratory.chapters import backward, padding, pooling, sharing, sizes, stages
from cnnbuilder.app.laboratory.experiment import Chapter, Experiment

CHAPTERS: tuple[Chapter, ...] = (
    sizes.CHAPTER,
    padding.CHAPTER,
    stages.CHAPTER,
    pooling.CHAPTER,
    sharing.CHAPTER,
    backward.CHAPTER,
)


def experiment(name: str) -> Experiment:
    """The experiment of that name; raises KeyError."""
    return {item.name: item for chapter in CHAPTERS for item in chapter.experiments}[name]
