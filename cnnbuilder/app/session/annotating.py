"""Edits of what lies around the network: notes and groups. Each is one step of undo."""

from collections.abc import Hashable
from dataclasses import replace

from cnnbuilder.app.session.drawing import Drawing
from cnnbuilder.design.document import Design, Group, Note
from cnnbuilder.design.layout import arranged
from cnnbuilder.design.stages import name_for, repeats


class Annotating(Drawing):
    """Writes notes, and gathers blocks into groups that fold."""

    # Notes

    def add_note(self, x: float, y: float, text: str = "") -> int:
        """Lay an empty note (or one with a text) on the canvas; its number."""
        notes = (*self.design.notes, Note(text, round(x), round(y)))
        self.apply("Add a note", replace(self.design, notes=notes))
        return len(notes) - 1

    def edit_note(self, number: int, text: str) -> None:
        """Let a note say something else; one that says nothing is removed."""
        if not text.strip():
            self.remove_note(number)
        elif self.design.notes[number].text != text:
            self._change_note(number, replace(self.design.notes[number], text=text), "Edit a note")

    def resize_note(self, number: int, width: float, merge: Hashable = None) -> None:
        """Make a note wider or narrower."""
        self._change_note(number, replace(self.design.notes[number], width=round(width)), "Resize a note", merge)

    def _change_note(self, number: int, note: Note, label: str, merge: Hashable = None) -> None:
        notes = list(self.design.notes)
        notes[number] = note
        self.apply(label, replace(self.design, notes=tuple(notes)), merge)

    def remove_note(self, number: int) -> None:
        """Take a note away."""
        notes = self.design.notes[:number] + self.design.notes[number + 1 :]
        self.apply("Delete a note", replace(self.design, notes=notes))

    # Groups

    def group(self, ids: tuple[str, ...], name: str = "") -> None:
        """Gather blocks into one that folds; they leave the groups they were in."""
        order = [id for id in (*self.design.graph.wiring.order, *self.design.blocks) if id in set(ids)]
        members = tuple(dict.fromkeys(order))
        if len(members) < 2:
            return
        others = tuple(
            replace(group, blocks=tuple(id for id in group.blocks if id not in ids)) for group in self.design.groups
        )
        made = Group(self._free_name(name or name_for([self.design.blocks[id] for id in members])), members)
        self._show_groups(f"Group {made.name}", (*others, made))

    def ungroup(self, name: str) -> None:
        """Let the blocks of a group stand for themselves."""
        groups = tuple(group for group in self.design.groups if group.name != name)
        self._show_groups(f"Ungroup {name}", groups)

    def rename_group(self, old: str, new: str) -> None:
        """Give a group another name; one that is taken gets a number."""
        if new.strip() and new != old:
            groups = tuple(
                replace(group, name=self._free_name(new.strip())) if group.name == old else group
                for group in self.design.groups
            )
            self.apply(f"Rename {old}", replace(self.design, groups=groups))

    def fold(self, name: str, folded: bool) -> None:
        """Fold a group into one card, or unfold it."""
        groups = tuple(replace(group, folded=folded) if group.name == name else group for group in self.design.groups)
        self._show_groups(f"{'Fold' if folded else 'Unfold'} {name}", groups)

    def fold_repeats(self) -> bool:
        """Gather stages that repeat into folded groups; whether there were any."""
        taken = {id for group in self.design.groups for id in group.blocks}
        made: list[Group] = []
        for blocks in repeats(self.design.graph):
            if taken.isdisjoint(blocks):
                name = name_for([self.design.blocks[id] for id in blocks])
                made.append(Group(self._free_name(name, {group.name for group in made}), blocks))
        folded = tuple(replace(group, folded=True) for group in self.design.groups)
        if made or folded != self.design.groups:
            self._show_groups("Fold repeated stages", (*folded, *made))
        return bool(made)

    def unfold_all(self) -> None:
        """Unfold every group."""
        self._show_groups("Unfold all", tuple(replace(group, folded=False) for group in self.design.groups))

    def _free_name(self, stem: str, taken: set[str] = frozenset()) -> str:  # type: ignore[assignment]
        used = {group.name for group in self.design.groups} | taken
        found, number = stem, 1
        while found in used:
            number += 1
            found = f"{stem} {number}"
        return found

    def _show_groups(self, label: str, groups: tuple[Group, ...]) -> None:
        """With these groups; cards that lay as the program lays them are laid anew."""
        before, after = self.design, replace(self.design, groups=groups)
        if after.groups == before.groups:
            return
        if dict(before.layout) == _places(before):
            after = replace(after, layout=_places(after))
        self.apply(label, after)


def _places(design: Design) -> dict[str, tuple[float, float]]:
    return arranged(design.graph, design.direction, design.groups)
