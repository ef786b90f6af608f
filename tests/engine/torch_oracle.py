"""Designs written once more in PyTorch: an oracle that shares nothing with the engine but the design's JSON."""

import itertools
import math

import pytest

torch = pytest.importorskip("torch")
torch.set_num_threads(1)
functional = torch.nn.functional

# PyTorch's own hardsigmoid and hardswish have a sixth of float32's precision in their double gradients.
FUNCTIONS = {
    "relu": lambda x, p: functional.relu(x),
    "leaky_relu": lambda x, p: functional.leaky_relu(x, p["slope"]),
    "elu": lambda x, p: functional.elu(x, p["alpha"]),
    "selu": lambda x, p: functional.selu(x),
    "gelu": lambda x, p: functional.gelu(x),
    "silu": lambda x, p: functional.silu(x),
    "hard_swish": lambda x, p: x * torch.clip(x / 6 + 0.5, 0, 1),
    "hard_sigmoid": lambda x, p: torch.clip(x / 6 + 0.5, 0, 1),
    "sigmoid": lambda x, p: torch.sigmoid(x),
    "tanh": lambda x, p: torch.tanh(x),
    "softplus": lambda x, p: functional.softplus(x, threshold=200),
    "clip": lambda x, p: torch.clip(x, p["low"], p["high"]),
}


