"""Caller ID as sound: all limits of the standards at once, any cut, and nothing out of noise."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from twisted.trial.unittest import SynchronousTestCase

from callserver.dsp.caller_id.characters import CallerIdDamaged, CallerIdHeard
from callserver.dsp.caller_id.fsk import BELL_202, V_23, FskTones, caller_id_sound, message_bits, modulate
from callserver.dsp.caller_id.messages import build_mdmf
from callserver.dsp.caller_id.receiver import FskReceiver
from callserver.dsp.codecs import A_LAW, UNSIGNED_8, Codec
from callserver.dsp.frames import RATE_HZ, FloatArray, level_dbm0
from tests.dsp.bank_sound import noise
from tests.dsp.caller_id.test_messages import MDMF, SDMF


def heard(sound: FloatArray, cut: int = 10**9) -> list[CallerIdHeard | CallerIdDamaged]:
    receiver = FskReceiver()
    pieces = (sound[start : start + cut] for start in range(0, len(sound), cut))
    return [event for piece in pieces for event in receiver.feed(piece)]


def around(sound: FloatArray) -> FloatArray:
    return np.concatenate([np.zeros(1200, np.float32), sound, np.zeros(800, np.float32)])


class FskTests(SynchronousTestCase):
    def assert_all_limits(
        self, tones: FskTones, levels: tuple[float, float], snr_db: float, codec: Codec | None
    ) -> None:
        """Level, twist, clock, frequencies, noise, DC, marks between bytes and lost seizure: each at an edge."""
        rng = np.random.default_rng(6)
        for turn in range(24):
            number = rng.integers(48, 58, rng.integers(5, 14)).astype(np.uint8).tobytes()
            message = build_mdmf({1: b"03171656", 2: number, 7: rng.integers(0, 256, 10).astype(np.uint8).tobytes()})
            level = levels[turn % 2]
            off = float(rng.choice([-1, 1])) * (0.01 if tones is BELL_202 else 0.015)
            shifted = FskTones(tones.mark_hz * (1 + off), tones.space_hz * (1 + off))
            twist_db = float(rng.choice([-6, 10] if tones is BELL_202 else [-6, 6]))
            baud = 1200 * (1 + 0.01 * float(rng.choice([-1, 1])))
            bits = message_bits(message, int(rng.integers(0, 21)), int(rng.integers(0, 301)))
            sound = around(modulate(bits, shifted, level, twist_db=twist_db, baud=baud))
            sound = sound + noise(sound.shape, level - snr_db, turn) + np.float32(rng.uniform(-0.05, 0.05))
            coded = codec.decode(codec.encode(sound)) if codec else sound
            messages = [
                event.raw for event in heard(coded, int(rng.integers(1, 700))) if isinstance(event, CallerIdHeard)
            ]
            self.assertEqual(messages, [message], (level, twist_db, baud, off))

    def test_bell_202(self) -> None:
        """North America and China: -4 to -36 dBm, twist -6 to +10 dB, S/N 25 dB."""
        self.assert_all_limits(BELL_202, (-4, -36), 25, None)
        self.assert_all_limits(BELL_202, (-4, -34), 25, A_LAW)

    def test_v_23(self) -> None:
        """Europe: -6 to -38 dBm, twist 6 dB, S/N 20 dB."""
        self.assert_all_limits(V_23, (-6, -38), 20, None)
        self.assert_all_limits(V_23, (-6, -34), 20, A_LAW)

    def test_8_bit_line(self) -> None:
        """A modem's 8-bit sound before the call is answered."""
        self.assert_all_limits(BELL_202, (-9, -26), 25, UNSIGNED_8)

    def test_sdmf(self) -> None:
        """The single-message form arrives too."""
        (event,) = heard(around(caller_id_sound(SDMF)))
        assert isinstance(event, CallerIdHeard)
        self.assertEqual(event.message.number, "6095551212")

    def test_sent_level(self) -> None:
        """We send at -13.5 dBm."""
        self.assertApproximates(level_dbm0(caller_id_sound(MDMF)), -13.5, 0.1)

    def test_too_faint(self) -> None:
        """Below -48 dBm nothing is taken for a message."""
        self.assertEqual(heard(around(caller_id_sound(MDMF, level_dbm0=-49))), [])

    def test_damaged(self) -> None:
        """A wrong bit, or a spill that breaks off, is told as damaged and never as a caller."""
        wrong = bytearray(MDMF)
        wrong[-4] ^= 4
        (event,) = heard(around(caller_id_sound(bytes(wrong))))
        assert isinstance(event, CallerIdDamaged)
        self.assertIn("checksum", event.reason)
        sound = caller_id_sound(MDMF)
        (event,) = heard(around(sound[: len(sound) - 700]))
        self.assertIsInstance(event, CallerIdDamaged)

    def test_two_in_a_row(self) -> None:
        """The next call's message is read after this one's."""
        twice = np.concatenate([around(caller_id_sound(MDMF)), around(caller_id_sound(SDMF))])
        self.assertEqual([event.raw for event in heard(twice)], [MDMF, SDMF])

    @given(st.integers(1, 3000))
    @settings(max_examples=15, deadline=None)
    def test_any_cut(self, cut: int) -> None:
        """Cut into pieces of any size, the same sound gives the same events."""
        sound = around(caller_id_sound(MDMF, V_23))
        self.assertEqual(heard(sound, cut), heard(sound))

    @given(st.lists(st.integers(0, 1), max_size=2000))
    @settings(max_examples=30, deadline=None)
    def test_any_bits(self, bits: list[int]) -> None:
        """Whatever bits a modem sends, a message is heard only if its bytes add up."""
        some: NDArray[np.uint8] = np.array([1] * 30 + bits + [1] * 5, np.uint8)
        for event in heard(around(modulate(some))):
            if isinstance(event, CallerIdHeard):
                self.assertEqual(sum(event.raw) & 0xFF, 0)

    def test_bad_input(self) -> None:
        """Noise, silence and clipping make no caller; a wrong shape is named."""
        loud = np.sign(noise((4 * RATE_HZ,), 0, 3))
        for sound in (np.zeros(RATE_HZ, np.float32), noise((20 * RATE_HZ,), -20, 2), loud):
            self.assertFalse([event for event in heard(sound) if isinstance(event, CallerIdHeard)])
        with self.assertRaisesRegex(ValueError, r"float32 of shape \(1, 160\)"):
            FskReceiver().feed(np.zeros((1, 160), np.float32))
        with self.assertRaisesRegex(ValueError, "int16"):
            FskReceiver().feed(np.zeros(160, np.int16))  # type: ignore[arg-type]
