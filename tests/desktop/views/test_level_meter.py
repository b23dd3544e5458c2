"""The meters of microphone and headset."""

import gc

from PySide6.QtGui import QAccessible, QColor
from twisted.trial.unittest import SynchronousTestCase

from callserver.desktop.headset.level import Level
from callserver.desktop.views.level_meter import BARS, LevelMeter, lit
from callserver.desktop.views.theme import LIGHT
from tests.desktop.qt import application, flush, shown
from tests.once import leave_out_what_stands


class LevelMeterTests(SynchronousTestCase):
    def setUp(self) -> None:
        application()
        self.meter = LevelMeter("Microphone")
        shown(self, self.meter, 200, 16)

    def spoken(self) -> tuple[str, str]:
        """What a screen reader says of it."""
        heard = QAccessible.queryAccessibleInterface(self.meter)
        return heard.text(QAccessible.Text.Name), heard.text(QAccessible.Text.Value)

    def test_bars(self) -> None:
        """Silence lights nothing; speech about half; only what is too loud reaches the last bar."""
        self.assertEqual(lit(Level()), (0, -1))
        self.assertEqual(lit(Level(-18.0, -30.0)), (11, 14))
        self.assertEqual(lit(Level(0.0, -5.0)), (19, BARS - 1))
        self.assertLess(lit(Level(-4.0, -9.0))[1], BARS - 1)

    def test_painted(self) -> None:
        """The bars are seen, in the theme's colours; the last one in that of a problem."""
        self.meter.show_level(Level(0.0, -30.0))
        picture = self.meter.grab().toImage()
        middle = picture.height() // 2
        colours = [picture.pixelColor(5 + 10 * bar, middle).name() for bar in range(BARS)]
        self.assertEqual(colours[:11], [LIGHT.good] * 11)
        self.assertEqual(colours[11:19], [QColor(LIGHT.ground).name()] * 8)
        self.assertEqual(colours[19], LIGHT.problem)

    def test_spoken(self) -> None:
        """Who does not see it hears its name, and how loud it is now."""
        self.assertEqual(self.spoken(), ("Microphone", "-"))
        self.meter.show_level(Level(-18.4, -30.0))
        self.assertEqual(self.spoken(), ("Microphone", "-18 dB"))

    def test_many_made_and_gone(self) -> None:
        """Screens come and go while a screen reader runs: no meter speaks for another, and nothing crashes."""
        leave_out_what_stands()
        QAccessible.setActive(True)
        self.addCleanup(QAccessible.setActive, False)
        for n in range(20):
            meter = LevelMeter(f"meter {n}")
            meter.show_level(Level(-18.0, -30.0))
            heard = QAccessible.queryAccessibleInterface(meter)
            self.assertEqual(heard.text(QAccessible.Text.Name), f"meter {n}")
            meter.deleteLater()
            del meter, heard
            flush()
            gc.collect()
