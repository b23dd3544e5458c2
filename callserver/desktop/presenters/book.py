"""People, queues, hours and whatever else the shop keeps in its books: a list, and one of them to change."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from callserver.desktop.model import Connection
from callserver.desktop.presenters.form import Row, wrong_number
from callserver.desktop.presenters.presenter import Data, Presenter
from callserver.desktop.presenters.question import Question
from callserver.desktop.presenters.workplace import Workplace
from callserver.wire.catalogue import N_
from callserver.wire.messages import Access, Hello
from callserver.wire.rights import Right

TAKEN, GONE = N_("There is “{name}” already"), N_("Somebody else has deleted “{name}” meanwhile")
NEW = ""  # the name of what is not in the book yet


@dataclass
class Draft:
    """
    What is typed of one of them and not saved.

    :param base: how it was when it was begun: what another has changed since is not written over unseen
    :param sent: what was typed when it was last sent to be saved
    """

    base: Mapping[str, str]
    values: dict[str, str] = field(default_factory=dict)
    name: str = ""  # of a new one
    sent: Mapping[str, str] = field(default_factory=dict)

    @property
    def changed(self) -> dict[str, str]:
        """By setting."""
        return {key: text for key, text in self.values.items() if text != self.base.get(key, "")}


class Book(Presenter[Data]):
    """
    The acts are `list_KIND`, `save_KIND`, `delete_KIND`, and `describe` says what can be set; all by right 1.

    Drafts stay with what they are of. Before one is saved it is looked whether somebody else has changed the same.
    """

    def __init__(self, work: Workplace, show: Callable[[Data], None], kind: str) -> None:
        super().__init__(work, show)
        self.kind, self.chosen = kind, NEW
        self.fields: list[Row] = []
        self.rows: dict[str, Row] = {}
        self.note = ""
        self.question: Question | None = None
        self._drafts: dict[tuple[str, str], Draft] = {}
        self._is_new = self._is_open = False

    @property
    def lacks(self) -> str:
        """The right that is missing."""
        return self.work.lacks(Right.SUPERVISOR)

    @property
    def draft(self) -> Draft | None:
        """Of the one that is shown."""
        return self._drafts.get((self.kind, self._key))

    @property
    def has_drafts(self) -> bool:
        """Whether something typed would be lost."""
        return any(draft.changed or draft.name for draft in self._drafts.values())

    @property
    def is_new(self) -> bool:
        """The one that is shown is in the book only when it is saved."""
        return self._is_new or not self.rows

    def value(self, key: str) -> str:
        """What stands in a field: what was typed, else what is set."""
        draft = self.draft
        if draft is not None and key in draft.values:
            return draft.values[key]
        return self._settings(self._key).get(key, "")

    def wrong(self) -> Mapping[str, str]:
        """What is wrong with what was typed, by setting."""
        found = {row["key"]: wrong_number(self.work, row, self.value(row["key"])) for row in self.fields}
        return {key: words for key, words in found.items() if words}

    # What the person does

    def open(self) -> None:
        """It is seen: as it is now."""
        self._is_open = True
        self.load()

    def load(self) -> None:
        """Ask for all of it."""
        if self.lacks or self.model.connection is not Connection.HERE:
            self.refresh()
            return
        kind = self.kind
        if not self.fields:
            self.do(self.client.ask("describe", kind, ""), partial(self._described, kind))
        self.do(self.client.ask(f"list_{kind}"), partial(self._listed, kind))

    def choose(self, name: str) -> None:
        """Show this one."""
        self.chosen, self._is_new = name, False
        self._forget_notes()

    def new(self) -> None:
        """One that there is not yet."""
        self._is_new = True
        self._forget_notes()

    def type(self, key: str, text: str) -> None:
        """Something else stands in a field."""
        self._begun().values[key] = text
        self._tidy()

    def name(self, text: str) -> None:
        """The name of a new one."""
        self._begun().name = text.strip()
        self._tidy()

    def undo(self) -> None:
        """What was typed of this one is forgotten."""
        self._drafts.pop((self.kind, self._key), None)
        self._is_new = False
        self._forget_notes()

    def save(self) -> None:
        """Into the book, if nobody else has changed the same meanwhile."""
        draft = self.draft
        name = self._name(draft)
        if draft is None or self.wrong() or (self.is_new and not name):
            self.problem = self._cannot(draft)
            self.refresh()
        else:
            self.note = ""
            compare = partial(self._compare, self.kind, name, draft, self.is_new)
            self.do(self.client.ask(f"list_{self.kind}"), compare)

    def ask_delete(self) -> None:
        """Ask before it is gone."""
        if self.is_new or self.lacks:
            return
        words = self.work.words
        self.question = Question(self._delete_words(), words("Delete"), words("Cancel"))
        self.refresh()

    def answer(self, yes: bool) -> None:
        """To what was asked."""
        asked, self.question = self.question, None
        if asked is not None and yes:
            self.do(self.client.ask(f"delete_{self.kind}", self.chosen), partial(self._deleted, self.kind, self.chosen))
        self.refresh()

    # What makes it look otherwise

    def access(self, access: Access) -> None:
        self.load() if self._is_open and not self.rows else self.refresh()

    def logged_in(self, hello: Hello) -> None:
        if self._is_open:
            self.load()

    def lost(self, why: object) -> None:
        self.refresh()

    # What is different from kind to kind

    def _delete_words(self) -> str:
        return self.work.words("Delete “{name}”?", name=self.chosen)

    def _settings(self, name: str) -> Mapping[str, str]:
        """As the server has told; of a new one what is usual."""
        if name == NEW:
            return {row["key"]: row["default"] for row in self.fields}
        row = self.rows.get(name)
        settings: Mapping[str, str] = row["settings"] if row is not None else {}
        return settings

    def _send(self, name: str, changed: Mapping[str, str]) -> None:
        self.do(self.client.ask(f"save_{self.kind}", name, changed), partial(self._saved, self.kind, name))

    def _saved(self, kind: str, name: str, row: Row) -> None:
        was_new = name not in self.rows
        draft = self._drafts.pop((kind, NEW if was_new else name), None)
        if draft is not None and draft.values != draft.sent:  # more has been typed meanwhile
            self._drafts[kind, name] = Draft({**draft.base, **draft.sent}, draft.values)
        if kind != self.kind:
            return
        self.rows = dict(sorted((self.rows | {name: row}).items()))
        if was_new:
            self.chosen, self._is_new = name, False
        remarks = [one[self.work.language] for one in row.get("remarks", ())]
        self.note = " ".join([self.work.words("Saved"), *remarks])

    # The rest

    @property
    def _key(self) -> str:
        return NEW if self.is_new else self.chosen

    def _name(self, draft: Draft | None) -> str:
        return self.chosen if not self.is_new else draft.name if draft is not None else ""

    def _cannot(self, draft: Draft | None) -> str:
        if draft is None:
            return ""
        return next(iter(self.wrong().values()), self.work.words("It needs a name first"))

    def _begun(self) -> Draft:
        key = self.kind, self._key
        if key not in self._drafts:
            self._drafts[key] = Draft(dict(self._settings(self._key)))
        return self._drafts[key]

    def _tidy(self) -> None:
        draft = self.draft
        if draft is not None and not draft.changed and not draft.name:
            del self._drafts[self.kind, self._key]
        self.note = self.problem = ""
        self.refresh()

    def _forget_notes(self) -> None:
        self.note = self.problem = ""
        self.question = None
        self.refresh()

    def _described(self, kind: str, answer: Row) -> None:
        if kind != self.kind:
            return
        known = {row["key"]: row for row in (*self.fields, *answer["fields"])}  # asked twice, it is there once
        self.fields = list(known.values())
        if answer["next"]:
            self.do(self.client.ask("describe", kind, answer["next"]), partial(self._described, kind))

    def _listed(self, kind: str, rows: list[Row]) -> None:
        if kind != self.kind:
            return
        self.rows = {row["name"]: row for row in rows}
        if self.chosen not in self.rows:
            self.chosen, self.question = next(iter(self.rows), NEW), None  # what was asked was of the one that is gone

    def _compare(self, kind: str, name: str, draft: Draft, was_new: bool, rows: list[Row]) -> None:
        """Nothing that somebody else has written meanwhile goes unseen; what is saved or undone by now is not sent."""
        if kind != self.kind or not any(one is draft for one in self._drafts.values()):
            return
        self._listed(kind, rows)
        if was_new == (name in self.rows):
            self.problem = self.work.words(TAKEN if was_new else GONE, name=name)
            return
        now = self._settings(NEW if was_new else name)
        others = [key for key in draft.changed if now.get(key) != draft.base.get(key)]
        if others:
            draft.base = dict(now)
            self.problem = self.work.words(
                "Somebody else has changed {settings} meanwhile: look at it, then save again",
                settings=", ".join(others),
            )
        else:
            draft.sent = dict(draft.values)
            self._send(name, draft.changed)

    def _deleted(self, kind: str, name: str, answer: Any) -> None:
        self._drafts.pop((kind, name), None)
        if kind == self.kind:
            rows = {one: row for one, row in self.rows.items() if one != name}
            self._listed(kind, list(rows.values()))
            remarks = [one[self.work.language] for one in (answer or {}).get("remarks", ())]
            self.note = " ".join([self.work.words("Deleted"), *remarks])
