"""Formulas set as fractions, with the rounding brackets of the notes where a division leaves a rest."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from cnnbuilder.app import theme
from cnnbuilder.app.inspector.wells import Well
from cnnbuilder.design.formula import Formula

BRACKET = 5.0
CENTRE = int(Qt.AlignmentFlag.AlignCenter.value)
MEANINGS = {
    "W₂": "Columns of the output: columns of the input, less what the window covers, plus the padding left and right, "
    "divided by the stride, plus 1.",
    "H₂": "Rows of the output: rows of the input, less what the window covers, plus the padding above and below, "
    "divided by the stride, plus 1.",
    "D₂": "Maps of the output.",
}
ROUNDED = {
    "down": " The division leaves a rest and is rounded down: the last cells are in no window.",
    "up": " The division leaves a rest and is rounded up: the last window reaches beyond the input.",
}


class Formulas(Well):
    """A formula a line; a line too long for the well is set smaller."""

    def __init__(self, words: str, help: str = "") -> None:
        super().__init__(words)
        self._formulas: tuple[Formula, ...] = ()
        self._help = help

    def show_formulas(self, formulas: tuple[Formula, ...]) -> None:
        """Show these."""
        if formulas != self._formulas:
            self._formulas = formulas
            self.refresh()

    def count(self) -> int:
        return len(self._formulas)

    def line_height(self, number: int) -> float:
        return theme.text_px() + (29.0 if self._formulas[number].denominator else 10.0)

    def text(self, number: int) -> str:
        return str(self._formulas[number]).removeprefix(" = ")

    def value(self, number: int) -> str:
        return self._formulas[number].result

    def help(self, number: int) -> str:
        formula = self._formulas[number]
        meaning = MEANINGS.get(formula.left, self._help)
        return f"{meaning}{ROUNDED.get(formula.rounding, '')}\n{self.text(number)}"

    def paint_line(self, painter: QPainter, number: int, rect: QRectF) -> None:
        formula = self._formulas[number]
        needed = _set(None, formula, rect.height())
        painter.save()
        painter.translate(rect.left(), rect.center().y())
        if needed > rect.width():
            painter.scale(rect.width() / needed, rect.width() / needed)
        _set(painter, formula, rect.height())
        painter.restore()


def _set(painter: QPainter | None, formula: Formula, height: float) -> float:
    """Paint (or only measure) a formula from 0, around the line y = 0; how wide it is."""
    px = theme.text_px() - 1
    plain, strong = theme.mono(px), theme.mono(px, 700)
    ink = QPen(QColor(theme.now().text), 1)
    x = 0.0

    def write(words: str, font: QFont) -> None:
        nonlocal x
        width = QFontMetricsF(font).horizontalAdvance(words)
        if painter is not None:
            painter.setFont(font)
            painter.setPen(ink)
            painter.drawText(QRectF(x, -12, width + 2, 24), int(Qt.AlignmentFlag.AlignVCenter.value), words)
        x += width

    def bracket(opening: bool) -> None:
        """`⌊ ⌋` or `⌈ ⌉`, as high as the fraction."""
        nonlocal x
        if not formula.rounding:
            return
        half = height / 2 - 4
        foot = half if formula.rounding == "down" else -half
        upright, tip = (x + 1, x + BRACKET) if opening else (x + BRACKET, x + 1)
        if painter is not None:
            painter.setPen(ink)
            painter.drawPolyline([QPointF(upright, -foot), QPointF(upright, foot), QPointF(tip, foot)])
        x += BRACKET + 2

    if formula.left:
        write(f"{formula.left} = ", plain)
    if formula.denominator:
        bracket(True)
        metrics = QFontMetricsF(plain)
        width = max(metrics.horizontalAdvance(formula.numerator), metrics.horizontalAdvance(formula.denominator)) + 4
        if painter is not None:
            painter.setFont(plain)
            painter.setPen(ink)
            row = px + 5.0
            painter.drawText(QRectF(x, -row, width, row), CENTRE, formula.numerator)
            painter.drawText(QRectF(x, 0, width, row), CENTRE, formula.denominator)
            painter.drawLine(QPointF(x, 0), QPointF(x + width, 0))
        x += width
        bracket(False)
        write(f" {formula.tail} = ", plain)
    elif formula.numerator and formula.numerator != formula.result:
        write(f"{formula.numerator} = ", plain)
    write(formula.result, strong)
    return x
