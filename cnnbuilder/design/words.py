"""What a kind says of itself, taken from its docstring and its declarations."""

from inspect import cleandoc

from cnnbuilder.design.layer import Layer


def sentence(layer_class: type[Layer]) -> str:
    """The first sentence of a kind's docstring."""
    return cleandoc(layer_class.__doc__ or "").partition("\n\n")[0].replace("\n", " ")
