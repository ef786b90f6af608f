"""What the kinds of merge share. It declares no kind itself."""

from cnnbuilder.design.problem import Insert, Misfit
from cnnbuilder.design.shape import Shape, is_volume, show


def broadcast_shape(verb: str, inputs: tuple[Shape, ...]) -> Shape | Misfit:
    """The common shape of inputs of which axes of size 1 repeat, or the misfit of the first that does not fit."""
    shape = inputs[0]
    for number, other in enumerate(inputs[1:], 1):
        if len(other) != len(shape):
            return _mixed(verb, number, shape, other)
        if any(a != b and 1 not in (a, b) for a, b in zip(shape, other, strict=True)):
            remedies = tuple(
                Insert(
                    f"Insert a 1 × 1 convolution before {{block}} that brings {{{which}}} to {show(wanted)}",
                    "conv",
                    {
                        "filters": wanted[0],
                        "kernel_size": [1, 1],
                        "stride": [-(-have // want) for have, want in zip(given[1:], wanted[1:], strict=True)],
                    },
                    which,
                )
                for which, given, wanted in ((number, other, shape), (0, shape, other))
                if is_volume(given)
            )
            dense = (
                (
                    Insert(
                        f"Insert a dense layer that brings {{{number}}} to {show(shape)}",
                        "dense",
                        {"units": shape[0]},
                        number,
                    ),
                )
                if not is_volume(shape)
                else ()
            )
            return Misfit(
                "unequal-shapes",
                f"{{block}} {verb} {{0}} ({show(shape)}) and {{{number}}} ({show(other)}); their sizes must be equal.",
                f"{show(shape)} and {show(other)} differ",
                remedies + dense,
                about_channels=len(shape) == 3 and shape[1:] == other[1:],
                clash=(0, number),
            )
        shape = tuple(max(sizes) for sizes in zip(shape, other, strict=True))
    return shape


def joined_shape(inputs: tuple[Shape, ...]) -> Shape | Misfit:
    """The shape of channels laid behind one another, or the misfit of the first input of another size."""
    first = inputs[0]
    for number, other in enumerate(inputs[1:], 1):
        if len(other) != len(first):
            return _mixed("joins", number, first, other)
        if other[1:] != first[1:]:
            pools = tuple(
                Insert(
                    f"Insert max pooling before {{block}} that brings {{{which}}} to {want[1]} × {want[2]}",
                    "max_pool",
                    {"pool_size": ratio, "stride": ratio},
                    which,
                )
                for which, have, want in ((number, other, first), (0, first, other))
                if all(h % w == 0 for h, w in zip(have[1:], want[1:], strict=True))
                for ratio in [[h // w for h, w in zip(have[1:], want[1:], strict=True)]]
            )
            return Misfit(
                "unequal-sizes",
                f"{{block}} joins {{0}} ({show(first)}) and {{{number}}} ({show(other)}); height "
                "and width must be equal, only the channels may differ.",
                f"{show(first)} and {show(other)} differ",
                pools,
                clash=(0, number),
            )
    return (sum(shape[0] for shape in inputs), *first[1:])


def _mixed(verb: str, number: int, first: Shape, other: Shape) -> Misfit:
    volume, vector = (0, number) if is_volume(first) else (number, 0)
    return Misfit(
        "mixed-inputs",
        f"{{block}} {verb} maps of {{{volume}}} ({show(first if volume == 0 else other)}) and a "
        f"vector of {{{vector}}} ({show(other if volume == 0 else first)}).",
        "maps and a vector",
        (Insert(f"Insert Flatten behind {{{volume}}}", "flatten", {}, volume),),
        clash=(0, number),
    )
