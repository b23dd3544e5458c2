"""The plug is pulled and the shop opens again: who was promised a call gets it, once; who paused still pauses."""

from __future__ import annotations

from twisted.internet.defer import Deferred

from callserver.acd.organisation.parts import Part
from callserver.calls.dial_caps import DialCaps
from callserver.calls.dial_guard import DialClass
from callserver.config import DiallingConfig
from callserver.emulator.loop import SubscriberStage
from callserver.emulator.phone import Phone
from callserver.server.dialled_before import restore
from callserver.store.tables import EventRow, event_record
from callserver.wire.records import EventRecord
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.states import SeatState
from tests.whole.agents_case import AgentsCase
from tests.whole.test_calls_out import speak
from tests.whole.test_telephone_seat import Telephone

FIRST, SECOND = "62345678", "62345679"
WISHES = """
caller {number}
dial {shop}
wait answer
wait 3
press 1
wait 3
press 0
wait 12
press 5
wait 8
press 1
wait hang up
hang up
wait 2
"""


class RestartCase(AgentsCase):
    """Li is at 801, and pauses."""

    def setUp(self) -> None:
        super().setUp()
        queue = {"call_back_key": "5", "call_back_retry_s": "120", "wrap_up_s": "0", "ring_s": "60"}
        self.shop.until(self.shop.server.centre.organisation.save(Part.QUEUE, "operator", queue))
        self.li = self.program("801")
        self.do(self.li.pause("lunch"))

    def kill(self) -> None:
        """And open again; Li comes back to his program. What happened in the last moment may not be written down."""
        self.shop.wait(0.5)
        self.shop = self.shop.killed()
        self.li = self.program("801")

    def wishes(self, number: str = FIRST) -> None:
        """A customer waits, would rather be called, and hangs up."""
        telephone = Telephone(self.shop)
        telephone.does(WISHES.replace("{number}", number))
        telephone.is_gone()

    def events(self, *kinds: str) -> list[EventRecord]:
        """Of these kinds, of all runs."""
        self.shop.wait(1)
        return self.shop.ask(
            lambda: [event_record(row) for row in EventRow.select().order_by(EventRow.seq) if row.kind in kinds]
        )

    def waiting(self) -> list[str]:
        """Whom the queue has, in order."""
        return [entry.number for entry in self.shop.server.centre.queues.by_name["operator"].in_order()]

    def tries(self) -> list[str]:
        return [str(event.data["outcome"]) for event in self.events("called_back")]

    def becomes(self, state: SeatState, within_s: float = 200.0) -> None:
        """Time passes until Li's seat shows this."""
        reactor = self.shop.world.reactor
        reached = reactor.run_until(lambda: self.state("801") is state, reactor.seconds() + within_s)
        self.assertTrue(reached, (state, self.state("801")))
        self.shop.wait(1)

    def home(self, number: str = FIRST) -> Phone:
        """The customer's telephone, at which nobody has called him yet."""
        exchange = self.shop.server.exchange
        assert exchange is not None
        return exchange.add_phone(number)

    def answers(self, phone: Phone) -> None:
        """It rings at the customer's, and he lifts and says hello."""
        reactor = self.shop.world.reactor
        reactor.run_until(lambda: phone.stage is SubscriberStage.RINGING, reactor.seconds() + 60)
        self.shop.wait(2)
        phone.lift()
        speak(phone, 2)
        self.shop.wait(4)

    def accepts(self) -> None:
        """Li, to whom a call-back is offered."""
        self.becomes(SeatState.RINGING)
        self.do(self.li.answer())
        self.shop.wait(3)
        self.assertIs(self.state("801"), SeatState.DIALING)

    def is_called(self, number: str = FIRST) -> None:
        """The customer is reached, in one dial."""
        phone = self.home(number)
        before = len(self.events("dialled"))
        self.accepts()
        self.answers(phone)
        self.assertIs(self.state("801"), SeatState.TALKING)
        phone.hang_up()
        self.shop.wait(10)
        self.assertEqual([event.data["number"] for event in self.events("dialled")[before:]], [number])
        self.assertEqual(self.tries()[-1], "answered")


