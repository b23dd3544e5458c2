"""A shop's morning for a test to lead: what must hold is looked at all along, and counted at the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType

from twisted.trial.unittest import SynchronousTestCase

from callserver.calls.call import Call
from callserver.emulator.loop import SubscriberLine, SubscriberStage
from callserver.emulator.phone import Phone
from callserver.rehearsal.exchange_line import ExchangeLine
from callserver.rehearsal.invariants import AT_END, QUIET, WATCHED, Broken, Rows, Seen, check, read_rows
from callserver.store.opening import read_only
from callserver.store.tables import EventRow, event_record
from callserver.wire.records import EventRecord
from callserver.wire.states import LineState, SeatState
from tests.whole.morning_people import Clerk
from tests.whole.test_calls_out import speak
from tests.whole.test_telephone_seat import Telephone
from tests.whole.virtual_shop import ON_DISK_S, VirtualShop

WATCH_S = 0.1
WITHIN_S = 60.0  # whatever is waited for comes
SHOWN_S = 0.3  # so long a change is on its way to a program, at most
STOPPED_S = 5.0
COMES = """
caller {number}
dial {shop}
wait answer
wait 2
press 0       # a person, instead of a language
wait 1
"""


class Exchanged:
    """What the exchange itself has seen of calls to and from the shop's lines; one behind a flash is none of them."""

    def __init__(self, lines: list[SubscriberLine]) -> None:
        self.n_in = self.n_out = 0
        self._lines = dict.fromkeys(lines, SubscriberStage.ON_HOOK)
        self._dials: set[SubscriberLine] = set()

    def look(self) -> None:
        """At every line."""
        for line, before in self._lines.items():
            if line.stage is before:
                continue
            self._lines[line] = line.stage
            if line.stage is SubscriberStage.DIALLING and before is SubscriberStage.ON_HOOK:
                self._dials.add(line)
            elif line.stage is SubscriberStage.RINGING:
                self.n_in += 1
            elif line in self._dials and line.stage is not SubscriberStage.DIALLING:
                self._dials.discard(line)
                self.n_out += line.stage is not SubscriberStage.ON_HOOK


