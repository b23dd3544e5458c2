"""Supervision by way of the agents' channel: what a supervisor's program asks for, and what nobody else sees."""

from __future__ import annotations

from twisted.internet.task import Clock

from callserver.acd.supervision.supervision import Supervision
from callserver.wire.alarms import alarm_data, alarm_phrase
from callserver.wire.messages import AlarmNotice, SeatStatus
from callserver.wire.refusals import Refusal
from callserver.wire.rights import Right
from callserver.wire.states import SeatState
from callserver.wire.targets import Target, TargetKind
from tests.agents.channel_case import BLOCK, ChannelCase
from tests.agents.small_centre import SmallCentre

QUEUE = Target(TargetKind.QUEUE, "service")


class SupervisionCase(ChannelCase):
    def setUp(self) -> None:
        self.clock = Clock()
        centre = SmallCentre(self.clock)
        self.sent: list[tuple[str, str]] = []
        self.priorities: list[tuple[str, int]] = []
        self.supervision = Supervision(
            centre.seats,
            centre.calls,
            centre.staff,
            tone=None,
            queues=("service",),
            find_person=lambda call, queue: self.sent.append((call.id, queue)),
            set_priority=lambda call_id, priority: self.priorities.append((call_id, priority)),
        )
        centre.acts |= self.supervision.acts()
        self.open(centre)
        self.agent, self.agent_sees = self.program("801")
        self.supervisor, self.sees = self.program("900")
        centre.staff.give("900", Right.LISTEN, Right.BARGE_IN, Right.FORCE_LOG_OUT)
        self.offer = centre.ring("801")
        self.ask(self.agent.answer())


class ListenTests(SupervisionCase):
    def test_listen(self) -> None:
        """The supervisor's program gets the talk's sound, and the agent's program gets nothing new."""
        self.pass_blocks(20)
        before = len(self.agent_sees.statuses), dict(self.agent_sees.shown)
        self.ask(self.supervisor.listen("seat 801"))
        self.offer.caller.says(BLOCK * 8)
        self.pass_blocks(8)
        self.assertIn(BLOCK, self.sees.sound)
        self.assertEqual((self.supervisor.seat.state, self.supervisor.seat.reason), (SeatState.TALKING, "listens"))
        shown = self.agent_sees.shown | {"seat 900": before[1]["seat 900"]}
        self.assertEqual({row.sub for row in self.agent_sees.rows if row.channel == "seat 900"}, {""})
        self.assertEqual((len(self.agent_sees.statuses), shown), before)

    def test_all_acts(self) -> None:
        """Each message does what it says."""
        for act in (self.supervisor.whisper, self.supervisor.barge_in, self.supervisor.stop_listening):
            self.ask(self.supervisor.listen("seat 801"))
            self.ask(act())
            if self.seat().state is SeatState.TALKING:
                self.ask(self.supervisor.stop_listening())
        self.ask(self.supervisor.listen("line 1"))
        self.ask(self.supervisor.take_over())
        self.assertEqual(self.state("801"), SeatState.IDLE_PC)
        self.ask(self.supervisor.force_pause("801", "meeting"))
        self.assertEqual(self.state("801"), SeatState.PAUSED)
        self.ask(self.supervisor.force_log_out("801"))
        self.assertEqual(self.agent_sees.lines[-1], ("logged out", "forced_out: 900"))
        self.ask(self.supervisor.set_priority(self.offer.call.id, -5))
        self.assertEqual(self.priorities, [(self.offer.call.id, -5)])
        self.ask(self.supervisor.break_off("seat 900", QUEUE))
        self.assertEqual(self.sent, [(self.offer.call.id, "service")])

    def test_break_off(self) -> None:
        """By default the caller is hung up on."""
        self.ask(self.supervisor.break_off("line 1"))
        self.assertEqual(self.offer.end, "broken_off: 900")

    def test_misfits(self) -> None:
        """What is no channel, target, number or priority is refused by its name."""
        cases = (
            ("listen", ("801",), "channel"),
            ("barge_in", (None,), "channel_or_none"),
            ("break_off", ("seat 801", "seat 802"), "hang_up_or_queue"),
            ("break_off", ("seat 801", "elsewhere"), "hang_up_or_queue"),
            ("force_log_out", ("seat 801",), "number"),
            ("force_pause", ("801", ""), "word"),
            ("set_priority", ("call-1", 1.5), "priority"),
            ("set_priority", ("", 1), "call_id"),
        )
        for act, args, name in cases:
            refused = self.refusal(self.supervisor.ask(act, *args))
            self.assertEqual((refused.code, refused.detail), (Refusal.BAD_ARGUMENT, name))

    def test_no_rights(self) -> None:
        """An agent without these rights is refused each act, and nothing has changed."""
        acts = (
            (lambda: self.agent.listen("line 1"), Right.LISTEN),
            (self.agent.whisper, Right.BARGE_IN),
            (self.agent.barge_in, Right.BARGE_IN),
            (self.agent.take_over, Right.BARGE_IN),
            (lambda: self.agent.break_off("line 1"), Right.BARGE_IN),
            (lambda: self.agent.force_log_out("900"), Right.FORCE_LOG_OUT),
            (lambda: self.agent.force_pause("900", "lunch"), Right.FORCE_LOG_OUT),
            (lambda: self.agent.set_priority("call-1", 1), Right.SUPERVISOR),
        )
        for act, right in acts:
            refused = self.refusal(act())
            self.assertEqual((refused.code, refused.detail), (Refusal.NO_RIGHT, str(int(right))))
        self.assertEqual(self.state("801"), SeatState.TALKING)

    def test_program_lost(self) -> None:
        """The supervisor's computer is gone: he is out of the call before anybody hears more of him."""
        self.ask(self.supervisor.barge_in("seat 801"))
        self.assertEqual(len(self.offer.call.parts), 3)
        self.supervisor.stop()
        self.wires.settle()
        self.assertEqual(len(self.offer.call.parts), 2)
        self.assertEqual(self.offer.end, "")

    def seat(self) -> SeatStatus:
        return self.centre.seats["900"].status


class AlarmTests(SupervisionCase):
    def test_for_supervisors(self) -> None:
        """An alarm, and that it is over, reaches whoever has right 1 at that moment, and nobody else."""
        data = alarm_data("queue {queue}: {length} callers wait, more than {limit}", {"queue": "a", "length": 4})
        raised = AlarmNotice(alarm_phrase(data))
        self.channel.tell_supervisors(raised)
        self.wires.settle()
        self.centre.staff.forget("900", Right.SUPERVISOR)
        self.channel.tell_supervisors(AlarmNotice(raised.phrase, over=True))
        self.wires.settle()
        self.assertEqual((self.sees.alarms, self.agent_sees.alarms), ([raised], []))
