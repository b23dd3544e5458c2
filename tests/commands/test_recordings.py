"""An admin's recordings: found, heard, exported, noted, protected, deleted; and whether anything was changed."""

from __future__ import annotations

import json
import shutil
import subprocess
from contextlib import nullcontext
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from click.testing import CliRunner, Result
from twisted.internet.defer import succeed

from callserver.calls.vocabulary import Kind
from callserver.commands import books, playing
from callserver.commands import calls as calls_command
from callserver.commands import verify as verify_command
from callserver.commands.calls import call
from callserver.commands.recordings import recordings
from callserver.commands.verify import verify
from callserver.config import read_config
from callserver.server.shop_folder import TOP
from callserver.store.tables import EventRow
from callserver.wire.cells import cells
from tests.features.recordings.log_case import NOON
from tests.features.recordings.sound_case import SoundCase, voices, write_sound


class RecordingsCommandCase(SoundCase):
    def setUp(self) -> None:
        super().setUp()
        text = (TOP / "config.ini").read_text("utf-8")
        (self.shop / "config.ini").write_text(text.replace("time_zone =", "time_zone = Asia/Shanghai", 1), "utf-8")
        self.store.visit = self.store.stop = lambda: succeed(None)  # type: ignore[attr-defined]
        for replaced in (
            patch.object(books, "Store", lambda *where: self.store),
            patch.object(books, "react", self.run_story),
            patch.object(calls_command, "known_shop", self.known_shop),
            patch.object(verify_command, "known_shop", self.known_shop),
            patch.dict("os.environ", {"CALLSERVER_LANGUAGE": "en"}),
        ):
            replaced.start()
            self.addCleanup(replaced.stop)
        self.first = self.spoken(5, at=NOON, queue="sales", order="1001", name="Li Ming")
        self.second = self.spoken(
            65, at=NOON + timedelta(hours=1), agents=("802",), line="line 2", number="01062345678"
        )

    def known_shop(self, shop: Any) -> Any:
        return nullcontext(read_config(self.shop / "config.ini", {}))

    def run_story(self, story: Any) -> None:
        failed: list[BaseException] = []
        story(self.store.reactor).addErrback(lambda failure: failed.append(failure.value))
        if failed:
            raise failed[0]

    def run_it(self, command: Any, *words: str) -> Result:
        found = CliRunner().invoke(command, words, env={"CALLSERVER_SHOP": str(self.shop)})
        if found.exception is not None and not isinstance(found.exception, SystemExit):
            raise found.exception
        return found

    def says(self, *words: str, command: Any = recordings) -> str:
        result = self.run_it(command, *words)
        self.assertEqual(result.exit_code, 0, f"{words}: {result.output} {result.exception}")
        return result.stdout

    def refuses(self, *words: str, command: Any = recordings) -> str:
        result = self.run_it(command, *words)
        self.assertNotEqual(result.exit_code, 0, words)
        code = result.exception.code if isinstance(result.exception, SystemExit) else ""
        return result.output + (code if isinstance(code, str) else "")

    def noted(self) -> list[str]:
        rows = EventRow.select().where(EventRow.kind == "audit").order_by(EventRow.seq)
        return [json.loads(row.data)["act"] for row in rows]


class FindTests(RecordingsCommandCase):
    def test_list(self) -> None:
        """A line each, within the terminal, in the shop's own time."""
        lines = self.says("list").splitlines()
        self.assertEqual(len(lines), 3)
        self.assertIn("2026-03-02 13:00", lines[1])
        self.assertIn("1:05", lines[1])
        self.assertTrue(all(cells(line) <= 80 for line in lines))

    def test_filters(self) -> None:
        """Each filter of the command reaches the search."""
        cases = {
            ("--agent", "802"): [2],
            ("--queue", "sales"): [1],
            ("--line", "2"): [2],
            ("--number", "139*"): [1],
            ("--order", "1001"): [1],
            ("--shortest", "60"): [2],
            ("--longest", "60"): [1],
            ("--since", "2026-03-02 12:30"): [2],
            ("--until", "2026-03-02 12:30"): [1],
            ("--outcome", "answered"): [2, 1],
            ("--direction", "out"): [],
            ("--protected",): [],
            ("--class", "x"): [],
            ("--note", "x"): [],
        }
        for words, numbers in cases.items():
            found = json.loads(self.says("list", "--json", *words))["found"]
            self.assertEqual([one["number"] for one in found], numbers, words)

    def test_pages(self) -> None:
        """The next page is asked for as the first one has told."""
        first = self.run_it(recordings, "list", "--limit", "1")
        place = first.stderr.split("--after ")[1].split()[0]
        self.assertIn("Li Ming", self.says("show", "1"))
        self.assertEqual(len(self.says("list", "--after", place).splitlines()), 2)

    def test_mistakes(self) -> None:
        """Wildcards alone, a bad number, a recording that there is not: one line, and nothing else."""
        self.assertIn("has a digit at least", self.refuses("list", "--number", "**"))
        self.assertIn("is no number to look for", self.refuses("list", "--number", "1' OR 1=1"))
        self.assertIn("there is no recording 77", self.refuses("show", "77"))
        self.assertIn("goes on", self.refuses("list", "--after", "nowhere"))

    def test_chinese(self) -> None:
        """The same in Chinese."""
        self.assertIn("座席", self.says("list", "--language", "zh"))

    def test_rebuild(self) -> None:
        """The index is made anew from the event log, with the same numbers."""
        before = self.says("list", "--json")
        self.says("rebuild")
        self.assertEqual(self.says("list", "--json"), before)


