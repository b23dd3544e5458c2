"""How loud it is, in numbers that people who set microphones know."""

from array import array

from twisted.trial.unittest import SynchronousTestCase

from callserver.desktop.headset.level import SILENT_DB, Level, LevelTracker, level_of
from tests.desktop.headset.fakes import tone


class LevelTests(SynchronousTestCase):
    def test_of_a_sine(self) -> None:
        """A full sine has its peak at 0 dB and 3 dB less power; half the amplitude is 6 dB less."""
        self.assertEqual(level_of(tone(0.1, 1000, 1.0)), Level(0.0, -3.0))
        self.assertEqual(level_of(tone(0.1, 1000, 0.5)), Level(-6.0, -9.0))

    def test_extremes(self) -> None:
        """Silence, nothing at all, and the lowest sample there is."""
        self.assertEqual(level_of(bytes(320)), Level(SILENT_DB, SILENT_DB))
        self.assertEqual(level_of(b""), Level())
        self.assertEqual(level_of(array("h", [-32768]).tobytes()).peak_db, 0.0)

    def test_ten_a_second(self) -> None:
        """A meter moves ten times a second, not fifty."""
        tracker = LevelTracker()
        levels = [tracker.add(tone(0.02, 1000)) for _ in range(50)]
        self.assertEqual([level for level in levels if level], [Level(-6.0, -9.0)] * 10)
