"""One server a shop: who is not the owner of its folder changes nothing in it."""

import os
import subprocess
import sys
import threading
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase, TestCase

import callserver
from callserver.server.lock import FILE_NAME, FolderError, holder, locked, take
from callserver.server.twistd import Options, makeService

TOP = Path(callserver.__file__).parent.parent
HOLD = "import sys, pathlib; from callserver.server.lock import take; "
HOLD += "take(pathlib.Path(sys.argv[1])); print('held', flush=True); sys.stdin.read()"


def child_that_holds(folder: Path) -> "subprocess.Popen[str]":
    child = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)], cwd=TOP, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "held\n"
    return child


class LockTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.folder = Path(self.mktemp()).absolute()

    def refused(self, folder: Path) -> str:
        with self.assertRaises(FolderError) as caught:
            take(folder)
        return str(caught.exception)

    def test_second_start(self) -> None:
        """A second one is refused in a line that names folder and process; the first is not disturbed."""
        with locked(self.folder):
            said = self.refused(self.folder)
            self.assertIn(f"{self.folder}: another callserver (process {os.getpid()}, since 20", said)
            who = holder(self.folder)
            assert who is not None
            self.assertEqual(who.pid, os.getpid())
        self.assertIsNone(holder(self.folder))
        take(self.folder).release()

    def test_same_folder_by_another_path(self) -> None:
        """A link to the folder, and a way round, lead to the same shop."""
        link = self.folder.with_name(self.folder.name + "-link")
        with locked(self.folder):
            link.symlink_to(self.folder)
            self.refused(link)
            self.refused(self.folder / ".." / self.folder.name)
            self.assertIsNotNone(holder(link))

    def test_lock_file_deleted(self) -> None:
        """Somebody deletes the lock file while the server runs, as left behind: still one server."""
        with locked(self.folder):
            (self.folder / FILE_NAME).unlink()
            self.assertIsNotNone(holder(self.folder))
            self.refused(self.folder)

    def test_killed(self) -> None:
        """kill -9 leaves the file behind and no lock; that its pid lives, given again, means nothing."""
        child = child_that_holds(self.folder)
        self.assertIn(f"process {child.pid}", self.refused(self.folder))
        child.kill()
        child.communicate()
        (self.folder / FILE_NAME).write_text(f"{os.getppid()} 2026-01-01T00:00:00+00:00\n")
        self.assertIsNone(holder(self.folder))
        take(self.folder).release()

    def test_at_the_same_moment(self) -> None:
        """Of eight starts at one moment one gets the shop."""
        got: list[object] = []
        barrier = threading.Barrier(8)

        def start() -> None:
            barrier.wait()
            try:
                got.append(take(self.folder))
            except FolderError as problem:
                got.append(str(problem))

        threads = [threading.Thread(target=start) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(sum(isinstance(one, str) for one in got), 7)

    def test_nonsense_in_the_file(self) -> None:
        """What is written in the lock file cannot be read: the lock holds all the same."""
        with locked(self.folder):
            for nonsense in (b"", b"99999999999999999999999 x\n", b"\xff\xfe", b"pid 7\n"):
                (self.folder / FILE_NAME).write_bytes(nonsense)
                who = holder(self.folder)
                assert who is not None
                self.assertIsNone(who.pid)
                self.assertIn("another callserver", self.refused(self.folder))

    def test_no_folder(self) -> None:
        """A file, a link to nowhere, a place under a file: one line, and nothing is made."""
        file = self.folder
        file.write_text("a letter")
        self.assertIn("a file, where the shop's folder should be", self.refused(file))
        self.assertIn("Not a directory", self.refused(file / "shop"))
        self.assertEqual(file.read_text(), "a letter")

    def test_lock_file_is_a_link_or_a_pipe(self) -> None:
        """A lock that lies elsewhere, or would make the start wait for ever, is refused or taken; never followed."""
        self.folder.mkdir()
        elsewhere = self.folder.with_name("elsewhere")
        (self.folder / FILE_NAME).symlink_to(elsewhere)
        self.refused(self.folder)
        self.assertFalse(elsewhere.exists())
        (self.folder / FILE_NAME).unlink()
        os.mkfifo(self.folder / FILE_NAME)
        self.assertIsNone(holder(self.folder))

    def test_looking_makes_nothing(self) -> None:
        """Asking who serves a shop makes no folder and no file."""
        self.assertIsNone(holder(self.folder))
        self.assertFalse(self.folder.exists())
        self.folder.mkdir()
        self.assertIsNone(holder(self.folder))
        self.assertEqual(list(self.folder.iterdir()), [])


class StartTests(TestCase):
    def test_nothing_is_touched(self) -> None:
        """The start of a second server leaves every file of the shop as it is, and makes none."""
        folder = Path(self.mktemp()).absolute()
        options = Options()
        options["shop"] = str(folder)
        with locked(folder):
            before = sorted(folder.iterdir())
            with self.assertRaises(SystemExit) as caught:
                makeService(options)
            self.assertIn(str(folder), str(caught.exception))
            self.assertEqual(sorted(folder.iterdir()), before)
