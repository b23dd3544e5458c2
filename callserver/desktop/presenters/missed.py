"""The list of missed calls, and of who waits to be called back: Enter calls."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from twisted.internet.defer import Deferred

from callserver.desktop.foreign import beside
from callserver.desktop.model import Connection
from callserver.desktop.presenters.clocks import moment
from callserver.desktop.presenters.controls import RESTING_STATES
from callserver.desktop.presenters.presenter import Presenter
from callserver.desktop.presenters.rows import Row, own
from callserver.wire.messages import Hello, SeatStatus

SLIP = "slip "  # of one who waits to be called back: before his id


@dataclass(frozen=True)
class MissedData:
    """A row each: who, what he wants, when, where he waited and why in vain, how often, and who calls him already."""

    rows: tuple[Row, ...]
    nothing: str
    may_call: bool
    problem: str


class Missed(Presenter[MissedData]):
    """What has come since the list was looked at last is in bold until it is opened again."""

    _slips: tuple[dict[str, Any], ...] = ()
    _taken: dict[str, dict[str, Any]] = {}  # noqa: RUF012 - replaced, never changed
    _seen_before = ""
    is_open = False

    def start(self) -> None:
        super().start()
        self._endings.append(self.work.missed.watch(self._listed))

    def data(self) -> MissedData:
        rows = (*map(self._slip, self._slips), *self._missed())
        return MissedData(
            rows=rows,
            nothing="" if rows else self.work.words("No missed calls of the last seven days"),
            may_call=self.model.connection is Connection.HERE and self.model.seat.state in RESTING_STATES,
            problem=self.problem,
        )

    # What the person does

    def opened(self) -> None:
        """Ask for all of it anew; what is shown now counts as seen."""
        self.is_open, self.problem, self._seen_before = True, "", self.work.settings.now.missed_seen
        self.work.missed.seen()
        self._ask()
        self.refresh()

    def closed(self) -> None:
        """What comes is counted again."""
        self.is_open = False

    def call(self, key: str) -> None:
        """Call this one back; nobody else is offered him meanwhile."""
        if not key or not self.data().may_call:
            return
        if key.startswith(SLIP):
            self.do_once("call", lambda: self.client.ask("take_call_back", key.removeprefix(SLIP)), self._asked_again)
        else:
            self.do_once("call", lambda: self._take_and_dial(key), self._asked_again)

    def settle(self, key: str) -> None:
        """He needs no call any more."""
        if key.startswith(SLIP):
            self.do(self.client.ask("done_call_back", key.removeprefix(SLIP), "not wanted"), self._asked_again)
        elif key:
            self.do(self.client.ask("done_missed", key, "not wanted"), self._asked_again)

    def _take_and_dial(self, number: str) -> Deferred[None]:
        return self.client.ask("take_missed", number).addCallback(lambda _: self.client.dial(number))

    def _listed(self) -> None:
        if self.is_open:
            self.work.missed.seen()
        self.refresh()

    def _asked_again(self, answer: object) -> None:
        self._ask()

    def _ask(self) -> None:
        self.work.missed.ask()
        self.do(self.client.ask("list_call_backs"), self._slips_listed)
        self.do(self.client.ask("list_missed_taken"), self._taken_listed)

    def _slips_listed(self, answer: list[dict[str, Any]]) -> None:
        self._slips = tuple(answer or ())

    def _taken_listed(self, answer: list[dict[str, Any]]) -> None:
        self._taken = {one["number"]: one for one in reversed(answer or ())}

    # What it is made of

    def _missed(self) -> list[Row]:
        rows = []
        for one in self.work.missed.calls:
            words = [self.work.words("wants to be called")] if one.wants_call else []  # what is last may be cut
            words += [one.last, beside(one.queue), one.why]
            words += [self.work.words("{n} times", n=one.times)] if one.times > 1 else []
            taken = self._taken.get(one.number)
            if taken is not None and taken["result"] == "not wanted":
                continue
            why_not = "" if taken is None or taken["result"] else self._by(taken["by"])
            is_new = one.last > self._seen_before
            title = f"{one.number} {beside(one.name)}".rstrip()
            shown = Row(one.number, title, " · ".join(filter(None, words)), why_not=why_not, is_new=is_new)
            rows.append(replace(shown, aloud=self.work.words("new") if is_new else ""))
        return rows

    def _slip(self, slip: dict[str, Any]) -> Row:
        title = f"{slip['number'] or self.work.words('number withheld')} {beside(slip['name'] or '')}".rstrip()
        since = moment(slip["since"])
        why_not = self._by(slip["by"]) if slip["state"] != "waiting" else ""
        detail = self.work.words("Call-back · {queue} · since {since}", queue=slip["queue"], since=since)
        return Row(SLIP + slip["id"], title, detail, why_not=why_not)

    def _by(self, number: str) -> str:
        return "" if number == own(self.work) else self.work.words("{number} calls already", number=number)

    # What makes it look otherwise

    def status(self, status: SeatStatus) -> None:
        self.refresh()

    def logged_in(self, hello: Hello) -> None:
        self._ask()

    def lost(self, why: object) -> None:
        self.refresh()
