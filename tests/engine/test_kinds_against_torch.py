"""Every kind on its own against PyTorch: any parameters that fit, forward and all gradients.

`CNNBUILDER_CASES=300` draws so many cases of each kind.
"""

import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnbuilder.design.layer import kinds
from tests.strategies import layers

oracle = pytest.importorskip("tests.engine.torch_oracle", reason="needs PyTorch")

from tests.engine.test_against_torch import compare, prepared  # noqa: E402

torch = oracle.torch

pytestmark = [pytest.mark.oracle, pytest.mark.usefixtures("kernels")]

KINDS = [kind for kind, found in kinds().items() if found.inputs != (0, 0)]
CASES = int(os.environ.get("CNNBUILDER_CASES", "0")) or settings().max_examples


def test_every_kind_has_an_oracle():
    assert set(KINDS) <= {*oracle.KINDS, *oracle.MERGES}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=CASES)
@given(data=st.data())
def test_its_values_and_gradients_are_those_of_pytorch(kind, dtype, data):
    case = data.draw(layers(kind))
    network, inputs, generator = prepared(case.design, dtype, data.draw(st.integers(0, 10_000)), 2)
    shape = network.report.shapes["it"]
    slope = generator.standard_normal((2, *shape))
    compare(
        network,
        inputs,
        lambda run: run.backward(gradient=slope),
        lambda theirs: (theirs.values["it"] * torch.tensor(slope)).sum(),
    )
