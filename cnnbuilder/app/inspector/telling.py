"""What the inspector says of a block: its formulas and figures, as values."""

from collections.abc import Iterable
from math import prod

from cnnbuilder.app.inspector.figures import Figure
from cnnbuilder.app.words import bytes_words
from cnnbuilder.design.check import Report
from cnnbuilder.design.document import Design
from cnnbuilder.design.formula import Formula
from cnnbuilder.design.graph import Block
from cnnbuilder.design.layer import Weight
from cnnbuilder.design.shape import grouped, order, plural, show, show_pair
from cnnbuilder.design.sharing import CONVOLUTION, FULL, LOCAL, TILED, Way
from cnnbuilder.explain.fields import typical_field

PARAMETERS_HELP = "The numbers that training changes: the sizes of each array of weights multiplied, the arrays added."
SHARING = {
    CONVOLUTION: "One kernel for all places: the weights are shared everywhere.",
    TILED: "A few kernels in turn from place to place; after t places the first comes again.",
    LOCAL: "A kernel of its own at every place: the same connections, nothing shared.",
    FULL: "Every output reads every input, each connection with a weight of its own.",
}
"""What each way to share weights means."""
SIZES = {False: "height × width × channels", True: "channels × height × width"}
"""What the numbers of a shape are, by whether channels come first."""


def size_formulas(report: Report, block: Block) -> tuple[Formula, ...]:
    """How the size of the block's output comes about; nothing where it is not known."""
    if block.layer is None or report.shapes[block.id] is None:
        return ()
    return tuple(block.layer.formulas(*report.input_shapes(block.id)))


def parameter_formulas(report: Report, block: Block) -> tuple[Formula, ...]:
    """`5·5·1·6 + 6 = 156`; nothing for a block without weights."""
    inference = report.inferences[block.id]
    trained = [weight for _, weight in inference.weights if weight.trained] if inference else []
    if inference is None or not trained:
        return ()
    return (Formula("", " + ".join(map(_product, trained)), grouped(inference.parameters)),)


def _product(weight: Weight) -> str:
    """`5·5·1·6`: the sizes of an array, fastest first; of listed connections only those that there are."""
    if weight.connections is None:
        return "·".join(str(size) for size in reversed(weight.shape))
    listed = weight.count // prod(weight.shape[2:])
    return "·".join(str(size) for size in (*reversed(weight.shape[2:]), listed))


def sharing_figures(report: Report, block: Block) -> tuple[Figure, ...]:
    """What the block's connections would cost with their weights shared otherwise; the block's own way is strong.
    Nothing for a kind without such a choice."""
    return tuple(
        Figure(way.name, grouped(way.parameters), _sharing_help(way), way.own, _sharing_act(block, way))
        for way in sharing_ways(report, block)
    )


def sharing_ways(report: Report, block: Block) -> tuple[Way, ...]:
    """The ways to share the block's weights, in the order of `sharing_figures`."""
    if block.layer is None or report.shapes[block.id] is None:
        return ()
    return block.layer.sharing(*report.input_shapes(block.id))


def _sharing_act(block: Block, way: Way) -> str:
    """What choosing a way does, where the block can have it."""
    can = block.layer is not None and block.layer.shared_as(way) is not None
    return f"Make {block.id} {way.name}, carrying its weights" if can else ""


def _sharing_help(way: Way) -> str:
    return (
        f"{SHARING[way.form]}\n{plural(way.parameters, 'parameter')}, {bytes_words(way.weight_bytes)} of weights, "
        f"{plural(way.macs, 'multiply-add')}."
    )


