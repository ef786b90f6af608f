"""The sample designs, each a function that gives it as it is in the file."""

from __future__ import annotations

from sample_designs import digits, mobile, photographs, small

DESIGNS = {
    "notes-example": small.notes_example,
    "kernel-six": small.kernel_six,
    "lenet5": digits.lenet5,
    "lenet-local": digits.lenet_local,
    "lenet-tiled": digits.lenet_tiled,
    "lenet-1998": digits.lenet_1998,
    "autoencoder": digits.autoencoder,
    "any-size": small.any_size,
    "inception": mobile.inception,
    "squeezenet": mobile.squeezenet,
    "shufflenet-v2": mobile.shufflenet_v2,
    "mobilenet-v2": mobile.mobilenet_v2,
    "alexnet": photographs.alexnet,
    "vgg16": photographs.vgg16,
    "resnet18": photographs.resnet18,
    "broken": small.broken,
}
