"""Agents move calls between them, in the whole server on virtual time: channel, seats, lines, records."""

from __future__ import annotations

from callserver.wire.refusals import Refused
from callserver.wire.states import SeatState
from tests.whole.agents_case import AgentsCase
from tests.whole.virtual_shop import VirtualShop


class MovesTests(AgentsCase):
    def test_transfer_to_a_seat(self) -> None:
        """One record, one recording, one timeline, whoever the caller was sent to."""
        first = self.program("801")
        self.call()
        self.do(first.answer())
        second = self.program("802")
        self.do(first.transfer("seat 802"))
        self.assertIs(self.state("802"), SeatState.RINGING)
        self.do(second.answer())
        self.shop.wait(3)
        self.do(second.hang_up())
        ((record, events),) = self.shop.records()
        kinds = [event.kind for event in events if event.kind in ("transfer", "connect", "recording", "recording_end")]
        self.assertEqual(kinds, ["recording", "connect", "transfer", "connect", "recording_end"])
        self.assertEqual(record.end_reason, "agent_hung_up")

    def test_transfer_that_is_refused(self) -> None:
        """A target that is none is refused in words, and the talk goes on."""
        first = self.program("801")
        self.call()
        self.do(first.answer())
        with self.assertRaises(Refused) as caught:
            self.do(first.transfer("seat 899"))
        self.assertEqual(caught.exception.text("en"), "there is no such place: seat 899")
        with self.assertRaises(Refused) as caught:
            self.do(first.transfer("seat 801\n"))
        self.assertEqual(str(caught.exception), "bad-argument: target")
        self.assertIs(self.state("801"), SeatState.TALKING)

    def test_picked_up_and_grabbed(self) -> None:
        """A call is picked up at another seat; the next one is grabbed out of the queue."""
        self.program("801")
        second = self.program("802")
        self.allow("802")
        self.do(second.pause("lunch"))
        self.call()
        self.assertIs(self.state("801"), SeatState.RINGING)
        self.do(second.pick_up("801"))
        self.assertIs(self.state("802"), SeatState.TALKING)
        self.do(second.hang_up())
        self.do(second.pause("lunch"))
        self.call("13912345679")
        (call,) = self.shop.server.calls
        self.do(second.grab(call.id))
        self.assertIs(self.state("802"), SeatState.TALKING)
        self.do(second.hang_up())
        outcomes = [
            event.data["outcome"] for _, events in self.shop.records() for event in events if event.kind == "leave"
        ]
        self.assertEqual(sorted(outcomes), ["answered", "grabbed"])

    def test_parked_and_fetched(self) -> None:
        """Who parks is told the place; who knows it fetches the caller there."""
        first, second = self.program("801"), self.program("802")
        self.do(second.pause("lunch"))
        self.call()
        self.do(first.answer())
        place = self.do(first.park())
        self.assertEqual(place, "71")
        self.do(second.fetch(place))
        self.assertIs(self.state("802"), SeatState.TALKING)

    def test_recorded_on_demand(self) -> None:
        """In a shop that records nothing by itself an agent with right 8 can; timeline and audit have it."""
        self.shop = VirtualShop(self, 1, settings={"calls = all": "calls = none", "recent_s = 0": "recent_s = 2"})
        first = self.program("801")
        self.call()
        self.do(first.answer())
        with self.assertRaises(Refused) as caught:
            self.do(first.start_recording())
        self.assertEqual(str(caught.exception), "no-right: 8")
        self.allow("801")
        self.do(first.start_recording())
        self.shop.wait(3)
        self.do(first.stop_recording())
        self.do(first.hang_up())
        ((record, events),) = self.shop.records()
        (ended,) = [event for event in events if event.kind == "recording_end"]
        self.assertGreaterEqual(ended.data["length_s"], 5)
        self.assertEqual(record.recording, ended.data["file"])
        acts = [(event.data["act"], event.data["result"]) for event in events if event.kind == "audit"]
        self.assertEqual(
            acts, [("start_recording", "no-right: 8"), ("start_recording", "done"), ("stop_recording", "done")]
        )

    def test_secret_and_keys(self) -> None:
        """An agent lets his caller key in a secret, and sends keys himself; no digit of either is written anywhere."""
        first = self.program("801")
        self.call()
        self.do(first.answer())
        self.do(first.hide_secret())
        self.shop.wait(0.5)
        self.assertTrue(first.seat.hidden)
        self.do(first.show_again())
        self.shop.wait(0.5)
        self.assertFalse(first.seat.hidden)
        self.do(first.send_keys("1*9"))
        self.shop.wait(1)
        self.do(first.hang_up())
        ((_, events),) = self.shop.records()
        told = [event.kind for event in events if event.kind in ("hide_secret", "show_again", "keys_sent")]
        self.assertEqual(told, ["hide_secret", "show_again", "keys_sent"])
        self.assertNotIn("1*9", str([event.data for event in events]))
        with self.assertRaises(Refused) as caught:
            self.do(first.send_keys("12a"))
        self.assertEqual(str(caught.exception), "bad-argument: keys")
