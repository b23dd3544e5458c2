"""The build tool renders what is missing or was rewritten, and leaves an announcer's recordings alone."""

from collections.abc import Mapping
from pathlib import Path
from typing import cast

import numpy as np
from click.testing import CliRunner
from twisted.trial.unittest import SynchronousTestCase

from callserver.dsp.frames import FloatArray
from callserver.dsp.sound.files import read_wav, write_wav
from callserver.ivr.prompts import CATALOGUE, LANGUAGES
from callserver.media.kokoro import Kokoro, dip_before, is_syllable
from tools.render_prompts import PromptFolder, lifted, main


class Hum:
    """A voice that hums longer for longer texts."""

    def __init__(self) -> None:
        self.said: list[tuple[str, str]] = []

    def say(self, speaker: str, text: str, pronunciations: Mapping[str, str]) -> FloatArray:
        self.said.append((speaker, text))
        return np.sin(np.arange(6000 * len(text)) * 0.2).astype(np.float32)


class RenderTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.folder = Path(self.mktemp())
        for language in LANGUAGES:
            (self.folder / language).mkdir(parents=True)
        self.write('[sentences]\nwelcome = "Welcome"\n[pieces]\nyear = "year"\n')

    def write(self, text: str) -> None:
        (self.folder / "en" / CATALOGUE).write_text(text, "utf-8")

    def render(self) -> list[str]:
        """Run the tool without its model; the names it rendered."""
        prompts = PromptFolder(self.folder, "en")
        jobs = list(prompts.jobs())
        for job in jobs:
            prompts.render(job, cast(Kokoro, Hum()))
        prompts.forget_removed()
        return [job.name for job in jobs]

    def test_missing(self) -> None:
        """What is missing is rendered, once."""
        self.assertEqual(self.render(), ["welcome", "year"])
        self.assertEqual(self.render(), [])
        (self.folder / "en" / "year.wav").unlink()
        self.assertEqual(self.render(), ["year"])

    def test_rewritten(self) -> None:
        """A text that was changed is rendered anew, and only that."""
        self.render()
        self.write('[sentences]\nwelcome = "Hello"\n[pieces]\nyear = "year"\n')
        self.assertEqual(self.render(), ["welcome"])

    def test_digits(self) -> None:
        """Digits of Mandarin numbers have the clearest speaker; a text without a word is a pause of 0.2 s."""
        folder = self.folder / "zh"
        (folder / CATALOGUE).write_text('[pieces]\nnumber-3 = "三"\npause = "，"\n[digits]\ndigit-3 = "三"\n', "utf-8")
        prompts, voice = PromptFolder(self.folder, "zh"), Hum()
        for job in list(prompts.jobs()):
            prompts.render(job, cast(Kokoro, voice))
        self.assertEqual(voice.said, [("zf_xiaoxiao", "三"), ("zf_xiaoni", "三")])
        pause = read_wav(folder / "pause.wav")
        self.assertEqual((pause.size, pause.any()), (1600, False))

    def test_number_follows(self) -> None:
        """A sentence that ends with a number does not sound finished before it."""
        self.write('[sentences]\ntotal-is = "The total is"\nwelcome = "Welcome."\n[pieces]\nyear = "year"\n')
        spoken = {job.name: job.spoken for job in PromptFolder(self.folder, "en").jobs()}
        self.assertEqual(spoken, {"total-is": "The total is,", "welcome": "Welcome.", "year": "year"})

    def test_lifted(self) -> None:
        """Digits get 3 dB more of their consonants, none of their vowels."""
        times_s = np.arange(24_000) / 24_000
        for freq_hz, gain_db in ((200, 0.1), (6000, 2.8)):
            tone = np.sin(2 * np.pi * freq_hz * times_s).astype(np.float32)
            rms = float(np.std(lifted(tone)[2400:]) / np.std(tone[2400:]))
            self.assertApproximates(20 * float(np.log10(rms)), gain_db, 0.15)

    def test_syllable(self) -> None:
        """One syllable is cut where the pause before it is quietest, so that 九 keeps its burst."""
        sound = np.random.default_rng(1).normal(0, 0.1, 12_000).astype(np.float32)
        sound[8500:8800] *= 0.01  # ends 50 ms before the nominal beginning
        self.assertEqual(dip_before(sound, 10_000, 0.1) // 100, 86)
        self.assertTrue(is_syllable("九"))
        self.assertFalse(is_syllable("九十") or is_syllable("A"))

    def test_announcer(self) -> None:
        """An announcer's recording stays, whatever the catalogue says, in place of ours or there first."""
        announced = self.folder / "en" / "welcome.wav"
        write_wav(announced, np.zeros(100, np.float32))
        self.assertEqual(self.render(), ["year"])
        write_wav(self.folder / "en" / "year.wav", np.zeros(100, np.float32))
        self.write('[sentences]\nwelcome = "Hello"\n[pieces]\nyear = "years"\n')
        self.assertEqual(self.render(), [])

    def test_removed(self) -> None:
        """What is in no catalogue any more is deleted if the tool made it, kept if an announcer did."""
        self.render()
        write_wav(self.folder / "en" / "year.wav", np.zeros(100, np.float32))
        self.write("")
        self.render()
        self.assertEqual([path.name for path in (self.folder / "en").glob("*.wav")], ["year.wav"])

    def test_check(self) -> None:
        """--check lists what is missing and renders nothing; exit status 1 tells a script."""
        run = CliRunner().invoke(main, ["--check", "--folder", str(self.folder)])
        self.assertEqual((run.exit_code, run.output.splitlines()[-1]), (1, "2 to render"))
        self.render()
        run = CliRunner().invoke(main, ["--check", "--folder", str(self.folder), "--language", "en"])
        self.assertEqual((run.exit_code, run.output.strip()), (0, "0 to render"))

    def test_bad_catalogue(self) -> None:
        """A mistake in a catalogue is one line that names the file."""
        self.write("[sentences]\nwelcome\n")
        run = CliRunner().invoke(main, ["--check", "--folder", str(self.folder)])
        self.assertEqual(run.exit_code, 1)
        self.assertIn(f"Error: {self.folder / 'en' / CATALOGUE}: ", run.output)