class Morning:
    """
    The shop, opened.

    `acts`: how often each was done at a program, `acts_by_keys`: at a telephone; `n_calls`: that were made to the shop;
    `broken`: what did not hold
    """

    def __init__(
        self, case: SynchronousTestCase, n_lines: int, settings: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        self.case = case
        self.shop = VirtualShop(case, n_lines, settings=settings)
        self.server, self.reactor = self.shop.server, self.shop.world.reactor
        exchange = self.server.exchange
        assert exchange is not None
        self.exchange = exchange
        self.acts: Counter[str] = Counter()
        self.acts_by_keys: Counter[str] = Counter()
        self.n_calls = 0
        self.clerks: list[Clerk] = []
        self.broken: list[Broken] = []
        self.seen = Seen(self.server, self.shop.world, agents=self.clerks)
        number = self.server.config.exchange.number
        self.exchanged = Exchanged([line for line in exchange.lines if line.number.startswith(number)])
        self.shop.wait(ON_DISK_S)
        self.seen.events += self.shop.ask(all_events)
        self.server.events.watch(self.seen.events.append)
        self._look()

    def _look(self) -> None:
        self.broken += check(WATCHED, self.seen, self.reactor.seconds())
        self.exchanged.look()
        self._looking = self.reactor.callLater(WATCH_S, self._look)

    def until(self, reached: Callable[[], bool], what: str) -> None:
        """Time passes until it is so."""
        if not self.reactor.run_until(reached, self.reactor.seconds() + WITHIN_S):
            seats = {seat.number: seat.status.state.value for seat in self.server.centre.seats}
            raise AssertionError(f"waited {WITHIN_S:g} s until {what}; {seats}")

    # Staff

    def clerk(self, number: str) -> Clerk:
        """Somebody has come to his computer."""
        clerk = Clerk(self, number, self.shop.folder.first_password(number))
        self.clerks.append(clerk)
        self.case.addCleanup(clerk.stop)
        clerk.start()
        return clerk

    def state(self, number: str) -> SeatState:
        return self.server.centre.seats[number].status.state

    def rings(self, number: str) -> None:
        """Time passes until it rings there, and shows it."""
        self.until(lambda: self.state(number) is SeatState.RINGING, f"it rings at {number}")
        self.shop.wait(SHOWN_S)

    def is_in(self, number: str, state: SeatState) -> None:
        self.case.assertIs(self.state(number), state, number)

    # Customers, and others outside

    def telephone(self) -> Telephone:
        telephone = Telephone(self.shop)
        self.case.addCleanup(telephone.is_gone)
        return telephone

    def customer(self, number: str, line: str = "") -> Telephone:
        """
        Somebody has called and asked for a person.

        :param line: two digits, of one line of the shop; else the first free one
        """
        self.n_calls += 1
        telephone = self.telephone()
        telephone.does(COMES.format(number=number, shop=f"{{shop}}{line}"))
        return telephone

    def goes(self, customer: Telephone) -> None:
        """He hangs up; his line is free again soon."""
        customer.does("hang up\nwait 2")
        customer.is_gone()

    def wait_there(self, queue: str, n: int) -> None:
        """Time passes until so many wait."""
        waiting = self.server.centre.queues.by_name[queue].waiting
        self.until(lambda: len(waiting) == n, f"{n} wait in {queue}")

    def call_of(self, number: str) -> Call:
        """The call of a customer."""
        (call,) = [call for call in self.server.calls if call.caller.number == number and not call.ended]
        return call

    def answers(self, phone: Phone, *, says_s: float = 2.0) -> None:
        """Who is called outside lifts, and says something."""
        self.until(lambda: phone.stage is SubscriberStage.RINGING, "it rings outside")
        self.shop.wait(2)
        phone.lift()
        speak(phone, says_s)
        self.shop.wait(4)

    # Lines

    def line_of(self, number: str) -> str:
        """By which a customer's call goes."""
        return next(party.name for party in self.call_of(number).parts if party.name.startswith("line"))

    def agent_of(self, number: str) -> str:
        """The seat that has a customer."""
        (seat,) = [party.name for party in self.call_of(number).parts if party.name.startswith("seat")]
        return seat

    def state_of(self, line: str) -> LineState:
        state = self.server.board.statuses[line].state
        assert isinstance(state, LineState)
        return state

    @contextmanager
    def pulled_out(self, name: str) -> Iterator[None]:
        """A line of the shop, as long as this lasts."""
        line = self.shop.world.lines[name]
        assert isinstance(line, ExchangeLine)
        line.unplug()
        yield
        line.plug_in()
        self.shop.wait(3)

    # The end

    def ends(self) -> Rows:
        """All have gone, and the server stops; what must hold then is asked."""
        self._looking.cancel()
        self.broken += check(QUIET, self.seen, self.reactor.seconds())
        self.shop.wait(ON_DISK_S)
        rows: Rows = self.shop.ask(read_rows)
        self.seen.rows, self.seen.events = rows, [*self.seen.events]  # what the stop itself logs is not among them
        self.shop.until(self.server.stopService())
        self.shop.wait(STOPPED_S)
        self.seen.leftovers = [str(call) for call in self.reactor.getDelayedCalls()]
        self.broken += check(AT_END, self.seen, self.reactor.seconds())
        return rows

    def reopened(self) -> list[EventRecord]:
        """All events that are in the database, when it is opened again."""
        with read_only(str(self.shop.folder.path / self.server.config.server.database)):
            return all_events()


def all_events() -> list[EventRecord]:
    """As they were stored."""
    return [event_record(row) for row in EventRow.select().order_by(EventRow.seq)]
