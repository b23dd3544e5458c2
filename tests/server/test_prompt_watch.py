"""A changed recording is heard in the next call, whoever changed it; a broken one changes nothing."""

from pathlib import Path

import numpy as np
from twisted.internet.defer import maybeDeferred
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from callserver.dsp.sound.files import write_wav
from callserver.ivr.own_recordings import OwnRecordings
from callserver.ivr.prompts import Prompts
from callserver.server.prompt_watch import LOOK_S, PromptWatch


class PromptWatchTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.ours, self.own = Path(self.mktemp()), Path(self.mktemp())
        (self.ours / "zh").mkdir(parents=True)
        self.record(self.ours, 80)
        self.folders = [self.own, self.ours]
        self.prompts, self.clock = Prompts(self.folders), Clock()
        self.prompts.load()
        self.taken = 0
        watch = PromptWatch(self.clock, maybeDeferred, self.prompts, lambda: list(self.folders), self.take)
        watch.startService()
        self.addCleanup(watch.stopService)

    def record(self, folder: Path, n: int) -> None:
        write_wav(folder / "zh" / "welcome.wav", np.full(n, 0.1, np.float32))

    def take(self, new: Prompts) -> None:
        self.taken += 1
        self.prompts.become(new)

    def heard(self) -> int:
        """How long the greeting is, two looks later."""
        for _ in range(2):
            self.clock.advance(LOOK_S)
        return self.prompts.sounds("zh", "welcome")[0].size

    def test_kept_and_taken_back(self) -> None:
        """The first recording of a shop, and ours again."""
        own = OwnRecordings(self.own)
        own.keep("zh", "welcome", np.full(160, 0.1, np.float32))
        self.assertEqual(self.heard(), 160)
        own.revert("zh", "welcome")
        self.assertEqual(self.heard(), 80)

    def test_by_hand(self) -> None:
        """A file that is copied into the folder."""
        (self.own / "zh").mkdir(parents=True)
        self.record(self.own, 240)
        self.assertEqual(self.heard(), 240)

    def test_nothing_changed(self) -> None:
        """Nothing is read for nothing."""
        self.heard()
        self.assertEqual(self.taken, 0)

    def test_broken(self) -> None:
        """A file that is none is told; ours is heard."""
        (self.own / "zh").mkdir(parents=True)
        (self.own / "zh" / "welcome.wav").write_bytes(b"no sound")
        self.assertEqual(self.heard(), 80)
        self.assertTrue(any("welcome.wav" in str(problem) for problem in self.prompts.problems))

    def test_another_folder(self) -> None:
        """Settings that name another folder are taken over by those who read them, not here."""
        self.clock.advance(LOOK_S)
        self.folders[0] = Path(self.mktemp())
        self.heard()
        self.assertEqual(self.taken, 0)
