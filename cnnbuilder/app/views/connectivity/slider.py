"""The slider on which a layer's weights come to be shared: never, in turn, always."""

from math import exp, log

from PySide6.QtCore import QPointF, QRectF, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QLinearGradient, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QVBoxLayout, QWidget

from cnnbuilder.app import theme

STEPS = 1_000
ENDS = ("#2f6bdc", "#e08a00", "#c43e7c")
"""The colours along the slider: blue where nothing is shared, magenta where all is."""
FEWER = (Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_PageUp)
MORE = (Qt.Key.Key_Left, Qt.Key.Key_Down, Qt.Key.Key_PageDown)


class PeriodSlider(QSlider):
    """Chooses a period, from the largest at the left down to 1 at the right; small ones have more room."""

    wanted = Signal(int)
    """Another period is wanted."""

    def __init__(self) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setRange(0, STEPS)
        self.most = self.period = 1
        self.setAccessibleName("After how many places the same weights come again")
        self.setToolTip(
            "After how many places the same weights come again: at the left never, at the right at every place.\n"
            "← and → go to the next. Less sharing copies the weights, more sharing averages them; it can be undone."
        )
        self.setMinimumHeight(round(theme.scaled(22)))
        self.valueChanged.connect(self._follow)

    def show_period(self, period: int, most: int) -> None:
        """Stand where the layer's period is."""
        self.most, self.period = max(most, 1), min(max(period, 1), max(most, 1))
        if not self.isSliderDown():
            self._stand()
        self.update()

    def value_of(self, period: int) -> int:
        """Where a period stands."""
        return STEPS if self.most == 1 else round(STEPS * (1 - log(period) / log(self.most)))

    def period_at(self, value: int) -> int:
        """The period nearest to a place."""
        return max(1, min(self.most, round(exp(log(self.most) * (1 - value / STEPS)))))

    def _want(self, period: int) -> None:
        period = max(1, min(self.most, period))
        if period != self.period:
            self.period = period
            self.wanted.emit(period)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in FEWER or key in MORE:
            self._want(self.period + (1 if key in MORE else -1))
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self._want(self.most if key == Qt.Key.Key_Home else 1)
        else:
            super().keyPressEvent(event)
            return
        self._stand()

    def _follow(self, value: int) -> None:
        """The value was set, perhaps by a screen reader."""
        self._want(self.period_at(value))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scrolling past it is no edit."""
        event.ignore()

    def _stand(self) -> None:
        """Stand where the period is."""
        with QSignalBlocker(self):
            self.setValue(self.value_of(self.period))
        self.update()

    def _pull(self, x: float) -> None:
        share = (x - self._inset) / max(self.width() - 2 * self._inset, 1)
        self.setSliderPosition(round(STEPS * min(max(share, 0.0), 1.0)))
        self._want(self.period_at(self.sliderPosition()))
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self._pull(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.isSliderDown():
            self._pull(event.position().x())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self.isSliderDown():
            self._stand()
            self.setSliderDown(False)

    @property
    def _inset(self) -> float:
        return theme.scaled(9)

    def paintEvent(self, event: QPaintEvent) -> None:
        now, painter = theme.now(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle, inset = self.height() / 2, self._inset
        groove = QRectF(inset, middle - 3, self.width() - 2 * inset, 6)
        fill = QLinearGradient(groove.left(), 0, groove.right(), 0)
        for number, colour in enumerate(ENDS):
            fill.setColorAt(number / (len(ENDS) - 1), QColor(colour if self.isEnabled() else now.line))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(fill)
        painter.drawRoundedRect(groove, 3, 3)
        x = groove.left() + groove.width() * self.sliderPosition() / STEPS
        accent = QColor(now.accent if self.isEnabled() else now.faint)
        painter.setPen(QPen(accent, 3))
        painter.setBrush(accent if self.hasFocus() else QColor(now.panel))
        painter.drawEllipse(QPointF(x, middle), theme.scaled(7), theme.scaled(7))
        painter.end()


class Sharing(QWidget):
    """The slider with what its ends and its place mean."""

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        self._heading, self._now, self._never, self._always = QLabel(), QLabel(), QLabel(), QLabel()
        self._heading.setObjectName("heading")
        self._now.setTextFormat(Qt.TextFormat.RichText)
        self.slider = PeriodSlider()
        for pair in ((self._heading, self._now), (self._never, self._always)):
            row = QHBoxLayout()
            for label in pair:
                label.setObjectName(label.objectName() or "small")
                row.addWidget(label)
            row.insertStretch(1)
            column.addLayout(row)
        column.insertWidget(1, self.slider)
        self._always.setText("always, t = 1")
        self.slider.wanted.connect(self._tell)

    def show_period(self, period: int, most: int, why_not: str = "") -> None:
        """Stand at a period; `why_not` says why it cannot be changed."""
        self.slider.show_period(period, most)
        self.slider.setEnabled(not why_not and most > 1)
        period = min(max(period, 1), most)
        self._heading.setText(why_not or "Weights are shared")
        self._never.setText(f"never, t = {most}")
        self._tell(period)
        if why_not:
            self._now.setText("")

    def _tell(self, period: int) -> None:
        """Say what a period means."""
        words = "always" if period == 1 else "never" if period == self.slider.most else every(period)
        self._now.setText(f"{words}, <b>t = {period}</b>")
        self.slider.setAccessibleDescription(f"{words}, t = {period}")


def every(period: int) -> str:
    """`every second`, `every 22nd`."""
    words = {1: "every", 2: "every second", 3: "every third"}
    ending = {1: "st", 2: "nd", 3: "rd"}.get(period % 10, "th") if period % 100 not in (11, 12, 13) else "th"
    return words.get(period, f"every {period}{ending}")
