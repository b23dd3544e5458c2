"""Hang up and keep your place: one dial goes out when it is your turn."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from twisted.internet.defer import Deferred, succeed
from twisted.trial.unittest import SynchronousTestCase

from callserver.acd.queues.call_back_tables import CallBack
from callserver.acd.queues.call_backs import CallBacks
from callserver.acd.queues.cut_offs import LostPlace
from callserver.acd.queues.queues import Queues
from callserver.acd.routing.settings import QueueSettings
from callserver.acd.seats.seat import Seat
from callserver.calls.call import Call
from callserver.calls.calls_out import Dialler
from callserver.wire.causes import Cause, Reason
from callserver.wire.refusals import Refused
from callserver.wire.rights import Right
from callserver.wire.states import SeatState
from tests.shop import VirtualShop, queues

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
SETTINGS = QueueSettings("operator", wrap_up_s=0, place_s=0, call_back_key="2", call_back_retry_s=100)


class Kept:
    """A Book in memory."""

    def __init__(self) -> None:
        self.rows: dict[str, CallBack] = {}

    def save(self, one: CallBack) -> Deferred[None]:
        self.rows[one.call_id] = one
        return succeed(None)

    def close(self, call_id: str) -> Deferred[None]:
        del self.rows[call_id]
        return succeed(None)

    def still_open(self) -> Deferred[list[CallBack]]:
        return succeed(list(self.rows.values()))


class Asks:
    """What callers answer: an Asking."""

    def __init__(self) -> None:
        self.wants_number, self.wants_place = "62345678", True
        self.waits: Deferred[str] | None = None
        self.promised: list[str] = []

    async def number(self, call: Call) -> str:
        return await self.waits if self.waits is not None else self.wants_number

    async def promise(self, call: Call, number: str) -> None:
        self.promised.append(number)

    async def takes_old_place(self, call: Call) -> bool:
        return self.wants_place


class CallBackCase(SynchronousTestCase):
    """Three lines; a caller of each is answered and waits."""

    def setUp(self) -> None:
        self.shop, self.kept, self.asks = VirtualShop(n_lines=3), Kept(), Asks()
        self.shop.events.now = lambda: NINE + timedelta(seconds=self.shop.clock.seconds())  # type: ignore[method-assign]
        self.waited_on: list[Call] = []
        self.centre = self.open()

    def open(self, **settings: Any) -> Queues:
        """The queue, as after a start."""
        shop = self.shop
        found = queues(
            shop,
            SETTINGS,
            call_backs=self.make,
            asking=self.asks,
            wait_on=lambda call, queue: self.waited_on.append(call),
        ).queues
        self.queue = found.by_name["operator"]
        return found

    def make(self, lists: Any, sequence: Callable[[], int]) -> CallBacks:
        shop = self.shop
        return CallBacks(
            shop.clock,
            shop.calls,
            self.kept,
            lists,
            dial=lambda number, seat, told: shop.calls_out.dial(
                number, Dialler(seat, shop.staff.rights(seat), may_use_reserve=False), told
            ),
            classify=shop.calls_out.classify,
            sequence=sequence,
        )

    def seat(self, number: str = "801") -> Seat:
        return self.shop.agent(number)

    def caller(self, line: int = 0, number: str = "62345678") -> Call:
        call = self.shop.answered_call(line, number)
        waiting = Deferred.fromCoroutine(self.centre.enter("operator", call))
        call.when_ended().addCallback(lambda _: waiting.cancel())
        waiting.addErrback(lambda failure: "his call ended")
        self.shop.wait(0.1)
        return call

    def wish(self, line: int = 0, number: str = "62345678") -> Call:
        """A caller comes, and presses the key."""
        call = self.caller(line, number)
        self.shop.press("2", line)
        self.shop.wait(0.3)
        return call

    def outcomes(self) -> list[str]:
        return [data["outcome"] for _, data in self.shop.happened("leave")]

    def tries(self) -> list[tuple[str, int]]:
        return [(data["outcome"], data["tries"]) for _, data in self.shop.happened("called_back")]

    def dialled(self) -> list[str]:
        """By all lines."""
        return [number for line in self.shop.lines for number in line.far_end.dialled]

    def line_out(self) -> int:
        """The line on which somebody is called back."""
        self.shop.wait(0.1)
        return next(n for n, line in enumerate(self.shop.lines) if line.off_hook)

    def exchange(self, tone: str, seconds: float) -> None:
        """The number is dialled, and what the exchange says then."""
        line = self.line_out()
        self.shop.dial_tone(line)
        self.shop.exchange(tone, seconds, line)

    def answer_there(self) -> None:
        """The customer is there."""
        self.exchange("ringback", 6)
        self.shop.answer_there(self.line_out())


class WishTests(CallBackCase):
    def test_line_is_freed(self) -> None:
        """He hears that he will be called, his call ends, and his place is kept: first, with the moment he came."""
        self.seat().pause("lunch")
        call = self.wish()
        self.assertEqual(self.outcomes(), ["callback"])
        self.assertEqual(self.asks.promised, ["62345678"])
        assert call.ended is not None
        self.assertIs(call.ended.cause, Cause.CALL_BACK_WANTED)
        self.caller(1, "62345679")
        first, second = self.queue.in_order()
        self.assertEqual((first.call, first.number, first.card.call_id), (None, "62345678", call.id))
        self.assertIsNotNone(second.call)
        self.assertEqual(len(self.kept.rows), 1)

    def test_no_caller(self) -> None:
        """Among the callers whom agents can grab he is counted no more: the next one is the first."""
        self.seat().pause("lunch")
        self.wish()
        behind = self.caller(1, "62345679")
        (row,) = self.centre.lists.rows()
        self.assertEqual([waiter.call_back for waiter in row.waiters], [True, False])
        self.assertEqual(self.centre.lists.callers(), [behind.id])

    def test_rather_waits(self) -> None:
        """Who does not confirm a number waits on as before, and can press the key again."""
        self.seat().pause("lunch")
        self.asks.wants_number = ""
        call = self.wish()
        self.assertEqual((self.outcomes(), call.ended, len(self.queue.waiting)), ([], None, 1))
        self.asks.wants_number = "62345678"
        self.shop.press("2")
        self.shop.wait(0.3)
        self.assertEqual(self.outcomes(), ["callback"])

    def test_no_seat_while_he_is_asked(self) -> None:
        """A seat that becomes free while he types his number waits for his answer, then rings."""
        seat = self.seat()
        seat.pause("lunch")
        self.asks.waits = Deferred()
        self.wish()
        seat.ready()
        self.shop.wait(1)
        self.assertIs(seat.status.state, SeatState.IDLE_PC)
        self.asks.waits.callback("")
        self.shop.wait(0.1)
        self.assertIs(seat.status.state, SeatState.RINGING)

    def test_hangs_up_while_he_is_asked(self) -> None:
        """He has given up: nobody is called back."""
        self.seat().pause("lunch")
        self.asks.waits = Deferred()
        self.wish()
        self.shop.lines[0].far_end.hang_up()
        self.assertEqual((self.outcomes(), self.kept.rows, self.queue.waiting), (["abandoned"], {}, []))

    def test_hangs_up_while_it_is_stored(self) -> None:
        """Nothing was promised yet, so nothing stays on disk that the next start would dial."""
        self.seat().pause("lunch")
        save, slow = self.kept.save, Deferred[None]()
        self.patch(self.kept, "save", lambda one: (save(one), slow)[1])
        self.wish()
        self.assertEqual(len(self.kept.rows), 1)
        self.shop.lines[0].far_end.hang_up()
        self.assertEqual((self.outcomes(), self.kept.rows, self.queue.waiting), (["abandoned"], {}, []))

    def test_one_a_number(self) -> None:
        """The same number wishes twice: one call-back is open, with the older place."""
        self.seat().pause("lunch")
        first = self.wish()
        self.asks.wants_place = False
        self.wish(1)
        self.assertEqual([entry.card.call_id for entry in self.queue.waiting], [first.id])
        self.assertEqual(self.outcomes(), ["callback", "callback"])

    def test_calls_again(self) -> None:
        """He comes himself and takes the old place: before who came meanwhile, and nobody is called back."""
        self.seat().pause("lunch")
        self.wish()
        other = self.caller(1, "62345679")
        again = self.caller(2)
        self.assertEqual([entry.call for entry in self.queue.in_order()], [again, other])
        self.assertEqual((self.tries(), self.kept.rows), ([("called_again", 0)], {}))


class DialTests(CallBackCase):
    def offered(self) -> Seat:
        """A caller has hung up, and an agent becomes free."""
        seat = self.seat()
        seat.pause("lunch")
        self.wish()
        self.shop.wait(2)
        seat.ready()
        self.shop.wait(0.1)
        return seat

    def test_reached(self) -> None:
        """The agent sees whom to call and accepts; then one dial goes out, and they talk."""
        seat = self.offered()
        assert seat.status.call is not None
        self.assertEqual((seat.status.state, seat.status.call.caller_number), (SeatState.RINGING, "62345678"))
        self.assertEqual(self.dialled(), [])
        self.assertEqual(len(self.shop.happened("offer")), 1)
        seat.answer()
        self.answer_there()
        self.assertTrue(self.shop.hears(self.line_out(), seat))
        self.assertEqual((self.tries(), self.kept.rows), ([("answered", 0)], {}))
        ((_, first),), ((_, second),) = self.shop.happened("called_back"), self.shop.happened("call_back_of")
        self.assertEqual((first["call"], second["call"]), ("call-2", "call-1"))  # each call names the other
        seat.hang_up()
        self.shop.wait(3)
        self.assertEqual((self.queue.waiting, self.dialled()), ([], ["62345678"]))

    def test_offered_once(self) -> None:
        """What is only marked in the store yet is no offer: one was made, and round robin goes on behind that seat."""
        self.offered()
        self.assertEqual([data["seat"] for _, data in self.shop.happened("offer")], ["801"])

    def test_shows_what_it_does(self) -> None:
        """The seat shows that it dials, that it rings there, and only then that they talk; whoever has taken it."""
        for take in (lambda seat, other: seat.answer(), self.pick_up):
            self.setUp()
            seat, other = self.offered(), self.seat("802")
            other.pause("desk work")
            takes = take(seat, other) or seat
            self.assertIs(takes.status.state, SeatState.DIALING)
            self.assertRaises(Refused, takes.hold)
            self.exchange("ringback", 6)
            self.assertIs(takes.status.state, SeatState.RINGBACK)
            self.shop.answer_there(self.line_out())
            self.assertIs(takes.status.state, SeatState.TALKING)
            assert takes.status.call is not None
            self.assertEqual(takes.status.call.caller_number, "62345678")

    def pick_up(self, rung: Seat, seat: Seat) -> Seat:
        """Another agent takes what rings there."""
        assert rung.ringing is not None
        offer = rung.ringing
        seat.take(offer, Right.PICK_UP, Reason(Cause.PICKED_UP))
        rung.withdraw(offer, Reason(Cause.TAKEN_ELSEWHERE))
        return seat

    def test_taken_with_another_in_hand(self) -> None:
        """Who keeps a caller held takes nobody who is to be called: nothing is dialled, and his caller is his."""
        self.seat("802")
        self.caller(1, "62345679")
        busy = self.shop.seats["802"]
        busy.answer()
        busy.hold()
        seat = self.offered()
        self.assertRaises(Refused, self.pick_up, seat, busy)
        self.assertEqual((seat.status.state, busy.status.state), (SeatState.RINGING, SeatState.HELD))
        busy.retrieve()
        self.assertIs(busy.status.state, SeatState.TALKING)
        self.assertEqual(self.dialled(), [])

    def test_connected_without_ringing(self) -> None:
        """An exchange may connect without a ring-back tone: the agent talks with him all the same."""
        seat = self.offered()
        seat.answer()
        seat.in_hand.answered_there()  # type: ignore[attr-defined]
        self.assertIs(seat.status.state, SeatState.TALKING)
        self.assertEqual(self.tries(), [("answered", 0)])

    def test_program_lost_while_it_dials(self) -> None:
        """Nobody would be there for who answers: the dial is given up, and he is called again later."""
        seat = self.offered()
        seat.answer()
        self.exchange("ringback", 6)
        seat.client_lost()
        self.shop.wait(3)
        self.assertEqual((self.tries(), [line.off_hook for line in self.shop.lines]), ([("gave_up", 1)], [False] * 3))
        self.assertEqual(len(self.queue.waiting), 1)

    def test_dialling_breaks(self) -> None:
        """What breaks before a line dials is no try and loses nobody: he waits on, in his place, for the next time."""
        seat = self.offered()
        (entry,) = self.queue.waiting
        place_s = entry.entered_s
        self.patch(self.shop.calls_out, "dial", lambda *args: 1 / 0)
        seat.answer()
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)
        self.assertEqual((self.queue.waiting, entry.entered_s, self.tries()), ([entry], place_s, [("line_lost", 0)]))
        self.assertIs(seat.status.state, SeatState.IDLE_PC)

    def test_no_voice_for_it(self) -> None:
        """The agent has no telephone any more as he accepts: nothing is dialled, and another one is asked at once."""
        seat, other = self.offered(), self.seat("802")
        self.patch(seat.station, "off_hook", lambda: {}["telephone"])
        seat.answer()
        self.shop.wait(0.1)
        self.assertEqual(len(self.flushLoggedErrors(KeyError)), 1)
        self.assertEqual((self.dialled(), self.tries()), ([], []))
        self.assertEqual((seat.status.state, other.status.state), (SeatState.IDLE_PC, SeatState.RINGING))

    def test_agent_cannot_be_in_the_call(self) -> None:
        """The line was seized for nobody: it is given up, which counts as a try, and he is called later."""
        seat = self.offered()
        give = Call.give

        def broken(call: Call, party: Any, *args: Any, **named: Any) -> None:
            if party is seat.station:
                raise ZeroDivisionError
            give(call, party, *args, **named)

        self.patch(Call, "give", broken)
        seat.answer()
        self.shop.wait(3)
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)
        self.assertEqual((self.tries(), len(self.queue.waiting)), ([("gave_up", 1)], 1))
        self.assertEqual([line.off_hook for line in self.shop.lines], [False] * 3)
        self.assertEqual((seat.status.state, seat.station.leg), (SeatState.IDLE_PC, None))

    def test_calls_himself_while_he_is_dialled(self) -> None:
        """He is asked nothing and waits as any other; what comes of the dial is counted as ever."""
        seat = self.offered()
        seat.answer()
        again = self.caller(2)
        self.assertEqual([entry.call for entry in self.queue.waiting], [again])
        self.exchange("busy", 4)
        self.assertEqual(self.tries(), [("busy", 1)])
        self.assertEqual(len(self.kept.rows), 1)

    def test_not_before_its_turn(self) -> None:
        """An older caller is served first."""
        seat = self.seat()
        seat.pause("lunch")
        older = self.caller(1, "62345679")
        self.wish()
        seat.ready()
        assert seat.status.call is not None
        self.assertEqual(seat.status.call.call_id, older.id)

    def test_rejected(self) -> None:
        """Nothing is dialled; another agent is asked."""
        seat, other = self.offered(), self.seat("802")
        seat.reject()
        self.shop.wait(0.1)
        self.assertEqual((other.status.state, self.dialled()), (SeatState.RINGING, []))

    def test_right(self) -> None:
        """It is offered only to who may dial the number."""
        self.shop.staff.held["801"] = frozenset(Right) - {Right.DIAL_LOCAL}
        seat = self.offered()
        self.assertIs(seat.status.state, SeatState.IDLE_PC)
        may = self.seat("802")
        self.shop.wait(0.1)
        self.assertIs(may.status.state, SeatState.RINGING)

    def test_busy(self) -> None:
        """Busy: again after the set time, with its place; the second time its place is that of the failure."""
        seat = self.offered()
        place_s = self.queue.waiting[0].entered_s
        for n in (1, 2):
            seat.answer()
            self.exchange("busy", 4)
            self.assertEqual(self.tries()[-1], ("busy", n))
            (waits,) = self.queue.waiting
            self.assertEqual(waits.entered_s == place_s, n == 1)
            self.shop.wait(90)
            self.assertIs(seat.status.state, SeatState.IDLE_PC)
            self.shop.wait(12)
            self.assertIs(seat.status.state, SeatState.RINGING)
        seat.answer()
        self.exchange("busy", 4)
        self.assertEqual((self.tries()[-1], self.queue.waiting, self.kept.rows), (("given_up", 3), [], {}))
        self.assertEqual(self.shop.alarms(), ["62345678 was to be called back and was not reached, 3 times"])
        self.assertEqual(self.dialled(), ["62345678"] * 3)

    def test_no_line(self) -> None:
        """All lines are busy: nothing was dialled, so it is no try; the agent is free and it comes again."""
        seat = self.offered()
        self.shop.trunks = []
        seat.answer()
        self.shop.wait(0.1)
        self.assertEqual((self.tries(), seat.status.state), ([("no_line", 0)], SeatState.IDLE_PC))
        self.shop.wait(31)
        self.assertIs(seat.status.state, SeatState.RINGING)

    def test_agent_gives_up(self) -> None:
        """He hangs up before anybody answers: a dial has gone out, so it is a try."""
        seat = self.offered()
        seat.answer()
        self.shop.wait(0.1)
        seat.hang_up()
        self.shop.wait(0.1)
        self.assertEqual(self.tries(), [("gave_up", 1)])
        self.assertEqual(len(self.queue.waiting), 1)

    def test_held_and_left(self) -> None:
        """He was reached, and his agent does not come back to him: he waits as any other caller."""
        seat = self.offered()
        seat.answer()
        self.answer_there()
        seat.hold()
        seat.hang_up()
        self.shop.wait(21)
        self.assertEqual([call.caller.number for call in self.waited_on], ["62345678"])


class RestartTests(CallBackCase):
    def again(self) -> None:
        """The server starts again, with what is on disk."""
        self.queue.waiting.clear()
        self.centre = self.open()
        assert self.centre.call_backs is not None
        self.successResultOf(Deferred.fromCoroutine(self.centre.call_backs.open()))

    def test_waits_again(self) -> None:
        """Who was to be called back still is, in his place."""
        self.seat().pause("lunch")
        self.wish()
        self.shop.wait(30)
        self.again()
        (entry,) = self.queue.waiting
        self.assertLess(abs(self.centre.waited_s(entry) - 30), 1)

    def test_killed_at_an_agent(self) -> None:
        """Whether he was dialled is not known: it counts as a try, and he is not dialled at once again."""
        seat = self.seat()
        seat.pause("lunch")
        self.wish()
        seat.ready()
        self.shop.wait(0.1)
        self.again()
        self.assertEqual(self.tries(), [("gave_up", 1)])
        seat.reject()
        self.shop.wait(90)
        self.assertIs(seat.status.state, SeatState.IDLE_PC)
        self.shop.wait(12)
        self.assertIs(seat.status.state, SeatState.RINGING)


class CutOffTests(CallBackCase):
    def test_calls_again_in_time(self) -> None:
        """Who hung up while he waited and calls again within two minutes has his old place; later not."""
        self.seat().pause("lunch")
        self.caller(0)
        self.caller(1, "62345679")
        self.shop.lines[0].far_end.hang_up()
        self.shop.wait(2)
        again = self.caller(0)
        self.assertIs(self.queue.in_order()[0].call, again)
        self.shop.lines[0].far_end.hang_up()
        self.shop.clock.advance(121)
        self.shop.wait(0.1)
        late = self.caller(0)
        self.assertIs(self.queue.in_order()[1].call, late)

    def test_told(self) -> None:
        """The timeline says that the place was kept and for how long so far; the wait people see is the whole."""
        self.seat().pause("lunch")
        self.caller(0)
        self.shop.wait(30)
        self.shop.lines[0].far_end.hang_up()
        self.shop.wait(20)
        self.caller(0)
        first, again = (data for _, data in self.shop.happened("entry"))
        self.assertNotIn("kept_for_s", first)
        self.assertApproximates(again["kept_for_s"], 50, 1)
        self.shop.wait(10)
        (row,) = self.centre.lists.rows()
        self.assertApproximates(row.oldest_s, 60, 1)
        self.seat("802")
        self.shop.wait(0.5)
        card = self.shop.seats["802"].status.call
        self.assertApproximates(card.waited_s, 61, 2)
        self.assertApproximates(card.earlier_s, 50, 1)

    def test_line_pulled_out(self) -> None:
        """Whose line died while he waited has his old place too, once."""
        self.seat().pause("lunch")
        self.caller(0)
        self.caller(1, "62345679")
        self.shop.lines[0].far_end.unplug()
        self.assertEqual(self.outcomes(), ["cut_off"])
        again = self.caller(2)
        self.assertIs(self.queue.in_order()[0].call, again)

    def test_after_a_restart(self) -> None:
        """What was lost before the server was started anew counts on, as long as it counts, in its own queue."""
        now = NINE + timedelta(seconds=self.shop.clock.seconds())
        long_ago, a_minute_ago = now - timedelta(seconds=300), now - timedelta(seconds=60)
        lost = [
            LostPlace("operator", "62345671", long_ago, now - timedelta(seconds=121)),
            LostPlace("other", "62345672", long_ago, a_minute_ago),
            LostPlace("operator", "62345670", long_ago, a_minute_ago),
        ]
        self.centre.restore_places(lost, now, {"operator": 120.0})
        self.seat().pause("lunch")
        others = [self.caller(line, f"6234567{line}") for line in (1, 2)]
        again = self.caller(0, "62345670")
        self.assertEqual([entry.call for entry in self.queue.in_order()], [again, *others])

    def test_gone_while_he_is_asked(self) -> None:
        """Who hangs up while he is asked for the place of his call-back keeps that and the one he was cut off from."""
        self.seat().pause("lunch")
        self.caller(0)
        self.caller(1, "62345679")
        self.shop.lines[0].far_end.hang_up()
        self.shop.wait(2)
        self.patch(self.asks, "takes_old_place", lambda call: Deferred())
        self.patch(self.centre.call_backs, "find", lambda queue, number: number == "62345678")
        self.caller(0)
        self.assertEqual(len(self.queue.waiting), 1)
        self.shop.wait(100)
        self.shop.lines[0].far_end.hang_up()
        self.shop.wait(100)
        self.patch(self.centre.call_backs, "find", lambda queue, number: None)
        again = self.caller(0)
        self.assertIs(self.queue.in_order()[0].call, again)
