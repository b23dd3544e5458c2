"""A computer's sound without any."""

from array import array
from collections.abc import Callable
from math import pi, sin

from callserver.desktop.headset.formats import RATE_HZ
from callserver.desktop.headset.sound_system import Device

BLOCK = bytes(range(160)) * 2


def tone(seconds: float, freq_hz: float, amplitude: float = 0.5, rate_hz: int = RATE_HZ) -> bytes:
    """A sine."""
    turn = 2 * pi * freq_hz / rate_hz
    return array("h", [round(32767 * amplitude * sin(turn * n)) for n in range(round(seconds * rate_hz))]).tobytes()


class FakeStream:
    """A device in use."""

    def __init__(self, device_id: str) -> None:
        self.device_id = device_id
        self.is_alive, self.is_stopped = True, False
        self.heard: Callable[[bytes], None] = lambda block: None
        self.written = bytearray()
        self.queued = 0.06

    def alive(self) -> bool:
        return self.is_alive

    def stop(self) -> None:
        self.is_stopped = True

    def write(self, data: bytes) -> None:
        self.written += data

    def queued_s(self) -> float:
        return self.queued


class FakeSound:
    """Devices that come and go as a test says."""

    def __init__(self) -> None:
        self.inputs = [Device("m1", "Jabra", True), Device("m2", "Webcam")]
        self.outputs = [Device("l1", "Jabra", True), Device("l2", "Monitor")]
        self.opened: list[FakeStream] = []
        self.broken: set[str] = set()  # ids that do not open
        self.changed: Callable[[], None] = lambda: None

    def microphones(self) -> tuple[Device, ...]:
        return tuple(self.inputs)

    def loudspeakers(self) -> tuple[Device, ...]:
        return tuple(self.outputs)

    def watch(self, changed: Callable[[], None]) -> None:
        self.changed = changed

    def listen(self, device_id: str, heard: Callable[[bytes], None]) -> FakeStream | None:
        stream = self.speak(device_id)
        if stream is not None:
            stream.heard = heard
        return stream

    def speak(self, device_id: str) -> FakeStream | None:
        if device_id in self.broken:
            return None
        self.opened.append(FakeStream(device_id))
        return self.opened[-1]

    @property
    def running(self) -> list[str]:
        """Ids of what is open now."""
        return [stream.device_id for stream in self.opened if not stream.is_stopped]

    def stream(self, device_id: str) -> FakeStream:
        """The open one of a device."""
        [stream] = [one for one in self.opened if one.device_id == device_id and not one.is_stopped]
        return stream
