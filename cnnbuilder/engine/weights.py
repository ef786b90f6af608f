"""The numbers that a network holds: a persistent map of read-only arrays with versions, and their first values."""

import itertools
import weakref
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from cnnbuilder.design.errors import DesignError, UnknownNameError
from cnnbuilder.design.layer import Weight
from cnnbuilder.engine.buffers import address_of
from cnnbuilder.engine.numbers import numbers

Array = NDArray[Any]
Version = bytes

_versions = itertools.count(1)


@dataclass(frozen=True)
class Versioned:
    """A read-only float array; equal versions mean equal arrays."""

    array: Array
    version: Version

    @cached_property
    def address(self) -> int:
        """Where the array begins in memory."""
        return address_of(self.array)


class Weights(Mapping[str, Array]):
    """An immutable mapping name → read-only float32 array. Arrays keep their version through every edit."""

    __eq__ = object.__eq__
    __hash__ = object.__hash__

    def __init__(self, items: Mapping[str, Versioned] | None = None) -> None:
        self._items = dict(items or {})

    @classmethod
    def of(cls, arrays: Mapping[str, Any] | None) -> "Weights":
        """A copy of `arrays`; a Weights is returned as it is."""
        if isinstance(arrays, Weights):
            return arrays
        return cls({name: versioned(name, array) for name, array in (arrays or {}).items()})

    @classmethod
    def adopting(cls, arrays: Mapping[str, Array]) -> "Weights":
        """The very arrays, not copied: for read-only float32 ones that nobody else can write, as files give them."""
        return cls({name: Versioned(array, _new_version()) for name, array in arrays.items()})

    def versioned(self, name: str) -> Versioned:
        """The array of `name` with its version."""
        return self._items[name]

    def renamed(self, old: str, new: str) -> "Weights":
        """A copy in which the arrays of block `old` belong to block `new`."""
        prefix = f"{old}."
        return Weights(
            {
                (f"{new}.{name[len(prefix) :]}" if name.startswith(prefix) else name): item
                for name, item in self._items.items()
            }
        )

    def without(self, ids: Collection[str]) -> "Weights":
        """A copy without the arrays of these blocks."""
        return Weights({name: item for name, item in self._items.items() if name.rpartition(".")[0] not in ids})

    def with_arrays(self, arrays: Mapping[str, Any]) -> "Weights":
        """A copy with these arrays in place of those of the same names."""
        return Weights({**self._items, **Weights.of(arrays)._items})

    def with_copies(self, other: "Weights", names: Mapping[str, str]) -> "Weights":
        """A copy that also holds the arrays that `other` has for the blocks in `names`, under their names here."""
        added: dict[str, Versioned] = {}
        for name, item in other._items.items():
            id, _, rest = name.rpartition(".")
            if id in names:
                added[f"{names[id]}.{rest}"] = item
        return Weights({**self.without(set(names.values()))._items, **added})

    def __getitem__(self, name: str) -> Array:
        return self._items[name].array

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)


def _new_version() -> Version:
    return b"v%d" % next(_versions)


def versioned(name: str, values: Any, dtype: np.dtype[Any] | None = None) -> Versioned:
    """A read-only copy of `values` as float32 (or `dtype`) with a new version; DesignError if it holds no numbers."""
    try:
        with np.errstate(over="ignore"):  # beyond float32 is infinite
            array = np.array(numbers(values), dtype or np.float32, order="C")
    except ValueError as error:
        raise DesignError(f"{name}: {error}") from None
    array.flags.writeable = False
    return Versioned(array, _new_version())


class FirstWeights:
    """The arrays that a network begins with: each from a generator of its own, made of seed and name.

    He-normal, deviation √(2 / fan_in), after K. He et al., "Delving deep into rectifiers" (2015); others constant.
    Arrays that are still in use somewhere are not made twice.
    """

    _alive: ClassVar["weakref.WeakValueDictionary[Version, Array]"] = weakref.WeakValueDictionary()

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def version(self, name: str, weight: Weight) -> Version:
        """The version of that first array: equal seeds, names and declarations give equal arrays."""
        return blake2b(repr((self._seed, name, weight)).encode(), digest_size=16).digest()

    def make(self, name: str, weight: Weight) -> Versioned:
        """The first array of weight `name`, read-only float32."""
        version = self.version(name, weight)
        array = self._alive.get(version)
        if array is None:
            array = self._draw(name, weight)
            array.flags.writeable = False
            self._alive[version] = array
        return Versioned(array, version)

    def _draw(self, name: str, weight: Weight) -> Array:
        if weight.fan_in is None:
            return np.full(weight.shape, weight.value, np.float32)
        generator = np.random.default_rng([self._seed, *name.encode()])
        array = generator.standard_normal(weight.shape, np.float32)
        if weight.connections is None:
            array *= np.float32(np.sqrt(2 / weight.fan_in))
            return array
        taps = weight.fan_in // weight.shape[1]
        for row, channels in zip(array, weight.connections, strict=True):
            row *= np.float32(np.sqrt(2 / max(taps * len(channels), 1)))
        return masked(array, weight)


def masked(array: Array, weight: Weight) -> Array:
    """`array` with the weights of connections that are not listed set to 0."""
    if weight.connections is None:
        return array
    listed = np.zeros(weight.shape[:2], bool)
    for filter, channels in enumerate(weight.connections):
        listed[filter, list(channels)] = True
    array = array.copy()
    array[~listed] = 0
    return array


def wrong_weights(given: Mapping[str, Any], wanted: Mapping[str, Weight]) -> list[str]:
    """A line for every array of `given` that `wanted` has no place for."""
    lines: list[str] = []
    for name, values in given.items():
        if name not in wanted:
            lines.append(f"{name}: the design has no such weight")
            continue
        try:
            shape = numbers(values).shape
        except ValueError as error:
            lines.append(f"{name}: {error}")
            continue
        if shape != wanted[name].shape:
            lines.append(f"{name}: its shape is {list(shape)}, the design needs {list(wanted[name].shape)}")
    return lines


def unknown_weight(name: str) -> UnknownNameError:
    """The error for a weight that the design does not have."""
    return UnknownNameError(f"there is no weight {name!r}")