def cost_figures(design: Design, report: Report, block: Block) -> tuple[Figure, ...]:
    """What the block costs, and how much of the picture it sees."""
    inference = report.inferences[block.id]
    if inference is None or inference.shape is None:
        return ()
    figures = [
        Figure(
            "output",
            show(inference.shape),
            f"What comes out, as {SIZES[order.channels_first]}; a single number is a vector.",
        ),
        Figure(
            "multiply-adds",
            grouped(report.macs[block.id]) if report.macs[block.id] else "–",
            "Multiplications by a weight for one picture: output values × the weights that each reads.",
        ),
        Figure(
            "memory",
            bytes_words(report.memory_bytes[block.id]),
            "One picture's output, four bytes a value.",
        ),
    ]
    figures += _receptive_figures(design, report, block)
    share = _share(inference.parameters, report.total_parameters)
    figures.append(Figure("share of all parameters", share, "Of the whole network's parameters, how many are here."))
    return tuple(figures)


def _receptive_figures(design: Design, report: Report, block: Block) -> list[Figure]:
    for id, other in report.graph.blocks.items():
        picture = other.layer is not None and other.layer.inputs == (0, 0) and report.shapes[id] is not None
        field = typical_field(design.with_graph(report.graph), block.id, id) if picture and id != block.id else None
        if field is not None:
            help = (
                f"Rows and columns of {id} that can matter to one value of the output, also where the padding begins."
            )
            if all(field.jump):
                help += f" From one value to the next it moves by {show_pair(field.jump)}."
            return [Figure("receptive field", show_pair(field.size), help)]
    return []


def sum_figures(report: Report, ids: Iterable[str]) -> tuple[Figure, ...]:
    """What several blocks cost together."""
    ids = tuple(ids)
    parameters = sum(report.parameters[id] for id in ids)
    return (
        Figure("parameters", grouped(parameters), "Numbers that training changes."),
        Figure(
            "multiply-adds",
            grouped(sum(report.macs[id] for id in ids)),
            "Multiplications by a weight for one picture.",
        ),
        Figure(
            "memory",
            bytes_words(sum(report.memory_bytes[id] for id in ids)),
            "The outputs of one picture, four bytes a value.",
        ),
        Figure(
            "share of all parameters",
            _share(parameters, report.total_parameters),
            "Of the whole network's parameters, how many are in these blocks.",
        ),
    )


def design_figures(report: Report) -> tuple[Figure, ...]:
    """What the whole network costs; with problems, of the blocks whose shape is known."""
    memory = report.total_memory_bytes
    partial = "≥ " if report.problems else ""
    rest = " So far: of the blocks before a problem." if report.problems else ""
    return (
        Figure("blocks", grouped(len(report.graph.blocks)), "Cards on the canvas, those in groups included."),
        Figure("parameters", partial + grouped(report.total_parameters), f"Numbers that training changes.{rest}"),
        Figure(
            "multiply-adds",
            partial + grouped(report.total_macs),
            f"Multiplications by a weight for one picture.{rest}",
        ),
        Figure("weights", partial + bytes_words(memory["weights"]), f"Every weight, four bytes each.{rest}"),
        Figure("outputs", partial + bytes_words(memory["forward"]), f"Every output of one picture.{rest}"),
        Figure(
            "backward",
            partial + bytes_words(memory["backward"]),
            f"The gradients of every output and of every weight.{rest}",
        ),
        Figure("problems", grouped(len(report.problems)), "What keeps the network from running."),
    )


def classes_words(report: Report, named: int) -> str:
    """How many classes come out and how many of them have a name."""
    shapes = [report.shapes[id] for id in report.graph.wiring.outputs]
    classes = [shape[0] for shape in shapes if shape is not None and len(shape) == 1]
    if len(shapes) != 1 or not classes:
        return "Names for what comes out, where the network ends in a vector."
    if named == classes[0]:
        return f"{plural(classes[0], 'class').replace('classs', 'classes')} come out, each with a name."
    some = "none has a name" if not named else f"{named} have a name"
    return f"{grouped(classes[0])} values come out, {some}; the others go by their number."


def _share(part: int, whole: int) -> str:
    if not part:
        return "–"
    return "< 0.1 %" if part / whole < 0.0005 else f"{100 * part / whole:.1f} %"
