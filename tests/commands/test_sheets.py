"""Who waits for a long list is told how far it is."""

from __future__ import annotations

import os
from pathlib import Path
from unittest.mock import patch

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from callserver.commands import sheets
from callserver.commands.sheets import write_file, write_sheet
from callserver.wire.catalogue import Complaint


class ProgressTests(SynchronousTestCase):
    def test_only_who_waits(self) -> None:
        """Nothing in the first two seconds; then a line now and then, not one a row."""
        clock, said = Clock(), []
        with (
            patch.object(sheets, "tell", said.append),
            patch.dict("os.environ", {"CALLSERVER_LANGUAGE": "en"}),
        ):
            progress = sheets.Progress(clock.seconds)
            for n in range(1, 61):
                progress.rows(n)
                clock.advance(0.1)
            clock.advance(1)
            progress.staged(60, 100)
        self.assertEqual(said, ["21 rows read", "41 rows read", "60 of 100 made ready"])


class WriteTests(SynchronousTestCase):
    def test_no_folder(self) -> None:
        """A list that cannot be written is told with its name, and is no breakdown of the command."""
        with self.assertRaisesRegex(Complaint, "cannot be written: No such file or directory"):
            write_sheet(Path(self.mktemp()) / "list.csv", ["item"], [["1001"]])

    def test_no_plain_file(self) -> None:
        """What is a device or a link is written into: whoever writes to /dev/null as root still has one afterwards."""
        folder = Path(self.mktemp())
        folder.mkdir()
        os.mkfifo(folder / "device")
        reading = os.open(folder / "device", os.O_RDONLY | os.O_NONBLOCK)
        self.addCleanup(os.close, reading)
        (folder / "link").symlink_to("file")
        for name in ("device", "link"):
            write_file(folder / name, b"all of it")
        self.assertEqual(os.read(reading, 100), b"all of it")
        self.assertEqual((folder / "file").read_bytes(), b"all of it")
        self.assertTrue((folder / "device").is_fifo() and (folder / "link").is_symlink())
