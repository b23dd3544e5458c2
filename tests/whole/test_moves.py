"""Agents move calls between them, in the whole server on virtual time: channel, seats, lines, records."""

from __future__ import annotations

import wave
from pathlib import Path
from typing import Any

from twisted.internet.defer import Deferred

from callserver.emulator.script_run import run_script
from callserver.wire.refusals import Refused
from callserver.wire.states import SeatState
from tests.dsp.progress.test_answer import voice
from tests.whole.agents_case import AgentsCase
from tests.whole.virtual_shop import VirtualShop

THERE = """
caller 62345678
wait ring
answer
speak {voice}
wait 5
hang up
"""


class MovesTests(AgentsCase):
    def voice(self) -> Path:
        """A recording of a second or two of speech."""
        path = Path(self.mktemp())
        with wave.open(str(path), "wb") as file:
            file.setparams((1, 2, 8000, 0, "NONE", ""))
            file.writeframes((voice(1.5) * 32767).astype("<i2").tobytes())
        return path.resolve()

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
        self.shop.close()
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

    def test_transfer_outside(self) -> None:
        """The caller is joined with a telephone outside, on a second line; its end is the end of both."""
        self.shop.close()
        self.shop = VirtualShop(self, n_lines=4)
        exchange = self.shop.server.exchange
        assert exchange is not None
        first = self.program("801")
        self.call()
        self.do(first.answer())
        there: Deferred[Any] = run_script(exchange, THERE.format(voice=self.voice()))
        self.do(first.transfer("number 62345678"))
        self.assertIsNot(self.state("801"), SeatState.TALKING)
        self.do(there)
        self.shop.wait(5)
        talked = [(record, events) for record, events in self.shop.records() if record.direction == "in"]
        ((record, events),) = talked
        self.assertTrue(any(event.kind == "merged" for event in events))
        self.assertIsNotNone(record.ended_at)
        self.assertEqual([event.data["target"] for event in events if event.kind == "transfer"], ["number 62345678"])

    def test_flash_transfer(self) -> None:
        """Where the exchange takes a flash, it joins the two, and the shop's line is free: modem, bytes and all."""
        self.shop.close()
        self.shop = VirtualShop(self, 2, byte_share=1.0, settings={"flash_transfer = no": "flash_transfer = yes"})
        exchange = self.shop.server.exchange
        assert exchange is not None
        first = self.program("801")
        self.call()
        self.do(first.answer())
        there: Deferred[Any] = run_script(exchange, THERE.format(voice=self.voice()))
        self.do(first.flash_transfer("62345678"))
        self.do(there)
        self.assertIsNot(self.state("801"), SeatState.TALKING)
        ((record, events),) = self.shop.records()
        self.assertEqual(record.end_reason, "sent_on: number 62345678")
        self.assertEqual([event.kind for event in events if event.kind.startswith("transfer")], ["transfer"])
