"""Several queues and several seats: who rings, what callers hear, where those go who are not served."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from twisted.internet.defer import Deferred, succeed
from twisted.trial.unittest import SynchronousTestCase

from callserver.acd.queues.call_back_tables import CallBack
from callserver.acd.queues.kept_call_backs import KeptCallBacks, last_agent
from callserver.acd.routing.candidates import Member
from callserver.acd.routing.settings import QueueSettings, Strategy
from callserver.acd.seats.seat import Seat
from callserver.calls.call import Call
from callserver.store.tables import CallRow, call_columns
from callserver.wire.causes import Cause
from callserver.wire.records import CallRecord
from callserver.wire.refusals import Refused
from callserver.wire.states import SeatState
from callserver.wire.targets import Target, TargetKind
from tests.shop import VirtualShop, queues
from tests.store.inline import InlineStore


def settings(name: str = "service", **more: Any) -> QueueSettings:
    return QueueSettings(name, **{"wrap_up_s": 0, "place_s": 0} | more)


class QueuesCase(SynchronousTestCase):
    """Four lines; a caller of each is answered and goes to a queue."""

    def setUp(self) -> None:
        self.shop = VirtualShop(n_lines=4, n_seats=6)
        self.outcome: dict[Call, str] = {}

    def open(self, *all_settings: QueueSettings, **house: Any) -> None:
        self.centre = queues(self.shop, *all_settings, **house).queues

    def seats(self, *numbers: str) -> list[Seat]:
        return [self.shop.agent(number) for number in numbers]

    def caller(self, line: int = 0, queue: str = "service", priority: int | None = None) -> Call:
        call = self.shop.answered_call(line, f"1391234567{line}")
        waiting = Deferred.fromCoroutine(self.centre.enter(queue, call, priority))
        call.when_ended().addCallback(lambda _: waiting.cancel())
        waiting.addCallbacks(lambda outcome: self.outcome.__setitem__(call, outcome), lambda failure: None)
        self.shop.wait(0.1)
        return call

    def ringing(self) -> list[str]:
        return [seat.number for seat in self.shop.seats if seat.status.state is SeatState.RINGING]

    def leaves(self) -> list[tuple[str, str]]:
        return [(data["queue"], data["outcome"]) for _, data in self.shop.happened("leave")]

    def misses(self) -> list[Any]:
        return [data.get("seats", data.get("seat")) for _, data in self.shop.happened("miss")]


class SeveralRingTests(QueuesCase):
    def test_first_wins(self) -> None:
        """All ring; who answers first has the caller, the others stop without a miss, and who is later is refused."""
        self.open(settings(strategy=Strategy.RING_ALL))
        first, second, third = self.seats("801", "802", "803")
        self.caller()
        self.assertEqual(self.ringing(), ["801", "802", "803"])
        second.answer()
        self.assertTrue(self.shop.hears(0, second))
        self.assertEqual([seat.status.state for seat in (first, third)], [SeatState.IDLE_PC] * 2)
        self.assertRaises(Refused, first.answer)
        self.assertEqual((self.misses(), self.leaves()), ([], [("service", "answered")]))

    def test_the_next_caller(self) -> None:
        """The seats that are free again by that ring at once for who is next."""
        self.open(settings(strategy=Strategy.RING_ALL))
        seats = self.seats("801", "802", "803")
        self.caller(0)
        self.caller(1)
        seats[0].answer()
        self.assertEqual(self.ringing(), ["802", "803"])

    def test_missed_by_all(self) -> None:
        """Nobody answers: one miss of the team, one in each seat's row; after their rest all ring again."""
        self.open(settings(strategy=Strategy.RING_ALL, misses=2))
        self.seats("801", "802")
        self.caller()
        self.shop.wait(15.1)
        self.assertEqual((self.ringing(), self.misses()), ([], [["801", "802"]]))
        self.shop.wait(5.1)
        self.assertEqual(self.ringing(), ["801", "802"])
        self.shop.wait(15.1)
        self.assertEqual(self.misses(), [["801", "802"], ["801", "802"]])
        self.assertEqual([seat.status.reason for seat in self.shop.seats], ["missed", "missed"])

    def test_caller_gone(self) -> None:
        """He hangs up: all stop, nobody has missed him."""
        self.open(settings(strategy=Strategy.RING_ALL))
        self.seats("801", "802")
        self.caller()
        self.shop.lines[0].far_end.hang_up()
        self.assertEqual((self.ringing(), self.misses(), self.leaves()), ([], [], [("service", "abandoned")]))

    def test_free_in_the_middle(self) -> None:
        """A seat that becomes free joins those that ring."""
        self.open(settings(strategy=Strategy.RING_ALL))
        self.seats("801")
        (late,) = self.seats("802")
        late.pause("lunch")
        self.caller()
        self.shop.wait(3)
        late.ready()
        self.assertEqual(self.ringing(), ["801", "802"])

    def test_progressive(self) -> None:
        """One more every ten seconds, and all keep ringing until they stop together."""
        self.open(settings(strategy=Strategy.PROGRESSIVE))
        self.seats("801", "802", "803")
        self.caller()
        rung = []
        for _ in range(4):
            rung.append(self.ringing())
            self.shop.wait(10.05)
        self.assertEqual(rung, [["801"], ["801", "802"], ["801", "802", "803"], ["801", "802", "803"]])
        self.assertEqual((self.ringing(), self.misses()), (["801"], [["801", "802", "803"]]), "the next round")


