"""Sending a call on: to whom, who can take it now, and what can be done while a third party is consulted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from twisted.internet.defer import Deferred

from callserver.desktop.foreign import beside
from callserver.desktop.model import Connection
from callserver.desktop.presenters.call_card import caller_name
from callserver.desktop.presenters.clocks import stopwatch
from callserver.desktop.presenters.consulting import cancel_consult
from callserver.desktop.presenters.live_presenter import LivePresenter
from callserver.desktop.presenters.rows import SEAT, Row
from callserver.desktop.presenters.transfer_list import Filter, TransferList
from callserver.desktop.presenters.workplace import Workplace
from callserver.wire.messages import Card, Hello
from callserver.wire.states import SeatState
from callserver.wire.targets import Target, TargetKind

CONSULTED = (TargetKind.SEAT, TargetKind.QUEUE, TargetKind.NUMBER)


@dataclass(frozen=True)
class TransferData:
    """
    :param consulting: both parties with their clocks, while a third one is consulted; then the other four buttons
    :param may_end_consult: what the four buttons of a consultation do can be done
    """

    title: str
    rows: tuple[Row, ...]
    chosen: str  # the key of its row
    star: str  # what the button of favourites would do
    nothing: str
    consulting: str
    may_consult: bool
    may_send: bool
    may_flash: bool
    may_complete: bool
    may_join_all: bool
    may_cancel: bool
    problem: str


class Transfer(LivePresenter[TransferData]):
    """One of the list is chosen, and then called, or has the call at once; while one is called, the list waits."""

    def __init__(
        self, work: Workplace, show: Callable[[TransferData], None], close: Callable[[], None] = lambda: None
    ) -> None:
        super().__init__(work, show)
        self._close = close
        self.chosen = ""
        self._list = TransferList(work, self.refresh)

    def start(self) -> None:
        super().start()
        self.count_seconds()
        self._endings.append(self.work.settings.watch(self.refresh))

    def data(self) -> TransferData:
        seat, rows = self.model.seat, self._list.rows()
        target = self._target()
        alone = self._here() and seat.kept is None and seat.state in (SeatState.TALKING, SeatState.HELD)
        alone = alone and not seat.supervises
        two = self._here() and seat.kept is not None
        both = seat.state in (SeatState.RINGBACK, SeatState.TALKING)
        return TransferData(
            title=self._title(),
            rows=rows,
            chosen=self.chosen,
            star=self._star(),
            nothing="" if rows else self.work.words("Nobody found"),
            consulting=self._consulting(),
            may_consult=alone,
            may_send=alone,
            may_flash=alone and target is not None and target.kind is TargetKind.NUMBER,
            may_complete=two and both,
            may_join_all=two and seat.state is SeatState.TALKING,
            may_cancel=two,
            problem=self.problem,
        )

    # What the person does

    def opened(self) -> None:
        """The lists of the server are asked for anew."""
        self.problem = ""
        self._list.book.ask()
        self.refresh()

    def find(self, typed: str) -> None:
        """
        Show who fits; the first of them is chosen.

        :param typed: a number, part of one, part of a name; a single digit chooses its row of the whole list
        """
        self.problem = ""
        self.chosen = self._list.find(typed)
        self.refresh()

    def filter(self, wanted: Filter) -> None:
        """Only these."""
        self._list.filter = wanted
        self.find(self._list.typed)

    def choose(self, key: str) -> None:
        """This row."""
        self.chosen = key
        self.refresh()

    def star(self) -> None:
        """The chosen one is a favourite from now on, or no more."""
        now = self.work.settings.now.favourites
        if self.chosen:
            others = tuple(one for one in now if one != self.chosen)
            self.work.settings.remember(favourites=others if self.chosen in now else (*now, self.chosen))

    def consult(self) -> None:
        """Call the chosen one; the first party hears music meanwhile."""
        target = self._fit()
        if target is None or not self.data().may_consult:
            return
        if target.kind not in CONSULTED:
            self._say(self.work.words("There is nobody to ask: send the call on with Ctrl+Enter"))
        else:
            self._once("consult", lambda call_id: self.client.consult(target, call_id=call_id))

    def send(self) -> None:
        """Blind: the call goes to the chosen one, and is out of hand."""
        target = self._fit()
        if target is not None and self.data().may_send:
            self._once("send", lambda call_id: self.client.transfer(str(target), call_id=call_id), self._sent)

    def flash(self) -> None:
        """The exchange connects the party with the chosen number, where the line can."""
        target = self._fit()
        if target is not None and self.data().may_flash:
            self.do(self.client.flash_transfer(target.name, call_id=self.model.call_id))

    def complete(self) -> None:
        """Leave the two to each other."""
        if self.data().may_complete:
            self._once("join", lambda call_id: self.client.join(call_id=call_id), self._sent)

    def three_way(self) -> None:
        """All three talk."""
        if self.data().may_join_all:
            self.do(self.client.three_way(call_id=self.model.call_id), self._sent)

    def swap(self) -> None:
        """Talk with the other one."""
        if self.data().may_join_all:
            self.do(self.client.swap(call_id=self.model.call_id))

    def cancel(self) -> None:
        """Leave the third one."""
        if self.data().may_cancel:
            self.do(cancel_consult(self.client, self.model.seat))

    def _once(
        self, act: str, ask: Callable[[str], Deferred[None]], then: Callable[[object], None] | None = None
    ) -> None:
        """Enter pressed twice in one call is one: nobody reads that the second was refused."""
        call_id = self.model.call_id
        self.do_once(f"{act} {call_id}", lambda: ask(call_id), then)

    def _sent(self, answer: object) -> None:
        self.chosen = self._list.typed = ""
        self._close()

    def _say(self, problem: str) -> None:
        self.problem = problem
        self.refresh()

    # What it is made of

    def _here(self) -> bool:
        return self.model.connection is Connection.HERE

    def _target(self) -> Target | None:
        try:
            return Target.parse(self.chosen)
        except ValueError:
            return None

    def _fit(self) -> Target | None:
        """Whom the chosen row is; why it cannot be is said."""
        row = next((row for row in self._list.rows() if row.key == self.chosen), None)
        if row is None:
            self._say(self.work.words("Choose somebody first"))
            return None
        if row.why_not:
            self._say(row.why_not)
            return None
        return self._target()

    def _title(self) -> str:
        card = self.model.first
        if card is None:
            return self.work.words("Transfer")
        name, number = caller_name(card, self.work.language), card.caller_number or ""
        return self.work.words("Transfer {name}", name=name if name == number else f"{beside(name)} {number}".rstrip())

    def _consulting(self) -> str:
        seat = self.model.seat
        if seat.kept is None or seat.call is None:
            return ""
        return self.work.words(
            "With {name} {time} · {kept} on hold {kept_time}",
            name=self._name(seat.call),
            time=stopwatch(self.model.age_s(self.model.seat_since_s)),
            kept=self._name(seat.kept),
            kept_time=stopwatch(self.model.age_s(self.model.kept_since_s)),
        )

    def _star(self) -> str:
        if self.chosen and self.chosen in self.work.settings.now.favourites:
            return "☆ " + self.work.words("No favourite")
        return "★ " + self.work.words("Favourite")

    def _name(self, card: Card) -> str:
        name, number = caller_name(card, self.work.language), card.caller_number or ""
        is_colleague = bool(number) and SEAT + number in self.model.rows and name != number
        return f"{number} {beside(name)}" if is_colleague else name

    # What makes it look otherwise

    def logged_in(self, hello: Hello) -> None:
        self._list.book.ask()
