"""Keys that an agent sends into his call: heard as a telephone's, dialled by nobody, written down masked."""

import numpy as np

from callserver.dsp.frames import BLOCK_SAMPLES, FloatArray
from callserver.dsp.keys.bank import DtmfBank, KeyDown
from callserver.dsp.tones import KEY_TONES_HZ
from callserver.wire.rights import Right
from tests.acd.moves.test_recording_on_demand import OnDemandCase

DIALS = (Right.DIAL_LOCAL, Right.DIAL_NATIONAL, Right.DIAL_INTERNATIONAL)


class SendingKeysTests(OnDemandCase):
    def send(self, keys: str) -> None:
        self.moves.sending_keys.send(self.seat, keys)

    def heard(self, seconds: float = 2.0) -> FloatArray:
        """What comes out at the caller's end."""
        line = self.shop.lines[0]
        line.far_end.heard.clear()
        self.shop.wait(seconds)
        return line.codec.decode(np.frombuffer(bytes(line.far_end.heard), np.uint8))

    def keys_in(self, sound: FloatArray) -> str:
        """As a detector at the other end understands it."""
        bank, keys = DtmfBank(1), ""
        for at in range(0, len(sound) - BLOCK_SAMPLES + 1, BLOCK_SAMPLES):
            events = bank.feed(sound[None, at : at + BLOCK_SAMPLES])
            keys += "".join(event.key for event in events if isinstance(event, KeyDown))
        return keys

    def test_understood(self) -> None:
        """The other end understands each of them, in order; what is sent meanwhile follows, without a key lost."""
        self.send("0123456789*#")
        self.send("55")
        self.assertEqual(self.keys_in(self.heard(4)), "0123456789*#55")

    def test_levels(self) -> None:
        """As a telephone sends them: -9 dBm0 the low tone, -7 the high one, within a decibel."""
        self.send("5")
        sound = self.heard(0.5)
        loud = np.flatnonzero(np.abs(sound) > 0.05)
        key = sound[loud[0] + 80 : loud[0] + 480]
        for frequency_hz, wanted_dbm0 in zip(KEY_TONES_HZ["5"], (-9.0, -7.0), strict=True):
            phasor = np.exp(-2j * np.pi * frequency_hz / 8000 * np.arange(key.size))
            amplitude = 2 * abs(key @ phasor) / key.size
            self.assertApproximates(20 * np.log10(amplitude) + 3.17, wanted_dbm0, 1.0)

    def test_talk_goes_on(self) -> None:
        """Both hear each other before and after."""
        self.send("1")
        self.shop.wait(1)
        self.assertTrue(self.is_with(self.seat))

    def test_not_heard_as_keys(self) -> None:
        """The line's own echo of them is no key of the caller."""
        line = self.shop.lines[0]
        self.send("0123456789")
        for _ in range(150):
            line.far_end.heard.clear()
            self.shop.bay.tick()
            sent = line.codec.decode(np.frombuffer(bytes(line.far_end.heard), np.uint8))
            line.far_end.speak(line.codec.encode((sent * 0.25).astype(np.float32)).tobytes())
            self.shop.clock.advance(0.02)
        self.assertEqual(self.shop.happened("key"), [])

    def test_caller_presses(self) -> None:
        """Another key of the caller counts all the while, and the same one again a second later."""
        self.send("5")
        self.shop.wait(0.1)
        self.shop.press("7")
        self.shop.wait(1.2)
        self.shop.press("5")
        self.shop.wait(0.2)
        self.assertEqual(len(self.shop.happened("key")), 2)

    def test_masked(self) -> None:
        """No digit is in the timeline, nor is their number."""
        self.send("47*38#")
        self.assertEqual(self.shop.happened("keys_sent"), [("keys_sent", {"by": "seat 801", "digits": "****"})])
        self.assertNotIn("47*38", str(self.shop.book.events) + str(self.shop.book.calls))

    def test_recording(self) -> None:
        """The recording has silence while they sound, as long as they do."""
        self.start()
        self.say(1)
        self.send("12345")
        self.say(2)
        self.stop()
        length_s, heard_s = self.heard_in("recording 1")
        self.assertApproximates(length_s, 3, 0.05)
        self.assertApproximates(heard_s, 3 - 5 * 0.17, 0.2)

    def test_no_number_is_dialled(self) -> None:
        """Digits that make a number take its right, also one after the other; others do not."""
        self.without("801", *DIALS)
        for number, right in (
            ("62345678", 10),
            ("01062345678", 11),
            ("13912345678", 11),
            ("0086", 12),
            ("62345678#", 10),  # what follows it does not undo it
            ("*0086*1", 12),
        ):
            self.assertEqual(self.refusal(self.send, number), f"no-right: {right}")
        self.send("6234")
        self.assertEqual(self.refusal(self.send, "567"), "no-right: 10")
        self.send("*567")
        self.shop.wait(2)
        self.shop.staff.held.clear()
        self.send("62345678")

    def test_refused(self) -> None:
        """From a hold, in a secret, without a talk, too many: refused, and nothing sounds."""
        self.assertEqual(self.refusal(self.moves.sending_keys.send, self.other, "1"), "not-now: idle, computer")
        self.moves.hiding.hide(self.seat)
        self.assertEqual(self.refusal(self.send, "1"), "nobody-hears")
        self.moves.hiding.show_again(self.seat)
        self.send("1" * 32)
        self.send("1" * 31)
        self.assertEqual(self.refusal(self.send, "111"), "limit: 64")
        self.shop.wait(12)
        self.seat.hold()
        self.assertEqual(self.refusal(self.send, "1"), "not-now: held")

    def test_far_end_gone(self) -> None:
        """While the exchange sounds a tone at the line nothing is sent: it would be dialled."""
        leg = self.shop.in_service[0].leg
        assert leg is not None
        self.send("12")
        leg.tone = "dial"
        self.shop.wait(0.1)
        self.assertEqual(self.refusal(self.send, "0"), "nobody-hears")
        self.assertEqual(self.keys_in(self.heard()), "")

    def test_left_meanwhile(self) -> None:
        """Who is held, or goes, while they sound, is sent no more of them than the one that sounds."""
        self.send("1" * 20)
        self.shop.wait(0.5)
        self.seat.hold()
        self.shop.wait(0.1)
        self.assertEqual(self.keys_in(self.heard()), "")
        self.seat.retrieve()
        self.send("7" * 20)
        self.shop.wait(0.5)
        self.seat.hang_up()
        self.shop.wait(2)
        self.assertIsNotNone(self.call.ended)
