"""What the media room's tick calls: keys under our own prompt, and sound without it."""

from dataclasses import replace
from unittest.mock import Mock

import numpy as np
from twisted.trial.unittest import SynchronousTestCase

from callserver.dsp.ear import DetectorFailed, Ear
from callserver.dsp.echo.canceller import EchoCanceller
from callserver.dsp.fax_tones.bank import FaxHeard, FaxSignal
from callserver.dsp.frames import FloatArray
from callserver.dsp.front_end import FrontEnd
from callserver.dsp.keys.bank import KeyDown, KeyUp
from callserver.dsp.progress.bank import ProgressBank, ToneHeard
from callserver.dsp.progress.plans import PLANS
from callserver.dsp.sound.activity import ActivityBank
from callserver.dsp.tones import dtmf, play, tone
from tests.dsp.bad_lines import Sender, compare
from tests.dsp.echo.test_canceller import echo_of, power_db, speech

RATE = 8000


def hear(ear: Ear, received: FloatArray, played: FloatArray | None) -> tuple[list[KeyDown | KeyUp], FloatArray]:
    """All keys, and all cleaned sound."""
    keys: list[KeyDown | KeyUp] = []
    cleaned = []
    for start in range(0, received.shape[1] // 160 * 160, 160):
        tick = slice(start, start + 160)
        events = ear.feed(received[:, tick], None if played is None else played[:, tick])
        keys += [event for event in events if isinstance(event, KeyDown | KeyUp)]
        cleaned.append(ear.cleaned.copy())
    return keys, np.concatenate(cleaned, axis=1)


class EarTests(SynchronousTestCase):
    def test_keys_under_a_loud_prompt(self) -> None:
        """With the prompt coming back 3 dB down, as loud as the keys: 99 of 100 are heard, none false, none split."""
        rng = np.random.default_rng(40)
        sender = Sender((80, 120), (80, 300), low_dbm0=(-16, -8), twist_db=(-2, 4), weakest_dbm0=-18)
        sound, pressed = sender.send(rng, 20, 12)
        played = speech(rng, 20, 2 + sound.shape[1] / RATE)
        received = echo_of(rng, played, 3, rng.integers(320, 2400, 20))
        received[:, RATE : RATE + sound.shape[1]] += sound
        keys, _ = hear(Ear(20), np.clip(received, -1, 1), played)
        later = [replace(press, start=press.start + RATE, end=press.end + RATE) for press in pressed]
        missed, false = compare(later, keys)
        self.assertEqual(false, [])
        self.assertLessEqual(len(missed), len(pressed) // 100)

    def test_cleaned(self) -> None:
        """What is recorded or bridged lacks the prompt; where nothing is played it is what was received."""
        rng = np.random.default_rng(41)
        played = speech(rng, 4, 3)
        played[3] = 0
        received = echo_of(rng, played, 6, np.array([400, 800, 1600, 400]))
        received[3] = speech(rng, 1, 3)[0]
        _, cleaned = hear(Ear(4), received, played)
        np.testing.assert_array_equal(cleaned[3], received[3])
        end = slice(RATE * 2, None)
        self.assertLess(float(np.max((power_db(cleaned[:, end]) - power_db(received[:, end]))[:3])), -12)

    def test_nothing_played(self) -> None:
        """Without word of what was played the ear hears keys all the same."""
        sound = np.concatenate([np.zeros(400, np.float32), dtmf("42#", 60, 60)])[None, :]
        keys, _ = hear(Ear(1), sound[:, : sound.shape[1] // 160 * 160], None)
        self.assertEqual([key.key for key in keys if isinstance(key, KeyDown)], list("42#"))

    def test_any_cut(self) -> None:
        """However the sound is cut: the same keys, the same cleaned sound."""
        rng = np.random.default_rng(42)
        sound, _ = Sender((60, 60), (60, 60)).send(rng, 3, 8)
        played = speech(rng, 3, sound.shape[1] / RATE)
        received = sound[:, : played.shape[1]] + echo_of(rng, played, 6, np.array([400, 500, 600]))
        keys, cleaned = hear(Ear(3), received, played)
        ear, cut_keys, cut_cleaned, taken = Ear(3), [], [], 0
        while taken < received.shape[1]:
            piece = slice(taken, taken + int(rng.integers(0, 500)))
            cut_keys += ear.feed(received[:, piece], played[:, piece])
            cut_cleaned.append(ear.cleaned)
            taken = piece.stop
        self.assertEqual(cut_keys, keys)
        np.testing.assert_array_equal(np.concatenate(cut_cleaned, axis=1), cleaned)

    def test_all_detectors(self) -> None:
        """Keys, the exchange's tones and fax machines are heard at once, each on its own channel."""
        sound = np.zeros((3, RATE * 5), np.float32)
        sound[0, 400:1040] = dtmf("7", 80, 0)
        sound[1] = play(PLANS["de"].tones["busy"], 5, -20.0)
        sound[2, 800:4800] = tone([1100.0], 4000, -20.0)
        ear = Ear(3, PLANS["de"])
        events = [event for n in range(0, sound.shape[1], 160) for event in ear.feed(sound[:, n : n + 160])]
        heard = {(event.channel, type(event)) for event in events}
        self.assertEqual(heard, {(0, KeyDown), (0, KeyUp), (1, ToneHeard), (2, FaxHeard)})
        self.assertEqual([event.name for event in events if isinstance(event, ToneHeard)], ["busy"])
        self.assertEqual([event.signal for event in events if isinstance(event, FaxHeard)], [FaxSignal.CNG])

    def test_tones_under_our_prompt(self) -> None:
        """The caller has hung up while we speak: busy is named under the prompt's echo."""
        rng = np.random.default_rng(43)
        played = speech(rng, 2, 7)
        received = echo_of(rng, played, 6, np.array([400, 1200]))
        received[:, RATE * 2 :] += play(PLANS["cn"].tones["busy"], 5, -18.0)
        ear = Ear(2)
        ticks = range(0, received.shape[1], 160)
        events = [event for n in ticks for event in ear.feed(received[:, n : n + 160], played[:, n : n + 160])]
        named = {(event.channel, event.name) for event in events if isinstance(event, ToneHeard)}
        self.assertEqual(named, {(0, "busy"), (1, "busy")})

    def test_no_keys_from_speech(self) -> None:
        """Ten minutes of synthetic speech are no key, no tone and no fax."""
        self.assertEqual(Ear(40).feed(speech(np.random.default_rng(44), 40, 15)), [])

    def test_channels_come_and_go(self) -> None:
        """However many other channels there are meanwhile: on one that stays the same is heard, to the last bit."""
        rng = np.random.default_rng(45)
        sound, _ = Sender((60, 60), (60, 60)).send(rng, 40, 12)
        sound[1] = play(PLANS["cn"].tones["busy"], 20, -20.0)[: sound.shape[1]]
        played = speech(rng, 40, sound.shape[1] / RATE)
        received = sound[:, : played.shape[1]] + echo_of(rng, played, 6, rng.integers(320, 2400, 40))
        steady, changing = Ear(3), Ear(40)
        for tick, n in enumerate(range(0, received.shape[1] // 160 * 160, 160)):
            n_channels = changing.n_channels if tick % 7 else int(rng.integers(3, 41))
            if n_channels != changing.n_channels:
                changing.resize(n_channels)
            pieces = [sound[:, n : n + 160] for sound in (received, played)]
            heard = steady.hear(*(piece[:3] for piece in pieces))
            among = changing.hear(*(piece[:n_channels] for piece in pieces))
            self.assertEqual([event for event in among if event.channel < 3], heard)  # type: ignore[union-attr]
            np.testing.assert_array_equal(changing.cleaned[:3], steady.cleaned)
        self.assertEqual(changing.figures(1), steady.figures(1))

    def test_a_new_channel(self) -> None:
        """Who comes to a place where another was an hour ago begins anew."""
        ear = Ear(2)
        hear(ear, np.repeat(dtmf("5", 80, 0)[None, :], 2, axis=0), None)
        ear.resize(1)
        ear.resize(2)
        keys, _ = hear(ear, np.repeat(np.zeros((1, 1600), np.float32), 2, axis=0), None)
        self.assertEqual([(type(key), key.channel) for key in keys], [(KeyUp, 0)])
        self.assertEqual((ear.figures(1).level_dbm0, ear.activity.active.tolist()), (-116.9, [True, False]))
        self.assertRaises(ValueError, ear.resize, 0)

    def test_one_detector_fails(self) -> None:
        """A mistake in one detector costs what it would have heard; the others hear on, and it is told."""
        ear = Ear(1)
        error = KeyError("burst")
        for part, name in ((ProgressBank, "hear"), (EchoCanceller, "clean"), (ActivityBank, "hear")):
            self.patch(part, name, Mock(side_effect=error))
        keys, failed = [], set()
        for block in np.split(np.concatenate([np.zeros(400, np.float32), dtmf("42", 60, 60)])[None, :1280], 8, axis=1):
            for event in ear.hear(block, np.zeros_like(block)):
                keys += [event.key] if isinstance(event, KeyDown) else []
                failed |= {event.detector} if isinstance(event, DetectorFailed) else set()
        self.assertEqual((keys, failed), (["4"], {"call progress", "echo canceller", "activity"}))

    def test_front_end_fails(self) -> None:
        """So it is with what all detectors share: the line is heard on, and who speaks is known."""
        self.patch(FrontEnd, "measure", Mock(side_effect=ValueError("tones")))
        ear, block = Ear(1), tone([700], 160, -10)[None, :]
        (failed,) = ear.hear(block, np.zeros_like(block))
        assert isinstance(failed, DetectorFailed)
        self.assertEqual((failed.detector, ear.activity.active.tolist()), ("front end", [True]))

    def test_begins_anew(self) -> None:
        """What a mistake leaves behind in a detector does not make it fail for ever: busy is named a moment later."""
        ear = Ear(1, PLANS["cn"])
        ear._banks["call progress"]._hearings = None  # type: ignore[assignment, union-attr]
        busy = play(PLANS["cn"].tones["busy"], 4, -20.0)[None, :]
        events = [event for n in range(0, busy.shape[1], 160) for event in ear.feed(busy[:, n : n + 160])]
        self.assertEqual([type(event) for event in events], [DetectorFailed, ToneHeard])

    def test_wrong_shape(self) -> None:
        """Sound of the wrong shape or type is refused by name, and nothing is lost by it."""
        ear, silence = Ear(2), np.zeros((2, 160), np.float32)
        with self.assertRaisesRegex(ValueError, r"float32 of shape \(2, n\), not float32 of \(3, 160\)"):
            ear.feed(np.zeros((3, 160), np.float32))
        with self.assertRaisesRegex(ValueError, r"received \(2, 160\), played \(2, 80\)"):
            ear.feed(silence, silence[:, :80])
        with self.assertRaisesRegex(ValueError, "not float64"):
            ear.feed(silence, np.zeros((2, 160)))  # type: ignore[arg-type]
        self.assertEqual(ear.feed(silence, silence), [])

    def test_reset(self) -> None:
        """Another call begins on a channel: a key that was down there is forgotten."""
        ear = Ear(2)
        sound = np.repeat(dtmf("5", 80, 0)[None, :], 2, axis=0)
        self.assertEqual(len(hear(ear, sound, None)[0]), 2)
        ear.reset(0)
        keys, _ = hear(ear, np.zeros((2, 1600), np.float32), None)
        self.assertEqual([(type(key), key.channel) for key in keys], [(KeyUp, 1)])
