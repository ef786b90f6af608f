"""What is said beside the picture."""

from cnnbuilder.app.scores import percent
from cnnbuilder.app.views.attribution.asking import ACTIVATION, OCCLUSION, SALIENCY, TIMES, Answer
from cnnbuilder.app.views.tile_painter import figure
from cnnbuilder.design.shape import grouped, show_pair

MEANING = {
    SALIENCY: "How strongly {s} changes with each pixel: |∂{s}/∂V|, the largest over the channels.",
    TIMES: "What each pixel adds to {s} as far as {s} is linear: V · ∂{s}/∂V. Red speaks for it, blue against it.",
    ACTIVATION: "The maps of {maps}, each weighted by how strongly it speaks for {s}, added up.",
    OCCLUSION: "How far {s} falls when a square of {size} × {size} pixels is covered; blue: it rises.",
}
EFFECTIVE = "The effective receptive field: how strongly z changes with each pixel, Σ |∂z/∂V| over the channels."


def letter(answer: Answer) -> str:
    """A score is S, a unit z."""
    return "S" if answer.before_softmax else "z"


def heading(answer: Answer, label: str) -> str:
    """Which number it is about, and how large it is; `label`: the class, where it is one's score."""
    wanted, value = answer.wanted, f"<b>{letter(answer)} = {figure(answer.score)}</b>"
    if answer.before_softmax:
        return f"{value}, the score of class {label or wanted.index[0]} before the softmax"
    named = f", class {label}" if label else ""
    return f"{value}, {wanted.block} [{', '.join(map(str, wanted.index))}]{named}"


def meaning(answer: Answer) -> str:
    """How a value is to be read."""
    wanted = answer.wanted
    if wanted.method == SALIENCY and not answer.before_softmax:
        return EFFECTIVE
    return MEANING[wanted.method].format(s=letter(answer), maps=wanted.maps, size=wanted.size)


def found(answer: Answer) -> str:
    """What there is to see in it."""
    if answer.done < 1:
        return f"{percent(answer.done)} of the squares are tried …"
    if not answer.importance.any():
        return f"{letter(answer)} does not depend on the picture here: every value is 0."
    kind = "places of the maps" if answer.wanted.method == ACTIVATION else "pixels"
    told = f"Half of it lies in {grouped(answer.half)} of {grouped(answer.importance.size)} {kind}."
    if answer.field is not None:
        top, bottom, left, right = answer.field
        told += f" The frame, {show_pair((bottom - top + 1, right - left + 1))}, is all that z can depend on."
    return told


def pointed(row: int, column: int, value: float) -> str:
    """The pixel under the pointer."""
    return f"row {row}, column {column}: <b>{figure(value)}</b>"
