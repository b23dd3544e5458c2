"""Supervisors in the whole server on virtual time: at their programs, with real lines, queues and records."""

from __future__ import annotations

from callserver.acd.staff import rules as staff_rules
from callserver.wire.rights import Right
from callserver.wire.states import SeatState
from callserver.wire.targets import Target, TargetKind
from tests.whole.agents_case import AgentsCase

QUEUE = Target(TargetKind.QUEUE, "operator")


class SupervisionTests(AgentsCase):
    def setUp(self) -> None:
        super().setUp()
        self.may("800", set(Right) - {Right.ANSWER_QUEUED})
        self.agent, self.supervisor = self.program("801"), self.program("800")
        self.call(seconds=120)
        self.do(self.agent.answer())

    def may(self, number: str, rights: set[Right]) -> None:
        """These rights and no others, from now on."""
        self.shop.until(self.shop.server.store.write(lambda: staff_rules.set_rights(number, rights)))
        self.shop.wait(6)

    def seats(self) -> tuple[SeatState, SeatState]:
        return self.state("801"), self.state("800")

    def test_listen_and_go(self) -> None:
        """He listens, and his program is closed: the talk goes on to its end, and is ended by the agent."""
        self.do(self.supervisor.listen("line 1"))
        self.assertEqual(self.supervisor.seat.reason, "listens")
        self.do(self.supervisor.stop())
        self.shop.wait(10)
        self.assertIs(self.state("801"), SeatState.TALKING)
        self.do(self.agent.hang_up())
        ((record, events),) = self.shop.records()
        self.assertEqual((record.agent, record.end_reason), ("801", "agent_hung_up"))
        acts = [(event.person, event.data["act"], event.data["result"]) for event in events if event.kind == "audit"]
        self.assertEqual(acts, [("800", "listen", "done")])

    def test_knows_the_caller(self) -> None:
        """Who listens sees who the caller is, as the agent does, and not an unknown customer."""
        self.do(self.supervisor.listen("line 1"))
        heard, talked = self.supervisor.seat.call, self.agent.seat.call
        assert heard is not None
        assert talked is not None
        self.assertIsNotNone(talked.identity)
        self.assertEqual(heard.identity, talked.identity)
        self.assertEqual(heard.parts, talked.parts)

    def test_take_over(self) -> None:
        """The agent wraps up, the supervisor talks, and ends the call."""
        self.do(self.supervisor.listen("seat 801"))
        self.do(self.supervisor.take_over())
        self.assertEqual(self.seats(), (SeatState.PAUSED, SeatState.TALKING))
        self.do(self.supervisor.hang_up())
        ((record, _),) = self.shop.records()
        self.assertEqual((record.agent, record.end_reason), ("800", "agent_hung_up"))

    def test_taken_over_and_gone(self) -> None:
        """Who has taken over is lost: his caller hears music, and then waits for somebody else."""
        self.do(self.supervisor.barge_in("seat 801"))
        self.do(self.agent.hang_up())
        self.assertEqual(self.seats(), (SeatState.PAUSED, SeatState.TALKING))
        self.do(self.supervisor.stop())
        self.shop.wait(45)
        self.assertIs(self.state("801"), SeatState.RINGING)

    def test_break_off_into_the_queue(self) -> None:
        """The caller waits again, and rings at the agent after his wrap-up, who talks with him to the end."""
        self.do(self.supervisor.break_off("seat 801", QUEUE))
        self.shop.wait(15)
        self.assertIs(self.state("801"), SeatState.RINGING)
        self.do(self.agent.answer())
        self.shop.wait(2)
        self.do(self.agent.hang_up())
        ((record, _),) = self.shop.records()
        self.assertEqual((record.agent, record.end_reason), ("801", "agent_hung_up"))

    def test_right_taken(self) -> None:
        """His right is taken out of the staff book while he listens: he hears no more within seconds."""
        self.do(self.supervisor.listen("seat 801"))
        self.may("800", {Right.SUPERVISOR, Right.ANSWER_INTERNAL})
        self.assertEqual(self.seats(), (SeatState.TALKING, SeatState.IDLE_PC))

    def test_priority(self) -> None:
        """A caller who waits goes before one who came earlier."""
        self.do(self.agent.pause("lunch"))
        self.call("13912345679", seconds=200)
        first, *_ = self.do(self.supervisor.ask("waiting"))
        (waiter,) = first["waiters"]
        self.do(self.supervisor.set_priority(waiter["call_id"], 7))
        (row,) = self.do(self.supervisor.ask("waiting"))
        self.assertEqual(row["waiters"][0]["priority"], 7)

    def test_alarms(self) -> None:
        """A seat that pauses for too long is an alarm at the supervisor's program, and in the list he may ask for."""
        self.do(self.agent.hang_up())
        self.do(self.agent.pause("lunch"))
        self.shop.wait(1900)
        (alarm,) = self.do(self.supervisor.alarms())
        self.assertIn("has paused for more than {minutes} minutes", alarm.phrase.msgid)
        self.assertEqual(alarm.phrase.details["number"], "801")
