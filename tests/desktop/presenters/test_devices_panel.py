"""Headset, microphone and ringing loudspeaker are chosen and tried."""

from pathlib import Path

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from callserver.desktop.headset.devices import Devices, Use
from callserver.desktop.headset.level import Level
from callserver.desktop.headset.sound_system import Device
from callserver.desktop.own_settings import OwnSettings
from callserver.desktop.presenters.devices import DevicesData, DevicesPanel, chosen_devices
from tests.desktop.headset.fakes import FakeSound, tone


def plain(line: str) -> str:
    """Without the marks round foreign text."""
    return line.translate({0x2068: None, 0x2069: None})


class DevicesPanelTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.clock, self.sound = Clock(), FakeSound()
        self.settings = OwnSettings(Path(self.mktemp()))
        self.levels: list[tuple[Use, Level]] = []
        self.panel = self.made()

    def made(self) -> DevicesPanel:
        self.devices = Devices(self.sound, lambda phrase: None, chosen_devices(self.settings))
        panel = DevicesPanel(
            self.clock,
            self.sound,
            self.devices,
            self.settings,
            "en",
            self.show,
            lambda *level: self.levels.append(level),
        )
        panel.start()
        return panel

    def show(self, data: DevicesData) -> None:
        self.shown = data

    def lines(self, at: int) -> tuple[list[str], int]:
        one = self.shown.lists[at]
        return [plain(line) for line in one.lines], one.chosen

    def test_lists(self) -> None:
        """Headset, microphone, and on what it rings; at first all as the system has it."""
        self.assertEqual([one.name for one in self.shown.lists], ["Headset", "Microphone", "Ring on"])
        self.assertEqual(self.lines(0), (["As the system", "Jabra", "Monitor"], 0))
        self.assertEqual(self.lines(1), (["As the system", "Jabra", "Webcam"], 0))

    def test_chosen(self) -> None:
        """A choice is used at once, shown, and there again tomorrow."""
        self.panel.choose(Use.MICROPHONE, "m2")
        self.assertEqual((self.devices.device(Use.MICROPHONE).id, self.lines(1)[1]), ("m2", 2))
        self.panel.stop()
        self.settings = OwnSettings(self.settings.folder)
        self.made()
        self.assertEqual((self.devices.device(Use.MICROPHONE).id, self.lines(1)[1]), ("m2", 2))

    def test_so_loud(self) -> None:
        """How loud it rings counts at once, is shown, and there again tomorrow; at 0 it only shows."""
        for percent, said in ((30, "30 %"), (0, "Silent")):
            self.panel.ring_so_loud(percent)
            self.assertEqual((self.shown.ring_percent, self.shown.ring_said), (percent, said))
        self.assertEqual(OwnSettings(self.settings.folder).now.ring_percent, 0)

    def test_come_and_go(self) -> None:
        """Lists follow what is plugged in; a choice that is not there is still shown as the choice."""
        self.panel.choose(Use.HEADSET, "l2")
        self.sound.outputs = [Device("l1", "Jabra", True), Device("l3", "New")]
        self.sound.changed()
        self.assertEqual(self.lines(0), (["As the system", "Jabra", "New", "Not plugged in: l2"], 3))
        self.sound.outputs = []
        self.panel.choose(Use.HEADSET, "")
        self.assertEqual(self.lines(0), (["None"], 0))

    def test_test_call(self) -> None:
        """The button begins and ends it; what to do and what was found stands below; the meter moves."""
        self.panel.test()
        self.assertEqual((self.shown.test, self.shown.tests), ("Stop the test", True))
        self.assertEqual(self.shown.lines, ("A short rising tone is played",))
        for _ in range(600):
            if "m1" in self.sound.running:
                self.sound.stream("m1").heard(tone(0.02, 1000, 0.1))
            self.clock.pump([0.02] + [0] * 50)
        self.assertEqual((self.shown.test, self.shown.tests), ("Test call", False))
        self.assertEqual(self.shown.lines, ("The microphone is good (-23 dB)", "No echo"))
        self.assertIn((Use.MICROPHONE, Level(-20.0, -23.0)), self.levels)

    def test_call(self) -> None:
        """A call goes before: the test call ends, and none is begun until it is over."""
        self.panel.test()
        self.panel.call(True)
        self.assertEqual((self.sound.running, self.shown.may_test, self.shown.lines), ([], False, ()))
        self.panel.call(False)
        self.assertTrue(self.shown.may_test)

    def test_left(self) -> None:
        """Who stops the test or leaves the panel has no microphone open any more."""
        for leave in (self.panel.test, self.panel.stop):
            self.panel.test()
            self.clock.advance(1)
            leave()
            self.assertEqual(self.sound.running, [])
        self.assertFalse(self.shown.lines)