class HearTests(RecordingsCommandCase):
    def test_export(self) -> None:
        """A file in either form, noted; one that is there is not touched."""
        target = self.shop / "copy.wav"
        self.says("export", "1", str(target))
        self.assertEqual(target.read_bytes(), (self.folder / self.first).read_bytes())
        self.says("export", "1", str(self.shop / "mixed.wav"), "--form", "mixed")
        self.assertLess((self.shop / "mixed.wav").stat().st_size, target.stat().st_size)
        self.assertIn("copy.wav", self.refuses("export", "1", str(target)))
        self.assertEqual(self.noted(), ["export_recording"] * 2)

    def test_cut(self) -> None:
        """A file that was cut: what there is of it is taken, and told how much; garbage is told in our words."""
        path = self.folder / self.first
        whole = path.read_bytes()
        path.write_bytes(whole[:44_044])
        found = self.run_it(recordings, "export", "1", str(self.shop / "cut.wav"))
        self.assertIn("of recording 1 only 1.4 s of 5.0 s are there", found.stderr)
        path.write_bytes(b"garbage" * 100)
        self.assertIn("is no sound, or damaged", self.refuses("export", "1", str(self.shop / "garbage.wav")))

    def test_no_room(self) -> None:
        """A disk that is full: told, and no half file stays."""
        with patch.object(playing.Archive, "write_wav", side_effect=OSError(28, "No space left on device")):
            self.assertIn("No space left", self.refuses("export", "1", str(self.shop / "copy.wav")))
        self.assertEqual(self.noted(), [])

    def test_not_noted(self) -> None:
        """What cannot be written down is not given away."""
        with (
            patch.object(playing.RecordingBooks, "note", side_effect=RuntimeError("the database is locked")),
            self.assertRaises(RuntimeError),
        ):
            self.run_it(recordings, "export", "1", str(self.shop / "copy.wav"))
        self.assertFalse((self.shop / "copy.wav").exists())

    def test_play(self) -> None:
        """By the player there is, from any second on; without one it is told what to do."""
        played: list[list[str]] = []

        def run(command: list[str], **_: Any) -> Any:
            played.append(command)
            return SimpleNamespace(returncode=0)

        with patch.object(shutil, "which", lambda name: name == "aplay"), patch.object(subprocess, "run", run):
            self.says("play", "1", "--at", "2")
        self.assertEqual(played[0][:2], ["aplay", "-q"])
        self.assertEqual(self.noted(), ["play_recording"])
        failed = SimpleNamespace(returncode=2)
        with (
            patch.object(shutil, "which", lambda name: name == "play"),
            patch.object(subprocess, "run", lambda *_, **__: failed),
        ):
            self.assertIn("exit status 2", self.refuses("play", "1"))
        with patch.object(shutil, "which", lambda name: None):
            self.assertIn("write it into a file", self.refuses("play", "1"))

    def test_call(self) -> None:
        """By the call: all its recordings, or a word that there is none."""
        write_sound(self.folder / "second.wav", voices(1))
        self.tell(Kind.RECORDING, "call-1", file="second.wav")
        self.tell(Kind.RECORDING_END, "call-1", file="second.wav", length_s=1.0)
        self.says("call-1", "--export", str(self.shop / "all.wav"), command=call)
        self.assertTrue((self.shop / "all.wav").exists() and (self.shop / "all-2.wav").exists())
        self.done(self.records.deleted(self.one(self.second), None, "by hand"))
        self.assertIn("nothing of this call", self.refuses("call-2", "--play", command=call))


class ChangeTests(RecordingsCommandCase):
    def test_notes(self) -> None:
        """A note, a class, a protection: shown, found, and each noted."""
        self.says("note", "1", "x" * 500)
        self.assertIn("longer than 500", self.refuses("note", "1", "x" * 501))
        self.says("note", "1", "=1+1; DROP TABLE")
        self.says("classify", "1", " complaint ")
        shown = self.says("show", "1")
        self.assertIn("=1+1; DROP TABLE", shown)
        self.assertIn("protected", shown)
        self.says("unprotect", "1")
        self.says("protect", "2")
        self.assertEqual(json.loads(self.says("list", "--protected", "--json"))["found"][0]["number"], 2)
        self.assertEqual(
            self.noted(),
            ["note_recording", "note_recording", "classify_recording", "protect_recording", "protect_recording"],
        )

    def test_delete(self) -> None:
        """A protected one is not deleted; another is, with its file, and stays known as deleted."""
        self.says("protect", "1")
        self.assertIn("is protected", self.refuses("delete", "1"))
        self.says("delete", "2")
        self.assertEqual(self.files(), [self.first])
        self.assertIn("deleted", self.says("show", "2"))
        self.assertIn("was deleted", self.refuses("export", "2", str(self.shop / "x.wav")))
        self.assertIn("was deleted", self.refuses("delete", "2"))


class VerifyCommandTests(RecordingsCommandCase):
    def test_well_and_broken(self) -> None:
        """Nothing changed: exit code 0 and the head; one bit changed: 1, and which recording."""
        self.look_after(times=5)
        said = self.says(command=verify)
        self.assertIn("2 recordings, 2 files", said)
        head = said.rsplit(" ", 1)[1].strip()
        self.says("--head", head, command=verify)
        self.assertIn("BROKEN", self.refuses("--head", "0" * 64, command=verify))
        path = self.folder / self.second
        octets = bytearray(path.read_bytes())
        octets[5000] ^= 1
        path.write_bytes(octets)
        self.assertIn("BROKEN: the file of recording 2 was changed", self.refuses(command=verify))
