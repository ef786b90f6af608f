"""Networks for telephones, as torchvision builds them: most of the work in 1 × 1 and depthwise convolutions."""

from __future__ import annotations

from typing import Any

from sample_designs.blocks import Block, block, chain, conv, dense, design, max_pool, photograph, plain, relu


class Growing:
    """A design as it grows: blocks put one after another, and what is to be read next."""

    def __init__(self, *blocks: Block) -> None:
        self.blocks = list(blocks)
        self.links = chain(*(found["id"] for found in blocks))
        self.last: str = blocks[-1]["id"]

    def then(self, *blocks: Block, after: str | None = None) -> str:
        """Put blocks in a chain behind `after` (the last one); gives the name of the last of them."""
        self.links += chain(after or self.last, *(found["id"] for found in blocks))
        self.blocks += blocks
        self.last = blocks[-1]["id"]
        return self.last

    def join(self, id: str, kind: str, *sources: str) -> str:
        """Put a block that reads several."""
        self.blocks.append(block(id, kind))
        self.links += [(source, id, number) for number, source in enumerate(sources)]
        self.last = id
        return id


def relu6(id: str) -> Block:
    return block(id, "activation", function="clip", low=0, high=6)


def normalised(name: str, filters: int, size: int = 1, stride: int = 1, groups: int = 1) -> list[Block]:
    """A convolution without bias that keeps the size but for its stride, and batch normalisation."""
    some: dict[str, Any] = {"groups": groups} if groups > 1 else {}
    convolution = conv(f"{name}_conv", filters, size, stride=[stride, stride], padding=size // 2, bias="none", **some)
    return [convolution, block(f"{name}_bn", "batch_norm")]


def mobilenet_v2() -> dict[str, Any]:
    """M. Sandler et al., "MobileNetV2: inverted residuals and linear bottlenecks" (2018), table 2."""
    net = Growing(photograph())
    net.then(*normalised("first", 32, 3, 2), relu6("first_relu"))
    channels = 32
    stages = [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)]
    for stage, (expansion, filters, count, first_stride) in enumerate(stages, start=1):
        for number in range(1, count + 1):
            name, past, wide = f"unit{stage}_{number}", net.last, expansion * channels
            stride = first_stride if number == 1 else 1
            if expansion > 1:
                net.then(*normalised(f"{name}_expand", wide), relu6(f"{name}_expand_relu"))
            net.then(*normalised(f"{name}_depth", wide, 3, stride, wide), relu6(f"{name}_depth_relu"))
            net.then(*normalised(f"{name}_project", filters))
            if stride == 1 and channels == filters:
                net.join(f"{name}_add", "add", net.last, past)
            channels = filters
    net.then(*normalised("last", 1280), relu6("last_relu"))
    net.then(
        block("global_pool", "global_pool", mode="average"), plain("flatten"), block("dropout", "dropout", rate=0.2)
    )
    net.then(dense("dense", 1000), plain("softmax"))
    return design("MobileNetV2", net.blocks, links=net.links)


def shufflenet_unit(net: Growing, name: str, filters: int, stride: int) -> None:
    """A unit of figure 3c (stride 1) or 3d (stride 2); the shuffle takes the channels of both halves in turn."""
    half, past = filters // 2, net.last
    if stride == 1:
        left = net.then(block(f"{name}_left", "channel_select", channels=list(range(half))), after=past)
        right = net.then(block(f"{name}_right", "channel_select", channels=list(range(half, filters))), after=past)
    else:
        channels = 24 if name == "unit2_1" else half
        net.then(*normalised(f"{name}_left_depth", channels, 3, stride, channels), after=past)
        left = net.then(*normalised(f"{name}_left", half), relu(f"{name}_left_relu"))
        right = past
    net.then(*normalised(f"{name}_in", half), relu(f"{name}_in_relu"), after=right)
    net.then(*normalised(f"{name}_depth", half, 3, stride, half))
    right = net.then(*normalised(f"{name}_out", half), relu(f"{name}_out_relu"))
    net.join(f"{name}_concat", "concat", left, right)
    turns = [channel for pair in zip(range(half), range(half, filters), strict=True) for channel in pair]
    net.then(block(f"{name}_shuffle", "channel_select", channels=turns))


