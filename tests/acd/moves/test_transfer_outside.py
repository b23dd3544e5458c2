"""Blind transfer to a number outside: two lines joined, or the caller back with who sent him."""

from dataclasses import replace
from typing import Any

from callserver.acd.moves.dialling import Dialling
from callserver.calls.stages import Stage
from callserver.wire.causes import Cause, Reason
from callserver.wire.rights import Right
from callserver.wire.states import LineState, SeatState
from tests.acd.moving import MovingCase

RINGING, IDLE = SeatState.RINGING, SeatState.IDLE_PC
NUMBER = "62345678"


class OutsideTests(MovingCase):
    def setUp(self) -> None:
        super().setUp()
        self.seat, self.call = self.talk()

    def services(self) -> dict[str, Any]:
        return {"out": self.shop.calls_out}

    def transfer(self, number: str = NUMBER) -> None:
        self.moves.transfers.transfer(self.seat, f"number {number}")

    @property
    def dialling(self) -> int:
        """The line on which it is dialled."""
        return next(at for at, line in enumerate(self.shop.lines) if line.seized or line.far_end.dialled)

    def dial(self) -> None:
        """Transferred, and the digits are out."""
        self.transfer()
        self.shop.wait(0.1)
        self.shop.dial_tone(self.dialling)

    def rings_there(self) -> None:
        self.dial()
        self.shop.exchange("ringback", 6, self.dialling)

    def answered(self) -> None:
        self.rings_there()
        self.shop.answer_there(self.dialling)

    def hear_each_other(self) -> bool:
        """Whether the two lines do, and nobody else hears either."""
        bay, lines = self.shop.bay, [self.shop.in_service[at].leg for at in (0, self.dialling)]
        pairs = {(source, sink) for source in bay.legs for sink in bay.legs if bay.gain(source, sink)}
        return pairs == {(lines[0], lines[1]), (lines[1], lines[0])}

    def test_answered(self) -> None:
        """Music until the answer; then the two lines talk in the caller's call, which keeps its record."""
        self.rings_there()
        self.assertTrue(self.hears_music())
        self.assertIs(self.seat.status.state, IDLE)
        self.assertEqual(self.shop.lines[self.dialling].far_end.dialled, [NUMBER])
        self.shop.answer_there(self.dialling)
        self.assertTrue(self.hear_each_other())
        self.assertEqual(self.shop.state(0), LineState.TALKING)
        self.assertEqual(self.shop.state(self.dialling), LineState.TALKING)
        self.assertIsNone(self.call.ended)
        (merged,) = [data for _, data in self.shop.happened("merged") if "call" in data]
        self.assertEqual([data["target"] for _, data in self.shop.happened("transfer")], [f"number {NUMBER}"])
        self.assertNotEqual(merged["call"], self.call.id)

    def test_there_hangs_up(self) -> None:
        """The called party goes: the call is over, and both lines are free again."""
        self.answered()
        self.shop.lines[self.dialling].far_end.hang_up()
        self.assertIsNotNone(self.call.ended)
        self.shop.wait(2)
        self.assertEqual({self.shop.state(0), self.shop.state(self.dialling)}, {LineState.IDLE})

    def test_here_hangs_up(self) -> None:
        """The caller goes: the line outside is hung up as well, none stays bound."""
        self.answered()
        self.shop.exchange("busy", 3)
        self.assertIsNotNone(self.call.ended)
        self.shop.wait(2)
        self.assertIs(self.shop.state(self.dialling), LineState.IDLE)

    def test_dial_tone(self) -> None:
        """Behind who has gone the exchange would take the other's keys for a number: its first sign ends the call."""
        self.answered()
        self.shop.exchange("dial", 2, self.dialling)
        self.assertIsNotNone(self.call.ended)

    def test_busy(self) -> None:
        """Busy there: he rings at who sent him, who sees that, and talks with him again."""
        self.dial()
        self.shop.exchange("busy", 5, self.dialling)
        self.assertEqual(self.shown(self.seat), (RINGING, "came_back: busy"))
        self.assertTrue(self.hears_music())
        self.seat.answer()
        self.assertTrue(self.is_with(self.seat))
        self.shop.wait(2)
        self.assertIs(self.shop.state(self.dialling), LineState.IDLE)
        self.assertEqual(self.shop.happened("transfer_failed")[0][1], {"target": f"number {NUMBER}", "reason": "busy"})

    def test_no_answer(self) -> None:
        """Nobody answers there within its bound."""
        self.dial()
        self.shop.exchange("ringback", 70, self.dialling)
        self.assertEqual(self.shown(self.seat), (RINGING, "came_back: no_answer"))

    def test_line_lost(self) -> None:
        """The line that dials is pulled out."""
        self.rings_there()
        self.shop.lines[self.dialling].far_end.unplug()
        self.assertEqual(self.shown(self.seat), (RINGING, "came_back: line_lost"))
        self.seat.answer()
        self.assertTrue(self.is_with(self.seat))

    def test_exchange_refuses(self) -> None:
        """The exchange is silent, and has no dial tone: he comes back."""
        self.transfer()
        self.shop.wait(6)
        self.assertEqual(self.shown(self.seat), (RINGING, "came_back: no_dial_tone"))
        self.assertTrue(self.hears_music())

    def test_caller_hangs_up_meanwhile(self) -> None:
        """The call out is given up: nobody lifts to nobody, and no seat rings."""
        self.rings_there()
        self.shop.lines[0].far_end.hang_up()
        self.shop.wait(2)
        self.assertIs(self.shop.state(self.dialling), LineState.IDLE)
        self.assertIs(self.seat.status.state, IDLE)
        self.assertEqual(self.shop.happened("dial_result")[-1][1]["result"], "gave_up")

    def test_agent_has_gone(self) -> None:
        """Nobody to come back to: he waits in the queue."""
        self.dial()
        self.seat.log_out()
        other = self.shop.agent("802")
        self.shop.exchange("busy", 5, self.dialling)
        self.shop.wait(0.5)
        self.assertIs(other.status.state, RINGING)
        other.answer()
        self.assertTrue(self.is_with(other))

    def test_rights(self) -> None:
        """The number's class is asked of who transfers; refused, the talk goes on and no line has moved."""
        self.without("801", Right.DIAL_NATIONAL, Right.DIAL_INTERNATIONAL)
        for number, said in (
            ("01062345678", "no-right: 11"),
            ("0085223456789", "no-right: 12"),
            ("00", "bad-argument: number"),
        ):
            self.assertEqual(self.refusal(self.transfer, number), said)
        self.assertTrue(self.is_with(self.seat))
        self.assertEqual([line.far_end.dialled for line in self.shop.lines], [[], [], []])

    def test_no_line(self) -> None:
        """All lines are busy: refused at once, and he keeps his caller."""
        for line in (1, 2):
            self.caller(line)
        self.assertEqual(self.refusal(self.transfer), "not-now: no_line")
        self.assertTrue(self.is_with(self.seat))

    def test_reserve(self) -> None:
        """Lines that are kept for people are free, and no transfer takes them."""
        self.shop.dialling = replace(self.shop.dialling, reserve=2)
        self.assertEqual(self.refusal(self.transfer), "not-now: no_line")
        self.assertTrue(self.is_with(self.seat))

    def test_bound(self) -> None:
        """Two lines that talk for ever are parted at last: no line is bound without an end."""
        self.answered()
        self.assertIs(self.call.stage, Stage.TALK)
        self.shop.clock.advance(1800)
        self.assertEqual(self.call.ended, Reason(Cause.LIMIT_REACHED, "bridged"))
        self.shop.wait(2)
        self.assertIs(self.shop.state(self.dialling), LineState.IDLE)


class ConsultedTests(MovingCase):
    """A colleague who consults is sent on to a number: he talks there, and may leave his caller in his place."""

    def services(self) -> dict[str, Any]:
        return {"out": self.shop.calls_out}

    def test_colleague(self) -> None:
        """He talks with the number while his caller hears music; then he brings the two together."""
        shop = self.shop
        seat, call = self.talk()
        second = self.paused("802")
        Dialling(shop.seats, shop.staff, shop.calls, shop.calls_out, self.runner).consult(seat, "seat 802")
        second.answer()
        self.moves.transfers.transfer(second, f"number {NUMBER}")
        shop.wait(0.1)
        line = next(at for at, one in enumerate(shop.lines) if one.seized)
        shop.dial_tone(line)
        shop.exchange("ringback", 6, line)
        shop.answer_there(line)
        self.assertTrue(self.is_with(seat, line))
        self.assertTrue(self.hears_music())
        seat.join()
        self.assertTrue(shop.line_hears(0, line))
        self.assertTrue(shop.line_hears(line, 0))
        shop.lines[line].far_end.hang_up()
        self.assertIsNotNone(call.ended)
