"""A computer without any sound: no microphone, no loudspeaker, and none ever comes."""

from __future__ import annotations

from collections.abc import Callable

from callserver.desktop.headset.sound_system import Device, Loudspeaker, Stream


class NoSound:
    """A `Sound` where there is nothing to hear with."""

    def microphones(self) -> tuple[Device, ...]:
        """None."""
        return ()

    def loudspeakers(self) -> tuple[Device, ...]:
        """None."""
        return ()

    def watch(self, changed: Callable[[], None]) -> None:
        """Nothing changes."""

    def listen(self, device_id: str, heard: Callable[[bytes], None]) -> Stream | None:
        """Nothing opens."""
        return None

    def speak(self, device_id: str) -> Loudspeaker | None:
        """Nothing opens."""
        return None
