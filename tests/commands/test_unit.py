"""`callserver unit`: what systemd makes of it, whatever a shop's path is called."""

import os
import pwd
import shutil
import socket
import subprocess
from pathlib import Path
from typing import Any
from unittest.mock import patch

from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from callserver.__main__ import main
from callserver.server.notify import notify
from callserver.server.shop_folder import TOP
from callserver.server.unit_file import argument, comment, quoted

NASTY = 'a "shop\'s" 100%n $HOME ${x} 店 \\n;#'
EXPOSURE_MAX = 2.5


class UnitTests(SynchronousTestCase):
    def unit(self, name: str = "shop", *options: str) -> Any:
        self.folder = Path(self.mktemp()).absolute() / name
        self.folder.mkdir(parents=True)
        shutil.copyfile(TOP / "config.ini", self.folder / "config.ini")
        return CliRunner().invoke(main, ["unit", "--shop", str(self.folder), *options])

    def analyze(self, text: str, *command: str) -> str:
        file = Path(self.mktemp()).absolute().with_suffix(".service")
        file.write_text(text, "utf-8")
        ran = subprocess.run(["systemd-analyze", *command, str(file)], capture_output=True, text=True)
        self.assertEqual(ran.returncode, 0, ran.stderr)
        return ran.stdout + ran.stderr

    def test_verify(self) -> None:
        """systemd has nothing to say against it, also with a path full of what units understand."""
        for name in ("shop", NASTY):
            with self.subTest(name):
                self.assertEqual(self.analyze(self.unit(name).output, "verify"), "")

    def test_shut_in(self) -> None:
        """The exposure that systemd-analyze security finds is at most 2.5."""
        said = self.analyze(self.unit().output, "security", "--offline=true")
        figure = said.rpartition("exposure level for")[2].split(":")[1].split()[0]
        self.assertLessEqual(float(figure), EXPOSURE_MAX)

    def test_plugged_in_later(self) -> None:
        """A modem is let in by its kind's number: names of kinds that were never plugged in mean nothing to systemd."""
        text = self.unit().output
        for major in (166, 188):  # Linux, Documentation/admin-guide/devices.txt
            self.assertIn(f"\nDeviceAllow=char-{major} rw\n", text)

    def test_unknown_owner(self) -> None:
        """A folder whose owner has no name here runs as his number."""
        with patch.object(pwd, "getpwuid", side_effect=KeyError):
            answer = self.unit()
        self.assertIn(f"\nUser={os.getuid()}\n", answer.output)

    def test_stop(self) -> None:
        """systemd waits longer for a stop than the stop may wait for calls."""
        self.assertIn("\nTimeoutStopSec=660\n", self.unit().output)

    def test_watched(self) -> None:
        """It is told when the server is ready, and restarts one that stands still."""
        text = self.unit().output
        self.assertIn("\nType=notify\n", text)
        self.assertIn("\nWatchdogSec=30\n", text)

    def test_database_elsewhere(self) -> None:
        """A database outside the shop's folder can be written too."""
        self.unit()
        file = self.folder / "config.ini"
        text = file.read_text("utf-8").replace("database = callserver.db", "database = /srv/calls.db")
        file.write_text(text, "utf-8")
        answer = CliRunner().invoke(main, ["unit", "--shop", str(self.folder)])
        self.assertIn(f'ReadWritePaths="{self.folder}" "/srv"\n', answer.output)

    def test_refused(self) -> None:
        """A folder without a shop, and a user there is not, are said."""
        self.assertNotEqual(CliRunner().invoke(main, ["unit", "--shop", self.mktemp()]).exit_code, 0)
        answer = self.unit("shop", "--user", "nobody-of-that-name")
        self.assertIn("nobody-of-that-name", answer.output)
        self.assertNotEqual(answer.exit_code, 0)


class QuotingTests(SynchronousTestCase):
    def test_words(self) -> None:
        self.assertEqual(quoted('a "b" %n \\'), '"a \\"b\\" %%n \\\\"')
        self.assertEqual(argument("$HOME"), '"$$HOME"')
        self.assertEqual(quoted("a\nExecStart=/bin/sh"), '"a\\x0aExecStart=/bin/sh"')

    @given(st.text())
    def test_one_line(self, words: str) -> None:
        """No path begins a line of its own, or ends its quotes."""
        for given_ in (quoted(words), argument(words), comment(words)):
            self.assertEqual(given_.splitlines()[1:] if "\n" in given_ or "\r" in given_ else [], [])
        inner = quoted(words)[1:-1].replace("\\\\", "").replace('\\"', "")
        self.assertNotIn('"', inner)


class NotifyTests(SynchronousTestCase):
    def test_datagram(self) -> None:
        """systemd gets one datagram with a line each; without systemd, or with one that is gone, nothing happens."""
        path = Path(self.mktemp()).absolute()
        short = f"/tmp/notify-{os.getpid()}.sock"
        self.addCleanup(Path(short).unlink, missing_ok=True)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.bind(short)
            self.patch(os, "environ", {"NOTIFY_SOCKET": short})
            notify("READY=1", "STATUS=20 lines")
            self.assertEqual(manager.recv(100), b"READY=1\nSTATUS=20 lines")
        notify("READY=1")
        self.patch(os, "environ", {"NOTIFY_SOCKET": str(path)})
        notify("READY=1")
        self.patch(os, "environ", {})
        notify("READY=1")
