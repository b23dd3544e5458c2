"""The staff editor: who works here, what each may do, and what else is set of him."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from callserver.desktop.foreign import beside
from callserver.desktop.model import Connection
from callserver.desktop.presenters.book import Book, Draft
from callserver.desktop.presenters.form import NO, YES, FormField, Row, choices_of
from callserver.desktop.presenters.question import Question
from callserver.desktop.presenters.workplace import Workplace
from callserver.wire.catalogue import N_
from callserver.wire.rights import Right

STAFF, GROUPS, GROUP = "staff", "groups", "group "
MORE = {  # beside the document's
    "skills": N_("Skills"),
    "wrap_up_s": N_("Wrap-up"),
    "language": N_("Telephone speaks"),
    "caps": N_("Daily limits"),
}
EXAMPLES = {"skills": N_("such as zh:5, en:2"), "caps": N_("such as local 120min 40calls")}
RIGHT_LABELS: Mapping[Right, str] = {
    Right.SUPERVISOR: N_("Seat supervisor"),
    Right.ANSWER_INTERNAL: N_("Answer internal calls"),
    Right.ANSWER_QUEUED: N_("Answer queued calls"),
    Right.PICK_UP: N_("Pick up calls"),
    Right.GRAB: N_("Grab queued calls"),
    Right.PLAY_RECORDINGS: N_("Play recordings"),
    Right.DOWNLOAD_RECORDINGS: N_("Download recordings"),
    Right.START_RECORDING: N_("Record on demand"),
    Right.DIAL_INTERNAL: N_("Dial internal calls"),
    Right.DIAL_LOCAL: N_("Dial local calls"),
    Right.DIAL_NATIONAL: N_("Dial national calls"),
    Right.DIAL_INTERNATIONAL: N_("Dial international calls"),
    Right.RECEIVE_FAX: N_("Receive faxes by hand"),
    Right.DOWNLOAD_FAX: N_("Download faxes"),
    Right.SEND_FAX: N_("Send faxes by hand"),
    Right.LISTEN: N_("Listen in"),
    Right.BARGE_IN: N_("Barge in, break off"),
    Right.FORCE_LOG_OUT: N_("Force out idle seats"),
}
FLAGS = {
    "disabled": N_("disabled"),
    "locked": N_("locked"),
    "must_change": N_("first password"),
    "has_pin": N_("telephone PIN"),
}
LISTED_FLAGS = ("disabled", "locked", "must_change")


@dataclass(frozen=True)
class StaffData:
    """
    :param lacks: the right that is missing; then nothing else is shown
    :param people: number, name, and what keeps him from logging in, of each
    :param out: the places in the list of those who are disabled
    :param chosen: his place in the list, -1: none of them
    :param password: what stands in its field
    :param secret: a password or PIN, shown this once
    :param rights: whether he has each
    :param groups: name of each, and whether he is in it
    """

    lacks: str
    people: tuple[tuple[str, str, str], ...]
    out: frozenset[int]
    chosen: int
    heading: str
    is_new: bool
    number: str
    name: str
    phone: str
    is_disabled: bool
    password: str
    secret: str
    rights: Mapping[Right, bool]
    more: tuple[FormField, ...]
    groups: tuple[tuple[str, bool], ...]
    may_save: bool
    may_reset: bool
    question: Question | None
    note: str
    problem: str


class StaffEditor(Book[StaffData]):
    """What is typed of one person stays his while another is looked at."""

    def __init__(self, work: Workplace, show: Callable[[StaffData], None]) -> None:
        super().__init__(work, show, STAFF)
        self._groups: dict[str, frozenset[str]] = {}
        self._secret = ""

    def data(self) -> StaffData:
        row = self.rows.get(self.chosen)
        here = self.model.connection is Connection.HERE
        numbers = list(self.rows)
        lacks, known = self.lacks, {one["key"]: one for one in self.fields}
        return StaffData(
            lacks=lacks,
            people=() if lacks else tuple(map(self._person, self.rows.values())),
            out=frozenset(place for place, one in enumerate(self.rows.values()) if one["disabled"] and not lacks),
            chosen=-1 if self.is_new else numbers.index(self.chosen),
            heading=self._heading(row),
            is_new=self.is_new,
            number=(self.draft.name if self.draft else "") if self.is_new else self.chosen,
            name=self.value("name"),
            phone=self.value("phone"),
            is_disabled=self.value("disabled") == YES,
            password="" if self.is_new else "••••••",
            secret=self._secret,
            rights=self._rights(),
            more=tuple(self._field(known[key]) for key in MORE if key in known),
            groups=tuple((name, self.value(GROUP + name) == YES) for name in self._groups),
            may_save=here and self.draft is not None,
            may_reset=here and not self.is_new,
            question=self.question,
            note=self.note,
            problem=self.problem,
        )

    # What the person does

    def open(self) -> None:
        """A password that was shown is not there any more."""
        self._secret = ""
        super().open()
        self.refresh()

    def load(self) -> None:
        super().load()
        if not self.lacks and self.model.connection is Connection.HERE:
            self.do(self.client.ask("list_groups"), self._groups_came)

    def grant(self, right: Right, held: bool) -> None:
        """Give him a right, or take it away, as soon as it is saved."""
        rights = {one: has or one is right for one, has in self._rights().items()}
        rights[right] = held
        self.type("rights", ", ".join(_code(one) for one, has in rights.items() if has))

    def disable(self, out: bool) -> None:
        """He may not log in any more, or may again, as soon as it is saved."""
        self.type("disabled", YES if out else NO)

    def put_in(self, group: str, is_in: bool) -> None:
        """Into a group, or out of it, as soon as it is saved."""
        self.type(GROUP + group, YES if is_in else NO)

    def new_password(self) -> None:
        """Another first one."""
        self._reset("new_password", N_("New password of {number}, shown this once: {secret}"))

    def new_pin(self) -> None:
        """Another PIN for telephones."""
        self._reset("new_pin", N_("New telephone PIN of {number}, shown this once: {secret}"))

    # What it is made of

    def _rights(self) -> Mapping[Right, bool]:
        held = {one.strip() for one in self.value("rights").split(",")}
        return {right: _code(right) in held for right in RIGHT_LABELS}

    def _person(self, row: Row) -> tuple[str, str, str]:
        flags = [self.work.words(FLAGS[flag]) for flag in LISTED_FLAGS if row[flag]]
        if (self.kind, row["name"]) in self._drafts:
            flags.append(self.work.words("not saved"))
        return row["name"], row["settings"]["name"], " · ".join(flags)

    def _heading(self, row: Row | None) -> str:
        if self.is_new or row is None:
            return self.work.words("New agent")
        flags = [self.work.words(words) for flag, words in FLAGS.items() if row[flag]]
        return " · ".join([f"{self.chosen} {beside(row['settings']['name'])}".rstrip(), *flags])

    def _field(self, row: Row) -> FormField:
        key = row["key"]
        choices = choices_of(self.work, row)
        unit = f" ({row['unit'][self.work.language]})" if row["unit"] else ""
        return FormField(
            key=key,
            label=self.work.words(MORE[key]) + unit,
            meaning=row["meaning"][self.work.language],
            value=self.value(key),
            choices=(("", ""), *choices) if choices else (),
            empty=self.work.words(EXAMPLES[key]) if key in EXAMPLES else row["low"] and f"{row['low']}–{row['high']}",
            problem=self.wrong().get(key, ""),
            is_changed=self.draft is not None and key in self.draft.changed,
        )

    def _settings(self, name: str) -> Mapping[str, str]:
        groups = {GROUP + group: YES if name in members else NO for group, members in self._groups.items()}
        return {**super()._settings(name), **groups}

    def _delete_words(self) -> str:
        name = self.rows[self.chosen]["settings"]["name"]
        return self.work.words(
            "Delete {person}? Who is logged in is logged out, and his caller goes back to the queue",
            person=f"{self.chosen} {beside(name)}".rstrip(),
        )

    def _cannot(self, draft: Draft | None) -> str:
        if self.is_new and draft is not None and not draft.name:
            return self.work.words("A new agent needs a staff number first")
        return super()._cannot(draft)

    def _send(self, name: str, changed: Mapping[str, str]) -> None:
        """The groups after him: somebody new has to be there first."""
        own = {key: text for key, text in changed.items() if not key.startswith(GROUP)}
        groups = {key.removeprefix(GROUP): text for key, text in changed.items() if key.startswith(GROUP)}
        if own or name not in self.rows:
            asked = self.client.ask("save_staff", name, own)
            self.do(asked, partial(self._own_saved, name, groups))
        else:
            self._send_groups(name, groups, self.rows[name])

    def _own_saved(self, name: str, groups: Mapping[str, str], row: Row) -> None:
        self._send_groups(name, groups, row)
        if "password" in row:
            self._secret = self.work.words(
                "First password of {number}, shown this once: {secret}", number=name, secret=row["password"]
            )

    def _send_groups(self, name: str, groups: Mapping[str, str], row: Row) -> None:
        """What is typed of them waits until they are saved, too."""
        self._saved(STAFF, name, row)
        if not groups:
            return
        note, self.note, settings = self.note, "", self._settings(name)
        draft = self._drafts.setdefault((STAFF, name), Draft(settings))
        draft.base = {**draft.base, **{GROUP + group: settings[GROUP + group] for group in groups}}
        for group, is_in in groups.items():
            draft.values.setdefault(GROUP + group, is_in)
            change = {"members+" if is_in == YES else "members-": name}
            self.do(self.client.ask("save_groups", group, change), partial(self._group_saved, name, note))

    def _group_saved(self, name: str, note: str, row: Row) -> None:
        self._groups[row["name"]] = _members(row)
        draft = self._drafts.get((STAFF, name))
        if draft is None:
            return
        key = GROUP + row["name"]
        draft.base = {**draft.base, key: self._settings(name)[key]}
        if not draft.changed:
            del self._drafts[STAFF, name]
            self.note = note

    def _groups_came(self, rows: list[Row]) -> None:
        self._groups = {row["name"]: _members(row) for row in rows}

    def _reset(self, act: str, sentence: str) -> None:
        number = self.chosen
        if self.is_new:
            return

        def shown(secret: str) -> None:
            self._secret = self.work.words(sentence, number=number, secret=secret)
            self.load()

        self.do(self.client.ask(act, number), shown)

    def _forget_notes(self) -> None:
        self._secret = ""
        super()._forget_notes()


def _code(right: Right) -> str:
    """As `save_staff` takes it."""
    return right.name.lower().replace("_", "-")


def _members(row: Row) -> frozenset[str]:
    return frozenset(one.partition("/")[0].strip() for one in row["settings"]["members"].split(","))
