"""How the picture is prepared: the picture as it is, and beside it what the network sees, with what makes the one of
the other."""

from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QLabel, QPushButton, QWidget

from cnnbuilder.app.inspector.form import Form
from cnnbuilder.app.pictures.images import fitted, image_from, image_of
from cnnbuilder.app.pictures.overlay import Overlay
from cnnbuilder.app.runner import Result
from cnnbuilder.app.session import Session, Shown
from cnnbuilder.design.document import Design
from cnnbuilder.design.layer import parameters_of
from cnnbuilder.design.shape import show

SIDE = 176
IMAGENET = {"mean": [0.485, 0.456, 0.406], "deviation": [0.229, 0.224, 0.225]}
"""Of the photographs that most published networks were trained on, for values from 0 to 1."""


def picture_blocks(design: Design) -> list[str]:
    """The blocks where a picture comes in."""
    return [id for id, block in design.blocks.items() if block.layer_class and block.layer_class.inputs == (0, 0)]


class Preparing(Overlay):
    """Follows the session and the results while it is open."""

    paint_wanted = Signal()
    """What the network sees is to be painted on."""

    def __init__(self, session: Session) -> None:
        super().__init__("What the network sees")
        self._session = session
        self._id: str | None = None
        self._of: tuple[int, str] | None = None
        self._result: Result | None = None
        self._forms: dict[str, Form] = {}
        self._which = QComboBox()
        self._which.setAccessibleName("Picture block")
        self._which.setToolTip("Every picture block sees the same picture, prepared in its own way")
        self._which.activated.connect(lambda _: self._choose(self._which.currentText()))
        self.column.addWidget(self._which)
        self.column.addLayout(self._sights())
        self.column.addLayout(self._turns())
        self._place = QWidget()
        self._grid = QGridLayout(self._place)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self.column.addWidget(self._place)
        self.column.addLayout(self._presets())
        session.changed.connect(self._changed)
        self.toggled.connect(lambda shown: self._show(session.shown) if shown else None)

    def _sights(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(4)
        self._sight: list[QLabel] = []
        self._about: list[QLabel] = []
        for column, words in enumerate(("The picture", "What the network sees")):
            heading, sight, about = QLabel(words), QLabel(), QLabel()
            heading.setObjectName("heading")
            about.setObjectName("small")
            sight.setObjectName("well")
            sight.setFixedSize(QSize(SIDE, SIDE))
            sight.setAlignment(Qt.AlignmentFlag.AlignCenter)
            sight.setAccessibleName(words)
            for row, widget in enumerate((heading, sight, about)):
                grid.addWidget(widget, row, column)
            self._sight.append(sight)
            self._about.append(about)
        return grid

    def _turns(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(6)
        for words, help, turn in (
            ("Invert", "Black becomes white: for digits drawn dark on light paper", inverted),
            ("Mirror", "Left becomes right", lambda values: values[:, ::-1]),
            ("Flip", "Top becomes bottom", lambda values: values[::-1]),
            ("Turn", "Turn by 90° to the right", lambda values: values.swapaxes(0, 1)[:, ::-1]),
        ):
            button = QPushButton(words)
            button.setToolTip(help)
            button.setAccessibleName(f"{words} the picture")
            button.clicked.connect(lambda _=False, turn=turn: self._turn(turn))
            row.addWidget(button)
        self.paint = QPushButton("Paint on it …")
        self.paint.setToolTip("Change what the network sees pixel by pixel (Ctrl+Shift+B)")
        self.paint.clicked.connect(lambda: self.paint_wanted.emit())
        row.addWidget(self.paint)
        return row

    def _presets(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(6)
        words = QLabel("Normalise")
        words.setObjectName("dim")
        row.addWidget(words, 1)
        self.plain = QPushButton("None")
        self.plain.setToolTip("Nothing is taken off and nothing divided by")
        self.plain.setAccessibleName("Normalise: none")
        self.plain.clicked.connect(lambda: self._normalise({"mean": None, "deviation": None}))
        self.imagenet = QPushButton("ImageNet")
        self.imagenet.setAccessibleName("Normalise: ImageNet")
        self.imagenet.clicked.connect(lambda: self._normalise(IMAGENET))
        row.addWidget(self.plain)
        row.addWidget(self.imagenet)
        return row

    # What a person asks for

    def _choose(self, id: str) -> None:
        self._id = id
        self._show(self._session.shown)

    def _edit(self, name: str, value: object, words: str) -> None:
        if self._id is not None:
            self._session.set_param(self._id, name, value, words, merge=("param", self._id, name))

    def _normalise(self, values: dict[str, Any]) -> None:
        id = self._id
        if id is not None:
            self._session.edit(f"Normalise {id}", lambda design: design.with_params(id, **values))

    def _turn(self, turn: Any) -> None:
        import numpy as np

        from cnnbuilder.files.pictures import Picture

        picture = self._session.shown.picture
        if picture is not None:
            values = np.ascontiguousarray(turn(picture.values))
            values.flags.writeable = False
            self._session.look(picture=Picture(values, picture.name))

    # What is shown

    def _changed(self, old: Shown, new: Shown) -> None:
        if self.isVisible():
            self._show(new)

    def show_result(self, result: Result) -> None:
        """Show what a run took in."""
        self._result = result
        if self.isVisible():
            self._show_seen()

    def _show(self, shown: Shown) -> None:
        ids = picture_blocks(shown.design)
        if self._id not in ids:
            self._id = ids[0] if ids else None
        if ids != [self._which.itemText(number) for number in range(self._which.count())]:
            self._which.clear()
            self._which.addItems(ids)
        self._which.setCurrentText(self._id or "")
        self._which.setVisible(len(ids) > 1)
        self._show_picture(shown)
        self._show_form(shown)
        self._show_seen()

    def _show_picture(self, shown: Shown) -> None:
        picture = shown.picture
        if picture is None:
            self._sight[0].clear()
            self._about[0].setText("none yet")
            return
        self._sight[0].setPixmap(fitted(image_of(picture, SIDE), SIDE - 4, self.devicePixelRatioF()))
        channels = picture.values.shape[2]
        depth = {"uint8": "8 bits", "uint16": "16 bits"}.get(str(picture.values.dtype), "real numbers")
        self._about[0].setText(f"{show((channels, *picture.size))}, {depth}")

    def _show_form(self, shown: Shown) -> None:
        block = shown.design.blocks.get(self._id or "")
        kind = block.layer_class if block else None
        wanted = None
        if block is not None and kind is not None:
            wanted = self._forms.get(block.kind)
            if wanted is None:
                wanted = self._forms[block.kind] = Form(parameters_of(kind))
                wanted.edited.connect(self._edit)
                wanted.left.connect(self._session.seal)
                self._grid.addWidget(wanted, 0, 0)
            fresh = self._of != (shown.key, block.id)
            self._of = (shown.key, block.id)
            wanted.show_values(block.params, block.faults, fresh)
        for form in self._forms.values():
            form.setVisible(form is wanted)
        colours = block is not None and block.params.get("channels") == len(IMAGENET["mean"])
        self.imagenet.setEnabled(colours)
        self.imagenet.setToolTip(
            "Mean and deviation of ImageNet's photographs, for values from 0 to 1"
            if colours
            else "Needs 3 channels: ImageNet's means are of red, green and blue"
        )

    def _show_seen(self) -> None:
        result, id = self._result, self._id
        if result is None or id is None or id not in result.thumbnails:
            self._sight[1].clear()
            self._about[1].setText(result.message if result is not None and result.message else "nothing yet")
            return
        values = result.outputs[id]
        low, high = float(values.min()), float(values.max())
        self._sight[1].setPixmap(fitted(image_from(result.thumbnails[id].pixels), SIDE - 4, self.devicePixelRatioF()))
        self._about[1].setText(f"{show(tuple(values.shape))}, {_figure(low)} … {_figure(high)}")


def inverted(values: Any) -> Any:
    """The negative; opacity stays as it is."""
    import numpy as np

    white = np.iinfo(values.dtype).max if values.dtype.kind == "u" else values.dtype.type(1)
    made = white - values
    if values.shape[2] == 4:
        made[:, :, 3] = values[:, :, 3]
    return made


def _figure(value: float) -> str:
    return f"{value:.3g}".replace("-", "−")