class GroupTests(QueuesCase):
    def test_level_opens(self) -> None:
        """The second level rings when its time has come, though nothing else happens."""
        members = (Member("801", 1, 1), Member("802", 2, 1))
        self.open(settings(group="tea"), members=lambda group: members)
        busy, _ = self.seats("801", "802")
        busy.pause("lunch")
        self.caller()
        self.shop.wait(29)
        self.assertEqual(self.ringing(), [])
        self.shop.wait(1.1)
        self.assertEqual(self.ringing(), ["802"])

    def test_language(self) -> None:
        """An English caller is for who speaks English, where the shop wants that."""
        self.open(settings(by_language=True), skills=lambda number: {"en": 3} if number == "802" else {"zh": 5})
        self.seats("801", "802")
        call = self.shop.answered_call(0)
        call.speak("en")
        Deferred.fromCoroutine(self.centre.enter("service", call)).addErrback(lambda _: None)
        self.shop.wait(0.1)
        self.assertEqual(self.ringing(), ["802"])

    def test_two_queues(self) -> None:
        """An agent of two queues serves the one that weighs more, then the other; wrap-up counts in both."""
        self.open(settings(wrap_up_s=5), settings("vip", weight=1))
        (seat,) = self.seats("801")
        seat.pause("lunch")
        self.caller(0)
        vip = self.caller(1, "vip")
        self.caller(2, "vip")
        seat.ready()
        assert seat.status.call is not None
        self.assertEqual(seat.status.call.call_id, vip.id)
        seat.answer()
        self.shop.lines[2].far_end.hang_up()
        seat.hang_up()
        assert seat.status.call is not None
        self.assertEqual(seat.status.call.queue, "service")
        seat.answer()
        seat.hang_up()
        self.caller(3, "vip")
        self.shop.wait(4.5)
        self.assertEqual(seat.status.reason, "wrap-up")
        self.shop.wait(0.6)
        self.assertEqual(self.ringing(), ["801"])

    def test_ones_own_wrap_up(self) -> None:
        """An agent has the longer of the queue's wrap-up and his own."""
        for queue_s, own_s in ((5, 8), (8, 5)):
            self.shop = VirtualShop(n_lines=4, n_seats=6)
            self.open(settings(wrap_up_s=queue_s), wrap_up_s=lambda number, own_s=own_s: own_s)
            (seat,) = self.seats("801")
            self.caller()
            seat.answer()
            seat.hang_up()
            self.shop.wait(7.5)
            self.assertEqual(seat.status.reason, "wrap-up")
            self.shop.wait(0.6)
            self.assertIs(seat.status.state, SeatState.IDLE_PC)

    def test_sticky(self) -> None:
        """Who talked with him last is rung first, alone, once."""
        self.open(settings(strategy=Strategy.RING_ALL, sticky_days=7), last_agent=lambda number, days: succeed("802"))
        self.seats("801", "802")
        self.caller()
        self.assertEqual(self.ringing(), ["802"])
        self.shop.wait(15.1)
        self.assertEqual(self.ringing(), ["801"])
        whys = [data["why"] for _, data in self.shop.happened("offer")]
        self.assertEqual(whys, ["sticky", "ring_all"])

    def test_priority(self) -> None:
        """A supervisor puts a caller forward; a menu gives one a priority of its own."""
        self.open(settings())
        (seat,) = self.seats("801")
        seat.pause("lunch")
        first, second, third = self.caller(0), self.caller(1), self.caller(2, priority=3)
        self.centre.set_priority(second.id, 5)
        order = [entry.call for entry in self.centre.by_name["service"].in_order()]
        self.assertEqual(order, [second, third, first])
        self.assertRaises(Refused, self.centre.set_priority, "nobody", 5)


