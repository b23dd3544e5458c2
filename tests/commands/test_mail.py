"""`callserver mail`: boxes are made, changed, removed; messages listed and copied; each act is in the event log."""

from __future__ import annotations

import json
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import numpy as np

from callserver.acd.organisation.parts import Organisation
from callserver.acd.routing.settings import QueueSettings
from callserver.commands import mail as commands
from callserver.dsp.frames import RATE_HZ
from callserver.dsp.sound.files import read_wav
from callserver.features.voicemail import rules
from callserver.features.voicemail.files import Sounds
from callserver.features.voicemail.rules import Message, Sounding
from callserver.wire.targets import Target
from tests.commands.shop_case import NOW, ShopCase


class MailCommandTests(ShopCase):
    group = commands.mail
    modules = (commands,)

    def setUp(self) -> None:
        super().setUp()
        self.replace(commands, "known_shop", self.known_shop)
        self.first_pin = self.out("boxes add 12 'name=Li Mei' owner=801").strip().splitlines()[-1]

    def known_shop(self, shop: Path) -> Any:
        from contextlib import nullcontext

        from callserver.server.shop_folder import ShopFolder

        return nullcontext(ShopFolder(shop).known_config())

    def out(self, line: str) -> str:
        result = self.command(line)
        self.assertEqual(result.exit_code or 0, 0, result.output)
        return result.output

    def message(self) -> Message:
        sounds = Sounds.of(self.shop, encrypt=False)
        sounds.prepare()
        length_s = sounds.keep("abc-1", np.full(4 * RATE_HZ, 0.1, np.float32))
        message = Message(
            "abc-1", "12", Sounding("abc-1", length_s), NOW, number="13912345678", name="=1+1", urgent=True
        )
        self.store.run(rules.put, [message])
        return message

    def test_boxes(self) -> None:
        """Added with a PIN that is told once, set otherwise, given another PIN, removed."""
        box = self.store.run(rules.need_box, "12")
        self.assertEqual((box.name, box.owner, box.pin_is_first), ("Li Mei", "801", True))
        self.assertTrue(self.first_pin.isdigit() and len(self.first_pin) == 6)
        self.out("boxes set 12 suspended=yes messages_max=50 mail_to=li@example.com")
        box = self.store.run(rules.need_box, "12")
        self.assertEqual((box.suspended, box.messages_max, box.mail_to), (True, 50, "li@example.com"))
        listed = self.out("boxes list")
        self.assertIn("Li Mei", listed)
        self.assertIn("suspended", listed)
        self.out("boxes pin 12")
        self.out("boxes remove 12")
        self.assertEqual(self.store.run(rules.all_boxes), [])

    def test_box_below(self) -> None:
        """It goes with the one above, by that one's PIN, until it is given one; so it stays when it is set free."""
        self.assertNotIn("PIN", self.out("boxes add 121 name=Tea parent=12 key=1"))
        self.assertFalse(self.store.run(rules.need_box, "121").has_pin)
        self.out("boxes pin 121")
        self.assertTrue(self.store.run(rules.need_box, "121").has_pin)
        self.out("boxes set 121 parent=")
        self.out("boxes remove 12")

    def test_box_of_a_menu(self) -> None:
        """A mailbox that a menu leads to stays: the menu and its line are named."""
        plugins = self.shop / "plugins"
        plugins.mkdir(exist_ok=True)
        menu = plugins / "night.ini"
        menu.write_text("[go a]\nto = mailbox 12\n", "utf-8")
        self.assertIn("mailbox 12 is named by night.ini:2: change that", self.command("boxes remove 12").output)
        self.assertEqual(len(self.store.run(rules.all_boxes)), 1)
        menu.unlink()
        self.out("boxes remove 12")

    def test_box_of_a_queue(self) -> None:
        """Nor is one removed that a queue or config.ini leads to: callers would be told that it is gone."""
        queue = QueueSettings(name="tea", on_nobody=Target.parse("box 12"))
        with patch.object(commands.rows, "load", return_value=Organisation(queues={"tea": queue})):
            self.assertIn("mailbox 12 is named by queue tea on_nobody", self.command("boxes remove 12").output)
        file = self.shop / "config.ini"
        file.write_text(file.read_text("utf-8").replace("general =", "general = 12"), "utf-8")
        self.assertIn("named by config.ini [voicemail] general", self.command("boxes remove 12").output)
        self.assertEqual(len(self.store.run(rules.all_boxes)), 1)

    def test_refused(self) -> None:
        """What cannot be is one line: which box, which setting, what would be right."""
        for line, why in (
            ("boxes add 12 name=Wang", "there is a mailbox 12 already"),
            ("boxes add 110 name=Wang", "can be dialled outside"),
            ("boxes add 13 kind=robot", "write person, group or bulletin"),
            ("boxes set 12 colour=red", "no such setting"),
            ("boxes set 12 messages_max=many", "does not fit"),
            ("boxes set 77 suspended=yes", "there is no mailbox"),
            ("list 77", "there is no mailbox"),
            ("boxes set 12", "Say what to set"),
            ("boxes show 77", "there is no mailbox"),
            ("show nothing", "no message has an id"),
            ("delete nothing", "no message has an id"),
        ):
            result = self.command(line)
            self.assertNotEqual(result.exit_code or 0, 0, line)
            self.assertIn(why, result.output)

    def test_messages(self) -> None:
        """Listed and shown with who called; copied as a WAV file, which is in the event log."""
        message = self.message()
        for line in ("list 12", "show abc"):
            shown = self.out(line)
            self.assertIn("13912345678", shown)
            self.assertIn("urgent", shown)
        (row,) = json.loads(self.out("list 12 --json"))
        self.assertEqual(row["id"], message.id)
        copy = self.shop / "copy.wav"
        self.out(f"export abc {copy}")
        self.assertApproximates(read_wav(copy).size / RATE_HZ, 4.0, 0.01)
        self.assertIn('"export_message"', self.noted()[-1])

    def test_played(self) -> None:
        """Heard here by the program there is; where none is, nobody is noted to have heard it."""
        self.message()
        n_noted = len(self.noted())
        with patch.object(shutil, "which", lambda name: None):
            self.assertIn("write it into a file", self.command("play abc").output)
        self.assertEqual(len(self.noted()), n_noted)
        heard: list[float] = []

        def run(command: list[str], **_: Any) -> Any:
            heard.append(read_wav(Path(command[-1])).size / RATE_HZ)
            return SimpleNamespace(returncode=0)

        with patch.object(shutil, "which", lambda name: name == "aplay"), patch.object(subprocess, "run", run):
            self.out("play abc")
        self.assertApproximates(heard[0], 4.0, 0.01)
        self.assertIn('"open_message"', self.noted()[-1])

    def test_sound_gone(self) -> None:
        """A message whose sound is gone is listed so; one of a box that is gone is copied by its whole id."""
        message = self.message()
        sounds = Sounds.of(self.shop, encrypt=True)
        sounds.prepare()
        sounds.keep("of-no-box-1", np.full(RATE_HZ, 0.1, np.float32))
        self.assertIn("has an id that starts with 'of-no'", self.command(f"export of-no {self.shop}/copy.wav").output)
        self.out(f"export of-no-box-1 {self.shop}/copy.wav")
        self.assertIn("of-no-box-1", self.noted()[-1])
        self.assertNotIn("its sound is gone", self.out("list 12"))
        (self.shop / "messages" / f"{message.id}.wav").unlink()
        self.assertIn("its sound is gone", self.out("list 12"))
        self.assertIn("abc-1.wav: the file is gone", self.command(f"export abc {self.shop}/no.wav").output)

    def test_not_copied(self) -> None:
        """A file that is there is not overwritten, and a folder that is not is said in words."""
        self.message()
        there = self.shop / "there.wav"
        there.write_text("mine")
        self.assertIn("there.wav: File exists", self.command(f"export abc {there}").output)
        self.assertEqual(there.read_text(), "mine")
        self.assertIn("No such file or directory", self.command(f"export abc {self.shop}/no/copy.wav").output)

    def test_deleted(self) -> None:
        """With its sound; who did so is in the event log."""
        message = self.message()
        self.out("delete abc")
        self.assertEqual(self.store.run(rules.messages, "12"), [])
        self.assertEqual(list((self.shop / "messages").glob("*.wav")), [])
        self.assertIn(f"message {message.id}", self.noted()[-1])

    def test_box_shown(self) -> None:
        """Every setting of a box, as set takes it."""
        self.out("boxes set 12 messages_max=50 away=yes mail_to=li@example.com")
        shown = self.out("boxes show 12")
        for setting in ("'name=Li Mei'", "messages_max=50", "away=yes", "suspended=no", "mail_to=li@example.com"):
            self.assertIn(setting, shown.split("\n"))
        self.out("boxes set 12 " + shown.replace("\n", " "))
        self.assertEqual(self.out("boxes show 12"), shown)

    def test_whose(self) -> None:
        """An owner who is not there is told; a group's box has no PIN that could be given."""
        told = self.command("boxes add 20 kind=group owner=service").stderr
        self.assertIn("there is no group service yet", told)
        self.assertIn("each with his own PIN", self.command("boxes pin 20").output)
        self.assertIn("nobody of the staff has the number 999", self.command("boxes set 12 owner=999").stderr)
        self.assertEqual(self.command("boxes set 12 owner=").stderr, "")

    def test_other_alphabet(self) -> None:
        """Bytes of a terminal that writes no UTF-8 are an id, a box that is not there, or no name."""
        self.assertIn("no message has an id", self.command("show \udcc4\udce3").output)
        self.assertIn("there is no mailbox", self.command("list \udcc4\udce3").output)
        self.assertIn("a mailbox has a name", self.command("boxes set 12 name=\udcc4\udce3").output)

    def test_locked(self) -> None:
        """A box that was guessed at is shown as locked, until it gets another PIN."""
        for n in range(3):
            self.store.run(rules.begin_try, "12", f"1390000000{n}", NOW)
        with patch.object(commands, "now", lambda: NOW + timedelta(minutes=1)):
            self.assertIn("locked", self.out("list"))
            self.out("boxes pin 12")
            self.assertNotIn("locked", self.out("list"))
