"""Pooling (lecture notes 4.7: invariance, downsampling, inputs of varying size)."""

from collections.abc import Callable
from typing import Any

from cnnbuilder.app.laboratory.building import (
    block,
    branches,
    conv,
    drawn,
    image,
    moved,
    relu,
    sample_picture,
    shift_weights,
    turned,
)
from cnnbuilder.app.laboratory.experiment import Chapter, Experiment, Reading
from cnnbuilder.design.document import Design
from cnnbuilder.design.shape import grouped, show

TURNS = (-30, 0, 30)


def _pool(id: str, size: int, stride: int, **params: Any) -> dict[str, Any]:
    return block(id, "max_pool", pool_size=[size, size], stride=[stride, stride], **params)


# A picture shifted by one pixel


def _shifted() -> Design:
    def rest(name: str) -> list[dict[str, Any]]:
        return [
            conv(f"conv_{name}", 1, 3, padding="same", bias="none"),
            relu(f"detector_{name}"),
            _pool(f"pool_{name}", 3, 1, padding=[1, 1, 1, 1]),
        ]

    return branches("A picture shifted by one pixel", image(28), rest("here"), [moved("shift", 1), *rest("moved")])


def _edge() -> Any:
    import numpy as np

    return np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]], np.float32)[None, None]


def _shift_weights() -> dict[str, Any]:
    return {"shift.weight": shift_weights(1), "conv_here.weight": _edge(), "conv_moved.weight": _edge()}


def _changed(stage: str) -> Callable[[Reading], str]:
    def told(read: Reading) -> str:
        import numpy as np

        before, after = read.output(f"{stage}_here"), read.output(f"{stage}_moved")
        if before.shape != after.shape:
            return f"{stage}: the two differ in size now."
        active = (before != 0) | (after != 0)
        moved = (np.abs(before - after) > 0.05 * float(np.abs(before).max() or 1)) & active
        return f"Of the values of the <b>{stage}</b> that are not 0, {moved.sum() / max(active.sum(), 1):.0%} changed."

    return told


# Present or where


def _eye() -> Any:
    """A ring with a pupil, 7 × 7."""
    import numpy as np

    rows, columns = np.mgrid[-3:4, -3:4]
    distance = np.hypot(rows, columns)
    return ((distance < 3.4) & (distance > 1.9) | (distance < 1)).astype(np.float32)


def _face() -> Any:
    import numpy as np

    values = np.zeros((28, 28), np.float32)
    values[6:13, 4:11] = _eye()
    return drawn(values, "an eye")


def _present() -> Design:
    def rest(name: str) -> list[dict[str, Any]]:
        return [
            conv(f"eye_{name}", 1, 7, bias="none"),
            relu(f"found_{name}"),
            block(f"anywhere_{name}", "global_pool", mode="max"),
        ]

    return branches("Present, or where", image(28), rest("here"), [moved("shift", 9), *rest("moved")])


def _present_weights() -> dict[str, Any]:
    template = _eye()
    template = ((template - template.mean()) / float((template * (template - template.mean())).sum()))[None, None]
    return {"shift.weight": shift_weights(9), "eye_here.weight": template, "eye_moved.weight": template}


def _where(name: str) -> Callable[[Reading], str]:
    def told(read: Reading) -> str:
        import numpy as np

        found = read.output(f"found_{name}")
        row, column = np.unravel_index(int(found[0].argmax()), found[0].shape)
        pooled = float(read.output(f"anywhere_{name}").max())
        return f"{name}: the detector is strongest at row {row}, column {column}; pooled, only {pooled:.2f} is left."

    return told


# Pooling over channels


def _rotation() -> Design:
    return branches(
        "Pooling over channels",
        image(28),
        [
            conv("fives", 3, 28, bias="none"),
            relu("detector"),
            block("any_turn", "channel_pool", pool_size=3, stride=3),
        ],
    )


def _five() -> Any:
    """A handwritten five, 0 … 1."""
    return sample_picture("five.png").values[:, :, 0].astype("float32") / 255


def _rotation_weights() -> dict[str, Any]:
    import numpy as np

    kernels = []
    for degrees in TURNS:
        kernel = turned(_five(), degrees)
        kernel = kernel - kernel.mean()
        kernels.append(kernel / float((kernel * turned(_five(), degrees)).sum()))
    return {"fives.weight": np.array(kernels, np.float32)[:, None]}


def _matches(read: Reading) -> str:
    found = read.output("fives").reshape(-1)
    matches = zip(TURNS, found.tolist(), strict=False)
    told = ", ".join(f"{f'{turn:+d}' if turn else turn}°: <b>{value:.2f}</b>" for turn, value in matches)
    return f"How well each filter matches the picture: {told.replace('-', '−')}."


def _any_turn(read: Reading) -> str:
    return f"The largest of them, whichever it is: <b>{float(read.output('any_turn').max()):.2f}</b>."


# Downsampling


def _rest() -> Design:
    return branches(
        "Width 3, stride 2",
        image(8),
        [_pool("kept", 3, 2, ceil_mode=True)],
        [_pool("dropped", 3, 2)],
    )


def _regions(id: str) -> Callable[[Reading], str]:
    def told(read: Reading) -> str:
        columns = read.size("image")[1]
        size, stride = read.param(id, "pool_size")[1], read.param(id, "stride")[1]
        last = (read.size(id)[1] - 1) * stride
        seen = min(size, columns - last)
        ignored = columns - last - seen
        rest = f"and {ignored} is ignored" if ignored else "so that nothing is ignored"
        regions = f"{columns} columns become {read.size(id)[1]}; the last region holds {seen} of {size} cells"
        return f"<b>{id}</b>: {regions}, {rest}."

    return told


