import contextlib
import subprocess
import sys
import wave
from pathlib import Path

import numpy as np
from twisted.trial.unittest import SynchronousTestCase

from callserver.dsp.codecs import Int16Array
from callserver.media.repair import repair

ROOT = Path(__file__).parents[2]


def record_and_kill(folder: Path, n_lines: int, seconds: float) -> tuple[list[Path], int]:
    """
    A process of its own records at least so long, and is killed; gives its files, and the samples it had taken.

    The kill comes some time after it has told of so many samples, at a moment that does not depend on what it does:
    after a stall of the machine five ticks come at once, and a kill just then would find 100 ms on their way.
    """
    command = [sys.executable, "-m", "tests.media.record_until_killed", str(folder), str(n_lines)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout
        names = child.stdout.readline().split()
        lines = []
        while not lines or int(lines[-1]) < 8000 * seconds:
            lines.append(child.stdout.readline())
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(0.33)
        child.kill()
        lines += child.stdout.readlines()
    return [folder / name for name in names], max(int(line) for line in lines if line.endswith("\n"))


def far_track(path: Path) -> Int16Array:
    with wave.open(str(path), "rb") as file:
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2)[:, 0]


class KillTests(SynchronousTestCase):
    def test_killed_in_the_middle(self) -> None:
        """G3: kill -9 in the middle of 20 recordings; repaired, each plays and lacks at most 0.1 s."""
        files, taken = record_and_kill(Path(self.mktemp()).absolute(), n_lines=20, seconds=2.0)
        self.assertEqual(len(files), 20)
        self.assertGreaterEqual(taken, 16000)
        for path in files:
            seconds = repair(path)
            far = far_track(path)
            self.assertEqual(len(far) / 8000, seconds)
            self.assertGreaterEqual(len(far), taken - 800)
            counted = far[np.flatnonzero(far)[0] :]
            self.assertEqual(set(np.diff(counted).tolist()), {1})  # every sample, in order, up to the end
