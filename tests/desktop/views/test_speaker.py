"""On what a recording is heard: the headset that was chosen at the log-in, else what the computer prefers."""

from __future__ import annotations

from unittest.mock import patch

from callserver.desktop.headset.sound_system import Device
from callserver.desktop.views.speaker import HeadsetSpeaker
from tests.desktop.presenters.work_case import WorkCase

SCREEN, JABRA, USUAL = Device("screen", "HDMI"), Device("jabra", "Jabra"), Device("usual", "Speakers", is_default=True)


class FakeSound:
    """Says what it would play on."""

    known: tuple[Device, ...] = ()

    def loudspeakers(self) -> tuple[Device, ...]:
        return self.known

    def speak(self, device_id: str) -> str:
        return device_id


class HeadsetSpeakerTests(WorkCase):
    def opened(self, *known: Device, chosen: str = "") -> object:
        """What is played on where these are plugged in."""
        self.work.settings.remember(headset=chosen)
        FakeSound.known = known
        with patch("callserver.desktop.views.speaker.QtSound", FakeSound):
            return HeadsetSpeaker(self.work.settings).open()

    def test_chosen(self) -> None:
        """The chosen headset, as long as it is there."""
        self.assertEqual(self.opened(SCREEN, USUAL, JABRA, chosen="jabra"), "jabra")
        self.assertEqual(self.opened(SCREEN, USUAL, chosen="jabra"), "usual")

    def test_nothing_chosen(self) -> None:
        """The computer's own, or any; nothing where nothing is plugged in."""
        self.assertEqual(self.opened(SCREEN, USUAL), "usual")
        self.assertEqual(self.opened(SCREEN), "screen")
        self.assertIsNone(self.opened())