class CallBackTests(RestartCase):
    def test_killed_when_promised(self) -> None:
        """He is called after the restart, before who wished it after him; each once."""
        self.wishes()
        self.kill()
        self.assertEqual(self.waiting(), [FIRST])
        self.wishes(SECOND)
        self.assertEqual(self.waiting(), [FIRST, SECOND])
        self.do(self.li.ready())
        for number in (FIRST, SECOND):
            self.is_called(number)
        self.assertEqual((self.waiting(), self.tries()), ([], ["answered", "answered"]))

    def test_killed_when_offered(self) -> None:
        """Whether he was dialled is not known for sure, so it counts as a try; he is not forgotten."""
        self.wishes()
        self.do(self.li.ready())
        self.becomes(SeatState.RINGING)
        self.kill()
        self.assertEqual((self.waiting(), self.tries()), ([FIRST], ["gave_up"]))
        self.is_called()

    def test_killed_while_dialled(self) -> None:
        """A try it was: not at once again, but with his place, and then one dial."""
        self.wishes()
        self.home()
        self.do(self.li.ready())
        self.accepts()
        self.kill()
        self.assertEqual((self.waiting(), self.tries()), ([FIRST], ["gave_up"]))
        self.do(self.li.pause("desk work"))
        self.wishes(SECOND)
        self.do(self.li.ready())
        self.becomes(SeatState.RINGING, 5)
        self.do(self.li.reject())  # of the second, whose turn it is as long as the first may not be dialled
        self.do(self.li.pause("desk work"))
        self.shop.wait(120)
        self.assertEqual(self.waiting(), [FIRST, SECOND])
        self.do(self.li.ready())
        self.is_called()

    def test_killed_while_they_talk(self) -> None:
        """He was reached: nobody calls him again."""
        self.wishes()
        phone = self.home()
        self.do(self.li.ready())
        self.accepts()
        self.answers(phone)
        self.assertIs(self.state("801"), SeatState.TALKING)
        self.shop.wait(1)
        self.kill()
        self.shop.wait(300)
        self.assertEqual((self.waiting(), self.tries()), ([], ["answered"]))
        self.assertEqual(len(self.events("dialled")), 1)
        self.assertIs(self.state("801"), SeatState.IDLE_PC)


class PauseTests(RestartCase):
    def looks(self) -> tuple[SeatState, str]:
        status = self.shop.server.centre.seats["801"].status
        return status.state, status.reason

    def test_still_pauses(self) -> None:
        """His pause goes on with its reason until he ends it; no caller rings before."""
        self.kill()
        self.assertEqual(self.looks(), (SeatState.PAUSED, "lunch"))
        (look,) = [event for event in self.events("state") if event.channel == "seat 801"][-1:]
        self.assertEqual((look.data["to"], look.data["reason"]), ("paused", "logged_in"))  # and never ready
        self.do(self.li.ready())
        self.kill()
        self.assertEqual(self.looks(), (SeatState.IDLE_PC, ""))

    def test_log_in_later(self) -> None:
        """He who has logged out and in again after the restart is ready, as ever."""
        self.kill()
        self.do(self.li.log_out())
        self.shop.wait(2)
        self.li = self.program("801")
        self.assertEqual(self.looks(), (SeatState.IDLE_PC, ""))


class LimitTests(RestartCase):
    def test_of_a_dial_that_was_killed(self) -> None:
        """What was being dialled when the server was killed counts for the limits of the day as what was answered."""
        caps = self.caps_after("62349999")
        refused = self.assertRaises(Refused, caps.check, "801", (), DialClass.LOCAL, "62349999")
        self.assertIs(refused.code, Refusal.LIMIT)

    def test_of_an_emergency(self) -> None:
        """Who had to call the police has his calls of the day as before, also after a restart."""
        caps = self.caps_after("110")
        self.assertEqual([event.data["dial_class"] for event in self.events("dialled")], ["emergency"])
        caps.check("801", (), DialClass.LOCAL, "62349999")
        self.assertTrue(caps.has_room("line 1", DialClass.LOCAL))

    def caps_after(self, number: str) -> DialCaps:
        """One call a day for a person and for a line; Li has dialled this when the server was killed."""
        self.do(self.li.dial(number))
        self.shop.wait(3)
        self.kill()
        server, now, once = self.shop.server, self.shop.world.now, {"": 1}
        caps = DialCaps(lambda: DiallingConfig(person_calls=once, line_calls=once), server.reactor.seconds, now)
        self.shop.until(Deferred.fromCoroutine(restore(caps, server.store, now())))
        return caps
