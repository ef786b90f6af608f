"""Between Qt's images and the program's pictures."""

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QMimeData, QSize, Qt
from PySide6.QtGui import QImage, QImageReader, QPixmap

from cnnbuilder.design.errors import InputError

if TYPE_CHECKING:
    from cnnbuilder.files.pictures import Picture


def image_in(mime: QMimeData) -> QImage | None:
    """The image that a clipboard or something dragged holds."""
    held = mime.imageData() if mime.hasImage() else None
    if isinstance(held, QPixmap):
        held = held.toImage()
    return held if isinstance(held, QImage) and not held.isNull() else None


def picture_of(image: QImage, name: str) -> "Picture":
    """An image as a picture of 8 bits: grey, colour, or colour and opacity. Raises InputError if it is too large."""
    import numpy as np

    from cnnbuilder.files.pictures import LARGEST_PIXELS, Picture

    if image.width() * image.height() > LARGEST_PIXELS:
        raise InputError(f"{name}: has more than {LARGEST_PIXELS // 10**6} megapixels")
    if image.hasAlphaChannel():
        form, channels = QImage.Format.Format_RGBA8888, 4
    elif image.isGrayscale():
        form, channels = QImage.Format.Format_Grayscale8, 1
    else:
        form, channels = QImage.Format.Format_RGB888, 3
    made = image.convertToFormat(form)
    rows = np.frombuffer(made.constBits(), np.uint8).reshape(made.height(), made.bytesPerLine())
    values = rows[:, : made.width() * channels].reshape(made.height(), made.width(), channels).copy()
    values.flags.writeable = False
    return Picture(values, name)


def image_of(picture: "Picture", side: int) -> QImage:
    """A picture for the screen, thinned out to about `side` pixels before it is scaled."""
    import numpy as np

    step = max(1, min(picture.size) // (2 * side))
    thin = picture.values[::step, ::step]
    pixels = thin if thin.dtype == np.uint8 else (thin * (255 / picture.white)).astype(np.uint8)
    return image_from(np.ascontiguousarray(pixels))


def image_from(pixels: Any) -> QImage:
    """Bytes `[rows, columns]` or `[rows, columns, 1, 3 or 4]` (C-contiguous) as an image with memory of its own."""
    rows, columns = pixels.shape[:2]
    forms = {1: QImage.Format.Format_Grayscale8, 3: QImage.Format.Format_RGB888, 4: QImage.Format.Format_RGBA8888}
    form = forms[pixels.shape[2] if pixels.ndim == 3 else 1]
    return QImage(pixels.data, columns, rows, pixels.strides[0], form).copy()


def fitted(image: QImage, side: int, ratio: float = 1.0) -> QPixmap:
    """An image as a pixmap that fits a square of `side`; pixels of small ones stay sharp."""
    size = round(side * ratio)
    small = max(image.width(), image.height()) <= size
    mode = Qt.TransformationMode.FastTransformation if small else Qt.TransformationMode.SmoothTransformation
    made = QPixmap.fromImage(image.scaled(size, size, Qt.AspectRatioMode.KeepAspectRatio, mode))
    made.setDevicePixelRatio(ratio)
    return made


def glance(path: str, side: int) -> QImage:
    """A file in small, upright; null if it cannot be read. For any thread."""
    reader = QImageReader(path)
    reader.setAutoTransform(True)
    size = reader.size()
    if size.isValid() and max(size.width(), size.height()) > 2 * side:
        reader.setScaledSize(size.scaled(QSize(2 * side, 2 * side), Qt.AspectRatioMode.KeepAspectRatio))
    return reader.read()
