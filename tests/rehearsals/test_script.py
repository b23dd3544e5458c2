"""A rehearsal's script: what it may hold, and mistakes in it that say where they are and what would be right."""

from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from callserver.rehearsal.script import Span, read
from callserver.rehearsal.sections import ScriptMistake

GOOD = """\
[rehearsal]
seed = 7
visits = 20           # a comment

[line 1-2]
device = emulated
[queue operator]
ring_s = 20

[callers shoppers]
per_hour = 90
patience_s = 30-60
[callers listeners]
script = listener.txt

[agent 801]
talks_s = 15

[fault unplugged]
per_hour = 2
lasts_s = 5 - 20
"""
LISTENER = "dial 8008\nwait answer\nwait 3\nhang up\n"
MISTAKES = (  # what is written instead of what, and what the complaint must hold
    ("seed = 7", "sead = 7", "line 2, column 1: [rehearsal] sead: no such setting; did you mean 'seed'?"),
    ("seed = 7", "seed = seven", "line 2, column 8: [rehearsal] seed: 'seven': needs a whole number"),
    ("visits = 20 ", "visits = -1 ", "line 3, column 10: [rehearsal] visits: '-1': needs a whole number"),
    ("[rehearsal]\n", "seed = 1\n[rehearsal]\n", "line 1, column 1: what stands before"),
    ("[callers shoppers]", "[caller shoppers]", "line 10, column 2: [caller shoppers]: no such section; did you mean"),
    ("per_hour = 90", "per_hour", "line 11, column 1: [callers shoppers]: needs a setting"),
    (
        "per_hour = 90",
        "per_hour = 90\nper_hour = 9",
        "line 12, column 1: [callers shoppers]: per_hour stands here twice",
    ),
    (
        "30-60",
        "60-30",
        "line 12, column 14: [callers shoppers] patience_s: '60-30': a range needs its smaller end first",
    ),
    ("30-60", "30-", "'30-': a range needs"),
    (
        "listener.txt",
        "listner.txt",
        "line 14, column 10: [callers listeners] script: 'listner.txt': no such file; did you mean 'listener.txt'?",
    ),
    (
        "listener.txt",
        "shoper",
        "line 14, column 10: [callers listeners] script: 'shoper': no such file; did you mean 'shopper'?",
    ),
    ("[agent 801]", "[agent Anna]", "line 16, column 2: [agent Anna]: needs a staff number"),
    ("talks_s = 15", "talk_s = 15", "line 17, column 1: [agent 801] talk_s: no such setting; did you mean 'talks_s'?"),
    ("talks_s = 15", "voice = hello.wav", "[agent 801] voice: 'hello.wav': no such file"),
    (
        "[fault unplugged]",
        "[fault unpluged]",
        "line 19, column 8: [fault unpluged]: no such fault; did you mean 'unplugged'",
    ),
    ("per_hour = 2", "lasts_s = 2", "stands here twice"),
    ("ring_s = 20", "ring_s = 1", "line 8, column 10: [queue operator] ring_s: '1': needs a number from 3 to 120"),
    (
        "ring_s = 20",
        "rings_s = 20",
        "line 8, column 1: [queue operator] rings_s: no such setting; did you mean 'ring_s'?",
    ),
    ("emulated", "/dev/ttyACM0", "line 6, column 10: [line 1-2] device: a rehearsal has emulated lines only"),
    ("per_hour = 90", "number = abc", "line 11, column 10: [callers shoppers] number: 'abc': needs 7 to 15 digits"),
    (
        "per_hour = 90",
        "per_hour = 0",
        "line 11, column 12: [callers shoppers] per_hour: '0': needs a number from 0.1 to 100000",
    ),
    ("30-60", "x", "needs seconds, or a range as in 5-20, from 0 to 3600000"),
    ("seed = 7", "hours = 1001", "line 2, column 9: [rehearsal] hours: '1001': needs a number from 0 to 1000"),
    ("visits = 20 ", "visits = 1e9 ", "needs a whole number from 0 to 10000000"),
    (
        "[callers shoppers]",
        "[callers shoppers   # all",
        "line 10, column 18: the bracket ] is missing, as in: [callers shoppers]",
    ),
    ("[callers shoppers]", "[callers] shoppers", "line 10, column 11: 'shoppers' after [callers] means nothing"),
    ("[agent 801]", "[agent 999]", "line 16, column 8: [agent 999]: not on the shop's staff; there are 800, 801, 802"),
    ("[agent 801]", "[agent 801]\n[agent 801]", "line 17, column 2: [agent 801]: stands in line 16 already"),
    (
        "[callers shoppers]",
        "[callers]\n[callers shopper]",
        "line 11, column 2: [callers shopper]: stands in line 10 already",
    ),
    ("[agent 801]", "[rehearsal]", "line 16, column 2: [rehearsal]: stands in line 1 already"),
    ("per_hour = 2", "per_hour = 2\nat_s = 3", "line 21, column 1: [fault unplugged] at_s: per_hour or at_s, not both"),
)


class ScriptTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.folder = Path(self.mktemp())
        self.folder.mkdir()
        self.file = self.folder / "day.ini"
        (self.folder / "listener.txt").write_text(LISTENER)

    def mistake(self, text: str) -> str:
        self.file.write_text(text, "utf-8")
        return str(self.assertRaises(ScriptMistake, read, self.file))

    def test_a_good_one(self) -> None:
        """Everything that is written is there, the rest has its default."""
        self.file.write_text(GOOD, "utf-8")
        script = read(self.file)
        self.assertEqual((script.seed, script.visits, script.hours), (7, 20, None))
        shoppers, listeners = script.callers
        self.assertEqual((shoppers.per_hour, shoppers.patience_s, shoppers.script), (90.0, Span(30, 60), "shopper"))
        self.assertEqual(listeners.text, LISTENER)
        self.assertEqual(script.agents[0].talks_s, Span(15, 15))
        self.assertEqual((script.faults[0].kind, script.faults[0].lasts_s), ("unplugged", Span(5, 20)))
        self.assertIn("ring_s = 20", script.shop)
        self.assertNotIn("callers", script.shop)

    def test_mistakes(self) -> None:
        """Each names file, line and column, and the nearest right word where there is one."""
        for right, wrong, complaint in MISTAKES:
            self.assertIn(right, GOOD)
            told = self.mistake(GOOD.replace(right, wrong, 1))
            self.assertTrue(told.startswith(f"{self.file}, line "), told)
            self.assertIn(complaint, told)

    def test_nobody_calls(self) -> None:
        """A rehearsal without callers is a mistake too."""
        self.assertIn("nobody calls", self.mistake("[rehearsal]\nseed = 1\n"))

    def test_a_fault_without_a_time(self) -> None:
        """A fault must say when."""
        self.assertIn("[fault late]: when?", self.mistake("[callers shoppers]\n[fault late]\n"))

    def test_no_file(self) -> None:
        """A file that is missing, or is no text."""
        self.assertIn("cannot be read", str(self.assertRaises(ScriptMistake, read, self.folder / "none.ini")))
        self.file.write_bytes(b"[rehearsal]\r\n# \xe5\xb9\xbf\xff\xfe")
        told = str(self.assertRaises(ScriptMistake, read, self.file))
        self.assertEqual(told, f"{self.file}, line 2, column 4: not UTF-8 text (byte 0xff)")

    def test_a_mistake_in_a_telephone_script(self) -> None:
        """It is found before anything is rehearsed, in the file where it stands."""
        (self.folder / "listener.txt").write_text("dial 8008\n  wiat answer\n")
        told = self.mistake(GOOD)
        self.assertIn("listener.txt, line 2, column 3: no command 'wiat'; did you mean 'wait'?", told)

    def test_a_telephone_script_that_cannot_be_done(self) -> None:
        """Binary, empty, or without the sounds that it speaks: at the place in its own file, before any call."""
        (self.folder / "bad.wav").write_bytes(b"no sound")
        for text, complaint in (
            (b"dial 8008\n\x80", "line 2, column 1: not UTF-8 text (byte 0x80)"),
            (b"", "line 1, column 1: no step stands here"),
            (b"# nothing\n\n", "line 1, column 1: no step stands here"),
            (b"  caller 8008\n", "line 1, column 10: 8008 is the shop's own number"),
            (b"caller 800801\n", "line 1, column 8: 800801 is the shop's own number"),
            (b"dial 8008\n speak nix.wav", "line 2, column 8: 'nix.wav': no such file; did you mean 'bad.wav'"),
            (b"dial 8008\nspeak 'bad.wav'", f"line 2, column 8: {self.folder / 'bad.wav'}: is no WAV file"),
        ):
            (self.folder / "listener.txt").write_bytes(text)
            self.assertIn(f"{self.folder / 'listener.txt'}, {complaint}", self.mistake(GOOD))

    def test_an_agents_script(self) -> None:
        """Read and checked before anything is rehearsed, in the file where it stands."""
        good = GOOD.replace("talks_s = 15", "script = shift.txt")
        self.assertIn("line 17, column 10: [agent 801] script: 'shift.txt': no such file", self.mistake(good))
        for text, complaint in (
            ("log in\n  anser", "line 2, column 3: no command 'anser'; did you mean 'answer'?"),
            ("answer", "line 1, column 1: a script begins with: log in"),
            ("log in\nrepeat\n  say nix.wav\nend", "line 3, column 7: 'nix.wav': no such file"),
        ):
            (self.folder / "shift.txt").write_text(text)
            self.assertIn(f"{self.folder / 'shift.txt'}, {complaint}", self.mistake(good))
        (self.folder / "shift.txt").write_text("log in\nwait ring\nanswer")
        self.file.write_text(good, "utf-8")
        self.assertEqual([step.text for step in read(self.file).agents[0].steps], ["log in", "wait ring", "answer"])

    def test_a_voice_that_is_no_sound(self) -> None:
        """What an agent or a caller shall speak is a sound file."""
        (self.folder / "bad.wav").write_bytes(b"no sound at all")
        for setting, line in (("talks_s = 15", 17), ("per_hour = 90", 11)):
            told = self.mistake(GOOD.replace(setting, "voice = bad.wav"))
            self.assertIn(f"{self.file}, line {line}, column 9: [", told)
            self.assertIn("no WAV file", told)

    def test_a_comment_behind_a_section(self) -> None:
        """It may stand there, as behind a setting."""
        self.file.write_text(GOOD.replace("[agent 801]", "[ agent 801 ]  # Anna"))
        self.assertEqual(read(self.file).agents[0].number, "801")
