import numpy as np
from twisted.internet.defer import CancelledError
from twisted.trial.unittest import SynchronousTestCase

from callserver.dsp.frames import FloatArray
from tests.media.bench import make_bay, plug


def steady(level: float, n: int) -> FloatArray:
    return np.full(n, level, np.float32)


class PlayTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.bay = make_bay()
        self.caller = plug(self.bay, "line 1")
        self.leg = self.caller.leg

    def heard(self, n_ticks: int) -> list[float]:
        """What is heard in so many ticks, to four places."""
        self.caller.heard.clear()
        for _ in range(n_ticks):
            self.bay.tick()
        return [round(float(sample), 4) for sample in self.caller.sound()]

    def test_prompts(self) -> None:
        """Prompts are heard one after the other without a gap, whatever their lengths, and the end is told once."""
        done = self.leg.play([steady(0.25, 100), steady(0.5, 1), steady(0.125, 99)])
        self.assertEqual(self.heard(1), [0.25] * 100 + [0.5] + [0.125] * 59)
        self.assertNoResult(done)
        self.assertEqual(self.heard(2), [0.125] * 40 + [0.0] * 280)
        self.assertIs(self.successResultOf(done), True)

    def test_whole_blocks(self) -> None:
        """A prompt of exactly two blocks ends with the second, not after a third of silence."""
        done = self.leg.play([steady(0.25, 320)])
        self.heard(2)
        self.assertIs(self.successResultOf(done), True)

    def test_nothing_to_play(self) -> None:
        """No prompts, or empty ones, are at their end at once."""
        self.assertIs(self.successResultOf(self.leg.play([])), True)
        self.assertIs(self.successResultOf(self.leg.play([steady(0, 0)])), True)

    def test_stop(self) -> None:
        """A key silences the prompt at once: nothing more is sent, and the line forgets what it holds."""
        done = self.leg.play([steady(0.25, 1600)])
        self.heard(2)
        self.leg.stop()
        self.assertIs(self.successResultOf(done), False)
        self.assertEqual((self.heard(1), self.caller.flushes), ([0.0] * 160, 1))

    def test_the_next_prompt(self) -> None:
        """A second play takes the place of the first, which is told that it was stopped."""
        first = self.leg.play([steady(0.25, 1600)])
        self.heard(1)
        second = self.leg.play([steady(0.5, 160)])
        self.assertIs(self.successResultOf(first), False)
        self.assertEqual(self.heard(1), [0.5] * 160)
        self.assertIs(self.successResultOf(second), True)

    def test_played_by_the_end_of_another(self) -> None:
        """Who is told the end of a prompt may play the next at once: it follows without a silent block."""
        self.leg.play([steady(0.25, 160)]).addCallback(lambda _: self.leg.play([steady(0.5, 160)]))
        self.assertEqual(self.heard(2), [0.25] * 160 + [0.5] * 160)

    def test_hang_up(self) -> None:
        """When the leg closes, who waits for the end of the prompt is told that it was stopped."""
        done = self.leg.play([steady(0.25, 1600)])
        self.leg.close()
        self.assertIs(self.successResultOf(done), False)

    def test_cancel(self) -> None:
        """A menu that is cancelled while it plays leaves a silent leg; what another plays meanwhile goes on."""
        done = self.leg.play([steady(0.25, 1600)])
        done.cancel()
        self.failureResultOf(done, CancelledError)
        self.assertEqual(self.heard(1), [0.0] * 160)

    def test_cancelled_in_the_tick_it_ends_in(self) -> None:
        """
        Two prompts end in one tick; who is told of the first plays something else on the second's leg and cancels it.

        The new prompt goes on, and so does the tick: the third leg's end is told.
        """
        other, third = plug(self.bay, "line 2"), plug(self.bay, "line 3")
        first, second, last = (party.leg.play([steady(0.25, 160)]) for party in (self.caller, other, third))

        def change(_: bool) -> None:
            other.leg.play([steady(0.5, 320)])
            second.cancel()

        first.addCallback(change)
        self.bay.tick()
        self.failureResultOf(second, CancelledError)
        self.assertIs(self.successResultOf(last), True)
        other.heard.clear()
        self.bay.tick()
        self.assertEqual([round(float(sample), 4) for sample in other.sound()], [0.5] * 160)

    def test_cancelled_later(self) -> None:
        """The end of a cancelled prompt ends nothing that is played after it."""
        self.leg.play([steady(0.25, 1600)]).addErrback(lambda _: None).cancel()
        second = self.leg.play([steady(0.5, 320)])
        self.assertEqual(self.heard(1), [0.5] * 160)
        self.assertNoResult(second)
        self.heard(1)
        self.assertIs(self.successResultOf(second), True)

    def test_music_goes_on(self) -> None:
        """Music goes round and round, waits while a prompt plays, and goes on where it was, also after a talk."""
        tune = (np.arange(400) / 1024).astype(np.float32)
        expected = [round(float(sample), 4) for sample in np.tile(tune, 4)]
        self.leg.music(tune)
        self.assertEqual(self.heard(1), expected[:160])
        self.leg.play([steady(0.5, 200)])
        self.assertEqual(self.heard(2), [0.5] * 200 + [0.0] * 120)
        self.assertEqual(self.heard(2), expected[160:480])
        self.leg.music(None)
        self.assertEqual(self.heard(1), [0.0] * 160)
        self.leg.music(tune)
        self.assertEqual(self.heard(3), expected[480:960])

    def test_other_music(self) -> None:
        """Another piece starts at its beginning; a piece shorter than a block goes round within it."""
        self.leg.music(steady(0.25, 1000))
        self.heard(1)
        self.leg.music(np.array([0.5, 0.125, 0.0], np.float32))
        self.assertEqual(self.heard(1)[:7], [0.5, 0.125, 0.0, 0.5, 0.125, 0.0, 0.5])
