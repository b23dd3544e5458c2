"""The card of the call that rings or is in hand: who it is, how sure that is, how long he waited, how he came."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from callserver.desktop.foreign import beside
from callserver.desktop.presenters.arrivals import arrival, is_internal
from callserver.desktop.presenters.clocks import stopwatch
from callserver.desktop.presenters.path import path_text
from callserver.desktop.presenters.presenter import Presenter
from callserver.wire.catalogue import N_, text
from callserver.wire.messages import Access, Card, Identity, SeatStatus
from callserver.wire.states import SeatState
from callserver.wire.words import reason_text

PROVED, CLAIMED, UNKNOWN = (
    N_("✔ Proved (PIN)"),
    N_("? Number matches, not proved"),
    N_("✖ Unknown customer"),
)
LOST_CALL = N_("Lost with the connection")


@dataclass(frozen=True)
class CallCardData:
    """
    :param rings: it is an offer; the card has a frame, and the two buttons
    :param is_over: the call has ended: the card is of the last one, in grey
    """

    rings: bool
    is_over: bool
    title: str  # "Incoming · 12 s left", "Talking"; "" without any call
    name: str
    number: str
    identity: str
    is_proved: bool
    details: tuple[str, ...]  # queue and wait, path, basket, orders: a line each
    ended: str  # why the last call is over
    problem: str
    may_answer: bool
    several: bool = False  # customers who may be he: one of them is to be chosen in the tabs
    other: str = ""  # who is consulted besides, with the clock of that call; who else is in this one


def caller_name(card: Card, language: str) -> str:
    """Whom a card is about, as shortly as it can be said."""
    if card.identity is not None and card.identity.name:
        return card.identity.name
    return card.caller_name or card.caller_number or text(language, "number withheld")


def beside_text(card: Card, language: str) -> str:
    """Who is in the call, too: "With 802 Liu Yang", a supervisor who has barged in as such; "" if nobody is."""
    names = [(one.supervises, f"{one.number} {beside(one.name)}".strip()) for one in card.beside]
    others = ", ".join(name for supervises, name in names if not supervises)
    supervisors = ", ".join(name for supervises, name in names if supervises)
    said = [text(language, "With {names}", names=others)] if others else []
    said += [text(language, "Supervisor {names} is in the call", names=supervisors)] if supervisors else []
    return " · ".join(said)


class CallCard(Presenter[CallCardData]):
    """The card fills itself; a call that is over stays, in grey, until the next one."""

    _last: Card | None = None
    _ended = ""
    _came = ""  # the cause with which the call that rings, or rang, came here
    _rings_until_s = 0.0
    _several: tuple[str, dict[str, str]] = ("", {})  # a call whose caller may be these, by member number

    def start(self) -> None:
        super().start()
        self._endings.append(self.work.record.watch(self.refresh))
        self.count_seconds()

    def data(self) -> CallCardData:
        seat = self.model.seat
        card = self.model.first or self._last
        if card is None:
            title = "" if self._ended else self.work.words("Who calls is shown here")
            return CallCardData(False, False, title, "", "", "", False, (), self._ended, self.problem, False)
        rings = seat.state is SeatState.RINGING
        n_match, card = self._as_chosen(card)
        return CallCardData(
            rings=rings,
            is_over=seat.call is None,
            title=self._title(card),
            name=caller_name(card, self.work.language),
            number=self._number(card),
            identity=self.work.words("{n} customers match", n=n_match) if n_match else self._identity(card),
            is_proved=card.identity is not None and card.identity.proved,
            details=self._details(card),
            ended=self._ended if seat.call is None else "",
            problem=self.problem,
            may_answer=rings,
            other=self._other(card),
            several=n_match > 1,
        )

    def answer(self) -> None:
        """Take the call that rings."""
        self.do(self.client.answer(call_id=self.model.call_id))

    def reject(self) -> None:
        """Leave it to others."""
        self.do(self.client.reject(call_id=self.model.call_id))

    def _title(self, card: Card) -> str:
        seat, words = self.model.seat, self.work.words
        if seat.state is SeatState.RINGING:
            left_s = self._rings_until_s - self.work.clock.seconds()
            came = arrival(self.work, card, self._came)
            return words("{came} · {n} s left", came=came, n=math.ceil(left_s)) if left_s > 0 else came
        if seat.kept is not None and card.call_id == seat.kept.call_id:
            return words("On hold {time}", time=stopwatch(self.model.age_s(self.model.kept_since_s)))
        return words("Last call") if seat.call is None else words("Call")

    def _other(self, card: Card) -> str:
        """Of two calls the one that this card is not of."""
        seat = self.model.seat
        if seat.call is None:
            return ""
        if seat.kept is None:
            return beside_text(seat.call, self.work.language)
        if card.call_id == seat.call.call_id:
            since_s, other, words = self.model.kept_since_s, seat.kept, N_("{name} on hold {time}")
        else:
            since_s, other, words = self.model.seat_since_s, seat.call, N_("With {name} {time}")
        name, number = caller_name(other, self.work.language), other.caller_number or ""
        who = name if name == number else f"{number} {beside(name)}".lstrip()
        return self.work.words(words, name=who, time=stopwatch(self.model.age_s(since_s)))

    def _number(self, card: Card) -> str:
        said = card.caller_number or self.work.words("number withheld")
        parts = [said] if said != caller_name(card, self.work.language) else []  # it stands above already
        parts += [card.region] if card.region else []
        if card.identity is not None and card.identity.number:
            parts.append(self.work.words("Member {number}", number=card.identity.number))
        return " · ".join(parts)

    def _identity(self, card: Card) -> str:
        if card.gone or is_internal(self.work, card):
            return ""  # a colleague is no customer
        if card.identity is None:
            return self.work.words(UNKNOWN)
        return self.work.words(PROVED if card.identity.proved else CLAIMED)

    def _as_chosen(self, card: Card) -> tuple[int, Card]:
        """
        Of several customers who have his number none is taken for him before the agent has chosen.

        :return: how many there are to choose from, and the card with who was chosen
        """
        record = self.work.record
        if card.gone:
            return 0, card
        if record.call_id == card.call_id and record.hits:
            self._several = card.call_id, {str(one["number"]): str(one["name"]) for one in record.hits}
        call_id, names = self._several
        if call_id != card.call_id or (card.identity is not None and card.identity.proved):
            return 0, card
        if record.member in names:
            return 0, replace(card, identity=Identity(record.member, names[record.member]))
        n_left = len(record.hits) if record.call_id == card.call_id else 0  # 0 also where it is none of them
        return n_left, replace(card, identity=None)

    def _details(self, card: Card) -> tuple[str, ...]:
        words = self.work.words
        rows = []
        if card.queue is not None:
            now_s = max(0.0, self._waited_s(card) - card.earlier_s)
            rows.append(words("Queue {queue} · waited {time}", queue=card.queue, time=stopwatch(now_s)))
        if card.earlier_s:
            whole = stopwatch(self._waited_s(card))
            rows.append(words("Calls again: his place is kept, {time} since he came first", time=whole))
        if card.path:
            rows.append(words("Path {path}", path=path_text(card.path, self.work.language)))
        return (*rows, *(self.work.told(row) for part in card.parts for row in part.rows))

    def _waited_s(self, card: Card) -> float:
        """While it rings he waits on; what the server tells when he is answered is the whole of it."""
        seat = self.model.seat
        rings = seat.state is SeatState.RINGING and seat.call is not None and seat.call.call_id == card.call_id
        return card.waited_s + (self.model.age_s(self.model.seat_since_s) if rings else 0.0)

    # What makes it look otherwise

    def status(self, status: SeatStatus) -> None:
        if status.state is SeatState.RINGING and status.call is not None:
            if self._last is None or status.call.call_id != self._last.call_id or not self._rings_until_s:
                self._came = status.cause
            self._rings_until_s = self.work.clock.seconds() + status.rings_for_s
        else:
            self._rings_until_s = 0.0
        if status.call is not None:
            self._last, self._ended = self.model.customer, ""
        self.refresh()

    def offer_gone(self, cause: str) -> None:
        """Its card goes: it is nobody's here; whose it was and what became of it is said."""
        who = caller_name(self._last, self.work.language) if self._last is not None else ""
        self._last, self._ended = None, " · ".join(filter(None, (beside(who), self._why_over(cause))))

    def ended(self, cause: str) -> None:
        self._ended = self._why_over(cause)

    def _why_over(self, cause: str) -> str:
        """How the seat looks after a new connection is told without a cause: nobody knows any more."""
        return reason_text(cause, self.work.language) if cause else self.work.words(LOST_CALL)

    def access(self, access: Access) -> None:
        self.refresh()
