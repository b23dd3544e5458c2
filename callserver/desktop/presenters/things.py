"""Queues, hours, offices, regions, groups and classes of callers: one form for all, made of what the server says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from callserver.desktop.model import Connection
from callserver.desktop.presenters.book import NEW, Book
from callserver.desktop.presenters.form import FormField, Row, begun, choices_of, usual
from callserver.desktop.presenters.question import Question
from callserver.desktop.presenters.workplace import Workplace
from callserver.wire.catalogue import N_

KINDS = {
    "queues": N_("Queues"),
    "hours": N_("Hours and holidays"),
    "offices": N_("Offices"),
    "regions": N_("Regions"),
    "groups": N_("Groups"),
    "callers": N_("Classes of callers"),
}
TARGETS = N_("as in: queue service, seat 802, number 01062345678, hang up")


@dataclass(frozen=True)
class ThingsData:
    """
    :param items: name of each, and whether something typed of it is not saved
    :param chosen: the place in the list, -1: a new one is shown
    """

    lacks: str
    heading: str
    items: tuple[tuple[str, str], ...]
    chosen: int
    is_new: bool
    name: str
    fields: tuple[FormField, ...]
    may_save: bool
    may_undo: bool
    may_delete: bool
    question: Question | None
    note: str
    problem: str


class Things(Book[ThingsData]):
    """One kind at a time; what was typed of another kind is found again."""

    def __init__(self, work: Workplace, show: Callable[[ThingsData], None]) -> None:
        super().__init__(work, show, next(iter(KINDS)))
        self._names: dict[str, tuple[str, ...]] = {}  # of other kinds, which fields name

    def data(self) -> ThingsData:
        here, names, lacks = self.model.connection is Connection.HERE, list(self.rows), self.lacks
        mark = self.work.words("not saved")
        return ThingsData(
            lacks=lacks,
            heading=self.work.words(KINDS[self.kind]),
            items=() if lacks else tuple((one, mark if (self.kind, one) in self._drafts else "") for one in names),
            chosen=-1 if self.is_new else names.index(self.chosen),
            is_new=self.is_new,
            name=(self.draft.name if self.draft else "") if self.is_new else self.chosen,
            fields=() if lacks else tuple(map(self._field, self.fields)),
            may_save=here and self.draft is not None,
            may_undo=self.draft is not None or self._is_new,
            may_delete=here and not self.is_new,
            question=self.question,
            note=self.note,
            problem=self.problem,
        )

    def show_kind(self, kind: str) -> None:
        """Another list, as it is now."""
        if kind != self.kind:
            self.kind, self.chosen, self.fields, self.rows, self._is_new = kind, NEW, [], {}, False
        self._forget_notes()
        self.open()

    def _described(self, kind: str, answer: Row) -> None:
        super()._described(kind, answer)
        if kind != self.kind or answer["next"]:
            return
        for other in {row["of"] for row in self.fields if row["of"] and not row["list"]}:
            self.do(self.client.ask(f"list_{other}"), partial(self._named, other))

    def _named(self, kind: str, rows: list[Row]) -> None:
        self._names[kind] = tuple(row["name"] for row in rows)

    def _field(self, row: Row) -> FormField:
        key, language = row["key"], self.work.language
        return FormField(
            key=key,
            label=begun(row["meaning"][language]),
            value=self.value(key),
            choices=self._choices(row),
            unit=row["unit"][language] if row["unit"] else "",
            hint=" · ".join([key, *usual(self.work, row)]),
            empty=self.work.words(TARGETS) if row["kind"] == "target" else "",
            problem=self.wrong().get(key, ""),
            is_changed=self.draft is not None and key in self.draft.changed,
        )

    def _choices(self, row: Row) -> tuple[tuple[str, str], ...]:
        if row["list"]:
            return ()
        if row["of"]:
            return (("", ""), *((name, name) for name in self._names.get(row["of"], ())))
        choices = choices_of(self.work, row)
        return choices if row["default"] or not choices else (("", ""), *choices)
