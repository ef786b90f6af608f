"""What several kinds of layer share: windows over a volume and the misfits that they can have."""

from collections.abc import Iterator
from math import gcd, isqrt

from cnnbuilder.design.formula import Formula, window_formula
from cnnbuilder.design.parameters import LARGEST
from cnnbuilder.design.problem import Change, Insert, Misfit, Remark
from cnnbuilder.design.shape import Pair, Shape, is_volume, plural, show, show_pair
from cnnbuilder.design.window import Axis, Padding


def not_a_volume(*inputs: Shape) -> Misfit | None:
    """The misfit of a layer that slides over maps where it gets a vector."""
    for number, shape in enumerate(inputs):
        if not is_volume(shape):
            return Misfit(
                "not-a-volume",
                f"{{block}} needs maps (height × width × channels), but {{{number}}} gives a "
                f"vector of {plural(shape[0], 'value')}.",
                "needs maps, gets a vector",
                tuple(
                    Insert(
                        f"Insert Reshape to {show(maps)} before {{block}}",
                        "reshape",
                        dict(zip(("channels", "height", "width"), maps, strict=True)),
                        number,
                    )
                    for maps in _maps_of(shape[0])
                ),
            )
    return None


LONG = 50_000
"""How many divisors are tried: enough for every number that a parameter can hold."""


def squarest(count: int) -> Pair | None:
    """The height and width of a map of `count` cells that is as near to a square as can be; None if the search would
    be long."""
    root = isqrt(count)
    for height in range(root, max(root - LONG, 0), -1):
        if count % height == 0:
            return height, count // height
    return None


def _maps_of(count: int) -> Iterator[Shape]:
    """Shapes in which a vector of `count` values can be read as maps: square ones as large as can be, or one cell
    each."""
    if count > LARGEST:
        return
    for side in range(isqrt(count), 1, -1):
        if count % side**2 == 0:
            yield (count // side**2, side, side)
            break
    yield (count, 1, 1)


def not_a_vector(shape: Shape) -> Misfit | None:
    """The misfit of a layer that needs a vector where it gets a volume."""
    if not is_volume(shape):
        return None
    return Misfit(
        "not-a-vector",
        f"{{block}} needs a vector, but {{0}} gives maps of {show(shape)}. Flatten them in between.",
        "needs a vector, gets maps",
        (
            Insert("Insert Flatten before {block}", "flatten"),
            Insert("Insert Global pooling and Flatten before {block}", "global_pool"),
        ),
    )


def groups_misfit(channels: int, filters: int, groups: int) -> Misfit | None:
    """The misfit of groups that do not divide the channels that come in and those that go out."""
    if channels % groups == 0 and filters % groups == 0:
        return None
    common = gcd(channels, filters, groups)
    rounded = -(-filters // groups) * groups
    return Misfit(
        "groups",
        f"{{block}}: {plural(groups, 'group')} must divide both the {plural(channels, 'channel')} "
        f"of {{0}} and its own {plural(filters, 'filter')}.",
        f"{groups} groups do not divide the channels",
        (
            Change(f"{plural(rounded, 'filter')} in {{block}}", {"filters": rounded}),
            Change(f"{plural(common, 'group')} in {{block}}", {"groups": common}),
            Change("1 group in {block}", {"groups": 1}),
        ),
        about_channels=True,
    )


def too_small(axes: tuple[Axis, Axis], parameter: str, padding: Padding, word: str) -> Misfit | None:
    """The misfit of a window that does not fit into its padded input even once."""
    rows, columns = axes
    if rows.output > 0 and columns.output > 0:
        return None
    window = show_pair((rows.kernel, columns.kernel))
    given = show_pair((rows.size, columns.size))
    dilated = (rows.spread, columns.spread)
    spread = "" if dilated == (rows.kernel, columns.kernel) else f" (with its dilation {show_pair(dilated)})"
    padded = (rows.size + rows.before + rows.after, columns.size + columns.before + columns.after)
    room = "no padding" if padded == (rows.size, columns.size) else f"{show_pair(padded)} with padding"
    smaller = [
        max(1, min(axis.kernel, (total - 1) // axis.dilation + 1)) for axis, total in zip(axes, padded, strict=True)
    ]
    remedies = [Change("Padding same in {block}", {"padding": "same"})] if padding != "same" else []
    remedies.append(Change(f"{word.capitalize()} {show_pair(smaller)} in {{block}}", {parameter: smaller}))
    if dilated != (rows.kernel, columns.kernel):
        remedies.append(Change("Dilation 1 in {block}", {"dilation": [1, 1]}))
    return Misfit(
        "window-too-large",
        f"{{block}} does not fit {{0}}. Its {word} is {window}{spread}, its input only {given} ({room}).",
        f"{word} {window} is larger than its input {given}",
        tuple(remedies),
    )


def window_formulas(axes: tuple[Axis, Axis], depth: str, channels: int) -> list[Formula]:
    """Width, height and depth of the output, as the notes write them."""
    return [window_formula("W₂", axes[1]), window_formula("H₂", axes[0]), Formula("D₂", depth, str(channels))]


def window_summary(kernel: Pair, stride: Pair) -> Iterator[str]:
    """`5×5`, and `stride 2` where it is not 1."""
    yield short_pair(kernel)
    if stride != (1, 1):
        yield f"stride {short_one(stride)}"


def short_pair(pair: tuple[int, ...]) -> str:
    """`5×5`."""
    return "×".join(str(n) for n in pair)


def short_one(pair: tuple[int, ...]) -> str:
    """`2` where both are equal, `2×1` where not."""
    return str(pair[0]) if len(set(pair)) == 1 else short_pair(pair)


def show_padding(padding: Padding) -> str:
    """`same`, or `padding 2`."""
    return (
        padding
        if isinstance(padding, str)
        else f"padding {padding if isinstance(padding, int) else short_one(padding)}"
    )


def unreached(axes: tuple[Axis, Axis]) -> Iterator[Remark]:
    """Which last rows and columns no window reaches, where the division leaves a rest."""
    for axis, word in zip(axes, ("row", "column"), strict=True):
        rest = axis.unreached
        if rest:
            which = f"the last {word}" if rest == 1 else f"the last {rest} {word}s"
            yield Remark(
                "unreached", f"No window of {{block}} reaches {which} of its input: the division leaves a rest."
            )
