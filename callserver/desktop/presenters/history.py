"""The tabs of notes and history: who was in touch with this customer before, and what colleagues wrote down."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from twisted.internet.defer import Deferred

from callserver.desktop.foreign import beside
from callserver.desktop.presenters.clocks import moment, stopwatch
from callserver.desktop.presenters.paged_list import PagedList
from callserver.desktop.presenters.record_tab import RecordTab
from callserver.desktop.presenters.workplace import Workplace
from callserver.wire.catalogue import N_
from callserver.wire.words import reason_text

NOTE_MAX = 500
IN, OUT, INTERNAL = "in", "out", "internal"
DIRECTIONS = {IN: N_("came in"), OUT: N_("went out"), INTERNAL: N_("internal")}
Row = Mapping[str, Any]


@dataclass(frozen=True)
class HistoryData:
    """
    :param calls: when, which way, number, how long, who served, queue, how it ended, outcome and note of each
    :param notes: when, who, what of each
    :param note: what to say where there is nothing to see
    :param draft: what is typed and not kept yet
    """

    calls: tuple[tuple[str, ...], ...]
    notes: tuple[tuple[str, str, str], ...]
    note: str
    has_contact: bool
    draft: str
    problem: str


class History(PagedList[HistoryData], RecordTab[HistoryData]):
    """
    Of the customer in the tabs; of a caller who is nobody's, by his number.

    Both tabs have one each: what one of them has asked for is asked for by the other only when it is opened.
    """

    def __init__(self, work: Workplace, show: Callable[[HistoryData], None]) -> None:
        super().__init__(work, show)
        self._contact = ""  # whose calls are shown
        self._calls: list[Row] = []
        self._notes: list[Row] = []
        self._drafts: dict[str, str] = {}

    def data(self) -> HistoryData:
        contact = self._whose()
        return HistoryData(
            calls=tuple(map(self._call, self._calls)),
            notes=tuple((moment(one["at"]), _person(one["by"], one["name"]), str(one["text"])) for one in self._notes),
            note=self.work.words("Nothing yet") if contact else self.work.words("No customer is shown"),
            has_contact=bool(contact),
            draft=self._drafts.get(contact, ""),
            problem=self.problem,
        )

    # What the person does

    def type(self, text: str) -> None:
        """A note is being written; it stays with this customer until it is kept."""
        self._drafts[self._whose()] = text

    def keep(self) -> None:
        """The note goes to the others."""
        contact, text = self._whose(), self._drafts.get(self._whose(), "").strip()
        if contact and text:
            kept = partial(self._kept, contact, text)
            self.do_once("note_contact", lambda: self.client.ask("note_contact", contact, text), kept)

    @property
    def has_drafts(self) -> bool:
        """Whether a note is typed, on whomever, that the others do not have."""
        return any(text.strip() for text in self._drafts.values())

    # What it is made of

    def _whose(self) -> str:
        record = self.work.record
        return f"member {record.member}" if record.member else record.telephone

    def _another(self) -> None:
        contact = self._whose()
        if contact != self._contact:
            self._contact, self._calls, self._notes = contact, [], []
            self._another_list()
        if self._is_open and contact:
            self._ask_first()
        self.refresh()

    def ask_page(self, place: str) -> Deferred[Row]:
        return self.client.ask("list_contacts", self._contact, place)

    def _first(self, page: Row) -> None:
        self._calls, self._notes, self._next = list(page["calls"]), list(page["notes"]), page["next"]

    def _behind(self, page: Row) -> None:
        self._calls = self._calls + list(page["calls"])

    def _kept(self, contact: str, text: str, _answer: object) -> None:
        if self._drafts.get(contact, "").strip() == text:  # else another one is being written by now
            self._drafts.pop(contact, None)
        self._another()

    def _call(self, call: Row) -> tuple[str, ...]:
        language = self.work.language
        agents = ", ".join(_person(one["number"], one["name"]) for one in call["agents"])
        outcomes = "; ".join(filter(None, (_outcome(one, language) for one in call["outcomes"])))
        return (
            moment(call["began"]),
            self.work.words(DIRECTIONS.get(call["direction"], "")),
            str(call["number"] or ""),
            "" if call["length_s"] is None else stopwatch(call["length_s"]),
            agents,
            ", ".join(call["queues"]),
            reason_text(call["end"], language) if call["end"] else "",
            outcomes,
        )


def _person(number: str, name: str) -> str:
    return f"{number} {beside(name)}".strip()


def _outcome(one: Row, language: str) -> str:
    return f"{one[language]}: {one['note']}" if one["note"] else str(one[language])
