"""A shop's queues, hours and callers are set up while it serves callers, and no call is touched."""

from typing import Any

from twisted.internet.defer import CancelledError, Deferred
from twisted.trial.unittest import SynchronousTestCase

from callserver.acd.organisation import rules
from callserver.acd.organisation.forms import OrganisationError
from callserver.acd.organisation.parts import Part
from callserver.calls.vocabulary import Kind
from callserver.desktop.headless import AgentPlan
from callserver.emulator.script_run import run_script
from callserver.server.first_start import FIRST_STAFF
from callserver.wire.records import EventRecord
from callserver.wire.states import SeatState
from tests.whole.agents_case import AgentsCase
from tests.whole.virtual_shop import VirtualShop

CALL = """
caller {number} "Li Ming"
dial {shop}
wait answer
wait 3
press 1       # Mandarin
wait 3
press 0       # a person
wait {seconds}
hang up
"""
FIRST, SECOND, THIRD = "13912345678", "13912345679", "13800138000"


class SetUpTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.shop = VirtualShop(self, n_lines=3)
        self.events: list[EventRecord] = []
        self.shop.server.events.watch(self.events.append)
        self.organisation = self.shop.server.centre.organisation
        self.queues = self.shop.server.centre.queues.by_name

    def call(self, number: str, seconds: int = 100) -> None:
        """Somebody calls, asks for a person, and stays for so long."""
        exchange = self.shop.server.exchange
        assert exchange is not None
        script = CALL.format(shop=self.shop.server.config.exchange.number, number=number, seconds=seconds)
        calling: Deferred[Any] = run_script(exchange, script)
        calling.addErrback(lambda failure: failure.trap(CancelledError))
        self.addCleanup(calling.cancel)

    def save(self, part: Part, name: str, **settings: str) -> None:
        self.shop.until(self.organisation.save(part, name, settings))

    def told(self, kind: Kind) -> list[EventRecord]:
        return [event for event in self.events if event.kind == kind.value]

    def waiting(self, queue: str) -> list[str | None]:
        return [entry.call.caller.number for entry in self.queues[queue].waiting if entry.call is not None]

    def test_while_callers_wait(self) -> None:
        """
        One talks, one waits. Known callers go to their own queue; what another process sets holds within two seconds;
        a queue in which somebody waits is not deleted; nobody is cut off or loses his place.
        """
        self.shop.agent("801", AgentPlan())
        self.shop.wait(2)
        self.call(FIRST)
        self.shop.wait(20)
        self.assertIs(self.shop.server.centre.seats["801"].status.state, SeatState.TALKING)
        self.save(Part.QUEUE, "best")
        self.save(Part.CALLERS, "vip", queue="best", priority="5", numbers="138 0013 8000")
        self.call(SECOND)
        self.call(THIRD)
        self.shop.wait(20)
        self.assertEqual((self.waiting("operator"), self.waiting("best")), ([SECOND], [THIRD]))
        self.assertEqual(self.queues["best"].waiting[0].priority, 5)
        self.shop.until(self.shop.server.store.write(rules.save, Part.QUEUE, "operator", {"max_wait_s": "900"}))
        self.shop.wait(2)
        self.assertEqual(self.queues["operator"].settings.max_wait_s, 900)
        self.shop.until(self.organisation.delete(Part.CALLERS, "vip"))
        refused = self.organisation.delete(Part.QUEUE, "best")
        self.assertIn("callers wait in queue best: 1", str(self.failureResultOf(refused, OrganisationError).value))
        self.shop.until(self.shop.server.store.write(rules.delete, Part.QUEUE, "best"))  # by who does not see them
        self.shop.wait(3)
        self.assertEqual((self.waiting("operator"), self.waiting("best")), ([SECOND], [THIRD]))
        self.assertEqual(self.told(Kind.END), [])

    def test_night(self) -> None:
        """The night switch closes at once: who comes now is told so, and when people answer."""
        self.shop.agent("801", AgentPlan())
        self.save(Part.CALENDAR, "main", hours="mon-sun 00:00-24:00")
        self.save(Part.QUEUE, "operator", calendar="main")
        self.shop.wait(2)
        self.save(Part.CALENDAR, "main", night="on")
        self.call(FIRST, 30)
        self.shop.wait(30)
        said = [name for event in self.told(Kind.PROMPT) for name in event.data["names"]]  # type: ignore[union-attr]
        self.assertIn("closed-now", said)
        self.assertIn("our-hours-are", said)
        self.assertEqual(self.told(Kind.OFFER), [])


class FirstStaffTests(AgentsCase):
    def test_all_at_once(self) -> None:
        """A new shop has a seat for each of its first staff; callers ring at agents, not at the supervisor."""
        programs = {number: self.program(number) for number in FIRST_STAFF}
        for number in ("801", "802", "803", "804"):
            self.do(programs[number].pause("lunch"))
        self.call()
        self.assertIs(self.state("800"), SeatState.IDLE_PC)
        self.do(programs["801"].ready())
        self.shop.wait(1)
        self.assertEqual((self.state("800"), self.state("801")), (SeatState.IDLE_PC, SeatState.RINGING))
