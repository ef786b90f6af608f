"""Imports every file that registers kernels."""

from cnnbuilder.kernels import (
    correlate,
    gather,
    local_normalise,
    map,
    merge,
    normalise,
    product,
    program,
    rectify,
    reduce,
    softmax,
    transposed,
    untied,
)

__all__ = [
    "correlate", "gather", "local_normalise", "map", "merge", "normalise", "product", "program", "rectify", "reduce",
    "softmax", "transposed", "untied",
]
