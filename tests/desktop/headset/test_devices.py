"""Headsets are plugged in and pulled out; what was chosen is taken whenever it is there."""

from twisted.trial.unittest import SynchronousTestCase

from callserver.desktop.headset.devices import Devices, Use
from callserver.desktop.headset.sound_system import Device
from callserver.wire.catalogue import told
from callserver.wire.messages import Phrase
from tests.desktop.headset.fakes import FakeSound


class DevicesTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.sound = FakeSound()
        self.said: list[str] = []
        self.changes: list[Use] = []
        self.devices = self.made({})

    def made(self, chosen: dict[Use, str]) -> Devices:
        devices = Devices(self.sound, self.say, chosen)
        devices.watch(self.changes.append)
        return devices

    def say(self, phrase: Phrase) -> None:
        self.said.append(told(phrase, "en"))

    def used(self, use: Use = Use.HEADSET) -> str | None:
        device = self.devices.device(use)
        return device and device.id

    def plug(self, *outputs: Device) -> None:
        self.sound.outputs = list(outputs)
        self.sound.changed()

    def test_default(self) -> None:
        """Who chose nothing has what the system prefers, also when that changes."""
        self.assertEqual([self.used(use) for use in Use], ["m1", "l1", "l1"])
        self.plug(Device("l1", "Jabra"), Device("l2", "Monitor", True))
        self.assertEqual(self.used(), "l2")
        self.assertEqual(self.said, ["Headset Monitor is used now"])

    def test_chosen(self) -> None:
        """A choice by id holds from the last session on, and while others come and go."""
        self.devices = self.made({Use.HEADSET: "l2"})
        self.assertEqual(self.used(), "l2")
        self.plug(Device("l0", "Other", True), Device("l2", "Monitor"))
        self.assertEqual((self.used(), self.devices.chosen(Use.HEADSET)), ("l2", "l2"))
        self.devices.choose(Use.HEADSET, "")
        self.assertEqual(self.used(), "l0")

    def test_lost_and_back(self) -> None:
        """A headset that vanishes is said, the next one taken, and it is taken back when it returns."""
        for chosen in ("l1", ""):
            self.said.clear()
            self.devices.choose(Use.HEADSET, chosen)
            self.plug(Device("l2", "Monitor", True))
            self.assertEqual(self.used(), "l2")
            self.plug(Device("l1", "Jabra"), Device("l2", "Monitor", True))
            self.assertEqual(self.used(), "l1")
            self.assertEqual(self.said, ["Headset Jabra is gone; Monitor is used instead", "Headset Jabra is back"])
            self.plug(Device("l1", "Jabra", True), Device("l2", "Monitor"))

    def test_none(self) -> None:
        """No headset at all is said, with what to do; the first that comes is taken."""
        self.plug()
        self.assertIsNone(self.used())
        self.plug(Device("l3", "USB"))
        self.assertEqual(self.said, ["No headset: plug one in, or log in by telephone", "Headset USB is used now"])

    def test_who_watches(self) -> None:
        """Only real changes are told, and nobody is told after he has left."""
        self.sound.changed()
        self.assertEqual(self.changes, [])
        self.devices.choose(Use.MICROPHONE, "m2")
        self.assertEqual(self.changes, [Use.MICROPHONE])
        leave = self.devices.watch(self.changes.append)
        leave()
        self.devices.choose(Use.MICROPHONE, "m1")
        self.assertEqual(self.changes, [Use.MICROPHONE] * 2)

    def test_known(self) -> None:
        """What a list on the screen offers."""
        self.assertEqual([device.name for device in self.devices.known(Use.MICROPHONE)], ["Jabra", "Webcam"])
        self.assertEqual(self.devices.known(Use.RING), self.devices.known(Use.HEADSET))
