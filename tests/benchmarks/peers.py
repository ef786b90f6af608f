"""The same networks in PyTorch and onnxruntime, written as their users write them; needs both."""

import itertools

import numpy as np
import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper

functional = torch.nn.functional


def _sources(data):
    """The blocks before each block, by the number of the input."""
    found = {block["id"]: [] for block in data["blocks"]}
    for link in sorted(data["links"], key=lambda link: link["input"]):
        found[link["to"]].append(link["from"])
    return found


def _ordered(data):
    """The blocks, each behind those that it reads."""
    waiting, sources, done = {block["id"]: block for block in data["blocks"]}, _sources(data), []
    while waiting:
        id = next(id for id in waiting if not set(sources[id]) & set(waiting))
        done.append((waiting.pop(id), sources[id]))
    return done


def _around(params, size):
    """Rows and columns of padding; the same before and behind."""
    padding = params["padding"]
    if padding == "same":
        return tuple((kernel - 1) // 2 for kernel in params[size])
    if padding == "valid":
        return (0, 0)
    return (padding, padding) if isinstance(padding, int) else tuple(padding)


def _local(x, p, w):
    """Unfold + einsum; the weights are those of the layer, in its own order."""
    around = _around(p, "kernel_size")
    rows, columns = (
        n + 2 * a - k + 1 for n, a, k in zip(x.shape[2:], around, p["kernel_size"], strict=True)
    )
    cells = functional.unfold(x, p["kernel_size"], padding=around).reshape(len(x), -1, rows, columns)
    kernels = w["weight"].reshape(len(w["weight"]), rows, columns, -1)
    return torch.einsum("nkab,fabk->nfab", cells, kernels) + w["bias"]


def _tiled(x, p, w):
    """The same, a product of matrices a tile: to repeat the kernels for every place takes up to ten times longer."""
    around, (down, across) = _around(p, "kernel_size"), p["tiles"]
    rows, columns = (n + 2 * a - k + 1 for n, a, k in zip(x.shape[2:], around, p["kernel_size"], strict=True))
    cells = functional.unfold(x, p["kernel_size"], padding=around).reshape(len(x), -1, rows, columns)
    y = x.new_empty(len(x), len(w["weight"]), rows, columns)
    for j, k in itertools.product(range(down), range(across)):
        kernel, bias = w["weight"][..., j, k].flatten(1), w["bias"][:, j, k, None, None]
        y[:, :, j::down, k::across] = torch.einsum("nkab,fk->nfab", cells[:, :, j::down, k::across], kernel) + bias
    return y


TORCH = {
    "conv": lambda x, p, w: functional.conv2d(x, w["weight"], w.get("bias"), p["stride"], _around(p, "kernel_size")),
    "locally_connected": _local,
    "tiled_conv": _tiled,
    "activation": lambda x, p, w: functional.relu(x),
    "max_pool": lambda x, p, w: functional.max_pool2d(x, p["pool_size"], p["stride"], _around(p, "pool_size")),
    "global_pool": lambda x, p, w: functional.adaptive_avg_pool2d(x, 1),
    "batch_norm": lambda x, p, w: functional.batch_norm(
        x, w["running_mean"], w["running_var"], w["weight"], w["bias"], False, 0.1, p["epsilon"]
    ),
    "flatten": lambda x, p, w: x.flatten(1),
    "dropout": lambda x, p, w: x,
    "dense": lambda x, p, w: functional.linear(x, w["weight"], w["bias"]),
    "softmax": lambda x, p, w: torch.softmax(x, 1),
}


class Torch:
    """A design with its weights in PyTorch."""

    def __init__(self, design, weights):
        data = design.to_dict()
        self._weights = {id: {} for id in _sources(data)}
        for name, array in weights.items():
            id, _, own = name.rpartition(".")
            tensor = torch.from_numpy(np.array(array, np.float32))
            self._weights[id][own] = tensor.requires_grad_("running" not in own)
        self._trained = [t for own in self._weights.values() for t in own.values() if t.requires_grad]
        self._steps = [
            (block["id"], TORCH.get(block["kind"]), block["params"], self._weights[block["id"]], before)
            for block, before in _ordered(data)
        ]

    def _values(self, x):
        """The output, and what came into the last step: the softmax's logits, where there is one."""
        values, last = {}, x
        for id, function, params, weights, before in self._steps:
            last = x if not before else values[before[0]]
            if len(before) > 1:
                values[id] = last + values[before[1]]
            else:
                values[id] = function(last, params, weights) if function else last
        return values[id], last

    def forward(self, x):
        """The output, without anything kept for gradients."""
        with torch.inference_mode():
            return self._values(torch.from_numpy(x))[0].numpy()

    def both(self, x):
        """The gradients of the loss at the logits for class 3, to the input and to every weight."""
        given = torch.from_numpy(x).requires_grad_()
        _, logits = self._values(given)
        loss = functional.cross_entropy(logits, torch.full((len(x),), 3))
        return torch.autograd.grad(loss, [given, *self._trained])

    def sum(self, x):
        """The gradients of the sum of the output: for a network that ends in maps."""
        given = torch.from_numpy(x).requires_grad_()
        return torch.autograd.grad(self._values(given)[0].sum(), [given, *self._trained])


def _node(kind, params, inputs, output):
    """The ONNX node of a block."""
    if kind in ("conv", "max_pool"):
        size = "kernel_size" if kind == "conv" else "pool_size"
        around = _around(params, size)
        named = {"kernel_shape": params[size], "strides": params["stride"], "pads": [*around, *around]}
        return helper.make_node("Conv" if kind == "conv" else "MaxPool", inputs, [output], **named)
    if kind == "dense":
        return helper.make_node("Gemm", inputs, [output], transB=1)
    if kind == "batch_norm":
        return helper.make_node("BatchNormalization", inputs, [output], epsilon=params["epsilon"])
    names = {
        "activation": "Relu", "global_pool": "GlobalAveragePool", "flatten": "Flatten", "dropout": "Identity",
        "softmax": "Softmax", "add": "Add",
    }  # fmt: skip
    return helper.make_node(names[kind], inputs, [output])


def onnx_forward(design, weights, shape, threads):
    """A function that runs a design in onnxruntime, with everything that it does for speed."""
    nodes, held, first = [], [], ""
    for block, before in _ordered(design.to_dict()):
        id = block["id"]
        if not before:
            first = id
            continue
        own = [f"{id}.{name}" for name in ("weight", "bias", "running_mean", "running_var")]
        own = [name for name in own if name in weights]
        held += [numpy_helper.from_array(np.array(weights[name], np.float32), name) for name in own]
        nodes.append(_node(block["kind"], block["params"], list(itertools.chain(before, own)), id))
    described = [helper.make_tensor_value_info(first, TensorProto.FLOAT, shape)]
    result = [helper.make_tensor_value_info(nodes[-1].output[0], TensorProto.FLOAT, None)]
    graph = helper.make_graph(nodes, "peer", described, result, held)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return lambda x: session.run(None, {first: x})[0]