def sides(padding, size, kernel, stride, dilation):
    """Top, bottom, left and right, by the words of the contract."""
    if padding == "valid":
        return (0, 0, 0, 0)
    if padding == "full":
        return tuple(d * (k - 1) for k, d in zip(kernel, dilation, strict=True) for _ in range(2))
    if padding == "same":
        found = []
        for n, k, s, d in zip(size, kernel, stride, dilation, strict=True):
            total = max((-(-n // s) - 1) * s + d * (k - 1) + 1 - n, 0)
            found += [total // 2, total - total // 2]
        return tuple(found)
    if isinstance(padding, int):
        return (padding,) * 4
    return tuple(padding) if len(padding) == 4 else (padding[0],) * 2 + (padding[1],) * 2


def conv(x, p, weight, training):
    top, bottom, left, right = sides(p["padding"], x.shape[2:], p["kernel_size"], p["stride"], p["dilation"])
    x = functional.pad(x, (left, right, top, bottom))
    kernel = weight["weight"]
    if p["connections"] is not None:
        listed = torch.zeros_like(kernel)
        for filter, channels in enumerate(p["connections"]):
            listed[filter, channels] = 1
        kernel = kernel * listed
    y = functional.conv2d(x, kernel, None, p["stride"], 0, p["dilation"], p["groups"])
    if p["bias"] == "channel":
        return y + weight["bias"][:, None, None]
    return y + weight["bias"] if p["bias"] == "location" else y


def transposed_conv(x, p, weight, training):
    top, bottom, left, right = sides(p["padding"], x.shape[2:], p["kernel_size"], p["stride"], p["dilation"])
    # Without PyTorch's own padding, which cannot differ by side; what the output has more is the bias alone.
    y = functional.conv_transpose2d(x, weight["weight"], None, p["stride"], 0, 0, p["groups"], p["dilation"])
    if p["output_size"] is not None:
        more = [p["output_size"][0] - y.shape[2] + top + bottom, p["output_size"][1] - y.shape[3] + left + right]
    else:
        more = p["output_padding"]
    y = functional.pad(y, (-left, more[1] - right, -top, more[0] - bottom))
    return y + weight["bias"][:, None, None] if p["bias"] == "channel" else y


def unfolded(x, p):
    """The window of every place and channel: (n, groups, channels of a group × taps, rows, columns)."""
    top, bottom, left, right = sides(p["padding"], x.shape[2:], p["kernel_size"], p["stride"], p["dilation"])
    x = functional.pad(x, (left, right, top, bottom))
    size = [
        (n - d * (k - 1) - 1) // s + 1
        for n, k, s, d in zip(x.shape[2:], p["kernel_size"], p["stride"], p["dilation"], strict=True)
    ]
    found = functional.unfold(x, p["kernel_size"], p["dilation"], 0, p["stride"])
    return found.reshape(len(x), p["groups"], -1, *size)


def locally_connected(x, p, weight, training):
    cells = unfolded(x, p)
    kernels = weight["weight"].reshape(p["groups"], -1, *cells.shape[3:], cells.shape[2])
    y = torch.einsum("ngkab,gfabk->ngfab", cells, kernels).flatten(1, 2)
    bias = weight.get("bias", torch.zeros(1))
    return y + (bias[:, None, None] if bias.ndim == 1 else bias)


def tiled_conv(x, p, weight, training):
    cells = unfolded(x, p)
    rows, columns = (torch.arange(n) % t for n, t in zip(cells.shape[3:], p["tiles"], strict=True))
    kernels = weight["weight"][..., rows[:, None], columns].reshape(p["groups"], -1, *cells.shape[2:])
    y = torch.einsum("ngkab,gfkab->ngfab", cells, kernels).flatten(1, 2)
    bias = weight.get("bias", torch.zeros(1))
    return y + (bias[:, None, None] if bias.ndim == 1 else bias[..., rows[:, None], columns])


def windows(size, kernel, stride, before, after, ceil_mode):
    """`(first, last + 1)` of every window of one axis, moved along until it may not stand."""
    found = []
    for start in range(-before, size + after, stride):
        fits = start + kernel <= size + after
        rest = start + kernel - stride < size + after
        if (rest and (start < size or not found)) if ceil_mode else fits:
            found.append((start, start + kernel))
    return found


def pool(x, p, whole, part):
    """By `whole`, PyTorch's function, where it knows the padding; else `part` makes a value of each window's cells."""
    height, width = x.shape[2:]
    top, bottom, left, right = sides(p["padding"], (height, width), p["pool_size"], p["stride"], (1, 1))
    if top == bottom <= p["pool_size"][0] // 2 and left == right <= p["pool_size"][1] // 2:
        return whole(x, p["pool_size"], p["stride"], (top, left), ceil_mode=p["ceil_mode"])
    rows = windows(height, p["pool_size"][0], p["stride"][0], top, bottom, p["ceil_mode"])
    columns = windows(width, p["pool_size"][1], p["stride"][1], left, right, p["ceil_mode"])
    values = []
    for (first, last), (start, stop) in itertools.product(rows, columns):
        cells = x[:, :, max(first, 0) : min(last, height), max(start, 0) : min(stop, width)].flatten(2)
        counted = (min(last, height + bottom) - first) * (min(stop, width + right) - start)
        values.append(part(cells, counted))
    return torch.stack(values, 2).reshape(*x.shape[:2], len(rows), len(columns))


def max_pool(x, p, weight, training):
    def whole(x, *arguments, **named):
        return functional.max_pool2d(x, *arguments, **named)

    return pool(x, p, whole, lambda cells, counted: first_largest(cells))


def first_largest(cells):
    """The largest along the last axis; of equal ones the first has the gradient."""
    return cells.gather(-1, cells.argmax(-1, keepdim=True)).squeeze(-1)


def average_pool(x, p, weight, training):
    include = p["count_include_pad"]

    def whole(x, *arguments, **named):
        return functional.avg_pool2d(x, *arguments, **named, count_include_pad=include)

    return pool(x, p, whole, lambda cells, counted: cells.sum(-1) / (counted if include else cells.shape[-1]))


def global_pool(x, p, weight, training):
    cells = x.flatten(2)
    return (cells.mean(-1) if p["mode"] == "average" else first_largest(cells))[..., None, None]


def channel_pool(x, p, weight, training):
    return first_largest(x.unfold(1, p["pool_size"], p["stride"]))


def adaptive_pool(x, p, weight, training):
    pool = functional.adaptive_avg_pool2d if p["mode"] == "average" else functional.adaptive_max_pool2d
    return pool(x, (p["height"], p["width"]))


def reshape(x, p, weight, training):
    return x.reshape(len(x), p["channels"], p["height"], p["width"])


def multiply(x, *others):
    return math.prod(others, start=x)


def pad(x, p, weight, training):
    top, bottom, left, right = sides(p["padding"], None, None, None, None)
    mode = {"zeros": "constant", "reflect": "reflect", "edge": "replicate"}[p["mode"]]
    return functional.pad(x, (left, right, top, bottom), mode)


def upsample(x, p, weight, training):
    smooth = {"align_corners": False} if p["mode"] == "bilinear" else {}
    return functional.interpolate(x, scale_factor=tuple(p["scale"]), mode=p["mode"], **smooth)


def channel_select(x, p, weight, training):
    return x if p["channels"] is None else x[:, p["channels"]]


def dropout(x, p, weight, training):
    assert not training, "its masks are the network's own"
    return x


def dense(x, p, weight, training):
    return functional.linear(x, weight["weight"], weight.get("bias"))


def batch_norm(x, p, weight, training):
    # Contiguous: PyTorch 2.13 gives a wrong gradient for the strides that einsum leaves, by its own formula.
    return functional.batch_norm(
        x.contiguous(), weight["running_mean"], weight["running_var"], weight["weight"], weight["bias"], training,
        p["momentum"], p["epsilon"],
    )  # fmt: skip


def local_response_norm(x, p, weight, training):
    maps = x[..., None, None] if x.ndim == 2 else x  # a vector's features are its channels
    return functional.local_response_norm(maps, p["size"], p["alpha"], p["beta"], p["k"]).reshape(x.shape)


def add(x, *others):
    return sum(others, x)


KINDS = {
    "conv": conv,
    "transposed_conv": transposed_conv,
    "locally_connected": locally_connected,
    "tiled_conv": tiled_conv,
    "max_pool": max_pool,
    "average_pool": average_pool,
    "global_pool": global_pool,
    "channel_pool": channel_pool,
    "adaptive_pool": adaptive_pool,
    "reshape": reshape,
    "pad": pad,
    "upsample": upsample,
    "channel_select": channel_select,
    "dropout": dropout,
    "activation": lambda x, p, weight, training: FUNCTIONS[p["function"]](x, p),
    "prelu": lambda x, p, weight, training: functional.prelu(x, weight["weight"]),
    "softmax": lambda x, p, weight, training: torch.softmax(x, 1),
    "flatten": lambda x, p, weight, training: x.flatten(1),
    "dense": dense,
    "batch_norm": batch_norm,
    "local_response_norm": local_response_norm,
}
MERGES = {"add": add, "multiply": multiply, "concat": lambda *inputs: torch.cat(inputs, 1)}


class Oracle:
    """The values of every block of a design on a batch, with the graph that their gradients follow."""

    def __init__(self, design, weights, inputs, training=False):
        data = design.to_dict()
        self.weights = {name: torch.tensor(array, dtype=torch.float64) for name, array in weights.items()}
        for name, tensor in self.weights.items():
            tensor.requires_grad_("running" not in name)
        self.values = {}
        sources = {block["id"]: [] for block in data["blocks"]}
        for link in sorted(data["links"], key=lambda link: link["input"]):
            sources[link["to"]].append(link["from"])
        waiting = {block["id"]: block for block in data["blocks"]}
        while waiting:
            id = next(id for id in waiting if all(source in self.values for source in sources[id]))
            self.values[id] = self._value(
                waiting.pop(id), [self.values[source] for source in sources[id]], inputs, training
            )

    def _value(self, block, arguments, inputs, training):
        if block["kind"] == "input":
            return torch.tensor(inputs[block["id"]], dtype=torch.float64, requires_grad=True)
        if block["kind"] in MERGES:
            return MERGES[block["kind"]](*arguments)
        prefix = block["id"] + "."
        own = {name.removeprefix(prefix): t for name, t in self.weights.items() if name.startswith(prefix)}
        value = KINDS[block["kind"]](*arguments, block["params"], own, training)
        return value if value is not arguments[0] else value.clone()

    def gradients(self, loss):
        """dJ/d of every block and of every trained weight."""
        trained = {name: tensor for name, tensor in self.weights.items() if tensor.requires_grad}
        tensors = [*self.values.values(), *trained.values()]
        found = torch.autograd.grad(loss, tensors, retain_graph=True, materialize_grads=True)
        arrays = [tensor.numpy() for tensor in found]
        return dict(zip(self.values, arrays, strict=False)), dict(zip(trained, arrays[len(self.values) :], strict=True))
