import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.defer import CancelledError
from twisted.trial.unittest import SynchronousTestCase

from callserver.dsp.frames import BLOCK_SAMPLES, FloatArray, amplitude
from callserver.media.patch_bay import PatchBay
from tests.media.bench import Party, all_of, make_bay, plug


def steady(level: float, n: int) -> FloatArray:
    """A prompt: begins in silence, goes on at one level."""
    return (level * (np.arange(n) > 0)).astype(np.float32)


SILENCE = np.zeros(BLOCK_SAMPLES, np.float32)


def fading(level: float) -> FloatArray:
    """What is left of this level within a block."""
    return (level * (1 - np.arange(1, BLOCK_SAMPLES + 1) / BLOCK_SAMPLES)).astype(np.float32)


ACTS = ["play", "stop", "music", "other", "quiet", "alone", "talk", "close"]


class PlayTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.bay = make_bay()
        self.caller = plug(self.bay, "line 1")
        self.leg = self.caller.leg

    def run_for(self, n_ticks: int) -> None:
        for _ in range(n_ticks):
            self.bay.tick()

    def assert_heard(self, *sounds: FloatArray) -> None:
        """In the ticks to come exactly this is heard."""
        self.caller.heard.clear()
        expected = np.concatenate(sounds)
        self.run_for(len(expected) // BLOCK_SAMPLES)
        np.testing.assert_allclose(self.caller.sound(), expected, atol=1e-4)

    def test_prompts(self) -> None:
        """Prompts are heard one after the other without a gap, whatever their lengths, and the end is told once."""
        prompts = [steady(0.25, 100), steady(0.5, 5), steady(0.125, 99)]
        done = self.leg.play(prompts)
        whole = np.pad(np.concatenate(prompts), (0, 276))
        self.assert_heard(whole[:160])
        self.assertNoResult(done)
        self.assert_heard(whole[160:])
        self.assertIs(self.successResultOf(done), True)

    def test_whole_blocks(self) -> None:
        """A prompt of exactly two blocks ends with the second, not after a third of silence."""
        done = self.leg.play([steady(0.25, 320)])
        self.run_for(2)
        self.assertIs(self.successResultOf(done), True)

    def test_nothing_to_play(self) -> None:
        """No prompts, or empty ones, are at their end at once."""
        self.assertIs(self.successResultOf(self.leg.play([])), True)
        self.assertIs(self.successResultOf(self.leg.play([steady(0, 0)])), True)

    def test_stop(self) -> None:
        """A key silences the prompt: it fades within 20 ms, and the line forgets what it holds."""
        done = self.leg.play([steady(0.25, 1600)])
        self.run_for(2)
        self.leg.stop()
        self.assertIs(self.successResultOf(done), False)
        self.assert_heard(fading(0.25), SILENCE)
        self.assertEqual(self.caller.flushes, 1)

    def test_the_next_prompt(self) -> None:
        """A second play takes the place of the first, which is told that it was stopped and fades."""
        first = self.leg.play([steady(0.25, 1600)])
        self.run_for(1)
        second = self.leg.play([steady(0.5, 160)])
        self.assertIs(self.successResultOf(first), False)
        self.assert_heard(fading(0.25) + steady(0.5, 160))
        self.assertIs(self.successResultOf(second), True)

    def test_played_by_the_end_of_another(self) -> None:
        """Who is told the end of a prompt may play the next at once: it follows without a silent block."""
        self.leg.play([steady(0.25, 160)]).addCallback(lambda _: self.leg.play([steady(0.5, 160)]))
        self.assert_heard(steady(0.25, 160), fading(0.25) + steady(0.5, 160))

    def test_hang_up(self) -> None:
        """When the leg closes, who waits for the end of the prompt is told that it was stopped."""
        done = self.leg.play([steady(0.25, 1600)])
        self.leg.close()
        self.assertIs(self.successResultOf(done), False)

    def test_cancel(self) -> None:
        """A menu that is cancelled while it plays leaves a silent leg; what another plays meanwhile goes on."""
        done = self.leg.play([steady(0.25, 1600)])
        self.run_for(1)
        done.cancel()
        self.failureResultOf(done, CancelledError)
        self.assert_heard(fading(0.25), SILENCE)
        self.leg.play([steady(0.5, 320)])
        done.cancel()
        self.assert_heard(steady(0.5, 320))

    def test_loud_from_the_first_sample(self) -> None:
        """A prompt that does not begin in silence is faded in, for nobody shall hear a click."""
        self.leg.play([np.full(320, 0.25, np.float32)])
        self.assert_heard(0.25 - fading(0.25), SILENCE + 0.25)

    def test_cancelled_in_the_tick_it_ends_in(self) -> None:
        """
        Two prompts end in one tick; who is told of the first plays something else on the second's leg and cancels it.

        The new prompt goes on, and so does the tick: the third leg's end is told.
        """
        other, third = plug(self.bay, "line 2"), plug(self.bay, "line 3")
        first, second, last = (party.leg.play([steady(0.25, 160)]) for party in (self.caller, other, third))

        def change(_: bool) -> None:
            other.leg.play([steady(0.5, 480)])
            second.cancel()

        first.addCallback(change)
        self.run_for(1)
        self.failureResultOf(second, CancelledError)
        self.assertIs(self.successResultOf(last), True)
        self.run_for(1)
        other.heard.clear()
        self.run_for(1)
        np.testing.assert_allclose(other.sound(), SILENCE + 0.5, atol=1e-4)

    def test_cancelled_later(self) -> None:
        """The end of a cancelled prompt ends nothing that is played after it."""
        self.leg.play([steady(0.25, 1600)]).addErrback(lambda _: None).cancel()
        second = self.leg.play([steady(0.5, 320)])
        self.assert_heard(steady(0.5, 160))
        self.assertNoResult(second)
        self.run_for(1)
        self.assertIs(self.successResultOf(second), True)

    def test_music_goes_on(self) -> None:
        """Music goes round and round, waits while a prompt plays, and goes on where it was, also after a talk."""
        tune = (np.arange(400) / 1024).astype(np.float32)
        expected = np.tile(tune, 4)
        self.leg.music(tune)
        self.assert_heard(expected[:160])
        self.leg.play([steady(0.5, 200)])
        self.run_for(3)
        self.assert_heard(expected[320:480])
        self.leg.music(None)
        self.assert_heard(fading(float(expected[479])), SILENCE)
        self.leg.music(tune)
        self.run_for(1)
        self.assert_heard(expected[640:960])

    def test_other_music(self) -> None:
        """Another piece starts at its beginning; a piece shorter than a block goes round within it."""
        self.leg.music(steady(0.25, 1000))
        self.run_for(1)
        short = np.array([0.0, 0.5, 0.125], np.float32)
        self.leg.music(short)
        self.assert_heard(fading(0.25) + np.resize(short, 160), np.resize(short, 320)[160:])

    @given(st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 2))))
    def test_no_clicks(self, acts: list[tuple[str, int]]) -> None:
        """Whatever begins, ends or changes: from one sample to the next only the sources' own steps, and -40 dBm0."""
        bay = make_bay()
        parties = [plug(bay, f"leg {n}", signals=n == 0) for n in range(3)]
        n_said = 0
        for act, n in [("talk", 0), *acts, ("stop", 0)]:
            change(bay, parties, act, n)
            for _ in range(2):
                for party, freq_hz in zip(parties, (3, 4, 5), strict=True):
                    if party.leg.is_open:
                        party.speak(slow_wave(freq_hz, BLOCK_SAMPLES, n_said))
                n_said += BLOCK_SAMPLES
                bay.tick()
        for party in parties:
            steps = np.abs(np.diff(party.sound(), prepend=0))
            self.assertLess(float(steps.max(initial=0)), STEEPEST + amplitude(-40.0))


