"""Every key is heard once, when it was pressed, and nothing else is."""

import numpy as np
from twisted.trial.unittest import SynchronousTestCase

from callserver.dsp.frames import FloatArray
from callserver.dsp.keys.bank import DtmfBank, KeyDown, KeyEvent, KeyMissed, KeyUp
from callserver.dsp.tones import dtmf
from tests.dsp.bad_lines import Sender, compare, listen, with_noise

ALL_KEYS = "1234567890*#ABCD"


def after_silence(*sounds: FloatArray) -> FloatArray:
    """50 ms of silence, then sounds, then 50 ms of silence, on one channel."""
    silence = np.zeros(400, np.float32)
    return np.concatenate([silence, *sounds, silence])[None, :]


class DtmfBankTests(SynchronousTestCase):
    def test_every_key(self) -> None:
        """Sixteen keys of 50 ms, 50 ms apart, arrive as sixteen keys, each with its beginning and end to 5 ms."""
        events = DtmfBank(1).feed(after_silence(dtmf(ALL_KEYS, 50, 50)))
        downs = [event for event in events if isinstance(event, KeyDown)]
        ups = [event for event in events if isinstance(event, KeyUp)]
        self.assertEqual("".join(event.key for event in downs), ALL_KEYS)
        for number, (down, up) in enumerate(zip(downs, ups, strict=True)):
            self.assertEqual(down.key, up.key)
            self.assertApproximates(down.onset_sample, 400 + 800 * number, 40)
            self.assertApproximates(up.end_sample, 800 + 800 * number, 40)
            self.assertApproximates(down.low_dbm0, -9, 0.5)
            self.assertApproximates(down.high_dbm0, -7, 0.5)

    def test_measured(self) -> None:
        """A key's report says how far off frequency and how twisted it is: what `listen` prints."""
        sender = Sender((80, 80), offset=(0.012, -0.009), low_dbm0=(-12, -12), twist_db=(5, 5), keys="8")
        sound, _ = sender.send(np.random.default_rng(1), 1, 1)
        (down,) = [event for event in listen(sound) if isinstance(event, KeyDown)]
        self.assertApproximates(down.low_offset, 0.012, 0.001)
        self.assertApproximates(down.high_offset, -0.009, 0.001)
        self.assertApproximates(down.low_dbm0 - down.high_dbm0, 5, 0.3)
        self.assertGreater(down.purity, 0.95)

    def test_soon(self) -> None:
        """A clean key is told within 50 ms of its beginning: 40 on average, for the sound comes 20 ms at a time."""
        for start in range(0, 160, 16):
            bank, sound = DtmfBank(1), np.zeros((1, 800), np.float32)
            sound[0, 160 + start :] = dtmf("7", 100, 0)[: 640 - start]
            heard = [n for n in range(0, 800, 160) for event in bank.feed(sound[:, n : n + 160])]
            self.assertEqual(len(heard), 1)
            self.assertLessEqual(heard[0] + 160 - (160 + start), 50 * 8)

    def test_long_key(self) -> None:
        """A key held for two seconds is one key, and its end is told when it comes."""
        events = DtmfBank(1).feed(after_silence(dtmf("#", 2000, 0)))
        self.assertEqual([type(event) for event in events], [KeyDown, KeyUp])
        up = events[1]
        assert isinstance(up, KeyUp)
        self.assertApproximates(up.end_sample, 400 + 16000, 40)

    def test_long_key_in_noise(self) -> None:
        """A held key is not split by noise 6 dB below it."""
        sound = with_noise(-13)(np.repeat(after_silence(dtmf("#", 2000, 0, -10, -10)), 20, axis=0))
        downs = [event for event in DtmfBank(20).feed(sound) if isinstance(event, KeyDown)]
        self.assertEqual([down.key for down in downs], ["#"] * 20)

    def test_any_cut(self) -> None:
        """However the stream is cut, down to one sample at a time: the same events, to the last bit."""
        sound, _ = Sender().send(np.random.default_rng(2), 5, 4)
        sound = with_noise(-40)(sound)
        whole = DtmfBank(5).feed(sound)
        self.assertEqual(len([event for event in whole if isinstance(event, KeyDown)]), 20)
        self.assertEqual(listen(sound), whole)
        for seed in range(3):
            self.assertEqual(listen(sound, np.random.default_rng(seed)), whole)
        bank = DtmfBank(5)
        self.assertEqual([event for n in range(sound.shape[1]) for event in bank.feed(sound[:, n : n + 1])], whole)

    def test_neighbours(self) -> None:
        """What other channels hear, and how many there are, changes nothing, not even the measured levels."""
        rng = np.random.default_rng(3)
        sound, _ = Sender((40, 90), (40, 90)).send(rng, 12, 5)
        sound = with_noise(-30)(sound)
        crowd = rng.standard_normal((70, sound.shape[1])).astype(np.float32) * np.float32(0.1)
        places = rng.permutation(70)[:12]
        crowd[places] = sound
        events = DtmfBank(70).feed(crowd)
        for channel, place in enumerate(places.tolist()):
            alone = DtmfBank(1).feed(sound[channel : channel + 1])
            self.assertEqual([without_channel(e) for e in events if e.channel == place], [*map(without_channel, alone)])

    def test_bad_sound(self) -> None:
        """Clipped keys are keys; silence, zeros, full-scale noise, square waves and clicks are none."""
        clipped = np.clip(after_silence(dtmf("159D", 60, 60, 3, 3)) * 4, -1, 1)
        self.assertEqual([e.key for e in DtmfBank(1).feed(clipped) if isinstance(e, KeyDown)], list("159D"))
        rng = np.random.default_rng(4)
        noise = np.clip(rng.standard_normal((1, 80000)) * 2, -1, 1)
        square = np.sign(np.sin(np.arange(40000) * 2 * np.pi * 697 / 8000))[None, :]
        clicks = (rng.random((1, 80000)) < 0.01).astype(float)
        constant = np.ones((1, 8000))
        for sound in (np.zeros((1, 80000)), noise, square, clicks, constant, -constant):
            self.assertEqual(DtmfBank(1).feed(sound.astype(np.float32)), [])

    def test_no_samples(self) -> None:
        """An empty piece of sound brings nothing and harms nothing."""
        self.assertEqual(DtmfBank(2).feed(np.zeros((2, 0), np.float32)), [])

    def test_wrong_shape(self) -> None:
        """Sound of the wrong shape or type is refused, and the error says what it was; nothing of it is kept."""
        bank = DtmfBank(2)
        with self.assertRaisesRegex(ValueError, r"\(2, n\), not float32 of \(3, 160\)"):
            bank.feed(np.zeros((3, 160), np.float32))
        with self.assertRaisesRegex(ValueError, r"not int16 of \(2, 160\)"):
            bank.feed(np.zeros((2, 160), np.int16))  # type: ignore[arg-type]
        with self.assertRaisesRegex(ValueError, "not bytes"):
            bank.feed(b"")  # type: ignore[arg-type]
        self.assertEqual(bank.feed(np.zeros((2, 160), np.float32)), [])

    def test_reset(self) -> None:
        """A key that was down when one call ended does not end in the next; half a key of before makes no key."""
        bank = DtmfBank(1)
        self.assertEqual(len(bank.feed(after_silence(dtmf("5", 100, 0))[:, :960])), 1)
        bank.reset(0)
        self.assertEqual(bank.feed(np.zeros((1, 8000), np.float32)), [])

    def test_near_miss(self) -> None:
        """Asked to, the bank says what nearly was a key and why it was none; once, and not of real keys."""
        sounds = after_silence(dtmf("1", 60, 60), dtmf("5", 60, 60, -31, -31), dtmf("9", 60, 60))
        events = DtmfBank(1, tell_misses=True).feed(np.concatenate([sounds, np.zeros((1, 1600), np.float32)], axis=1))
        (miss,) = [event for event in events if isinstance(event, KeyMissed)]
        self.assertEqual((miss.would_be.key, miss.reasons), ("5", ("too weak",)))
        self.assertApproximates(miss.duration_ms, 60, 5)
        self.assertEqual([event.key for event in events if isinstance(event, KeyDown)], ["1", "9"])

    def test_compare_sees_misses(self) -> None:
        """The tests' own yardstick: a key less is a miss, a key more is false."""
        sound, pressed = Sender().send(np.random.default_rng(5), 1, 3)
        events = listen(sound)
        self.assertEqual(compare(pressed, events), ([], []))
        self.assertEqual(len(compare(pressed, events[2:])[0]), 1)
        self.assertEqual(len(compare(pressed[1:], events)[1]), 1)


def without_channel(event: KeyEvent) -> tuple[object, ...]:
    """All that an event says, but where."""
    return (type(event), *(value for name, value in vars(event).items() if name != "channel"))
