"""The menus: which commands there are, where they stand and by which keys they are reached."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMenu

from cnnbuilder.app import preferred, settings
from cnnbuilder.app.exporting import Exportable, add
from cnnbuilder.app.laboratory.chapters import CHAPTERS
from cnnbuilder.app.samples import sample_designs
from cnnbuilder.app.structure import add_note, each_group, fold_repeats, turn_groups
from cnnbuilder.app.words import literal, unmarked

if TYPE_CHECKING:
    from cnnbuilder.app.documents import Documents
    from cnnbuilder.app.window import Window

Key = QKeySequence.StandardKey


def build(window: "Window") -> tuple[QMenu, QMenu]:
    """Fill the menu bar; gives the View and the Run menu, to which others add."""
    bar = window.menuBar()
    names = ("&File", "&Edit", "&View", "&Run", "&Laboratory", "&Help")
    file, edit, view, run, laboratory, help = (bar.addMenu(name) for name in names)
    for menu in (file, edit, view, run, laboratory, help):
        menu.setToolTipsVisible(True)
    _file(window, file)
    _edit(window, edit)
    _structure(window, edit)
    _view(window, view)
    _run(window, run)
    _laboratory(window, laboratory)
    _help(window, help)
    return view, run


def _laboratory(window: "Window", menu: QMenu) -> None:
    shell = window.shell
    says = "The statements of the lecture notes to try, and what they say of the design on top."
    window.actions_.put(menu, "laboratory", "&All experiments", None, lambda: shell.laboratory.show(), "", says)
    menu.addSeparator()
    for chapter in CHAPTERS:
        inside = menu.addMenu(chapter.title)
        inside.setToolTipsVisible(True)
        for item in chapter.experiments:
            go = partial(_experiment, window, item.name)
            window.actions_.put(inside, f"experiment-{item.name}", item.title, None, go, "", item.question)


def _experiment(window: "Window", name: str) -> None:
    window.shell.laboratory.open(name)


def _file(window: "Window", menu: QMenu) -> None:
    put, documents = window.actions_.put, window.documents
    put(menu, "new", "&New", Key.New, documents.new, "plus", "An empty design with a picture block.")
    put(menu, "open", "&Open …", Key.Open, documents.choose, "open", "A design from a file, in a tab of its own.")
    recent = menu.addMenu("Open &recent")
    recent.setToolTipsVisible(True)
    recent.aboutToShow.connect(lambda: _fill_recent(documents, recent))
    samples = menu.addMenu("Sa&mples")
    samples.setToolTipsVisible(True)
    samples.aboutToShow.connect(lambda: _fill_samples(documents, samples))
    put(menu, "start", "S&tart page", None, window.shell.show_start, "", "Samples and recent files at a glance.")
    menu.addSeparator()
    put(menu, "save", "&Save", Key.Save, documents.save, "save")
    put(menu, "save-as", "Save &as …", "Ctrl+Shift+S", documents.save_as, "", "Under another name or format.")
    menu.addSeparator()
    export = menu.addMenu("&Export a view")
    export.setToolTipsVisible(True)
    export.aboutToShow.connect(lambda: _fill_export(window, export))
    menu.addSeparator()
    put(menu, "picture", "Open a &picture …", "Ctrl+P", documents.pictures.choose, "picture", "What the network sees.")
    menu.addSeparator()
    put(menu, "close", "&Close", Key.Close, documents.close, "", "Close this design; unsaved changes are asked for.")
    put(menu, "quit", "&Quit", "Ctrl+Q", window.close)


def _fill_export(window: "Window", menu: QMenu) -> None:
    """The views that are seen and show something."""
    menu.clear()
    for dock in window.docks.held.values():
        export = dock.view.export() if dock.in_front and isinstance(dock.view, Exportable) else None
        if dock.view is not None and export is not None:
            add(menu.addMenu(unmarked(dock.windowTitle())), dock.view, export)
    if not menu.actions():
        menu.addAction("No view shows anything").setEnabled(False)


def _fill_recent(documents: "Documents", menu: QMenu) -> None:
    menu.clear()
    for name in documents.recent():
        path = Path(name)
        action = menu.addAction(unmarked(path.name))
        action.setToolTip(literal(name))
        action.triggered.connect(lambda _=False, path=path: documents.open(path))
    if not menu.actions():
        menu.addAction("Nothing yet").setEnabled(False)


def _fill_samples(documents: "Documents", menu: QMenu) -> None:
    if menu.actions():
        return
    for sample in sample_designs():
        action = menu.addAction(sample.title)
        action.setToolTip(f"{sample.teaches}\n{sample.line}")
        action.triggered.connect(lambda _=False, path=sample.path: documents.open(path, True))


def _edit(window: "Window", menu: QMenu) -> None:
    put, session, shell = window.actions_.put, window.session, window.shell
    put(menu, "undo", "&Undo", Key.Undo, session.undo, "undo")
    redo = put(menu, "redo", "&Redo", None, session.redo, "redo")
    redo.setShortcuts([QKeySequence("Ctrl+Shift+Z"), QKeySequence("Ctrl+Y")])
    put(menu, "steps", "Steps of undo …", "Ctrl+Alt+Z", shell.show_steps, "", "Every step, to go to any of them.")
    menu.addSeparator()
    put(menu, "cut", "Cu&t", Key.Cut, shell.clipboard.cut, "", "Take the selected blocks out, and keep them.")
    put(menu, "copy", "&Copy", Key.Copy, shell.clipboard.copy, "", "Keep the selected blocks and their links.")
    put(menu, "paste", "&Paste", Key.Paste, shell.clipboard.paste, "", "Blocks, a design as text, or a picture.")
    put(menu, "duplicate", "Dupl&icate", "Ctrl+D", session.duplicate, "", "The selected blocks a second time.")
    put(menu, "delete", "&Delete\tDel", None, session.remove_selected, "", "The chain is closed behind them.")
    put(menu, "select-all", "Select &all", Key.SelectAll, lambda: session.select(tuple(session.design.blocks)))


def _structure(window: "Window", menu: QMenu) -> None:
    put, session, shell = window.actions_.put, window.session, window.shell
    menu.addSeparator()
    put(
        menu,
        "next",
        "What may come ne&xt …\tTab",
        None,
        shell.want_next,
        "plus",
        "Kinds that fit there.",
    )
    put(
        menu,
        "join",
        "&Join or part …",
        "Ctrl+L",
        shell.show_joining,
        "link",
        "Lead the selected block's output to another block, or take a link away.",
    )
    put(
        menu,
        "switch",
        "S&witch off or on",
        "Ctrl+E",
        lambda: session.switch_off(session.shown.selected),
        "",
        "A block that is off lets its input pass by; its parameters are kept.",
    )
    put(
        menu,
        "note",
        "Add a n&ote",
        "N",
        lambda: add_note(session, window.canvas),
        "",
        "A few words on the canvas, saved with the design.",
    )
    menu.addSeparator()
    put(
        menu,
        "group",
        "&Group",
        "Ctrl+G",
        lambda: session.group(session.shown.selected),
        "",
        "Blocks as one card.",
    )
    put(menu, "ungroup", "U&ngroup", "Ctrl+Shift+G", lambda: each_group(session, session.ungroup))
    put(menu, "fold", "&Fold or unfold the group", "Ctrl+Shift+F", lambda: turn_groups(session))
    put(
        menu,
        "fold-repeats",
        "Fold repeated &stages",
        "Ctrl+R",
        lambda: fold_repeats(session, shell.tell),
        "",
        "Blocks that come again in the same order become one card each.",
    )
    put(menu, "unfold-all", "Unfold all", "Ctrl+Shift+R", session.unfold_all)
    menu.addSeparator()
    put(menu, "preferences", "Pref&erences …", "Ctrl+,", shell.show_preferences, "", "Theme, text, shapes, running.")


def _view(window: "Window", menu: QMenu) -> None:
    put, canvas, session = window.actions_.put, window.canvas, window.session
    larger = put(menu, "zoom-in", "&Zoom in", "Ctrl++", lambda: canvas.zoom_by(1.25), "zoom-in")
    larger.setShortcuts([QKeySequence("Ctrl++"), QKeySequence("Ctrl+=")])
    put(menu, "zoom-out", "Zoom &out", "Ctrl+-", lambda: canvas.zoom_by(0.8), "zoom-out")
    put(menu, "zoom-1", "&Actual size", "Ctrl+0", canvas.reset_zoom)
    put(menu, "fit", "&Fit the network", "F", canvas.fit, "fit", "All of it in view.")
    menu.addSeparator()
    put(menu, "arrange", "&Lay the cards anew", "L", session.arrange, "", "With few crossings, in the same direction.")
    put(menu, "arrange-right", "From left to right", None, lambda: session.arrange("right"))
    put(menu, "arrange-down", "From top to &bottom", "Shift+L", lambda: session.arrange("down"))
    menu.addSeparator()
    minimap = put(
        menu, "minimap", "&Minimap", "M", lambda: settings.keeper().put("minimap", not settings.get("minimap"))
    )
    minimap.setCheckable(True)
    minimap.setChecked(settings.get("minimap"))
    put(menu, "theme", "Dark &theme", "Ctrl+Shift+D", preferred.turn_theme)


def _run(window: "Window", menu: QMenu) -> None:
    put, session = window.actions_.put, window.session
    put(menu, "run", "&Run now", "F5", window.live.run, "run", "Forward, and backward from the target class.")
    put(
        menu,
        "live",
        "Run at every &edit",
        "F6",
        lambda: session.look(live=not session.shown.live),
        "",
        "Only what follows the edit is computed again.",
    )
    put(menu, "cancel", "Cance&l", "Ctrl+.", window.runner.cancel, "stop", "Give up what is under way.")


def _help(window: "Window", menu: QMenu) -> None:
    put, shell = window.actions_.put, window.shell
    put(
        menu,
        "commands",
        "&Find anything …",
        "Ctrl+K",
        shell.show_commands,
        "search",
        "Commands, blocks, kinds.",
    )
    put(menu, "kinds", "About this &kind of block", "F1", shell.help_on_selected, "help", "Formula and parameters.")
    put(menu, "first-steps", "First &steps", None, lambda: shell.show_help("first-steps"))
    put(menu, "keys", "Keys and &gestures", "Ctrl+F1", lambda: shell.show_help("keys"))
    menu.addSeparator()
    put(menu, "about", "&About cnnbuilder", None, shell.show_about)
