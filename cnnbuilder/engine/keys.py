"""Keys of results: equal keys mean equal values, so a result under its key can be used again.

A key is a digest of the operation, the keys of its inputs and the versions of its weights.
"""

from collections.abc import Mapping
from functools import lru_cache
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnbuilder.engine.tape import Tape
from cnnbuilder.operations import Operation

Key = bytes


@lru_cache(4096)
def _operation_digest(operation: Operation) -> bytes:
    return blake2b(repr(operation).encode(), digest_size=16).digest()


def array_key(array: NDArray[Any]) -> Key:
    """The key of an array that comes in from outside, by its content."""
    digest = blake2b(repr((array.shape, str(array.dtype))).encode(), digest_size=16)
    digest.update(np.ascontiguousarray(array).view(np.uint8).data)
    return digest.digest()


def value_keys(tape: Tape, inputs: Mapping[int, NDArray[Any]], versions: Mapping[str, bytes]) -> dict[int, Key]:
    """The key of every value of `tape`."""
    found = {value: array_key(array) for value, array in inputs.items()}
    for node in tape.nodes:
        digest = blake2b(_operation_digest(node.operation), digest_size=16)
        for value in node.inputs:
            digest.update(found[value])
        for name in node.weights:
            digest.update(b"%d:" % len(versions[name]) + versions[name])
        found[node.output] = digest.digest()
    return found
