"""
The limits of a DTMF receiver: ITU-T Q.24, the AT&T and NTT columns together, and lines worse than they ask for.

Every key has its own random phases, frequencies, levels and place in the blocks; the stream is cut at random.
"""

from collections.abc import Iterable

import numpy as np
from twisted.trial.unittest import SynchronousTestCase

from callserver.dsp.frames import FloatArray
from callserver.dsp.tones import tone
from tests.dsp.bad_lines import (
    Line,
    Press,
    Sender,
    compare,
    listen,
    offset_by_dc,
    through_8_bits,
    through_a_law,
    through_ima_adpcm,
    tilted,
    with_echo,
    with_hum,
    with_noise,
)

N_CHANNELS, N_KEYS = 40, 10


class LimitTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.rng = np.random.default_rng(20)

    def send(self, sender: Sender) -> tuple[FloatArray, list[Press]]:
        return sender.send(self.rng, N_CHANNELS, N_KEYS)

    def share_heard(self, sender: Sender, line: Line | None = None) -> float:
        """How many of the keys sent are heard; none must be heard that was not sent."""
        sound, pressed = self.send(sender)
        missed, false = compare(pressed, listen(line(sound) if line else sound, self.rng))
        self.assertEqual(false, [])
        return 1 - len(missed) / len(pressed)

    def assert_all(self, senders: Iterable[Sender], line: Line | None = None) -> None:
        for sender in senders:
            self.assertEqual(self.share_heard(sender, line), 1, sender)

    def assert_none(self, senders: Iterable[Sender]) -> None:
        for sender in senders:
            sound, _ = self.send(sender)
            self.assertEqual(listen(sound, self.rng), [], sender)


class MustOperateTests(LimitTests):
    def test_shortest_and_fastest(self) -> None:
        """Keys of 40 ms, 93 ms apart, anywhere in AT&T's window of levels, twist and frequencies."""
        self.assert_all([Sender(on_ms=(40, 40), off_ms=(53, 53))])

    def test_shortest_pause(self) -> None:
        """A pause of 30 ms parts two keys, of the same name too (NTT)."""
        self.assert_all([Sender(on_ms=(90, 90), off_ms=(30, 30)), Sender((90, 90), (30, 30), keys="5")])

    def test_levels(self) -> None:
        """0 and -25 dBm0 a tone (AT&T), -3 and -24 (NTT)."""
        self.assert_all(Sender(low_dbm0=(level, level), twist_db=(0, 0)) for level in (0, -3, -24, -25))

    def test_frequencies(self) -> None:
        """Either tone, or both, 1.8 % off either way (NTT)."""
        offsets = [(0.018, 0), (-0.018, 0), (0, 0.018), (0, -0.018), (0.018, -0.018), (-0.018, 0.018)]
        self.assert_all(Sender(offset=offset) for offset in offsets)

    def test_twist(self) -> None:
        """The low tone 10 dB stronger than the high one, or 7 dB weaker: more than AT&T's 8 and 4, NTT's 5 and 5."""
        self.assert_all([Sender(low_dbm0=(-5, -5), twist_db=(10, 10)), Sender(low_dbm0=(-12, -12), twist_db=(-7, -7))])

    def test_drop_out(self) -> None:
        """10 ms of silence somewhere in a key of 90 ms: one key, not two, not none."""
        sound, pressed = self.send(Sender(on_ms=(90, 90)))
        for press in pressed:
            start = int(press.start + self.rng.uniform(120, 520))
            sound[press.channel, start : start + 80] = 0
        missed, false = compare(pressed, listen(sound, self.rng))
        self.assertEqual(false, [])
        self.assertEqual(missed, [])

    def test_hole(self) -> None:
        """A hole of up to 25 ms in a key of 100 to 300 ms is bridged: one key, on clean and on noisy lines."""
        for on_ms in (100, 300):
            for hole_ms in (15, 20, 25):
                sound, pressed = self.send(Sender((on_ms, on_ms), low_dbm0=(-18, -5), twist_db=(-3, 5)))
                for press in pressed:
                    start = int(press.start + self.rng.uniform(80, on_ms * 8 - 80 - hole_ms * 8))
                    sound[press.channel, start : start + hole_ms * 8] = 0
                for line in (sound, with_noise(-38)(sound)):
                    heard = compare(pressed, listen(line, self.rng), tolerance_samples=400)
                    self.assertEqual(heard, ([], []), (on_ms, hole_ms))

    def test_40_and_40(self) -> None:
        """Keys of 40 ms with pauses of 40 ms are parted, the same key again too, on noisy and 8-bit lines."""
        for keys in ("5", "1234567890*#"):
            for line in (with_noise(-35), through_8_bits):
                self.assert_all([Sender((40, 40), (40, 40), low_dbm0=(-12, -12), twist_db=(2, 2), keys=keys)], line)

    def test_echo(self) -> None:
        """An echo 10 dB down, up to 20 ms late, of either sign (AT&T), does no harm: at most one key in 200 is lost."""
        sender = Sender(low_dbm0=(-22, -3), twist_db=(-4, 8), weakest_dbm0=-22)
        self.assertGreaterEqual(self.share_heard(sender, with_echo(10, 20)), 0.995)

    def test_noise(self) -> None:
        """White noise 18, 15 and 12 dB below the pair: every key of 50 ms (Mitel CM7291 part 7)."""
        for snr_db in (18, 15, 12):
            sender = Sender((50, 50), (50, 50), offset=0, low_dbm0=(-10, -10), twist_db=(0, 0))
            self.assert_all([sender], with_noise(-7 - snr_db))


