"""Formulas set as fractions, and tables of figures."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from cnnbuilder.app import theme
from cnnbuilder.design.formula import Formula

PAD = 10.0
LINE, FRACTION = 24.0, 42.0
GAP = 6.0


class Formulas(QWidget):
    """A well with a formula a line; a line too long for it is set smaller."""

    def __init__(self) -> None:
        super().__init__()
        self._formulas: tuple[Formula, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.keeper().changed.connect(self.update)

    def show_formulas(self, formulas: tuple[Formula, ...]) -> None:
        """Show these."""
        if formulas != self._formulas:
            self._formulas = formulas
            self.setAccessibleName("; ".join(str(formula) for formula in formulas))
            self.updateGeometry()
            self.update()

    def _heights(self) -> list[float]:
        return [FRACTION if formula.denominator else LINE for formula in self._formulas]

    def sizeHint(self) -> QSize:
        return QSize(200, round(sum(self._heights()) + 2 * PAD - 4))

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        now = theme.now()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(now.well))
        painter.drawRoundedRect(QRectF(self.rect()), 6, 6)
        top = PAD - 2
        for formula, height in zip(self._formulas, self._heights(), strict=True):
            painter.save()
            needed = _set(painter, formula, QRectF(0, 0, 0, height), measure=True)
            room = self.width() - 2 * PAD
            painter.translate(PAD, top)
            if needed > room:
                painter.translate(0, height / 2 * (1 - room / needed))
                painter.scale(room / needed, room / needed)
            _set(painter, formula, QRectF(0, 0, needed, height))
            painter.restore()
            top += height
        painter.end()


def _set(painter: QPainter, formula: Formula, rect: QRectF, measure: bool = False) -> float:
    """Paint (or only measure) one formula from the left edge of `rect`; how wide it is."""
    now = theme.now()
    plain, strong = theme.mono(12), theme.mono(12, 700)
    x, middle = rect.left(), rect.center().y()

    def write(words: str, font: QFont, colour: str = now.text) -> None:
        nonlocal x
        width = QFontMetricsF(font).horizontalAdvance(words)
        if not measure:
            painter.setFont(font)
            painter.setPen(QColor(colour))
            painter.drawText(QRectF(x, middle - 10, width + 2, 20), int(Qt.AlignmentFlag.AlignVCenter.value), words)
        x += width

    if formula.left:
        write(f"{formula.left} = ", plain)
    if formula.denominator:
        brackets = {"": ("", ""), "down": ("⌊", "⌋"), "up": ("⌈", "⌉")}[formula.rounding]
        tall = theme.mono(22)
        write(brackets[0], tall)
        metrics = QFontMetricsF(plain)
        width = max(metrics.horizontalAdvance(formula.numerator), metrics.horizontalAdvance(formula.denominator)) + 4
        if not measure:
            painter.setFont(plain)
            painter.setPen(QPen(QColor(now.text), 1))
            centre = int(Qt.AlignmentFlag.AlignCenter.value)
            painter.drawText(QRectF(x, middle - 18, width, 17), centre, formula.numerator)
            painter.drawText(QRectF(x, middle + 1, width, 17), centre, formula.denominator)
            painter.drawLine(QPointF(x, middle), QPointF(x + width, middle))
        x += width
        write(brackets[1], tall)
        write(f" {formula.tail} = ", plain)
    elif formula.numerator and formula.numerator != formula.result:
        write(f"{formula.numerator} = ", plain)
    write(formula.result, strong)
    return x - rect.left()


class Figures(QWidget):
    """A well with a row for each figure: words on the left, the number on the right."""

    ROW = 21.0

    def __init__(self) -> None:
        super().__init__()
        self._rows: tuple[tuple[str, str], ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.keeper().changed.connect(self.update)

    def show_rows(self, rows: tuple[tuple[str, str], ...]) -> None:
        """Show these figures."""
        if rows != self._rows:
            self._rows = rows
            self.setAccessibleName("; ".join(f"{words} {figure}" for words, figure in rows))
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, round(len(self._rows) * self.ROW + 14))

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        now = theme.now()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(now.well))
        painter.drawRoundedRect(QRectF(self.rect()), 6, 6)
        painter.setFont(theme.font(12))
        for number, (words, figure) in enumerate(self._rows):
            row = QRectF(PAD, 7 + number * self.ROW, self.width() - 2 * PAD, self.ROW)
            painter.setPen(QColor(now.dim))
            painter.drawText(row, int((Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter).value), words)
            painter.setPen(QColor(now.text))
            painter.drawText(row, int((Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter).value), figure)
        painter.end()
