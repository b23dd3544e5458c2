"""Supervisors take lines out of service and back at their own programs."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from unittest.mock import AsyncMock, Mock

from twisted.trial.unittest import SynchronousTestCase

from callserver.calls.vocabulary import Kind
from callserver.server import line_desk
from callserver.server.line_desk import LineDesk
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.rights import Right
from callserver.wire.states import LineState
from tests.whole.agents_case import AgentsCase

FOLLOWED_S = 3.0


class LineDeskTests(AgentsCase):
    def setUp(self) -> None:
        super().setUp()
        self.boss = self.program("801")
        self.shop.until(self.shop.server.centre.staff.set_rights("801", frozenset(Right)))

    def state(self, number: int) -> LineState:  # type: ignore[override]
        return self.shop.server.lines[number].state

    def ask(self, act: str, *args: object) -> str:
        """What it was refused with, in words; "" is done. The server has followed."""
        try:
            self.do(self.boss.ask(act, *args))
        except Refused as refused:
            return refused.text("en")
        self.shop.wait(FOLLOWED_S)
        return ""

    def audits(self) -> list[tuple[str | None, object, object]]:
        found = [event for event in self.events if event.kind == "audit" and "line" in str(event.data["act"])]
        return [(event.person, event.data["act"], event.data["target"]) for event in found]

    def test_idle(self) -> None:
        """An idle line is out of service within two seconds, and back as soon; both are in the event log."""
        self.events = []  # type: ignore[var-annotated]
        self.shop.server.events.watch(self.events.append)
        self.assertEqual(self.ask("disable_line", "line 2", False), "")
        self.assertIs(self.state(2), LineState.LOADED)
        self.assertIs(self.state(1), LineState.IDLE)
        self.assertEqual(self.ask("enable_line", "line 2"), "")
        self.assertIs(self.state(2), LineState.IDLE)
        self.assertEqual(self.audits(), [("801", "disable_line", "line 2"), ("801", "enable_line", "line 2")])

    def test_after_its_call(self) -> None:
        """A line in a call is shown as draining, and is out of service when the caller has hung up."""
        self.call(seconds=30)
        self.assertEqual(self.ask("disable_line", "line 1", False), "")
        self.assertTrue(self.shop.server.board.statuses["line 1"].draining)
        self.assertEqual(len(self.shop.server.calls), 1)
        self.shop.wait(60)
        self.assertIs(self.state(1), LineState.LOADED)

    def test_meant_otherwise(self) -> None:
        """One that is draining stays in service if it is enabled; and if nobody will wait, its call ends at once."""
        self.call(seconds=600)
        self.ask("disable_line", "line 1", False)
        self.ask("enable_line", "line 1")
        self.assertFalse(self.shop.server.board.statuses["line 1"].draining)
        self.ask("disable_line", "line 1", False)
        self.assertEqual(len(self.shop.server.calls), 1)
        self.ask("disable_line", "line 1", True)
        self.shop.wait(10)
        self.assertEqual(len(self.shop.server.calls), 0)
        self.assertIs(self.state(1), LineState.LOADED)

    def test_no_such_line(self) -> None:
        """A line that there is not is refused in words; what is none by its check; both without right 1."""
        self.assertEqual(self.ask("disable_line", "line 9", True), "not saved: there is no line 9; there are 1, 2")
        for bad in ("line 0", "line", "seat 801", "line 1\n", "line 1, line 2", 1):
            self.assertEqual(self.ask("enable_line", bad), "an argument does not fit: line_channel")
        self.assertEqual(self.ask("disable_line", "line 1", 1), "an argument does not fit: at_once")
        asked = self.do(self.program("802").ask("disable_line", "line 1", False).addErrback(lambda f: f.value))
        self.assertIs(asked.code, Refusal.NO_RIGHT)
        self.assertIs(self.state(1), LineState.IDLE)


class NotedTests(SynchronousTestCase):
    """Of a shop whose config.ini has line 1 in service, line 2 not, and whose line 3 has no menu."""

    def setUp(self) -> None:
        self.noted, self.events = Mock(), Mock()
        self.noted.return_value.write = AsyncMock()
        config: Any = SimpleNamespace(lines={n: SimpleNamespace(enabled=n != 2) for n in (1, 2, 3)})
        menus: Any = SimpleNamespace(menu_of=lambda line: "" if line == 3 else "shop")
        store: Any = None
        self.desk = LineDesk(store, self.events, lambda: config, menus, lambda: datetime(2026, 3, 2, tzinfo=UTC))
        self.patch(line_desk, "Noted", self.noted)

    def do(self, act: str, *args: Any) -> Any:
        """Like the supervisor 801: what was refused, or nothing."""
        seat: Any = SimpleNamespace(number="801")
        done = self.desk.acts()[act].do(seat, *args).addErrback(lambda failure: failure.value)
        return self.successResultOf(done)

    def test_as_config_ini_had_it(self) -> None:
        """With what is wanted stands what config.ini said then: if that says else later, that counts."""
        for line in (1, 2):
            self.do("disable_line", f"line {line}", True)
        wanted = [one.args[3].args[0] for one in self.noted.return_value.write.mock_calls]
        self.assertEqual(
            [(one.line, one.configured, one.at_once) for one in wanted], [(1, True, True), (2, False, True)]
        )

    def test_no_menu(self) -> None:
        """A line that has no menu cannot answer: it is refused in words, and that is in the event log, too."""
        refused = self.do("enable_line", "line 3")
        self.assertEqual(refused.text("en"), "not saved: line 3 has no menu: load one first")
        told = {"person": "801", "act": "enable_line", "target": "line 3", "result": str(refused)}
        self.events.write.assert_called_once_with(Kind.AUDIT, call_id=None, **told)
        self.noted.return_value.write.assert_not_called()
        self.assertIsNone(self.do("disable_line", "line 3", False))

    def test_rights(self) -> None:
        """Both are a supervisor's."""
        self.assertEqual({act.right for act in self.desk.acts().values()}, {Right.SUPERVISOR})
