"""Imports every file that registers kernels."""

from cnnbuilder.kernels import (
    correlate,
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
    "correlate", "map", "merge", "normalise", "product", "program", "rectify", "reduce", "softmax", "transposed",
    "untied",
]
