"""Declarations of a layer's parameters: type, range, default and help, each stated once.

A layer writes `filters: int = integer(8, low=1, help="…")`. JSON, the inspector's form, the documentation and the
contract tests are derived from what is declared here.
"""

import math
from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from typing import Any, ClassVar

LARGEST = 2**31 - 1
"""The largest integer a parameter can hold; what a network may use is decided by the memory estimate."""


class BadValue(ValueError):
    """A value that a parameter cannot hold; the message says what it may be."""


@dataclass(frozen=True)
class Parameter:
    """What one parameter may hold. `read` takes a JSON value and gives the layer's; `write` is its inverse."""

    default: Any
    help: str
    label: str = ""
    nullable: bool = False
    null_words: str = "none"
    """What a form shows where the value is null."""

    editor: ClassVar[str] = "text"
    """Which field a form shows: text, integer, number, numbers, flag, choice, pair, padding."""

    def read(self, value: Any) -> Any:
        """The layer's value for a JSON value; raises BadValue saying what is allowed."""
        if value is None and self.nullable:
            return None
        return self.parse(value)

    def parse(self, value: Any) -> Any:
        """`read` for a value that is not null."""
        raise NotImplementedError

    def write(self, value: Any) -> Any:
        """The JSON value of a layer's value."""
        return [self.write(item) for item in value] if isinstance(value, tuple) else value


