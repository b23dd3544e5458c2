"""
The telephones of seats: agents who dial in with number and PIN, and star codes at the same acts as programs ask for.

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
from twisted.logger import Logger

from callserver.acd.acts import Act, perform
from callserver.acd.phone_log_in import Asks, PinBook, log_in
from callserver.acd.phone_seat import PhoneSeat, words_of
from callserver.acd.seat_parts import Person
from callserver.acd.seats import SeatChange, Seats
from callserver.acd.star_codes import Keyed, arguments
from callserver.acd.telephone import Telephone
from callserver.calls.call import Call
from callserver.wire.causes import Reason
from callserver.wire.refusals import Refused
from callserver.wire.rights import Right
from callserver.wire.states import SeatState

log = Logger()


class Phones:
    """
    Makes lines the telephones of seats.

    :param acts: every act of agents by its name
    :param rights: what a person may do at this moment
    :param say: says prompts in a call
    :param waiting: the ids of the calls that wait for people, in order
    :param complain: told who was refused which act, and at which line
    :param at_once: whether an agent at a telephone has his calls without a key
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
        waiting: Callable[[], list[str]],
        complain: Callable[[str, str, str, Refused], None],
        at_once: Callable[[], bool],
    ) -> None:
        self._clock, self._seats, self._book = clock, seats, book
        self._acts, self._rights, self._say, self._waiting = acts, rights, say, waiting
        self._complain, self._at_once = complain, at_once
        self._phones: dict[str, PhoneSeat] = {}  # by staff number
        seats.watch(self._changed)

    async def serve(self, call: Call, asks: Asks) -> None:
        """Somebody of the staff has dialled in: until he is logged out, or gone."""
        person = await log_in(asks, self._book)
        if person is None:
            return
        try:
            self._connect(person, call)
        except Refused as refused:
            self._complain(person.number, call.first.name, "log in", refused)
            await asks.play(words_of(refused))
            return
        await call.when_ended()

    def _connect(self, person: Person, call: Call) -> None:
        """
        The call's line is the telephone of this person's seat from now on; the one before is put on hook.

        :raises Refused: as `Seats.log_in_by_phone`
        """
        number = person.number
        phone = PhoneSeat(
            number,
            call,
            self._clock,
            do=partial(self._do, number, call.first.name),
            arguments=self._arguments,
            say=self._say,
            at_once=self._at_once(),
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

    def _do(self, number: str, line: str, name: str, args: Sequence[str]) -> Any:
        try:
            return perform(self._acts(), self._rights(number), self._seats[number], name, args)
        except Refused as refused:
            self._complain(number, line, name, refused)
            raise

    def _arguments(self, keyed: Keyed) -> Sequence[str] | None:
        return arguments(keyed, self._book.is_staff, self._waiting)

    def _changed(self, change: SeatChange) -> None:
        phone = self._phones.get(change.status.number)
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
