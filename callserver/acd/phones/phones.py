"""
The telephones of seats: agents dial in with number and PIN, or have theirs dialled from their program.

Each telephone of a seat is a `PhoneSeat`; a seat has one at most. What a seat shows is told to its telephone here, and
the end of the one ends the other:

- the seat does not use it any more (logged out, also by force; at its headset again; at a newer telephone): it says so
  and is put on hook;
- its line is no more (hung up, pulled out, needed elsewhere, up for half a day): the seat has lost its voice
  (`Leaving.telephone_lost`), and whoever was talked with there waits for somebody else.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime

from callserver.acd.phones.dialled_telephone import DialledTelephone
from callserver.acd.phones.log_in import LOG_IN, Asks, Complain, PinBook, log_in
from callserver.acd.phones.seat import PhoneSeat, words_of
from callserver.acd.phones.star_codes import Keyed, Numbers, arguments
from callserver.acd.phones.telephone import Telephone
from callserver.acd.seats.acts import Act, perform
from callserver.acd.seats.parts import Person
from callserver.acd.seats.seat import Seat
from callserver.acd.seats.seats import SeatChange, Seats
from callserver.calls.call import Call
from callserver.wire.causes import Cause, Reason
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.rights import Right
from callserver.wire.states import SeatState
from callserver.wire.targets import DIGITS

Dial = Callable[[str, str, DialledTelephone], Call]
BETWEEN_CALLS = (SeatState.IDLE_PC, SeatState.PAUSED, SeatState.RINGING)


class Phones:
    """
    Makes lines the telephones of seats.

    :param acts: every act of agents by its name
    :param rights: what a person may do at this moment
    :param say: says prompts in a call
    :param numbers: what agents may key for seats, groups and waiting callers
    :param complain: told who was refused which act, and at which line
    :param at_once: whether an agent at a telephone has his calls without a key
    :param dial: calls this very number for the person of this staff number, and tells what comes of it; or Refused
    """

    def __init__(
        self,
        clock: IReactorTime,
        seats: Seats,
        book: PinBook,
        *,
        acts: Callable[[], Mapping[str, Act]],
        rights: Callable[[str], Collection[Right]],
        say: Callable[[Call, Sequence[str]], Deferred[None]],
        numbers: Numbers,
        complain: Complain,
        at_once: bool,
        dial: Dial,
    ) -> None:
        self._clock, self._seats, self._book = clock, seats, book
        self._acts, self._rights, self._say, self._numbers = acts, rights, say, numbers
        self._complain, self._at_once, self._dial = complain, at_once, dial
        self._phones: dict[str, PhoneSeat] = {}  # by staff number, as are
        self._dialled: dict[str, DialledTelephone] = {}  # those that are not there yet
        seats.watch(self._changed)

    async def serve(self, call: Call, asks: Asks) -> None:
        """Somebody of the staff has dialled in: until he is logged out, or gone."""
        person = await log_in(asks, self._book, self._complain)
        if person is None:
            return
        try:
            self._connect(person, call)
        except Refused as refused:
            self._complain(person.number, call.first.name, LOG_IN, refused)
            await asks.play(words_of(refused))
            return
        await call.when_ended()

    def acts(self) -> dict[str, Act]:
        """By their names on the agents' channel."""
        return {"use_telephone": Act(self.use_telephone, (own_telephone,))}

    def use_telephone(self, seat: Seat, number: str) -> None:
        """
        Work by the telephone of his staff record, which is dialled now, or by the headset again.

        What comes of it he sees at his seat. Nothing but the number in his record is dialled, so it takes no right.

        :param number: of the telephone; "": the headset
        :raises Refused: BAD_ARGUMENT for another number, NOT_NOW, or what the dial guard says
        """
        if not number:
            self._use_headset(seat)
            return
        person = self._book.person(seat.number)
        if person is None or number != person.phone:
            raise Refused(Refusal.BAD_ARGUMENT, own_telephone.__name__)
        if seat.number in self._phones or seat.number in self._dialled or seat.status.state not in BETWEEN_CALLS:
            raise Refused(Refusal.NOT_NOW, seat.status.state)
        dialled = DialledTelephone(self._clock, self._say, partial(self._here, seat), partial(self._not_reached, seat))
        self._dialled[seat.number] = dialled
        try:
            dialled.made(self._dial(number, seat.number, dialled))
        except Refused:
            del self._dialled[seat.number]
            raise

    def _use_headset(self, seat: Seat) -> None:
        dialled = self._dialled.pop(seat.number, None)
        if dialled is not None:
            dialled.give_up()
        elif seat.number in self._phones:
            seat.use_telephone(None)
        else:
            raise Refused(Refusal.NOT_NOW, seat.status.state)

    def _here(self, seat: Seat, call: Call) -> None:
        """His telephone was answered, by him."""
        del self._dialled[seat.number]
        try:
            assert seat.person is not None  # when he goes, it is given up
            self._connect(seat.person, call)
        except Refused as refused:
            told = self._say(call, (words_of(refused),))
            told.addBoth(lambda _: call.end("server", Reason(Cause.NOT_CONNECTED)))
            seat.telephone_not_reached(Cause.NOT_CONNECTED.value)

    def _not_reached(self, seat: Seat, why: str) -> None:
        del self._dialled[seat.number]
        seat.telephone_not_reached(why)

    def _connect(self, person: Person, call: Call) -> None:
        """
        The call's line is the telephone of this person's seat from now on; the one before is put on hook.

        :raises Refused: as `Seats.log_in_by_phone`
        """
        number = person.number
        self._speak(number, call)
        phone = PhoneSeat(
            number,
            call,
            self._clock,
            do=partial(self._do, number, call.first.name),
            arguments=self._arguments,
            say=self._say,
            at_once=self._at_once,
            on_lost=self._lost,
        )
        before = self._phones.get(number)
        self._phones[number] = phone  # first: the seat may ring as soon as it is ready
        try:
            self._seats.log_in_by_phone(person, Telephone(call))
        except Refused:
            self._forget(phone)
            if before is not None:
                self._phones[number] = before
            raise
        phone.begin()
        if before is not None:
            before.part()

    def _speak(self, number: str, call: Call) -> None:
        """His own language, if he has said which, else the one that the caller has chosen."""
        record = self._book.person(number)
        if record is not None and record.language not in ("", call.language):
            call.speak(record.language)

    def _do(self, number: str, line: str, name: str, args: Sequence[str | int]) -> Any:
        try:
            return perform(self._acts(), self._rights(number), self._seats[number], name, args)
        except Refused as refused:
            self._complain(number, line, name, refused)
            raise

    def _arguments(self, keyed: Keyed) -> Sequence[str | int] | None:
        return arguments(keyed, self._numbers)

    def _changed(self, change: SeatChange) -> None:
        number = change.status.number
        if change.status.state is SeatState.OFF and number in self._dialled:
            self._dialled.pop(number).give_up()
        phone = self._phones.get(number)
        if phone is None:
            return
        phone.changed(change.status)
        if change.status.state is SeatState.OFF:
            self._forget(phone)
            phone.part("seat-logged-out")
        elif not self._seats[phone.number].station.by_phone:
            self._forget(phone)
            phone.part()

    def _lost(self, phone: PhoneSeat, reason: Reason) -> None:
        self._forget(phone)
        self._seats[phone.number].telephone_lost(reason)

    def _forget(self, phone: PhoneSeat) -> None:
        if self._phones.get(phone.number) is phone:
            del self._phones[phone.number]


def own_telephone(value: object) -> bool:
    """The number of his staff record, or nothing."""
    return isinstance(value, str) and (not value or DIGITS.fullmatch(value) is not None)
