"""Dialling out: what the exchange and the called party let us hear is judged rightly."""

import numpy as np
from twisted.trial.unittest import SynchronousTestCase

from callserver.dsp.fax_tones.bank import FAX_FREQS, FaxToneBank
from callserver.dsp.frames import BLOCK_SAMPLES, RATE_HZ, FloatArray
from callserver.dsp.front_end import FrontEnd
from callserver.dsp.progress.answer import AnswerJudge, DialOutcome
from callserver.dsp.progress.bank import ProgressBank, progress_freqs
from callserver.dsp.progress.plans import plan
from callserver.dsp.sound.activity import ActivityBank
from callserver.dsp.tones import play, tone
from tests.dsp.bank_sound import noise

CHINA = plan("cn")


def silence(seconds: float) -> FloatArray:
    return np.zeros(round(seconds * RATE_HZ), np.float32)


def voice(seconds: float) -> FloatArray:
    """A hum on a gliding pitch with many overtones, in syllables."""
    times = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    pitch = np.cumsum(120 + 30 * np.sin(2 * np.pi * 1.3 * times)) / RATE_HZ
    overtones = np.arange(1, 20)[:, None]
    sound = (np.sin(2 * np.pi * overtones * pitch) / overtones).sum(axis=0)
    return (0.05 * sound * (np.sin(2 * np.pi * 3 * times) > -0.7)).astype(np.float32)


def exchange(name: str, seconds: float) -> FloatArray:
    return play(CHINA.tones[name], seconds, -18)


class AnswerTests(SynchronousTestCase):
    def judge(self, *parts: FloatArray, for_machine: bool = False) -> tuple[DialOutcome | None, float, bool]:
        """The outcome, when it was certain, and whether it had rung."""
        sound = np.concatenate([silence(2), *parts])
        sound = sound + noise(sound.shape, -58, seed=1)
        front_end = FrontEnd(1, [*progress_freqs(CHINA), *FAX_FREQS])
        progress, fax, activity = ProgressBank(1, CHINA, front_end), FaxToneBank(1, front_end), ActivityBank(1)
        judge = AnswerJudge(for_machine=for_machine)
        for start in range(0, len(sound) - BLOCK_SAMPLES, BLOCK_SAMPLES):
            frame = sound[None, start : start + BLOCK_SAMPLES]
            spectrum = front_end.measure(frame)
            events = [*progress.hear(spectrum), *fax.hear(spectrum)]
            activity.hear(frame)
            outcome = judge.hear(events, voiced=bool(activity.voiced[0]), tone_like=bool(progress.sounding[0]))
            if outcome is not None:
                return outcome, start / RATE_HZ - 2, judge.ringing
        return None, len(sound) / RATE_HZ - 2, judge.ringing

    def assert_judged(
        self, outcome: DialOutcome, within_s: float, *parts: FloatArray, for_machine: bool = False
    ) -> None:
        judged, at_s, _ = self.judge(*parts, for_machine=for_machine)
        self.assertEqual(judged, outcome)
        self.assertLess(at_s, within_s)

    def test_answered_in_the_pause(self) -> None:
        """Somebody says hello between two bursts of ring-back: answered within a second of it."""
        ringing = np.concatenate([exchange("ringback", 7.5), voice(3)])
        self.assert_judged(DialOutcome.ANSWERED, 8.6, ringing)

    def test_answered_in_a_burst(self) -> None:
        """The telephone is lifted during a burst, and nobody says a word yet."""
        self.assert_judged(DialOutcome.ANSWERED, 7.0, exchange("ringback", 5.5), silence(10))

    def test_answered_without_ringback(self) -> None:
        """A voice at once is an answer too."""
        judged, at_s, ringing = self.judge(silence(1), voice(3))
        self.assertEqual((judged, ringing), (DialOutcome.ANSWERED, False))
        self.assertLess(at_s, 2.2)

    def test_ringing_is_no_answer(self) -> None:
        """Ring-back for half a minute is neither a voice nor an end; after a minute he does not answer."""
        self.assertEqual(self.judge(exchange("ringback", 30))[::2], (None, True))
        judged, at_s, _ = self.judge(exchange("ringback", 65))
        self.assertEqual(judged, DialOutcome.NO_ANSWER)
        self.assertApproximates(at_s, 61, 1)

    def test_tones(self) -> None:
        """Busy, congestion, no such number, and dial tone that comes again."""
        self.assert_judged(DialOutcome.BUSY, 3, exchange("busy", 9))
        self.assert_judged(DialOutcome.CONGESTION, 5, exchange("congestion", 9))
        self.assert_judged(DialOutcome.UNALLOCATED, 3, exchange("unobtainable", 9))
        self.assert_judged(DialOutcome.SECOND_DIAL_TONE, 3, exchange("dial", 9))

    def test_turned_away(self) -> None:
        """Ring-back, cut short by busy tone: busy, not answered."""
        self.assert_judged(DialOutcome.BUSY, 9, exchange("ringback", 5.5), exchange("busy", 9))
        self.assert_judged(DialOutcome.CONGESTION, 10, exchange("ringback", 5.5), exchange("congestion", 9))

    def test_silences(self) -> None:
        """Nothing at all; and ring-back after which nothing comes."""
        self.assert_judged(DialOutcome.SILENCE, 16, silence(20))
        self.assert_judged(DialOutcome.RINGBACK_THEN_SILENCE, 16, exchange("ringback", 7), silence(20))

    def test_a_fax_answers(self) -> None:
        """The answer tone of a fax is an answer."""
        self.assert_judged(DialOutcome.ANSWERED, 8.7, exchange("ringback", 8), tone([2100], 16000, -15))

    def test_a_machine_is_called(self) -> None:
        """Ring-back, music and a person are no answer of a machine; its tone is, behind any of them."""
        music = tone([523, 659], 40_000, -18)
        ced = tone([2100], 16_000, -15)
        self.assert_judged(DialOutcome.NO_ANSWER, 63, exchange("ringback", 65), for_machine=True)
        for sound in (music, voice(5)):
            self.assertEqual(self.judge(silence(3), sound, silence(30), for_machine=True)[0], None)
            self.assert_judged(DialOutcome.ANSWERED, 20, silence(3), sound, silence(2), ced, for_machine=True)
        self.assert_judged(
            DialOutcome.NO_MACHINE, 20, exchange("ringback", 7), voice(3), exchange("busy", 9), for_machine=True
        )

    def test_a_silent_machine(self) -> None:
        """Ring-back that ends in silence, in a burst or a pause, is a machine that listens who calls."""
        for seconds in (2, 5.5, 7):
            ringing = exchange("ringback", seconds)
            self.assert_judged(DialOutcome.ANSWERED, 13, ringing, silence(20), for_machine=True)
        self.assert_judged(DialOutcome.SILENCE, 16, silence(20), for_machine=True)