def shufflenet_v2() -> dict[str, Any]:
    """N. Ma et al., "ShuffleNet V2: practical guidelines for efficient CNN architecture design" (2018), table 5."""
    net = Growing(photograph())
    net.then(*normalised("first", 24, 3, 2), relu("first_relu"), max_pool("pool1", 3, padding=1))
    for stage, (filters, count) in enumerate([(116, 4), (232, 8), (464, 4)], start=2):
        for number in range(1, count + 1):
            shufflenet_unit(net, f"unit{stage}_{number}", filters, 2 if number == 1 else 1)
    net.then(*normalised("last", 1024), relu("last_relu"), block("global_pool", "global_pool", mode="average"))
    net.then(plain("flatten"), dense("dense", 1000), plain("softmax"))
    return design("ShuffleNetV2 x1.0", net.blocks, links=net.links)


def fire(net: Growing, name: str, squeeze: int, expand: int) -> None:
    """Few 1 × 1 filters, then as many of 1 × 1 as of 3 × 3 side by side."""
    narrow = net.then(conv(f"{name}_squeeze", squeeze, 1), relu(f"{name}_squeeze_relu"))
    ones = net.then(conv(f"{name}_ones", expand, 1), relu(f"{name}_ones_relu"), after=narrow)
    threes = net.then(conv(f"{name}_threes", expand, 3, padding=1), relu(f"{name}_threes_relu"), after=narrow)
    net.join(f"{name}_concat", "concat", ones, threes)


def squeezenet() -> dict[str, Any]:
    """F. N. Iandola et al., "SqueezeNet" (2016), version 1.1 of the authors' repository."""
    net = Growing(photograph(), conv("conv1", 64, 3, stride=[2, 2]), relu("relu1"))
    net.then(max_pool("pool1", 3, ceil_mode=True))
    for number, (squeeze, expand) in enumerate([(16, 64), (16, 64), (32, 128), (32, 128)], start=2):
        fire(net, f"fire{number}", squeeze, expand)
        if number in (3, 5):
            net.then(max_pool(f"pool{number}", 3, ceil_mode=True))
    for number, (squeeze, expand) in enumerate([(48, 192), (48, 192), (64, 256), (64, 256)], start=6):
        fire(net, f"fire{number}", squeeze, expand)
    net.then(block("dropout", "dropout", rate=0.5), conv("conv10", 1000, 1), relu("relu10"))
    net.then(block("global_pool", "global_pool", mode="average"), plain("flatten"), plain("softmax"))
    return design("SqueezeNet 1.1", net.blocks, links=net.links)


def inception() -> dict[str, Any]:
    """C. Szegedy et al., "Going deeper with convolutions" (2014): the beginning of table 1, to its first such block."""
    net = Growing(photograph(), conv("conv1", 64, 7, stride=[2, 2], padding=3), relu("relu1"))
    net.then(max_pool("pool1", 3, ceil_mode=True), block("norm1", "local_response_norm"))
    net.then(conv("conv2_reduce", 64, 1), relu("relu2_reduce"), conv("conv2", 192, 3, padding=1), relu("relu2"))
    source = net.then(block("norm2", "local_response_norm"), max_pool("pool2", 3, ceil_mode=True))
    ones = net.then(conv("ones", 64, 1), relu("ones_relu"), after=source)
    net.then(conv("threes_reduce", 96, 1), relu("threes_reduce_relu"), after=source)
    threes = net.then(conv("threes", 128, 3, padding=1), relu("threes_relu"))
    net.then(conv("fives_reduce", 16, 1), relu("fives_reduce_relu"), after=source)
    fives = net.then(conv("fives", 32, 5, padding=2), relu("fives_relu"))
    whole = block("pool", "max_pool", pool_size=[3, 3], stride=[1, 1], padding=1)
    pooled = net.then(whole, conv("pool_project", 32, 1), relu("pool_project_relu"), after=source)
    net.join("concat", "concat", ones, threes, fives, pooled)
    net.then(
        block("global_pool", "global_pool", mode="average"), plain("flatten"), dense("dense", 10), plain("softmax")
    )
    return design("An Inception block", net.blocks, links=net.links)