LOUDNESS, N_SOURCES = 0.12, 4  # three voices, and a prompt or music
STEEPEST = N_SOURCES * LOUDNESS * 2 * np.pi * 5 / 8000  # a third of what a change may add


def slow_wave(freq_hz: float, n: int, start: int = 0) -> FloatArray:
    """A wave so slow that every click stands out, from some place in it."""
    return (LOUDNESS * np.sin(2 * np.pi * freq_hz * (np.arange(n) + start) / 8000)).astype(np.float32)


PROMPT, MUSIC, OTHER = slow_wave(5, 800, 100)[:700], slow_wave(5, 8000), slow_wave(2, 8000, 1000)


def change(bay: PatchBay, parties: list[Party], act: str, n: int) -> None:
    """One of the things that happen in calls."""
    leg, others = parties[n].leg, [party for party in parties if party.leg.is_open]
    match act:
        case "play":
            leg.play([PROMPT])
        case "stop":
            leg.stop()
        case "music" | "other" | "quiet":
            leg.music({"music": MUSIC, "other": OTHER, "quiet": None}[act])
        case "alone":
            bay.set_gains("call 1", {})
        case "talk":
            bay.set_gains("call 1", all_of(*others, gain=(1.0, 0.5, 0.25)[n]))
        case "close":
            leg.close()
