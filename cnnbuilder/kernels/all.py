"""Imports every file that registers kernels."""

from cnnbuilder.kernels import (
    correlate,
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
    "correlate", "local_normalise", "map", "merge", "normalise", "product", "program", "rectify", "reduce",
    "softmax", "transposed", "untied",
]
