"""What commands that run a picture share: a network out of a file, with the weights that it has."""

from collections.abc import Collection

from cnnbuilder.design.check import check
from cnnbuilder.design.errors import DesignError, InputError
from cnnbuilder.design.shape import plural
from cnnbuilder.engine.network import Network
from cnnbuilder.files import load, load_weights
from cnnbuilder.layers.input import Input


def open_network(path: str) -> tuple[Network, Collection[str]]:
    """The network of a file with its weights, and their names."""
    design = load(path)
    problems = check(design).problems
    if problems:
        more = f" (and {plural(len(problems) - 1, 'problem')} more)" if len(problems) > 1 else ""
        raise DesignError(f"{path} cannot run: {problems[0].message}{more} `cnnbuilder check` lists fixes.")
    try:
        weights = load_weights(path) or {}
        return Network(design, weights), weights
    except DesignError as error:
        lines = str(error).splitlines()
        more = f" (and {len(lines) - 1} more)" if len(lines) > 1 else ""
        raise DesignError(f"{path}: the weights do not fit the design: {lines[0]}{more}") from None


def input_of(path: str, network: Network) -> Input:
    """The one block where the picture comes in."""
    if len(network.inputs) != 1:
        raise InputError(f"{path} has {plural(len(network.inputs), 'input')} ({', '.join(network.inputs)}) and one "
                         "picture is given: run it in Python, with network.forward({block: array, …})")
    layer = network.design.blocks[network.inputs[0]].layer
    assert isinstance(layer, Input)
    return layer


def first_weights(path: str, network: Network, given: Collection[str]) -> str:
    """Which weights are none of the file's, in words; nothing where there are none."""
    missing = [name for name in network.weights if name not in given]
    some = "" if len(missing) == len(network.weights) else f"{len(missing)} of {len(network.weights)} "
    seed = network.design.seed
    return f"{path} holds no {some}weights; they begin as seed {seed} makes them" if missing else ""