class LeavingTests(QueuesCase):
    def test_overflow(self) -> None:
        """After the longest wait he goes to another queue and keeps the moment he came; who missed him is forgotten."""
        self.open(
            settings(max_wait_s=40, on_timeout=Target(TargetKind.QUEUE, "all"), group="tea"),
            settings("all"),
            members=lambda group: (Member("801"),) if group else None,
        )
        self.seats("801", "802")[1].pause("lunch")
        call = self.caller()
        entry = self.centre.by_name["service"].waiting[0]
        came_s = entry.entered_s
        self.shop.wait(18)
        self.assertEqual(list(entry.missed), ["801"])
        self.shop.wait(22.1)
        (moved,) = self.centre.by_name["all"].waiting
        self.assertEqual((moved.call, moved.entered_s, dict(moved.missed)), (call, came_s, {}))
        self.assertEqual(self.leaves(), [("service", "timed_out")])
        self.assertGreater(self.centre.waited_s(moved), 40)

    def test_in_a_circle(self) -> None:
        """Two queues that send to each other: he is told, and his menu goes on."""
        self.open(
            settings(max_wait_s=20, on_timeout=Target(TargetKind.QUEUE, "b")),
            settings("b", max_wait_s=20, on_timeout=Target(TargetKind.QUEUE, "service")),
        )
        self.seats("801")[0].pause("lunch")
        call = self.caller()
        self.shop.wait(45)
        self.assertEqual(self.outcome[call], "timed_out")
        self.assertEqual(self.shop.prompts()[-1], "still-busy")

    def test_at_the_door(self) -> None:
        """Closed, nobody there, too many: each its own outcome and words."""
        open_now: list[bool] = [False]
        self.open(settings(max_length=1, calendar="day"), is_open=lambda calendar: open_now[0])
        self.caller(0)
        self.shop.wait(2)
        open_now[0] = True
        self.caller(1)
        self.shop.wait(2)
        self.seats("801")[0].pause("lunch")
        self.caller(2)
        self.caller(3)
        self.shop.wait(2)
        self.assertEqual([outcome for _, outcome in self.leaves()], ["closed", "no_agent", "full"])
        self.assertEqual(
            self.shop.prompts(), ["closed-now", "nobody-logged-in", "please-wait-for-person", "queue-full"]
        )
        self.assertEqual(sorted(self.outcome.values()), ["closed", "full", "no_agent"])

    def test_night(self) -> None:
        """Closed with the end as its target: he is told, and the call is over."""
        self.open(settings(on_closed=Target(TargetKind.HANG_UP)), is_open=lambda calendar: False)
        call = self.caller()
        self.shop.wait(3)
        self.assertEqual(self.shop.prompts(), ["closed-now", "goodbye"])
        assert call.ended is not None
        self.assertIs(call.ended.cause, Cause.NOBODY_THERE)

    def test_sent_elsewhere(self) -> None:
        """A target that is no queue gets the caller, and not a word before."""
        sent: list[tuple[Call, str]] = []

        async def send(call: Call, target: Target) -> None:
            sent.append((call, str(target)))

        self.open(settings(on_nobody=Target(TargetKind.MENU, "night")), send=send)
        call = self.caller()
        self.assertEqual((sent, self.shop.prompts()), ([(call, "menu night")], []))

    def test_exit_key(self) -> None:
        """The exit key ends the wait, also while it rings; other keys do not."""
        self.open(settings(exit_key="9"))
        (seat,) = self.seats("801")
        call = self.caller()
        self.shop.press("5")
        self.assertEqual(self.leaves(), [])
        self.shop.press("9")
        self.shop.wait(0.1)
        self.assertEqual((self.leaves(), self.outcome[call]), ([("service", "key_exit")], "key_exit"))
        self.assertIs(seat.status.state, SeatState.IDLE_PC)

    def test_queue_removed(self) -> None:
        """Who waits in a queue that the shop takes away is served as if it were there; nobody comes in any more."""
        self.open(settings(), settings("old"))
        (seat,) = self.seats("801")
        seat.pause("lunch")
        self.caller(0, "old")
        self.centre.set({"service": settings()})
        seat.ready()
        seat.answer()
        self.assertTrue(self.shop.hears(0, seat))
        self.centre.set({"service": settings()})
        self.assertNotIn("old", self.centre)


