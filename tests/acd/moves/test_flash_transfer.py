"""A transfer that the exchange makes at a hook flash: the line is free, or the caller still there."""

from dataclasses import replace
from typing import Any

from twisted.internet.defer import Deferred

from callserver.lines.interfaces import Capabilities
from callserver.wire.causes import Cause, Reason
from callserver.wire.rights import Right
from callserver.wire.states import LineState, SeatState
from tests.acd.moving import MovingCase

NUMBER = "62345678"


class FlashTransferTests(MovingCase):
    def setUp(self) -> None:
        super().setUp()
        self.line = self.shop.lines[0]
        self.line.far_end.unplug()
        self.line.capabilities = Capabilities(full_duplex=True, reports_keys=False, flash=True)
        self.line.far_end.plug_in()
        self.seat, self.call = self.talk()

    def services(self) -> dict[str, Any]:
        return {"out": self.shop.calls_out}

    def transfer(self, number: str = NUMBER) -> None:
        self.moves.flashing.transfer(self.seat, number)

    def test_transferred(self) -> None:
        """The exchange gets the number; the call is over here, and the line free for the next."""
        self.transfer()
        self.assertEqual(self.line.far_end.transferred_to, [NUMBER])
        self.assertEqual(self.call.ended, Reason(Cause.SENT_ON, f"number {NUMBER}"))
        self.assertIs(self.seat.status.state, SeatState.IDLE_PC)
        self.shop.wait(2)
        self.assertIs(self.shop.state(), LineState.IDLE)
        self.assertEqual(
            self.shop.happened("transfer"), [("transfer", {"by": "seat 801", "target": f"number {NUMBER}"})]
        )
        (counts,) = [event for event in self.shop.book.events if event.kind == "handed_over"]  # also after a restart
        self.assertEqual((counts.person, counts.channel, counts.data["dial_class"]), ("801", "line 1", "local"))

    def test_refused_by_the_exchange(self) -> None:
        """The talk goes on, and he sees why."""
        self.line.far_end.refusal = "NO DIALTONE"
        self.transfer()
        self.assertTrue(self.is_with(self.seat))
        self.assertIn("NO DIALTONE", str(self.shop.happened("transfer_failed")[0][1]["reason"]))
        self.transfer()
        self.assertIsNotNone(self.call.ended)

    def test_takes_its_time(self) -> None:
        """Asked twice, it is done once; a caller who goes meanwhile ends it quietly."""
        under_way: Deferred[None] = Deferred()
        self.patch(self.line, "flash_transfer", lambda permit: under_way)
        self.transfer()
        self.assertEqual(self.refusal(self.transfer), "no-flash")
        self.line.far_end.hang_up()
        self.assertIs(self.seat.status.state, SeatState.IDLE_PC)
        under_way.callback(None)
        self.assertEqual(self.call.ended, Reason(Cause.CALLER_HUNG_UP, "loop current interrupted"))

    def test_line_that_cannot(self) -> None:
        """Where no exchange takes a flash it is refused before anything is sent."""
        other = self.shop.agent("802")
        self.caller(line=1)
        other.answer()
        self.assertEqual(self.refusal(self.moves.flashing.transfer, other, NUMBER), "no-flash")
        self.assertTrue(self.is_with(other, line=1))

    def test_caps(self) -> None:
        """It counts as a call out of him, so it is no way round his day's limit."""
        self.shop.dialling = replace(self.shop.dialling, person_calls={"local": 1})
        self.transfer()
        self.shop.wait(2)
        self.caller()
        self.seat.answer()
        self.assertEqual(self.refusal(self.transfer), "limit: calls of one person in a day")
        self.assertEqual(self.line.far_end.transferred_to, [NUMBER])
        self.assertTrue(self.is_with(self.seat))

    def test_rights(self) -> None:
        """It is dialled, so it takes the number's right."""
        self.without("801", Right.DIAL_NATIONAL)
        self.assertEqual(self.refusal(self.transfer, "01062345678"), "no-right: 11")
        self.assertEqual(self.line.far_end.transferred_to, [])
        self.assertTrue(self.is_with(self.seat))
