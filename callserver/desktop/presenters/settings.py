"""The settings of config.ini: looked for, changed, checked while they are typed, and written all at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from twisted.internet.interfaces import IDelayedCall
from twisted.python.failure import Failure

from callserver.desktop.model import Connection
from callserver.desktop.presenters.form import FormField, Row, begun, choices_of, usual, wrong_number
from callserver.desktop.presenters.presenter import Presenter
from callserver.desktop.presenters.settings_file import At, SettingsFile
from callserver.desktop.presenters.workplace import Workplace
from callserver.wire.catalogue import N_
from callserver.wire.messages import Access, Hello
from callserver.wire.rights import Right

CHECK_S = 0.4  # after the last key
CHANGES_MAX = 40  # of one save, as the server takes them
FOUND_MAX = 40  # more cannot be looked through: another word finds fewer
EFFECTS = {
    "now": N_("at once"),
    "restart": N_("after restart"),
    "never": N_("does not count: the database has the queues"),
}


@dataclass(frozen=True)
class Section:
    """One of the list at the left; `n_changed`: so many of its settings are not saved."""

    name: str
    words: str
    n_changed: int


@dataclass(frozen=True)
class SettingsData:
    """
    :param lacks: the right that is missing; then nothing else is shown
    :param chosen: the place of the section in the list, -1: what was looked for is shown
    """

    lacks: str
    sections: tuple[Section, ...]
    chosen: int
    heading: str
    fields: tuple[FormField, ...]
    changed: str
    may_apply: bool
    may_undo: bool
    may_default: bool
    note: str
    problem: str


class Settings(Presenter[SettingsData]):
    """
    Changes are kept until they are applied or undone, whatever section is looked at.

    The server is asked what is wrong with them a moment after the last key. It refuses to write over what somebody
    else has changed since the list was read: then that is read again, and the changes are still there.
    """

    def __init__(self, work: Workplace, show: Callable[[SettingsData], None]) -> None:
        super().__init__(work, show)
        self._file = SettingsFile(work.client, self._told, self._not_read)
        self._chosen, self._words = "", ""
        self._changes: dict[At, str | None] = {}
        self._findings: list[Row] = []
        self._note = ""
        self._check: IDelayedCall | None = None
        self._n_checks = 0
        self._is_open = self._is_applying = False

    def stop(self) -> None:
        self._check_no_more()
        super().stop()

    def data(self) -> SettingsData:
        lacks, shown = self.work.lacks(Right.SUPERVISOR), self._shown_rows()
        here = self.model.connection is Connection.HERE and not self._is_applying
        names = self._file.section_names()
        n, stops = len(self._changes), any(one["grade"] == "stops" for one in self._findings)
        return SettingsData(
            lacks=lacks,
            sections=() if lacks else tuple(map(self._section, self._file.sections)),
            chosen=names.index(self._chosen) if self._chosen in names and not self._words else -1,
            heading="" if lacks else self._heading(len(shown)),
            fields=() if lacks else tuple(self._field(at, self._file.rows[at]) for at in shown[:FOUND_MAX]),
            changed=self.work.words("{n} changed", n=n) if n else "",
            may_apply=here and bool(n) and not stops,
            may_undo=bool(n),
            may_default=bool(shown) and not self._words,
            note=self._note,
            problem=self.problem or self._nowhere(),
        )

    @property
    def has_changes(self) -> bool:
        """Whether something typed would be lost."""
        return bool(self._changes)

    # What the person does

    def open(self) -> None:
        """It is seen: as the file is now."""
        self._is_open = True
        self._read()

    def choose(self, place: int) -> None:
        """A section."""
        self._chosen, self._words = self._file.sections[place]["section"], ""
        self.refresh()

    def find(self, words: str) -> None:
        """Settings of all sections, by words of their names and meanings."""
        self._words = words.strip().lower()
        self.refresh()

    def type(self, key: str, text: str) -> None:
        """Something else stands in a field."""
        section, _, setting = key.partition("\n")
        at = section, setting
        row = self._file.rows[at]
        is_back = text == row["value"]  # of a secret nothing is told
        self._changes.pop(at, None) if is_back else self._changes.update({at: text})
        self._changed()

    def defaults(self) -> None:
        """All that are shown as they are usual; they count when they are applied."""
        for at in self._shown_rows():
            row = self._file.rows[at]
            if row["default"] is not None and (row["value"] != row["default"] or row["secret"]):
                self._changes[at] = None
            else:
                self._changes.pop(at, None)
        self._changed()

    def undo(self) -> None:
        """What was changed and not applied is forgotten."""
        self._changes.clear()
        self._changed()

    def apply(self) -> None:
        """Into the file, and what counts at once counts now."""
        if not self._changes or self._is_applying:
            return
        if len(self._changes) > CHANGES_MAX:
            self.problem = self.work.words("At most {n} settings at once: undo some, or apply before", n=CHANGES_MAX)
            self.refresh()
            return
        self._check_no_more()
        self._is_applying = True
        saving = dict(self._changes)
        asked = self.client.ask("save_settings", self._asked(), self._file.digest)
        asked.addBoth(self._applied_or_not)
        asked.addErrback(self._read_again)
        self.do(asked, lambda answer: self._applied(saving, answer))
        self.refresh()

    # What it is made of

    def _shown_rows(self) -> list[At]:
        if self._words:
            return [at for at, row in self._file.rows.items() if _matches(row, self._words.split())]
        return [at for at in self._file.rows if at[0] == self._chosen]

    def _heading(self, n: int) -> str:
        if not self._words:
            meaning = next((one["meaning"] for one in self._file.sections if one["section"] == self._chosen), None)
            return f"{meaning[self.work.language]} [{self._chosen}]" if meaning else ""
        if n > FOUND_MAX:
            return self.work.words("{n} found, the first {most} are shown", n=n, most=FOUND_MAX)
        return self.work.words("{n} found", n=n)

    def _section(self, row: Row) -> Section:
        n_changed = sum(section == row["section"] for section, _ in self._changes)
        return Section(row["section"], row["meaning"][self.work.language], n_changed)

    def _field(self, at: At, row: Row) -> FormField:
        words, language = self.work.words, self.work.language
        typed = self._changes.get(at, row["value"])
        several = ", ".join(row["choices"]) if row["kind"] == "choices" else ""
        parts = [at[1], several, *usual(self.work, row), words(EFFECTS[row["effect"]])]
        return FormField(
            key="\n".join(at),
            label=begun(row["meaning"][language]),
            meaning=f"[{at[0]}] {at[1]}",
            value=(row["default"] or "") if typed is None else typed,
            choices=choices_of(self.work, row) if row["kind"] in ("choice", "yes or no") else (),
            unit=row["unit"][language] if row["unit"] else "",
            hint=" · ".join(filter(None, parts)),
            empty=words("set, and not shown") if row["secret"] and at not in self._changes else "",
            problem=self._problem_of(at, row, typed),
            remark=self._remark(row),
            is_changed=at in self._changes,
        )

    def _problem_of(self, at: At, row: Row, typed: str | None) -> str:
        found = self._findings if self._changes else self._file.findings
        of_it = (one["sentence"][self.work.language] for one in found if (one["section"], one["key"]) == at)
        return wrong_number(self.work, row, typed or "") or next(of_it, "")

    def _remark(self, row: Row) -> str:
        if row["variable"]:
            return self.work.words("{variable} of the server's environment goes before it", variable=row["variable"])
        return self.work.words("changed, counts after the next start") if row["waits"] else ""

    def _nowhere(self) -> str:
        """What is wrong and belongs to no setting that is shown."""
        found = self._findings if self._changes else self._file.findings
        shown = set(self._shown_rows())
        elsewhere = [one for one in found if (one["section"], one["key"]) not in shown]
        return next((f"{_place(one)}{one['sentence'][self.work.language]}" for one in elsewhere), "")

    def _asked(self) -> list[dict[str, Any]]:
        return [{"section": at[0], "key": at[1], "value": value} for at, value in self._changes.items()]

    # Reading

    def _read(self) -> None:
        self.problem = ""  # such as why it was not read before
        if self.work.lacks(Right.SUPERVISOR) or self.model.connection is not Connection.HERE:
            self.refresh()
        else:
            self._file.read()

    def _told(self, is_other: bool) -> None:
        """Why something was refused before stays there."""
        if is_other and self._changes:
            self._note = self.work.words("Somebody else has changed settings meanwhile; your changes are still here")
        names = self._file.section_names()
        if self._chosen not in names:
            self._chosen = next(iter(names), "")
        self._changes = {at: value for at, value in self._changes.items() if at in self._file.rows}
        self.refresh()

    def _not_read(self, failure: Failure) -> None:
        self._not_done(failure)
        self.refresh()

    # Checking

    def _changed(self) -> None:
        self.problem = self._note = ""
        self._check_no_more()
        self._n_checks += 1
        if self._changes:
            self._check = self.work.clock.callLater(CHECK_S, self._ask_check)
        else:
            self._findings = []
        self.refresh()

    def _check_no_more(self) -> None:
        if self._check is not None and self._check.active():
            self._check.cancel()
        self._check = None

    def _ask_check(self) -> None:
        n = self._n_checks
        if len(self._changes) <= CHANGES_MAX:
            self.do(self.client.ask("check_settings", self._asked()), lambda answer: self._checked(n, answer))

    def _checked(self, n: int, answer: Row) -> None:
        if n == self._n_checks:  # else more has been typed
            self._findings = list(answer["findings"])

    # Applying

    def _applied_or_not(self, answer: Any) -> Any:
        self._is_applying = False
        return answer

    def _read_again(self, failure: Any) -> Any:
        self._read()
        return failure

    def _applied(self, saving: Mapping[At, str | None], answer: Row) -> None:
        if not answer["saved"] and self._changes != saving:
            return  # what has been typed meanwhile is checked by itself
        self._findings = list(answer["findings"])
        if not answer["saved"]:
            self.problem = self.work.words("Nothing is changed: see what is wrong")
            return
        self._changes = {  # what has been typed meanwhile is not saved
            at: value for at, value in self._changes.items() if at not in saving or saving[at] != value
        }
        self._n_checks += 1
        self._findings = []
        told = [one[self.work.language] for one in (*answer["now"], *answer["restart"])]
        self._note = " · ".join([self.work.words("Saved"), *told])
        self._file.digest = answer["digest"]  # this change is no other's
        self._read()

    # What makes it look otherwise

    def access(self, access: Access) -> None:
        self._read() if self._is_open and not self._file.rows else self.refresh()

    def logged_in(self, hello: Hello) -> None:
        if self._is_open:
            self._read()

    def lost(self, why: object) -> None:
        self.refresh()


def _matches(row: Row, words: list[str]) -> bool:
    text = " ".join((row["section"], row["key"], *row["meaning"].values())).lower()
    return all(word in text for word in words)


def _place(finding: Row) -> str:
    return f"[{finding['section']}] {finding['key']}: " if finding["section"] else ""