class WordsTests(QueuesCase):
    def test_places(self) -> None:
        """His place soon, again when it is better or old, and no two announcements within 15 s."""
        self.open(settings(place_s=90, comfort_s=60))
        self.seats("801")[0].pause("lunch")
        self.caller(0)
        self.caller(1)
        said: list[tuple[float, list[str]]] = []
        self.shop.events.watch(
            lambda event: (
                said.append((self.shop.clock.seconds(), list(event.data["names"])))  # type: ignore[arg-type]
                if event.kind == "prompt" and event.channel == "line 2"
                else None
            )
        )
        began_s = self.shop.clock.seconds()
        self.shop.wait(20)
        self.shop.lines[0].far_end.hang_up()
        self.shop.wait(190)
        told = [(round((at_s - began_s) / 5) * 5, words[0], words[1:]) for at_s, words in said]
        place, comfort = "your-place-in-queue-is", "all-busy-please-wait"
        self.assertEqual(
            told,
            [
                (15, place, ["place-2"]),
                (30, "you-are-next", []),
                (60, comfort, []),
                (120, comfort, []),
                (135, "you-are-next", []),
                (180, comfort, []),
            ],
        )

    def test_no_word_while_it_rings(self) -> None:
        """While a seat rings he hears no announcement; one that was due comes when it rings no more."""
        self.open(settings(place_s=90, ring_s=40, retry_s=60))
        self.seats("801")
        self.caller()
        self.shop.wait(39)
        self.assertEqual(self.shop.prompts(), ["please-wait-for-person"])
        self.shop.wait(2)
        self.assertEqual(self.shop.prompts(), ["please-wait-for-person", "you-are-next"])


class KeptTests(SynchronousTestCase):
    def test_call_backs(self) -> None:
        """What is open is on disk as it is, and gone when it is over."""
        store = InlineStore()
        kept = KeptCallBacks(store)  # type: ignore[arg-type]
        now = datetime(2026, 3, 2, 9, tzinfo=UTC)
        one = CallBack("call-1", "service", "62345678", now, "李明", 2, "en", {"en": 1}, 1, now, at_agent=True)
        other = CallBack("call-2", "service", "62345679", now)
        for each in (other, one, one):
            self.successResultOf(kept.save(each))
        self.assertEqual(sorted(self.successResultOf(kept.still_open()), key=lambda o: o.call_id), [one, other])
        self.successResultOf(kept.close("call-2"))
        self.assertEqual(self.successResultOf(kept.still_open()), [one])

    def test_last_agent(self) -> None:
        """Of his last talk within the days; nobody's before, nobody's at all."""
        store, now = InlineStore(), datetime(2026, 3, 2, 9, tzinfo=UTC)
        for days, agent in ((9, "803"), (3, "801"), (2, "802"), (1, None)):
            began = now - timedelta(days=days)
            record = CallRecord(f"call-{days}", "in", "line 1", "62345678", None, began, agent=agent)
            row = {"node": "shop"} | call_columns(vars(record))
            self.successResultOf(store.write(lambda row=row: CallRow.create(**row) and None))
        ask = lambda number, days: self.successResultOf(store.read(last_agent, number, now, days))  # noqa: E731
        self.assertEqual([ask("62345678", 7), ask("62345678", 1), ask("62345670", 7)], ["802", "", ""])
