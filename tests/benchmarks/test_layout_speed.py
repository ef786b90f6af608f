"""How long it takes to arrange a thousand blocks, to find stages in them, and receptive fields through them."""

from typing import Any

import pytest

from cnnbuilder.design.check import check
from cnnbuilder.design.document import Design
from cnnbuilder.design.graph import Graph
from cnnbuilder.design.layout import arranged
from cnnbuilder.design.layout.order import best_order
from cnnbuilder.design.stages import repeats
from cnnbuilder.explain.fields import typical_field
from tests.benchmarks.test_check_speed import large
from tests.design.graphs import chain, inception, residual

GRAPHS = {"chain": chain(1000), "residual": residual(140), "inception": inception(125)}


@pytest.mark.parametrize("direction", ["right", "down"])
@pytest.mark.parametrize("name", GRAPHS)
def test_arranging(benchmark: Any, name: str, direction: str) -> None:
    graph = GRAPHS[name]

    def anew() -> None:
        best_order.cache_clear()
        arranged(Graph(graph.blocks, graph.links), direction)

    benchmark(anew)


@pytest.mark.parametrize("name", GRAPHS)
def test_finding_stages(benchmark: Any, name: str) -> None:
    graph = GRAPHS[name]
    benchmark(lambda: repeats(Graph(graph.blocks, graph.links)))


def test_a_receptive_field(benchmark: Any) -> None:
    design: Design = large()
    first, last = next(iter(design.blocks)), list(design.blocks)[-2]
    check(design)
    benchmark(lambda: typical_field(design, last, first))
