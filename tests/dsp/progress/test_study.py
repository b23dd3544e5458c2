"""Learning the tones of a line: measured as they are, stored, and read again."""

from pathlib import Path

import numpy as np
from twisted.trial.unittest import SynchronousTestCase

from callserver.dsp.frames import FloatArray
from callserver.dsp.progress.bank import ProgressBank, ToneHeard
from callserver.dsp.progress.plan_files import PlanFileError, cadence_text, load_plan, read_cadence, store_tones
from callserver.dsp.progress.plans import PLANS, plan
from callserver.dsp.progress.study import study_tones
from callserver.dsp.tones import Cadence, cadence, dtmf, play
from tests.dsp.bank_sound import events_of, noise


def recorded(*sounds: FloatArray, level_dbm0: float) -> FloatArray:
    """Sounds with a second before each, on a line with noise and an offset."""
    gap = np.zeros(8123, np.float32)
    sound = np.concatenate([part for each in sounds for part in (gap, each)])
    return sound + noise(sound.shape, level_dbm0 - 25, 1) + np.float32(0.02)


class StudyTests(SynchronousTestCase):
    def assert_measured(self, found: Cadence, real: Cadence, what: object) -> None:
        self.assertEqual(len(found.bursts), len(real.bursts), (what, found))
        for ours, theirs in zip(found.bursts, real.bursts, strict=True):
            self.assertEqual(len(ours.frequencies_hz), len(theirs.frequencies_hz), (what, found))
            np.testing.assert_allclose(ours.frequencies_hz, theirs.frequencies_hz, atol=1.5)
            np.testing.assert_allclose((ours.on_s, ours.off_s), (theirs.on_s, theirs.off_s), atol=0.03)
            self.assertApproximates(ours.modulation_hz, theirs.modulation_hz, 1)

    def test_the_tones_of_many_countries(self) -> None:
        """Frequencies to 1.5 Hz and times to 30 ms, of every tone but the howler's steps."""
        for code in ("cn", "us", "gb", "jp", "au", "br"):
            for number, (name, real) in enumerate(plan(code).tones.items()):
                if name == "howler":
                    continue
                longest_s = sum(min(burst.on_s, 3) + burst.off_s for burst in real.bursts)
                level = (-10, -20, -30)[number % 3]
                (tone,) = study_tones(recorded(play(real, 2.6 * longest_s, level), level_dbm0=level))
                self.assert_measured(tone.cadence, real, (code, name))

    def test_several_in_one_recording(self) -> None:
        """A call as recorded: dial tone, keys, ring-back, busy; the keys are no tone."""
        tones = plan("cn").tones
        call = (play(tones["dial"], 3), dtmf("8008"), play(tones["ringback"], 11), play(tones["busy"], 4))
        found = study_tones(recorded(*call, level_dbm0=-10))
        self.assertEqual([cadence_text(tone.cadence) for tone in found], ["450", "450 1/4", "450 0.35/0.35"])

    def test_nothing_there(self) -> None:
        """Silence and noise hold no tone."""
        self.assertEqual(study_tones(np.zeros(16000, np.float32)), [])
        self.assertEqual(study_tones(np.zeros(0, np.float32)), [])
        self.assertEqual(study_tones(noise((80000,), -20, 2)), [])


class PlanFileTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.path = Path(self.mktemp())

    def test_every_cadence_can_be_written(self) -> None:
        """All tones of all plans survive being written and read."""
        for country in PLANS.values():
            for name, real in country.tones.items():
                self.assertEqual(read_cadence(cadence_text(real)), real, (country.code, name))

    def test_a_learned_tone_is_heard(self) -> None:
        """The shop's own busy tone, unlike the country's, is stored, loaded and named."""
        own = cadence([480, 620], 0.3, 0.2)
        store_tones(self.path, "cn", {"busy": own})
        store_tones(self.path, "cn", {"congestion": cadence([480, 620], 0.15, 0.15)})
        country = load_plan(self.path)
        self.assertEqual(country.tones["busy"], own)
        self.assertEqual(country.tones["ringback"], plan("cn").tones["ringback"])
        sound = np.concatenate([np.zeros(4000, np.float32), play(own, 5)])[None, :]
        heard = [event.name for event in events_of(ProgressBank(1, country), sound)[0] if isinstance(event, ToneHeard)]
        self.assertEqual(heard, ["busy"])

    def test_mistakes_are_named(self) -> None:
        """File, place and what is wrong."""
        for content, trouble in (
            ("[plan]\ncountry = xx", "country: no tone plan 'xx'"),
            ("[tones]\nbizzy = 450", "bizzy: no such tone; there are dial"),
            ("[tones]\nbusy = 450 0.35", "busy: '450 0.35' is no burst"),
            ("[tones]\nbusy = 4500 1/1", "from 100 to 3800 Hz"),
            ("[tones]\nbusy = 450 -1/1", "times above 0"),
            ("[tones", "no section headers"),
        ):
            self.path.write_text(content)
            with self.assertRaisesRegex(PlanFileError, f"{self.path}.*{trouble}"):
                load_plan(self.path)
        with self.assertRaisesRegex(PlanFileError, "No such file"):
            load_plan(Path(self.mktemp()))
