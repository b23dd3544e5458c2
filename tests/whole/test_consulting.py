"""Agents call each other, numbers outside and third parties, in the whole server on virtual time."""

from __future__ import annotations

import numpy as np

from callserver.desktop.client import AgentClient
from callserver.emulator.phone import Phone
from callserver.features.recordings.archive import Archive
from callserver.features.recordings.search import Wanted, search
from callserver.features.recordings.verifying import verify
from callserver.wire.refusals import Refused
from callserver.wire.states import LineState, SeatState
from callserver.wire.targets import Target, TargetKind
from tests.dsp.progress.test_answer import voice
from tests.whole.agents_case import AgentsCase

OUTSIDE = "62345678"


class ConsultingTests(AgentsCase):
    n_lines = 3

    def setUp(self) -> None:
        super().setUp()
        exchange = self.shop.server.exchange
        assert exchange is not None
        self.phone: Phone = exchange.add_phone(OUTSIDE)

    def two(self) -> tuple[AgentClient, AgentClient]:
        """Li and Wang, who pauses, may do all but supervise."""
        self.allow("801")
        self.allow("802")
        first, second = self.program("801"), self.program("802")
        self.do(second.pause("desk work"))
        return first, second

    def lifts(self) -> None:
        self.phone.lift()
        self.phone.say(np.asarray(voice(2.0), np.float32))
        self.shop.wait(3)

    def test_call_a_colleague(self) -> None:
        """Dialled, rung, answered, hung up: a call of the house, with its own record and no line."""
        first, second = self.two()
        self.do(first.dial("802"))
        self.assertEqual((self.state("801"), self.state("802")), (SeatState.RINGBACK, SeatState.RINGING))
        self.do(second.answer())
        self.shop.wait(2)
        self.assertEqual((self.state("801"), self.state("802")), (SeatState.TALKING, SeatState.TALKING))
        self.do(second.hang_up())
        ((record, _),) = self.shop.records()
        self.assertEqual((record.direction, record.channel, record.agent), ("internal", "seat 801", "802"))

    def test_call_out(self) -> None:
        """The seat shows what the line hears; who was called hangs up, and the agent is free."""
        first, _ = self.two()
        self.do(first.dial(OUTSIDE))
        self.assertIs(self.state("801"), SeatState.DIALING)
        self.shop.wait(12)
        self.assertIs(self.state("801"), SeatState.RINGBACK)
        self.lifts()
        self.assertIs(self.state("801"), SeatState.TALKING)
        self.phone.hang_up()
        self.shop.wait(10)
        self.assertIs(self.state("801"), SeatState.IDLE_PC)
        ((record, events),) = self.shop.records()
        self.assertEqual((record.direction, record.caller_number), ("out", OUTSIDE))
        self.assertEqual([event.data["result"] for event in events if event.kind == "dial_result"], ["answered"])

    def test_consulted_and_joined(self) -> None:
        """The caller talks with the colleague; both calls can be read, each names the other."""
        first, second = self.two()
        self.call()
        self.do(first.answer())
        self.do(first.consult(Target(TargetKind.SEAT, "802")))
        self.do(second.answer())
        self.shop.wait(1)
        self.do(first.join())
        self.assertEqual((first.seat.reason, self.state("802")), ("wrap-up", SeatState.TALKING))
        self.shop.wait(2)
        self.do(second.hang_up())
        records = {
            record.direction: (record, [event.kind for event in events]) for record, events in self.shop.records()
        }
        caller, kinds = records["in"]
        self.assertEqual((caller.end_reason, caller.agent), ("agent_hung_up", "802"))
        self.assertEqual(
            [kind for kind in kinds if kind in ("consult", "joined", "merged")], ["consult", "joined", "merged"]
        )
        consultation, kinds = records["internal"]
        self.assertEqual((consultation.end_reason, kinds.count("merged")), (f"transferred: {caller.id}", 1))
        self.is_recorded(caller.id, "801", "802")

    def is_recorded(self, call_id: str, *agents: str) -> None:
        """Both find it as their own; nothing of it was changed."""
        self.shop.wait(90)
        server = self.shop.server
        archive = Archive(server.folder.recordings, server.folder.path)
        for agent in agents:
            page = self.shop.until(server.store.read(search, Wanted(heard_by=agent)))
            self.assertEqual([one.call_id for one in page.found], [call_id], agent)
        verified = self.shop.until(server.store.read(lambda: list(verify(archive))))[-1]
        self.assertEqual((verified.found, verified.n_recordings, verified.n_files), (None, 1, 1))

    def test_three_with_a_number_outside(self) -> None:
        """All three talk; the agent leaves, and the two lines talk on until one of them hangs up."""
        first, _ = self.two()
        self.call(seconds=120)
        self.do(first.answer())
        self.do(first.consult(Target(TargetKind.NUMBER, OUTSIDE)))
        self.shop.wait(12)
        self.lifts()
        self.do(first.three_way())
        (call,) = self.shop.server.calls
        self.assertEqual(sorted(party.name for party in call.parts), ["line 1", "line 2", "seat 801"])
        self.do(first.hang_up())
        self.shop.wait(1)
        self.assertEqual(sorted(party.name for party in call.parts), ["line 1", "line 2"])
        self.phone.hang_up()
        self.shop.wait(12)
        self.assertIsNotNone(call.ended)
        self.assertIs(self.shop.server.board.statuses["line 2"].state, LineState.IDLE)

    def test_cancelled(self) -> None:
        """Nobody comes to the telephone outside: back to the caller, and the second line is free."""
        first, _ = self.two()
        self.call()
        self.do(first.answer())
        self.do(first.consult(Target(TargetKind.NUMBER, OUTSIDE)))
        self.shop.wait(12)
        self.do(first.cancel())
        self.assertIs(self.state("801"), SeatState.TALKING)
        self.shop.wait(5)
        self.assertIs(self.shop.server.board.statuses["line 2"].state, LineState.IDLE)

    def test_left_to_a_ringing_line(self) -> None:
        """Joined while it rings; nobody comes; the caller rings at who has passed him on, and they talk again."""
        first, _ = self.two()
        self.call(seconds=200)
        self.do(first.answer())
        self.do(first.consult(Target(TargetKind.NUMBER, OUTSIDE)))
        self.shop.wait(12)
        self.do(first.join())
        self.shop.wait(60)
        self.assertEqual((self.state("801"), first.seat.cause), (SeatState.RINGING, "came_back"))
        self.do(first.answer())
        self.assertIs(self.state("801"), SeatState.TALKING)

    def test_refused(self) -> None:
        """In words, for people."""
        first, _ = self.two()
        for asked, words in (
            (lambda: first.dial("801"), "that is your own seat"),
            (lambda: first.dial("803"), "takes no call now: seat 803"),
            (lambda: first.dial("00"), "an argument does not fit: number"),
            (lambda: first.dial("no number"), "an argument does not fit: number"),
            (lambda: first.join(), "not possible now: idle, at the computer"),
        ):
            with self.assertRaises(Refused) as caught:
                self.do(asked())
            self.assertEqual(caught.exception.text("en"), words)
