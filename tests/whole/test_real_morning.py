"""A quarter of an hour out of a shop's morning, in real time: ptys, TLS, threads; both kinds of seats, a supervisor."""

from __future__ import annotations

from collections.abc import Callable

from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.internet.task import deferLater

from callserver.calls.board import ChannelStatus
from callserver.commands.visit import when_idle
from callserver.desktop.client import AgentClient
from callserver.desktop.connection import pinned_endpoint
from callserver.emulator.script_run import ScriptRun, ignored
from callserver.wire.records import EventRecord
from callserver.wire.states import SeatState
from tests.whole.agents_case import Program
from tests.whole.morning import all_events
from tests.whole.morning_report import report_of
from tests.whole.test_real_time import RealTimeCase

PIN = "480135"
WITHIN_S = 60.0
LOG_IN = f"""
caller 13800000803
dial 8008
wait answer
wait sound
press *#
wait sound
wait silence 1
press 803#
wait sound
wait silence 1
press {PIN}#
"""
WANTS_A_PERSON = """
caller {number}
dial 8008
wait answer
wait silence 1.2 within 120
press 0
"""


class RealMorningTests(RealTimeCase):
    async def test_morning(self) -> None:
        """A customer is sent on to a telephone, where the supervisor joins the talk; the next one is hung up on."""
        await self.open(n_lines=3)
        await self.server.centre.staff.set_pin("803", PIN)
        boss, li = await self.program("800"), await self.program("801")
        await boss.pause("desk work")
        chen = await self.at_telephone()
        customer = await self.customer("13912340001")
        await self.is_in("801", SeatState.RINGING)
        await li.answer()
        await li.transfer("seat 803")
        await self.is_in("803", SeatState.RINGING)
        await chen.do("press 1")
        await self.is_in("803", SeatState.TALKING)
        await self.joined_by(boss)
        await customer.do("hang up")
        customer.close()
        await self.is_in("803", SeatState.IDLE_PHONE)
        await chen.do("press *10\nwait tone busy\nhang up")
        customer = await self.customer("13912340002")
        await self.is_in("801", SeatState.RINGING)
        await li.answer()
        await li.hang_up()
        await customer.do("wait tone busy\nhang up")
        await li.log_out()
        await boss.log_out()
        await when_idle(self.server)
        await self.all_is_well()

    async def joined_by(self, boss: AgentClient) -> None:
        """The supervisor listens, joins the talk, and leaves it."""
        await boss.listen("seat 803")
        await boss.barge_in()
        (call,) = [call for call in self.server.calls if len(call.parts) > 1]
        self.assertEqual(sorted(party.name for party in call.parts), ["line 2", "seat 800", "seat 803"])
        await boss.stop_listening()
        await self.is_in("803", SeatState.TALKING)

    async def all_is_well(self) -> None:
        """Every call has its end, each agent his time, and the event log says so."""
        for number in ("800", "801", "803"):
            await self.is_in(number, SeatState.OFF)
        calls = await self.on_disk(3)
        report = report_of(await self.whole_log())
        self.assertEqual({call.id: [call.end_reason] for call in calls}, {
            name: line.reasons for name, line in report.calls.items()
        })  # fmt: skip
        agents = {call.caller_number: report.calls[call.id].agents for call in calls}
        self.assertEqual(agents, {"13800000803": [], "13912340001": ["801", "803"], "13912340002": ["801"]})
        self.assertEqual(dict(report.outcomes), {("operator", "answered"): 2})
        report.check_times(self, within_s=0.5)

    async def whole_log(self) -> list[EventRecord]:
        """When the journal has written all of it."""
        while True:
            events: list[EventRecord] = await self.server.store.read(all_events)
            if sum(event.kind == "log_out" for event in events) == 3:
                return events
            await deferLater(reactor, 0.1)

    # Who takes part

    async def program(self, number: str) -> AgentClient:
        """Somebody has logged in."""
        assert self.server.agents is not None
        assert self.server.certificate is not None
        listener, host = Program(), self.server.config.agents.host
        way = pinned_endpoint(reactor, host, self.server.agents.port_number, self.server.certificate.file)
        client = AgentClient(reactor, way, number, self.folder.first_password(number), listener)
        self.addCleanup(client.stop)
        client.start()
        await self.until(lambda: listener.here, f"{number} is logged in")
        return client

    async def at_telephone(self) -> ScriptRun:
        """Somebody has dialled in, to work by his telephone."""
        run = self.telephone()
        await run.do(LOG_IN)
        await self.is_in("803", SeatState.IDLE_PHONE)
        return run

    async def customer(self, number: str) -> ScriptRun:
        """Somebody has called, and wants a person."""
        run = self.telephone()
        await run.do(WANTS_A_PERSON.format(number=number))
        return run

    def telephone(self) -> ScriptRun:
        assert self.server.exchange is not None
        run = ScriptRun(self.server.exchange, ignored)
        self.addCleanup(run.close)
        return run

    def is_in(self, number: str, state: SeatState) -> Deferred[None]:
        """Fires when a seat shows that."""
        seats = self.server.board.statuses
        nobody = ChannelStatus(f"seat {number}", SeatState.OFF)
        return self.until(lambda: seats.get(nobody.channel, nobody).state is state, f"{number} is {state.value}")

    def until(self, reached: Callable[[], bool], what: str) -> Deferred[None]:
        """Fires when it is so."""
        return Deferred.fromCoroutine(self._until(reached, what))

    async def _until(self, reached: Callable[[], bool], what: str) -> None:
        began_s = reactor.seconds()
        while not reached():
            self.assertLess(reactor.seconds() - began_s, WITHIN_S, f"waited until {what}")
            await deferLater(reactor, 0.05)
