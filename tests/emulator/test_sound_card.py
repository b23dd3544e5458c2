"""Without a sound card, or its software, the terminal telephone says what to install."""

import sys
from types import SimpleNamespace

from twisted.trial.unittest import SynchronousTestCase

from callserver.emulator.sound_card import NoSoundCard, SoundCard


class SoundCardTests(SynchronousTestCase):
    def why(self, sounddevice: object) -> str:
        self.patch(sys, "modules", sys.modules | {"sounddevice": sounddevice})
        return str(self.assertRaises(NoSoundCard, SoundCard, lambda sound: None))

    def test_nothing_installed(self) -> None:
        """The Python package is an extra."""
        self.assertEqual(self.why(None), "its driver is not installed: .venv/bin/pip install sounddevice")

    def test_no_device(self) -> None:
        """A computer without microphone and loudspeaker says what its driver says."""

        class PortAudioError(Exception):
            pass

        def none_here(*arguments: object, **more: object) -> None:
            raise PortAudioError("Error querying device -1")

        self.assertEqual(
            self.why(SimpleNamespace(RawStream=none_here, PortAudioError=PortAudioError)), "Error querying device -1"
        )
