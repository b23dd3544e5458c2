"""What the headset needs of a computer's sound."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Device:
    """A microphone or a loudspeaker."""

    id: str  # the same tomorrow
    name: str  # as the system shows it: foreign text
    is_default: bool = False


class Stream(Protocol):
    """A device in use."""

    def alive(self) -> bool:
        """False when the device has gone, or never worked."""

    def stop(self) -> None:
        """Let the device go; nothing more comes from it."""


class Loudspeaker(Stream, Protocol):
    """A device that plays: 16-bit little-endian, 8 kHz, one channel."""

    def write(self, data: bytes) -> None:
        """Play this after what is queued."""

    def queued_s(self) -> float:
        """How much waits to be played; what the device itself has taken already does not count."""


class Sound(Protocol):
    """The computer's microphones and loudspeakers."""

    def microphones(self) -> tuple[Device, ...]:
        """All there are now."""

    def loudspeakers(self) -> tuple[Device, ...]:
        """All there are now."""

    def watch(self, changed: Callable[[], None]) -> None:
        """Call it whenever there are other devices, or another one is the system's default."""

    def listen(self, device_id: str, heard: Callable[[bytes], None]) -> Stream | None:
        """Blocks of 20 ms as `AgentClient.send_audio` takes them; None if the device does not open."""

    def speak(self, device_id: str) -> Loudspeaker | None:
        """Something to play on; None if the device does not open."""
