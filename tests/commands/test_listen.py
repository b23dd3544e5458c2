"""`callserver listen` and `callserver learn-tones`: a recording is explained, a line's tones are learned."""

import json
from pathlib import Path
from unittest.mock import Mock

import numpy as np
from click.testing import CliRunner, Result
from twisted.trial.unittest import SynchronousTestCase

from callserver.commands.learn_tones import learn_tones
from callserver.commands.listen import listen
from callserver.dsp.caller_id.fsk import caller_id_sound
from callserver.dsp.caller_id.messages import build_mdmf
from callserver.dsp.progress.bank import ProgressBank
from callserver.dsp.progress.plans import plan
from callserver.dsp.sound.files import write_wav
from callserver.dsp.tones import dtmf, play, tone

CHINA = plan("cn").tones


def silence(seconds: float) -> np.ndarray:
    return np.zeros(int(seconds * 8000), np.float32)


class ListenTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.folder = Path(self.mktemp())
        self.folder.mkdir()
        self.recording = self.folder / "call.wav"
        sounds = (
            silence(1), dtmf("5", 100), silence(1), caller_id_sound(build_mdmf({2: b"13800138000"})), silence(1),
            tone([1100], 4000, -20), silence(1), tone([697 * 1.03, 1209], 800, -12), silence(1),
            play(CHINA["busy"], 4, -20), silence(1),
        )  # fmt: skip
        write_wav(self.recording, np.concatenate(sounds))

    def run_command(self, command: object, *arguments: str) -> Result:
        return CliRunner(env={"CALLSERVER_LANGUAGE": "en"}).invoke(command, [*arguments, "--shop", str(self.folder)])

    def test_every_event_with_its_figures(self) -> None:
        """Key, caller, fax, near miss, tone and the line's own figures, in the order of time."""
        result = self.run_command(listen, str(self.recording), "--json")
        events = [json.loads(line) for line in result.output.splitlines()]
        whats = [event["event"] for event in events]
        self.assertEqual(whats, ["key", "key_end", "caller", "fax", "no_key", "tone", "tone_end", "line"])
        key, _, caller, fax, no_key, busy, _, line = events
        self.assertEqual((key["key"], key["at_s"], key["twist_db"]), ("5", 1.0, -2.0))
        self.assertEqual(caller["number"], "13800138000")
        self.assertEqual(fax["signal"], "cng")
        self.assertEqual((no_key["reasons"], no_key["low_offset_percent"]), (["off frequency"], 3.0))
        self.assertEqual((busy["tone"], busy["level_dbm0"]), ("busy", -20.0))
        self.assertLess(line["noise_dbm0"], -60)

    def test_both_languages(self) -> None:
        """The same in Chinese and in English."""
        english = self.run_command(listen, str(self.recording), "--language", "en").output
        self.assertIn("nearly key 1: off frequency", english)
        self.assertIn("busy tone  450.0 Hz, -20.0 dBm0", english)
        chinese = self.run_command(listen, str(self.recording), "--language", "zh").output
        self.assertIn("近似按键 1：频率不准", chinese)
        self.assertIn("忙音  450.0 Hz", chinese)
        self.assertEqual(len(english.splitlines()), len(chinese.splitlines()))

    def test_one_detector_fails(self) -> None:
        """A mistake in one detector is told once; what the others hear is told all the same."""
        self.patch(ProgressBank, "hear", Mock(side_effect=KeyError(7)))
        output = self.run_command(listen, str(self.recording)).output
        self.assertEqual(output.count("detector failed: call progress: KeyError(7)"), 1)
        self.assertIn("key 5 ", output)
        self.assertIn("fax cng", output.lower())

    def test_two_tracks(self) -> None:
        """The tracks of a recording are heard apart, and told with their number."""
        both = np.stack([silence(4), np.concatenate([silence(1), dtmf("7", 100), silence(2.82)])], axis=1)
        write_wav(self.recording, both)
        output = self.run_command(listen, str(self.recording), "--language", "en").output
        self.assertIn("[2]  key 7", output)
        self.assertNotIn("[1]  key", output)

    def test_no_recording(self) -> None:
        """What cannot be read is one line and exit code 1."""
        result = self.run_command(listen, str(self.folder / "missing.wav"))
        self.assertEqual(result.exit_code, 1)
        self.assertIn("missing.wav: No such file", result.output)

    def test_learned_and_used(self) -> None:
        """A strange ring-back is learned under its name, and `listen` names it from then on."""
        strange = self.folder / "ringback.wav"
        write_wav(strange, np.concatenate([silence(1), play(plan("us").tones["ringback"], 15, -20), silence(1)]))
        self.assertNotIn("ring-back", self.run_command(listen, str(strange), "--language", "en").output)
        learned = self.run_command(learn_tones, str(strange), "--as", "ringback")
        self.assertRegex(learned.output, r"ringback \(.*\): 440\+480 (2|1\.9\d*|2\.0\d*)/(4|3\.9\d*|4\.0\d*)")
        self.assertIn("440.0+480.0 Hz", self.run_command(listen, str(strange), "--language", "en").output)

    def test_busy_of_a_pbx(self) -> None:
        """A busy tone that the country's plan does not have is told as the server takes it: busy tone."""
        strange = self.folder / "busy.wav"
        write_wav(strange, np.concatenate([silence(1), play(plan("us").tones["congestion"], 5, -20), silence(1)]))
        self.assertIn("busy tone  480.0+620.0 Hz", self.run_command(listen, str(strange), "--language", "en").output)

    def test_likely_names(self) -> None:
        """Without a name each tone gets that of the likest; a dry run stores nothing."""
        call = [
            silence(1),
            play(CHINA["dial"], 3),
            silence(1),
            play(CHINA["ringback"], 11),
            play(CHINA["congestion"], 5),
        ]
        write_wav(self.recording, np.concatenate(call))
        result = self.run_command(learn_tones, str(self.recording), "--dry-run", "--json")
        self.assertEqual(
            [json.loads(line)["tone"] for line in result.output.splitlines()], ["dial", "ringback", "congestion"]
        )
        self.assertFalse((self.folder / "tones.ini").exists())
        result = self.run_command(learn_tones, str(self.recording), "--as", "busy")
        self.assertEqual(result.exit_code, 2)

    def test_nothing_to_learn(self) -> None:
        """A recording without tones says so."""
        write_wav(self.recording, silence(3))
        result = self.run_command(learn_tones, str(self.recording))
        self.assertEqual(result.exit_code, 1)
        self.assertIn("no tone in it", result.output)