class MustNotOperateTests(LimitTests):
    def test_too_short(self) -> None:
        """23 ms (AT&T), 24 ms (NTT)."""
        self.assert_none(Sender(on_ms=(length, length)) for length in (10, 20, 23, 24))

    def test_too_weak(self) -> None:
        """-29 dBm0 a tone (NTT), -55 (AT&T)."""
        self.assert_none(
            Sender((40, 100), low_dbm0=(level, level), twist_db=(0, 0), weakest_dbm0=-60) for level in (-29, -55)
        )

    def test_off_frequency(self) -> None:
        """Either tone 3.0 % off (NTT) or 3.5 % (AT&T), however long: also beside 697 and 1633 Hz, where no other is."""
        offsets = [(o, 0.0) for o in (0.03, -0.03, 0.035, -0.035)] + [(0.0, o) for o in (0.03, -0.03, 0.035, -0.035)]
        self.assert_none(Sender((40, 100), offset=offset) for offset in offsets)

    def test_off_frequency_together(self) -> None:
        """Both tones 2.1 % off, as voices and music lie off both at once, in opposite directions or the same."""
        self.assert_none(Sender((40, 100), offset=(a, b)) for a in (0.021, -0.021) for b in (0.021, -0.021))

    def test_third_tone(self) -> None:
        """A third tone as loud as the two, wherever it lies from 1.7 to 2.5 kHz, makes it no key, however long."""
        for third_hz in np.arange(1700, 2501, 50):
            sender = Sender((60, 120), low_dbm0=(-12, -12), twist_db=(0, 0), offset=0.0)
            sound, pressed = self.send(sender)
            for press in pressed:
                span = slice(int(press.start), int(press.end) + 1)
                sound[press.channel, span] += tone([third_hz], span.stop - span.start, -12)
            self.assertEqual(listen(sound, self.rng), [], third_hz)

    def test_one_tone(self) -> None:
        """One tone of a pair is no key."""
        self.assert_none([Sender((100, 100), twist_db=(40, 40), low_dbm0=(-5, -5), weakest_dbm0=-60)])


class LineTests(LimitTests):
    """At most one in 200 of AT&T's random keys is lost on each of these lines."""

    def assert_nearly_all(self, line: Line | None) -> None:
        self.assertGreaterEqual(self.share_heard(Sender(), line), 0.995)

    def test_clean(self) -> None:
        """As sent."""
        self.assert_nearly_all(None)

    def test_tilt(self) -> None:
        """3 dB less at 1633 Hz than at 697 Hz."""
        self.assert_nearly_all(tilted)

    def test_dc(self) -> None:
        """A modem whose silence is 2,000 of 32,767."""
        self.assert_nearly_all(offset_by_dc)

    def test_8_bits(self) -> None:
        """An 8-bit unsigned modem: 5 steps for the weakest tone."""
        self.assert_nearly_all(through_8_bits)

    def test_a_law(self) -> None:
        """A digital trunk."""
        self.assert_nearly_all(through_a_law)

    def test_ima_adpcm(self) -> None:
        """A modem's 4-bit compression."""
        self.assert_nearly_all(through_ima_adpcm)

    def test_hum(self) -> None:
        """Bellcore's -9 dBm at 60 Hz and -22 dBm at 180 Hz; the same at 50 and 150 Hz."""
        for freq_hz, level_dbm0 in ((60, -9), (50, -9), (180, -22), (150, -22)):
            self.assert_nearly_all(with_hum(freq_hz, level_dbm0))

    def test_all_hum_at_once(self) -> None:
        """Both of 60 and 180 Hz, 8 bits and DC: a bad USB modem on a bad line."""
        bad = with_hum(60, -9)
        self.assert_nearly_all(
            lambda sound: through_8_bits(offset_by_dc(with_hum(180, -22)(bad(sound)) * np.float32(0.8)))
        )
