"""The panel for headsets, clicked and looked at."""

from pathlib import Path

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from callserver.desktop.headset.devices import Devices, Use
from callserver.desktop.headset.headset import LevelShown
from callserver.desktop.own_settings import OwnSettings
from callserver.desktop.presenters.devices import DevicesPanel
from callserver.desktop.views.devices import DevicesView
from tests.desktop.headset.fakes import FakeSound, tone
from tests.desktop.qt import application, click, flush, shown


class DevicesViewTests(SynchronousTestCase):
    def setUp(self) -> None:
        application()
        self.clock, self.sound = Clock(), FakeSound()
        self.settings = OwnSettings(Path(self.mktemp()))
        self.devices = Devices(self.sound, lambda phrase: None)
        self.view = DevicesView(self.make)
        shown(self, self.view, 600, 200)

    def make(self, show: object, levels: LevelShown) -> DevicesPanel:
        return DevicesPanel(self.clock, self.sound, self.devices, self.settings, "en", show, levels)

    def test_chosen(self) -> None:
        """A line of a list is picked; it is used, and remembered."""
        box = self.view.lists[Use.HEADSET]
        self.assertEqual(box.count(), 3)
        box.setCurrentIndex(2)
        box.activated.emit(2)
        self.assertEqual((self.devices.device(Use.HEADSET).id, self.settings.now.headset), ("l2", "l2"))

    def test_test_call(self) -> None:
        """The button begins the test call, the meter moves with the voice, and what to do is said."""
        click(self.view.test)
        for _ in range(5):
            self.sound.stream("m1").heard(tone(0.02, 1000))
        self.assertEqual(self.view.meter.level.peak_db, -6.0)
        self.assertEqual(
            (self.view.test.text(), self.view.said.text()), ("Stop the test", "A short rising tone is played")
        )

    def test_left(self) -> None:
        """Hidden, the microphone is let go."""
        click(self.view.test)
        self.view.hide()
        flush()
        self.assertEqual(self.sound.running, [])

    def test_named(self) -> None:
        """Each list, the meter and the button have a name, and the words have room."""
        for box in self.view.lists.values():
            self.assertTrue(box.accessibleName())
        self.assertEqual(self.view.meter.accessibleName(), "Level of the microphone")
        self.assertLessEqual(self.view.test.sizeHint().width(), self.view.test.width())
