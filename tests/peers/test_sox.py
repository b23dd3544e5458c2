"""Recordings in the ears of a player that nobody here wrote: sox."""

import os
import subprocess
from pathlib import Path
from shutil import which

from twisted.trial.unittest import SynchronousTestCase

from callserver.media.repair import repair
from tests.media.test_kill import far_track, record_and_kill


class SoxTests(SynchronousTestCase):
    if not which("sox") and not os.environ.get("CI"):
        skip = "sox is not installed: apt-get install sox"

    def test_repaired_recording(self) -> None:
        """A recording that kill -9 cut off, repaired, is a file without fault to sox: as long, and the same samples."""
        [path], taken = record_and_kill(Path(self.mktemp()).absolute(), n_lines=1, seconds=1.0)
        seconds = repair(path)
        self.assertGreaterEqual(seconds, taken / 8000 - 0.1)
        self.assertEqual(self.run_sox("--info", "-D", str(path)).decode().strip(), f"{seconds:f}")
        raw = self.run_sox(str(path), "-t", "raw", "-", "remix", "1")
        self.assertEqual(raw, far_track(path).tobytes())

    def run_sox(self, *arguments: str) -> bytes:
        done = subprocess.run(["sox", *arguments], capture_output=True, timeout=20, check=True)
        self.assertEqual(done.stderr, b"")
        return done.stdout