def _fewer() -> Design:
    return branches(
        "What pooling saves behind it",
        image(28),
        [conv("conv_a", 8, 5, padding="same"), block("flatten_a", "flatten"), block("dense_a", "dense", units=10)],
        [
            conv("conv_b", 8, 5, padding="same"),
            _pool("pool_b", 2, 2),
            block("flatten_b", "flatten"),
            block("dense_b", "dense", units=10),
        ],
    )


def _saved(read: Reading) -> str:
    (one,), (other,) = read.shape("flatten_a"), read.shape("flatten_b")
    a, b = read.parameters("dense_a"), read.parameters("dense_b")
    return (
        f"Without pooling dense_a reads {grouped(one)} values and has <b>{grouped(a)}</b> parameters "
        f"({4 * a / 1024:,.0f} KB); behind it dense_b reads {grouped(other)} and has <b>{grouped(b)}</b> "
        f"({4 * b / 1024:,.0f} KB): {one / other:.1f} times fewer inputs, {a / b:.1f} times fewer parameters."
    )


def _any_size() -> Design:
    taken = {**image(28), "params": {**image(28)["params"], "size": "picture"}}
    return branches(
        "Pictures of several sizes",
        taken,
        [
            conv("conv1", 8, 5, padding="same"),
            relu("relu1"),
            block("pooled", "global_pool", mode="average"),
            block("flatten", "flatten"),
            block("dense", "dense", units=10),
            block("softmax", "softmax"),
        ],
    )


def _for_sizes(read: Reading) -> str:
    from cnnbuilder.design.check import check
    from cnnbuilder.design.following import taking

    channels = read.shape("image")[0]
    lines = []
    for size in ((28, 28), (64, 48), (300, 200)):
        report = check(taking(read.design, {"image": (channels, *size)}))
        fits = report.problems[0].message if report.problems else show(report.shapes.get("dense"))
        lines.append(f"{size[0]} × {size[1]}: {show(report.shapes.get('conv1'))} → {fits}")
    return "<br>".join(lines)


CHAPTER = Chapter(
    "Pooling",
    (
        Experiment(
            "shifted",
            "A picture shifted by one pixel",
            "How much of what a network sees changes when the picture moves a little?",
            _shifted,
            (
                "The same layer sees the picture, and the picture one pixel farther right. Max pooling asks only for "
                "the largest value nearby, not where it is.",
                _changed("detector"),
                _changed("pool"),
            ),
            ("Make the pooling wider (pool_here and pool_moved to 5 × 5): still fewer values change.",),
            ("maps",),
            "pool_here",
            None,
            lambda: sample_picture("three.png"),
            _shift_weights,
        ),
        Experiment(
            "present",
            "Present, or where",
            "When does a network need to know where an eye is?",
            _present,
            (
                "A filter looks for an eye. In the second row the eye has moved. With pooling over the whole picture "
                "the answer is whether there is an eye; without it, also where.",
                _where("here"),
                _where("moved"),
            ),
            ("Draw two eyes with “Draw a digit”, or open another picture.",),
            ("maps",),
            "found_moved",
            None,
            _face,
            _present_weights,
        ),
        Experiment(
            "rotation",
            "Pooling over channels learns rotation",
            "How can a detector not mind that a 5 is turned?",
            _rotation,
            (
                "Three filters look for a 5 in three orientations; channel pooling takes the largest answer, so it is "
                "large whichever of them matched.",
                _matches,
                _any_turn,
            ),
            ("Draw a 5, upright or turned, and watch which filter answers.", "Draw a 1: no filter answers much."),
            ("kernels", "maps"),
            "fives",
            None,
            lambda: drawn(turned(_five(), 25), "a turned five"),
            _rotation_weights,
        ),
        Experiment(
            "smaller-last",
            "Width 3, stride 2, and the smaller last region",
            "What about the detectors that are left over at the end?",
            _rest,
            (
                "With a stride of two there are about half as many pooling units as detectors. Where the division "
                "leaves a rest, the last region is smaller; left out, some detectors would be ignored.",
                _regions("kept"),
                _regions("dropped"),
            ),
            ("Set the picture's width to 9: nothing is left over, and both are equal.",),
            ("maps",),
            "kept",
            None,
            lambda: sample_picture("four.png"),
        ),
        Experiment(
            "fewer-inputs",
            "k times fewer inputs for the next layer",
            "What does pooling save in the dense layer behind it?",
            _fewer,
            (
                "A dense layer has a weight for each of its inputs, so whatever makes those fewer pays off twice.",
                _saved,
            ),
            ("Set the stride and the size of pool_b to 4.",),
            ("costs",),
            "dense_b",
            None,
            lambda: sample_picture("six.png"),
        ),
        Experiment(
            "several-sizes",
            "One network, pictures of several sizes",
            "Can one network take pictures of any size?",
            _any_size,
            (
                "A convolution does not mind how large its input is; a dense layer does. Pooling each map to one "
                "number gives the dense layer equally many inputs, whatever the picture.",
                _for_sizes,
            ),
            ("Open pictures of other sizes (Picture ▾): all shapes follow.", "Remove pooled and see what clashes."),
            ("costs", "maps"),
            "pooled",
            None,
            lambda: sample_picture("camera.jpg"),
        ),
    ),
)
