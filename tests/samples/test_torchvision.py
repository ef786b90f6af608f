"""MobileNetV2 and ShuffleNetV2 against the same networks in PyTorch, built as torchvision's source builds them."""

import numpy as np
import pytest

from cnnbuilder import Network
from tests.designs import sample

torch = pytest.importorskip("torch", reason="needs PyTorch")
nn = torch.nn

pytestmark = [pytest.mark.oracle, pytest.mark.usefixtures("kernels")]


def normalised(channels, filters, size=1, stride=1, groups=1, after=None):
    found = [
        nn.Conv2d(channels, filters, size, stride, size // 2, groups=groups, bias=False),
        nn.BatchNorm2d(filters),
    ]
    return [*found, after()] if after else found


class InvertedResidual(nn.Module):
    def __init__(self, channels, filters, stride, expansion):
        super().__init__()
        wide = channels * expansion
        self.past = stride == 1 and channels == filters
        self.conv = nn.Sequential(
            *(normalised(channels, wide, after=nn.ReLU6) if expansion != 1 else []),
            *normalised(wide, wide, 3, stride, wide, nn.ReLU6),
            *normalised(wide, filters),
        )

    def forward(self, x):
        return x + self.conv(x) if self.past else self.conv(x)


def mobilenet_v2():
    settings = [
        [1, 16, 1, 1],
        [6, 24, 2, 2],
        [6, 32, 3, 2],
        [6, 64, 4, 2],
        [6, 96, 3, 1],
        [6, 160, 3, 2],
        [6, 320, 1, 1],
    ]
    features, channels = normalised(3, 32, 3, 2, after=nn.ReLU6), 32
    for t, c, n, s in settings:
        for i in range(n):
            features.append(InvertedResidual(channels, c, s if i == 0 else 1, t))
            channels = c
    features += normalised(channels, 1280, after=nn.ReLU6)
    pool = nn.AdaptiveAvgPool2d((1, 1))
    return nn.Sequential(*features, pool, nn.Flatten(), nn.Dropout(0.2), nn.Linear(1280, 1000))


class ShuffleUnit(nn.Module):
    def __init__(self, channels, filters, stride):
        super().__init__()
        self.stride, half = stride, filters // 2
        self.branch1 = nn.Sequential()
        if stride > 1:
            self.branch1 = nn.Sequential(
                *normalised(channels, channels, 3, stride, channels), *normalised(channels, half, after=nn.ReLU)
            )
        self.branch2 = nn.Sequential(
            *normalised(channels if stride > 1 else half, half, after=nn.ReLU),
            *normalised(half, half, 3, stride, half),
            *normalised(half, half, after=nn.ReLU),
        )

    def forward(self, x):
        if self.stride == 1:
            x1, x2 = x.chunk(2, dim=1)
            out = torch.cat((x1, self.branch2(x2)), dim=1)
        else:
            out = torch.cat((self.branch1(x), self.branch2(x)), dim=1)
        batch, channels, height, width = out.shape
        return out.view(batch, 2, channels // 2, height, width).transpose(1, 2).reshape(batch, channels, height, width)


def shufflenet_v2():
    parts, channels = [*normalised(3, 24, 3, 2, after=nn.ReLU), nn.MaxPool2d(3, 2, 1)], 24
    for filters, count in ((116, 4), (232, 8), (464, 4)):
        for i in range(count):
            parts.append(ShuffleUnit(channels, filters, 2 if i == 0 else 1))
            channels = filters
    parts += normalised(channels, 1024, after=nn.ReLU)
    return nn.Sequential(*parts, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(1024, 1000))


def given(network, module):
    """Give both the same random weights: the blocks with weights in their order, the modules in theirs."""
    generator = torch.Generator().manual_seed(0)
    own = [id for id in network.design.blocks if f"{id}.weight" in network.weights]
    theirs = [part for part in module.modules() if hasattr(part, "weight")]
    assert len(own) == len(theirs)
    for id, part in zip(own, theirs, strict=True):
        if isinstance(part, nn.BatchNorm2d):
            part.running_mean.normal_(0, 0.1, generator=generator)
            part.running_var.uniform_(0.5, 1.5, generator=generator)
            part.weight.data.uniform_(0.5, 1.5, generator=generator)
            part.bias.data.normal_(0, 0.1, generator=generator)
        else:
            fan_in = part.weight[0].numel()
            part.weight.data.normal_(0, (2 / fan_in) ** 0.5, generator=generator)
        for name, array in part.state_dict().items():
            if name != "num_batches_tracked":
                network.weights[f"{id}.{name}"] = array.numpy()


@pytest.mark.parametrize("name", ["mobilenet-v2", "shufflenet-v2"])
def test_with_equal_weights_it_gives_what_torch_gives(name):
    module = {"mobilenet-v2": mobilenet_v2, "shufflenet-v2": shufflenet_v2}[name]().eval()
    network = Network(sample(name))
    given(network, module)
    x = np.random.default_rng(0).standard_normal((2, 3, 224, 224)).astype(np.float32)
    with torch.no_grad():
        wanted = module(torch.tensor(x)).numpy()
    found = network.forward(x)["dense"]
    scale = np.abs(wanted).max()
    assert scale > 1e-3 and wanted.std() > 1e-2 * scale
    np.testing.assert_allclose(found / scale, wanted / scale, rtol=0, atol=1e-4)
