"""A stream that stands still is told from one that has only just begun."""

from twisted.internet.task import Clock
from twisted.trial.unittest import TestCase

from callserver.desktop.headset.progress import Progress


class ProgressCase(TestCase):
    """Virtual time."""

    def setUp(self) -> None:
        self.clock = Clock()
        self.n_told = 0
        self.progress = Progress(self.told, self.clock.seconds)

    def told(self) -> None:
        """It stands still."""
        self.n_told += 1

    def looks(self, n_looks: int, each_s: float, done: int = 0) -> bool:
        """What the last of them says."""
        is_stuck = False
        for _ in range(n_looks):
            is_stuck = self.progress.is_stuck(done)
            self.clock.advance(each_s)
        return is_stuck

    def test_slow_begin(self) -> None:
        """
        A recording is looked after twenty times a second, and a busy computer takes a second until it is heard: its
        sound server has not died. It was taken for dead after a quarter of a second, and the next talks had no sound.
        """
        self.assertFalse(self.looks(20, 0.05))
        self.assertFalse(self.looks(20, 0.05, done=1))
        self.assertEqual(self.n_told, 0)

    def test_stands_still(self) -> None:
        """In a talk, which looks twice a second, and in a recording it is told alike, after two and a half seconds."""
        for each_s in (0.5, 0.0625):
            self.setUp()
            n_looks = round(2.5 / each_s)
            self.assertFalse(self.looks(n_looks, each_s))
            self.assertTrue(self.progress.is_stuck(0))
            self.assertEqual(self.n_told, 1)

    def test_stood_still_ourselves(self) -> None:
        """A program that was itself held up for long does not blame the sound server at its first look."""
        self.looks(1, 60)
        self.assertFalse(self.progress.is_stuck(0))

    def test_nothing_to_play(self) -> None:
        """A pause in which nothing is to be played is not counted."""
        self.looks(4, 0.5)
        self.clock.advance(60)
        self.progress.rest()
        self.assertFalse(self.looks(5, 0.5))
