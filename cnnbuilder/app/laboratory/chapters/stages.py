"""The stages of a layer, and the order of multi-channel operations (lecture notes 4.6, 4.7)."""

from collections.abc import Callable
from typing import Any

from cnnbuilder.app.laboratory.building import block, branches, conv, image, relu, sample_picture
from cnnbuilder.app.laboratory.experiment import Chapter, Experiment, Reading
from cnnbuilder.design.document import Design
from cnnbuilder.design.shape import show


def _stage(name: str) -> list[dict[str, Any]]:
    return [
        conv(f"conv_{name}", 4, 5, padding="same"),
        relu(f"detector_{name}"),
        block(f"pool_{name}", "max_pool", pool_size=[2, 2], stride=[2, 2]),
    ]


def _stages() -> Design:
    folded = {"name": "one layer", "blocks": ["conv_b", "detector_b", "pool_b"], "folded": True}
    return branches("Three stages, one layer", image(28), _stage("a"), _stage("b"), groups=[folded])


def _stage_weights() -> dict[str, Any]:
    import numpy as np

    made = np.random.default_rng(3)
    weight = made.normal(0, 0.3, (4, 1, 5, 5)).astype(np.float32)
    bias = np.zeros(4, np.float32)
    return {f"conv_{name}.{part}": array for name in "ab" for part, array in (("weight", weight), ("bias", bias))}


def _stages_equal(read: Reading) -> str:
    import numpy as np

    one, other = read.output("pool_a"), read.output("pool_b")
    if one.shape != other.shape:
        return f"Now they differ: {read.show('pool_a')} and {read.show('pool_b')}."
    same = "the same numbers" if np.array_equal(one, other) else "other numbers, for their weights differ now"
    return f"Both give {read.show('pool_a')}: {same}."


def _zeroed(read: Reading) -> str:
    before, after = read.output("conv_a"), read.output("detector_a")
    return (
        f"The detector sets {(after == 0).mean():.0%} of the values to 0 (of them {(before < 0).mean():.0%} were "
        f"negative); pooling keeps {read.output('pool_a').size:,} of {after.size:,} values."
    )


def _orders() -> Design:
    def pair(*ids: str, **params: Any) -> list[dict[str, Any]]:
        return [conv(id, 3, 3, padding="full", bias="none", **params) for id in ids]

    return branches(
        "The order of two operations",
        image(24, channels=3),
        pair("p1", "q1", groups=3),
        pair("q2", "p2", groups=3),
        pair("r1", "s1"),
        pair("s2", "r2"),
        [conv("t", 5, 3, padding="full", bias="none"), conv("u", 2, 3, padding="full", bias="none")],
    )


def _order_weights() -> dict[str, Any]:
    import numpy as np

    made = np.random.default_rng(5)
    p, q = made.normal(0, 0.4, (2, 3, 1, 3, 3)).astype(np.float32)
    r, s = made.normal(0, 0.2, (2, 3, 3, 3, 3)).astype(np.float32)
    return {f"{name}{n}.weight": kernel for name, kernel in (("p", p), ("q", q), ("r", r), ("s", s)) for n in "12"}


def _does_not_fit(read: Reading) -> str:
    first, second = read.weight("t"), read.weight("u")
    if second[1] == 3:
        return "<b>u</b> reads 3 channels now: it could come first."
    return (
        f"<b>t</b> makes {first[0]} channels of {first[1]}, <b>u</b> reads {second[1]}: u before t would have kernels "
        "of another size. The order cannot even be tried."
    )


def _difference(one: str, other: str, words: str) -> Callable[[Reading], str]:
    def told(read: Reading) -> str:
        import numpy as np

        a, b = read.output(one), read.output(other)
        if a.shape != b.shape:
            return f"{words}: {show(a.shape)} and {show(b.shape)}, not even the same size."
        scale = float(np.abs(a).max()) or 1.0
        apart = float(np.abs(a - b).max()) / scale
        shown = f"{apart:.0%}" if apart >= 0.005 else f"{apart:.0e}"
        return f"{words}: the two orders differ by <b>{shown}</b> of the largest value."

    return told


CHAPTER = Chapter(
    "Stages of a layer",
    (
        Experiment(
            "stages",
            "Convolution, detector, pooling",
            "Is a convolutional layer one thing or three?",
            _stages,
            (
                "A typical layer has three stages: several convolutions in parallel, a nonlinear detector (ReLU), and "
                "a pooling that sums up neighbouring values. Above they are three blocks, below they are folded into "
                "one card; a double click on it unfolds it.",
                _stages_equal,
                _zeroed,
            ),
            ("Switch detector_a off (Ctrl+E): pooling then picks among negative values too.",),
            ("maps",),
            "detector_a",
            None,
            lambda: sample_picture("five.png"),
            _stage_weights,
        ),
        Experiment(
            "order",
            "Which operations commute",
            "May two convolutions change places?",
            _orders,
            (
                "Convolutions of one channel commute (their border padded fully). Those of many channels can commute "
                "only if each has as many output channels as input channels; otherwise the other order does not fit.",
                _difference("q1", "p2", "Each channel on its own (p, q)"),
                _difference("s1", "r2", "All channels mixed (r, s), three in and three out"),
                _does_not_fit,
            ),
            ("Set the groups of r1, s1, s2 and r2 to 3: each channel is on its own, and the orders agree.",),
            ("maps",),
            "q1",
            None,
            lambda: sample_picture("chelsea.jpg"),
            _order_weights,
        ),
    ),
)
