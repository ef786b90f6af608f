"""Cut, copy and paste between the designs and the system's clipboard: blocks as the text of a design, and pictures."""

from collections.abc import Callable

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QGuiApplication

from cnnbuilder.app.session import Session


def held() -> QMimeData:
    """What the system's clipboard holds; empty data where its owner is gone and it gives none."""
    data: QMimeData | None = QGuiApplication.clipboard().mimeData()
    return QMimeData() if data is None else data


class Clipboard:
    """What Edit ▸ Cut, Copy and Paste do on the canvas."""

    def __init__(
        self,
        session: Session,
        tell: Callable[[str], None],
        where: Callable[[], tuple[float, float] | None],
        paste_picture: Callable[[QMimeData], bool],
    ) -> None:
        """`tell` says a line to the user; `where` is the pointer's place on the canvas, if it is there."""
        self._session, self._tell, self._where, self._paste_picture = session, tell, where, paste_picture
        self._copied_at: tuple[float, float] | None = None
        self.aim: tuple[float, float] | None = None
        """The place on the canvas for which a menu is open: there what is pasted goes."""

    def cut(self) -> None:
        """Take the selected blocks out, and keep them."""
        self._keep(self._session.cut())

    def copy(self) -> None:
        """Keep the selected blocks with the links between them."""
        self._keep(self._session.copy())

    def _keep(self, text: str) -> None:
        if not text:
            self._tell("Nothing is selected to copy.")
            return
        self._copied_at = self._where()
        # Not data of our own making: Qt would take it apart when the interpreter is gone already, and crash.
        QGuiApplication.clipboard().setText(text)

    def paste(self) -> None:
        """Add the blocks that the clipboard holds; a picture becomes the network's picture."""
        data = held()
        if not data.text().lstrip().startswith("{") and self._paste_picture(data):
            return
        at = self._where()
        # A pointer that did not move since means no place: they come beside what was copied.
        wrong = self._session.paste(data.text(), self.aim or (at if at != self._copied_at else None))
        if wrong:
            self._tell(wrong)
