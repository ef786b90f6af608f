"""The text of an experiment, beside the design that it speaks of; without one, the list of all experiments."""

from html import escape

from PySide6.QtCore import QUrl, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QTextBrowser, QVBoxLayout, QWidget

from cnnbuilder.app import theme
from cnnbuilder.app.exporting import Export, TakeButton
from cnnbuilder.app.laboratory.chapters import CHAPTERS, experiment
from cnnbuilder.app.laboratory.experiment import Experiment, Reading, told
from cnnbuilder.app.runner import Result
from cnnbuilder.app.session import Session, Shown

TITLE = "Laboratory"
SCHEME = "experiment"


class LaboratoryPanel(QWidget):
    """Reads the design on top and the last result; its numbers follow every edit."""

    titled = Signal(str)
    wanted = Signal(str)
    """An experiment is to be opened: its name."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setObjectName("panel")
        self._session = session
        self._result: Result | None = None
        self._listing = False
        """Whether all experiments are listed although one is open."""
        self.opened: dict[int, Experiment] = {}
        """Which open document is which experiment."""
        self.text = QTextBrowser()
        self.text.setOpenLinks(False)
        self.text.setFrameShape(QTextBrowser.Shape.NoFrame)
        self.text.setAccessibleName("Text of the experiment")
        self.text.anchorClicked.connect(self._follow)
        self.all = QPushButton("All experiments")
        self.all.setToolTip("List the experiments of all chapters")
        self.all.clicked.connect(self._list)
        self.again = QPushButton("Begin anew")
        self.again.setToolTip("Open this experiment once more, as it was at first")
        self.again.clicked.connect(self._again)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.all)
        row.addWidget(self.again)
        row.addStretch(1)
        row.addWidget(TakeButton(self))
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 6, 6, 6)
        column.setSpacing(4)
        column.addWidget(self.text, 1)
        column.addLayout(row)
        self.setFocusProxy(self.text)
        session.changed.connect(self._changed)
        theme.keeper().changed.connect(self.refresh)
        self.refresh()

    @property
    def experiment(self) -> Experiment | None:
        """The experiment on top, if the document is one."""
        return self.opened.get(self._session.shown.key)

    def begin(self, found: Experiment) -> None:
        """The document on top is this experiment now."""
        self.opened[self._session.shown.key] = found
        self._listing = False
        self.refresh()
        self.text.verticalScrollBar().setValue(0)

    def show_result(self, result: Result) -> None:
        """Read another run."""
        self._result = result
        self.refresh()

    def _changed(self, old: Shown, new: Shown) -> None:
        if old.key != new.key:
            self._listing = False
            self.opened = {key: found for key, found in self.opened.items() if key in {tab.key for tab in new.tabs}}
        if old.key != new.key or old.report is not new.report:
            self.refresh()

    def refresh(self) -> None:
        """Write the text anew, where one reads stays."""
        found = None if self._listing else self.experiment
        bar = self.text.verticalScrollBar()
        place = bar.value()
        self.text.document().setDefaultStyleSheet(_sheet())
        self.text.setHtml(_all() if found is None else self._told(found))
        bar.setValue(place)
        self.all.setVisible(found is not None)
        self.again.setVisible(found is not None)
        self.titled.emit(f"{TITLE} — {found.title}" if found else TITLE)

    def _told(self, found: Experiment) -> str:
        shown = self._session.shown
        # A result of another design has numbers of its own.
        fitting = self._result is not None and self._result.request.design.graph == shown.design.graph
        reading = Reading(shown.design, shown.report, self._result if fitting else None)
        parts = [f"<h2>{escape(found.title)}</h2><p class='dim'>{escape(found.question)}</p>"]
        parts += [f"<p>{told(paragraph, reading)}</p>" for paragraph in found.text]
        if found.attempts:
            tries = "".join(f"<li>{attempt}</li>" for attempt in found.attempts)
            parts.append(f"<p class='dim'>Try this:</p><ul>{tries}</ul>")
        return "".join(parts)

    def export(self) -> Export:
        """The text as it reads now, and its paragraphs."""
        found = None if self._listing else self.experiment
        document = self.text.document().clone()
        document.setTextWidth(self.text.viewport().width())
        lines = [line for line in self.text.toPlainText().splitlines() if line.strip()]
        title = found.title if found else TITLE
        rows = [["text"], *([line] for line in lines)]
        about = {"experiment": found.name if found else None, "title": title, "text": lines}
        return Export(title, document.size(), document.drawContents, lambda: rows, lambda: about)

    def _list(self) -> None:
        self._listing = True
        self.refresh()
        self.text.setFocus()

    def _again(self) -> None:
        if self.experiment is not None:
            self.wanted.emit(self.experiment.name)

    def _follow(self, url: QUrl) -> None:
        if url.scheme() == SCHEME:
            self.wanted.emit(experiment(url.path()).name)


def links() -> list[tuple[str, str]]:
    """For each chapter its title and its experiments as links, as rich text."""
    return [
        (
            chapter.title,
            "".join(
                f"<p><a href='{SCHEME}:{item.name}'>{escape(item.title)}</a><br>"
                f"<span class='dim'>{escape(item.question)}</span></p>"
                for item in chapter.experiments
            ),
        )
        for chapter in CHAPTERS
    ]


def _all() -> str:
    lead = "Each experiment is an ordinary design: change anything, and the numbers in its text follow."
    return f"<h2>Laboratory</h2><p class='dim'>{lead}</p>" + "".join(
        f"<h3>{escape(title)}</h3>{items}" for title, items in links()
    )


def _sheet() -> str:
    now = theme.now()
    return (
        f"body {{ color: {now.text}; }} a {{ color: {now.accent}; text-decoration: none; }} "
        f".dim {{ color: {now.dim}; }} h2 {{ font-size: {round(theme.scaled(15))}px; margin: 0 0 2px 0; }} "
        f"h3 {{ font-size: {round(theme.scaled(13))}px; margin: 10px 0 0 0; }} p {{ margin: 4px 0; }} "
        "ul { margin: 2px 0; }"
    )
