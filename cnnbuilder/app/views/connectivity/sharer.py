"""What the slider does: a pull of it is one step of undo, in which the weights are carried from where it began."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

from cnnbuilder.app.session import Session
from cnnbuilder.app.session.shown import State
from cnnbuilder.app.views.connectivity.slider import PeriodSlider
from cnnbuilder.design.sharing import Way, in_turn

AT_ONCE = 4_000_000
"""With more weights nothing follows before the slider is let go."""


class Sharer(QObject):
    """Lets a block share its weights as a slider says."""

    def __init__(self, session: Session, slider: PeriodSlider, block: Callable[[], str | None]) -> None:
        super().__init__(slider)
        self._session, self._slider, self._block = session, slider, block
        self._since: State | None = None
        """What there was when the slider was taken hold of."""
        self._pulled: str | None = None
        self._period = 1
        self._waits = False
        """Whether so many weights are wanted that they wait until the slider is let go."""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._share)
        slider.wanted.connect(self._want)
        slider.sliderReleased.connect(self._settle)

    def _want(self, period: int) -> None:
        """Share so soon: of many moves of the mouse only the last counts."""
        self._period = period
        if not self._slider.isSliderDown():
            self._share()
            return
        if self._since is None:
            self._session.seal()
            self._since, self._pulled = self._session.shown.state, self._block()
        way = self._way()
        if way is not None and way.parameters <= AT_ONCE:
            self._timer.start()
        else:
            self._timer.stop()
            self._waits = True

    def _way(self) -> Way | None:
        """The way to share that is wanted."""
        block, report = self._block(), self._session.shown.report
        shape = report.shapes.get(block) if block is not None else None
        if block is None or shape is None:
            return None
        layer = report.graph.blocks[block].layer
        ways = layer.sharing(*report.input_shapes(block)) if layer is not None else ()
        return in_turn(ways, shape, self._period) if ways else None

    def _share(self) -> None:
        block, way = self._block(), self._way()
        self._waits = False
        if block is None or way is None:
            return
        if self._since is not None and block == self._pulled:
            self._session.share(block, way, ("share", block), self._since)
        else:
            self._session.share(block, way)

    def _settle(self) -> None:
        """The slider was let go: the next pull is a step of its own."""
        if self._timer.isActive() or self._waits:
            self._timer.stop()
            self._share()
        if self._since is not None:
            self._session.seal()
        self._since = self._pulled = None