def whole(value: Any, low: int, high: int = LARGEST) -> int:
    """`value` as an integer from `low` to `high`; raises BadValue."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        limit = f"of at least {low}" if high == LARGEST else f"from {low} to {high}"
        too_large = isinstance(value, (int, float)) and value > high
        raise BadValue(
            f"must be a whole number from {low} to {high}" if too_large else f"must be a whole number {limit}"
        )
    return value


def real(
    value: Any, low: float = -math.inf, high: float = math.inf, open_low: bool = False, open_high: bool = False
) -> float:
    """`value` as a finite float from `low` to `high`; raises BadValue."""
    wanted = "must be a number"
    if low > -math.inf:
        wanted += f" {'above' if open_low else 'of at least'} {low:g}"
    if high < math.inf:
        wanted += f" {'and' if low > -math.inf else 'of'} {'less than' if open_high else 'at most'} {high:g}"
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise BadValue(wanted)
    try:
        number = float(value)
    except OverflowError:
        raise BadValue(wanted) from None
    inside = (low < number if open_low else low <= number) and (number < high if open_high else number <= high)
    if not math.isfinite(number) or not inside:
        raise BadValue(wanted)
    return number


@dataclass(frozen=True)
class Integer(Parameter):
    """A whole number from `low` to `high`."""

    low: int = 0
    high: int = LARGEST
    editor: ClassVar[str] = "integer"

    def parse(self, value: Any) -> int:
        return whole(value, self.low, self.high)


@dataclass(frozen=True)
class Number(Parameter):
    """A finite real number from `low` to `high`."""

    low: float = -math.inf
    high: float = math.inf
    open_low: bool = False
    open_high: bool = False
    editor: ClassVar[str] = "number"

    def parse(self, value: Any) -> float:
        return real(value, self.low, self.high, self.open_low, self.open_high)


@dataclass(frozen=True)
class Flag(Parameter):
    """True or false."""

    editor: ClassVar[str] = "flag"

    def parse(self, value: Any) -> bool:
        if not isinstance(value, bool):
            raise BadValue("must be true or false")
        return value


@dataclass(frozen=True)
class Choice(Parameter):
    """One of a few words; `options` maps each to how a form shows it."""

    options: tuple[tuple[str, str], ...] = ()
    editor: ClassVar[str] = "choice"

    def parse(self, value: Any) -> str:
        names = [name for name, _ in self.options]
        if not isinstance(value, str) or value not in names:
            raise BadValue("must be " + " or ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names))
        return value


@dataclass(frozen=True)
class Pair(Parameter):
    """`[vertical, horizontal]`; a single whole number means both."""

    low: int = 0
    editor: ClassVar[str] = "pair"

    def parse(self, value: Any) -> tuple[int, int]:
        if isinstance(value, (list, tuple)):
            if len(value) != 2:
                raise BadValue("must be one whole number, or two: vertical and horizontal")
            return (whole(value[0], self.low), whole(value[1], self.low))
        number = whole(value, self.low)
        return (number, number)


PADDING_WORDS = ("valid", "same", "full")


@dataclass(frozen=True)
class PaddingParameter(Parameter):
    """`"valid"`, `"same"`, `"full"` (where `words` allows them), a number, `[v, h]` or `[top, bottom, left, right]`."""

    words: tuple[str, ...] = PADDING_WORDS
    editor: ClassVar[str] = "padding"

    def parse(self, value: Any) -> str | int | tuple[int, ...]:
        if isinstance(value, str) and value in self.words:
            return value
        if isinstance(value, (list, tuple)) and len(value) in (2, 4):
            return tuple(whole(item, 0) for item in value)
        if isinstance(value, (str, list, tuple)):
            words = "".join(f"{word}, " for word in self.words)
            raise BadValue(f"must be {words}a number, [vertical, horizontal] or [top, bottom, left, right]")
        return whole(value, 0)


@dataclass(frozen=True)
class Numbers(Parameter):
    """A list of finite numbers, one a channel; one number alone means a list of one."""

    low: float = -math.inf
    open_low: bool = False
    editor: ClassVar[str] = "numbers"

    def parse(self, value: Any) -> tuple[float, ...]:
        if not isinstance(value, (list, tuple)):
            value = [value]
        if not value:
            raise BadValue("must hold one number a channel")
        return tuple(real(item, self.low, open_low=self.open_low) for item in value)


@dataclass(frozen=True)
class Channels(Parameter):
    """A list of channel numbers, at least one; one number alone means a list of one."""

    editor: ClassVar[str] = "numbers"

    def parse(self, value: Any) -> tuple[int, ...]:
        if not isinstance(value, (list, tuple)):
            value = [value]
        if not value:
            raise BadValue("must name one channel at least")
        return tuple(whole(item, 0) for item in value)


@dataclass(frozen=True)
class ChannelLists(Parameter):
    """For each filter the list of input channels that it reads."""

    editor: ClassVar[str] = "text"

    def parse(self, value: Any) -> tuple[tuple[int, ...], ...]:
        if (
            not isinstance(value, (list, tuple))
            or not value
            or not all(isinstance(row, (list, tuple)) for row in value)
        ):
            raise BadValue("must be, for each filter, the list of input channels that it reads")
        rows = tuple(tuple(whole(item, 0) for item in row) for row in value)
        for number, row in enumerate(rows):
            if len(set(row)) != len(row):
                raise BadValue(f"names a channel twice for filter {number}")
        return rows


def _declare(parameter: Parameter) -> Any:
    return field(default=parameter.default, metadata={"parameter": parameter})


def integer(default: int, *, low: int = 0, high: int = LARGEST, help: str, label: str = "") -> Any:
    """Declare a whole number."""
    return _declare(Integer(default, help, label, low=low, high=high))


def number(
    default: float,
    *,
    low: float = -math.inf,
    high: float = math.inf,
    above: bool = False,
    below: bool = False,
    help: str,
    label: str = "",
) -> Any:
    """Declare a real number; with `above` it must exceed `low`, with `below` it must be less than `high`."""
    return _declare(Number(default, help, label, low=low, high=high, open_low=above, open_high=below))


def flag(default: bool, *, help: str, label: str = "") -> Any:
    """Declare a yes or no."""
    return _declare(Flag(default, help, label))


def choice(default: str, options: Mapping[str, str], *, help: str, label: str = "") -> Any:
    """Declare one of a few words; `options` maps each to what a form shows."""
    return _declare(Choice(default, help, label, options=tuple(options.items())))


def pair(default: int | None, *, low: int = 0, help: str, label: str = "", null: str = "") -> Any:
    """Declare a `[vertical, horizontal]` pair of whole numbers; `null` says what leaving it out means, if it may be."""
    value = None if default is None else (default, default)
    return _declare(Pair(value, help, label, bool(null), null, low=low))


def padding(
    default: str | int | tuple[int, ...], *, words: tuple[str, ...] = PADDING_WORDS, help: str, label: str = ""
) -> Any:
    """Declare a padding in any of its forms."""
    return _declare(PaddingParameter(default, help, label, words=words))


def numbers(*, help: str, label: str = "", low: float = -math.inf, above: bool = False, null: str) -> Any:
    """Declare a list of numbers, one a channel, that may be left out; `null` says what that means."""
    return _declare(Numbers(None, help, label, True, null, low=low, open_low=above))


def channels(*, help: str, label: str = "", null: str) -> Any:
    """Declare a list of channel numbers that may be left out; `null` says what that means."""
    return _declare(Channels(None, help, label, True, null))


def channel_lists(*, help: str, label: str = "", null: str) -> Any:
    """Declare, for each filter, the channels that it reads; `null` says what leaving it out means."""
    return _declare(ChannelLists(None, help, label, True, null))


_declared: dict[type, dict[str, Parameter]] = {}


def declared(layer_class: type[Any]) -> dict[str, Parameter]:
    """The parameters of a layer class by name, in the order of their declaration."""
    if layer_class not in _declared:
        found = {item.name: _of(item) for item in fields(layer_class)}
        _declared[layer_class] = found
    return _declared[layer_class]


def _of(item: "Field[Any]") -> Parameter:
    parameter = item.metadata.get("parameter")
    if not isinstance(parameter, Parameter):
        raise TypeError(f"the field {item.name!r} of a layer must be declared with integer(…), number(…), choice(…) …")
    return parameter


def label_of(name: str, parameter: Parameter) -> str:
    """How a form names a parameter: its label, or its name as words."""
    return parameter.label or name.replace("_", " ").capitalize()
