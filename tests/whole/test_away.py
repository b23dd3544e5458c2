"""Agents who go away without a word, in the whole server on virtual time: their callers, times and accounts."""

from collections.abc import Sequence
from typing import Any

from twisted.internet.defer import CancelledError, Deferred
from twisted.trial.unittest import SynchronousTestCase

from callserver.acd.staff import rules as staff_rules
from callserver.desktop.headless import AgentPlan
from callserver.emulator.script_run import run_script
from callserver.store.tables import EventRow, event_record
from callserver.wire.records import EventRecord
from callserver.wire.states import LineState, SeatState
from tests.whole.virtual_shop import VirtualShop

CALL = """
caller 13912345678 "Li Ming"
dial {shop}
wait answer
wait 3
press 1       # Mandarin
wait 3
press 0       # a person
wait {seconds}
hang up
"""


class AwayTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.shop = VirtualShop(self, n_lines=1)
        self.plan = AgentPlan()

    def call(self, seconds: int) -> None:
        """Somebody calls, asks for a person, and stays for so long."""
        exchange = self.shop.server.exchange
        assert exchange is not None
        script = CALL.format(shop=self.shop.server.config.exchange.number, seconds=seconds)
        calling: Deferred[Any] = run_script(exchange, script)
        calling.addErrback(lambda failure: failure.trap(CancelledError))
        self.addCleanup(calling.cancel)

    def told(self, kinds: Sequence[str]) -> list[tuple[str, str]]:
        """The events of these kinds, with whom or what they name."""
        self.shop.wait(0.5)
        rows: list[EventRecord] = self.shop.ask(lambda: [event_record(row) for row in EventRow.select()])
        return [
            (row.kind, row.data.get("seat") or row.data.get("by") or row.person) for row in rows if row.kind in kinds
        ]

    def test_gone_in_a_talk(self) -> None:
        """Music at once, another agent after half a minute, logged out after five; the timeline has all of it."""
        first = self.shop.agent("801", self.plan)
        self.shop.wait(2)
        self.call(80)
        self.shop.wait(20)
        self.assertIs(self.shop.server.centre.seats["801"].status.state, SeatState.TALKING)
        first.cancel()
        self.shop.agent("802", self.plan)
        self.shop.wait(5)
        self.assertIs(self.shop.server.board.statuses["line 1"].state, LineState.HELD)
        self.shop.wait(35)
        self.assertIs(self.shop.server.centre.seats["802"].status.state, SeatState.TALKING)
        self.shop.wait(270)
        self.assertIs(self.shop.server.centre.seats["801"].status.state, SeatState.OFF)
        self.assertEqual(
            self.told(("connect", "hold", "retrieve", "given_back", "log_in", "log_out")),
            [
                ("log_in", "801"),
                ("connect", "801"),
                ("hold", "seat 801"),
                ("log_in", "802"),
                ("given_back", "seat 801"),
                ("connect", "802"),
                ("log_out", "801"),
            ],
        )

    def test_disabled_by_another_process(self) -> None:
        """`callserver staff disable` while he talks: he is out within seconds, his caller is found somebody else."""
        self.shop.agent("801", self.plan)
        self.shop.wait(2)
        self.call(80)
        self.shop.wait(20)
        self.shop.agent("802", self.plan)
        self.shop.wait(2)
        self.shop.until(self.shop.server.store.write(lambda: staff_rules.let_in("801", disabled=True)))
        self.shop.wait(6)
        self.assertIs(self.shop.server.centre.seats["801"].status.state, SeatState.OFF)
        self.assertIs(self.shop.server.centre.seats["802"].status.state, SeatState.TALKING)

    def test_no_such_queue(self) -> None:
        """A menu that names a queue there is not is refused, with those there are; its caller is not sent elsewhere."""
        asked = Deferred.fromCoroutine(self.shop.server.people.enter("nowhere", None))  # type: ignore[arg-type]
        self.assertIn("no queue 'nowhere'; there are operator", str(self.failureResultOf(asked, LookupError).value))
