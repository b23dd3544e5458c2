"""The computer's sound by QtMultimedia. Nothing else of the headset knows Qt."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QIODevice, QObject
from PySide6.QtMultimedia import QAudioDevice, QAudioFormat, QAudioSink, QAudioSource, QMediaDevices, QtAudio

from callserver.desktop.headset.formats import Inward, Outward, SoundFormat
from callserver.desktop.headset.progress import Progress
from callserver.desktop.headset.server_check import ServerCheck
from callserver.desktop.headset.sound_system import Device

# Qt moves sound in pieces of 1024 samples, whatever the rate: at 8 kHz these are 128 ms.
LISTEN_HZ = 32_000  # pieces of 32 ms
SPEAK_HZ = 16_000  # 64 ms: it should survive a machine that stands still for a moment
BUFFER_S = 0.4  # twice what is ever queued, so that nothing is cut off
KINDS = {
    QAudioFormat.SampleFormat.UInt8: "B",
    QAudioFormat.SampleFormat.Int16: "h",
    QAudioFormat.SampleFormat.Int32: "i",
    QAudioFormat.SampleFormat.Float: "f",
}


class QtSound:
    """A `Sound`; made after the application."""

    def __init__(self) -> None:
        self._media = QMediaDevices()
        self._check = ServerCheck()
        self.watch(self._check.found)

    def microphones(self) -> tuple[Device, ...]:
        """All there are now."""
        return tuple(map(_device, QMediaDevices.audioInputs()))

    def loudspeakers(self) -> tuple[Device, ...]:
        """All there are now."""
        return tuple(map(_device, QMediaDevices.audioOutputs()))

    def watch(self, changed: Callable[[], None]) -> None:
        """Call it whenever there are other devices, or another one is the system's default."""
        self._media.audioInputsChanged.connect(changed)
        self._media.audioOutputsChanged.connect(changed)

    def listen(self, device_id: str, heard: Callable[[bytes], None]) -> Listening | None:
        """Blocks of 20 ms; None if the device does not open."""
        device = _find(QMediaDevices.audioInputs(), device_id) if self._check.may_open() else None
        stream = Listening(device, heard, self._check.lost) if device is not None else None
        return stream if stream is not None and stream.alive() else None

    def speak(self, device_id: str) -> Speaking | None:
        """Something to play on; None if the device does not open."""
        device = _find(QMediaDevices.audioOutputs(), device_id) if self._check.may_open() else None
        stream = Speaking(device, self._check.lost) if device is not None else None
        return stream if stream is not None and stream.alive() else None


class Listening:
    """A microphone in use."""

    def __init__(self, device: QAudioDevice, heard: Callable[[bytes], None], stuck: Callable[[], None]) -> None:
        wanted = _format(device, LISTEN_HZ)
        self._heard, self._inward = heard, Inward(_own(wanted))
        self._source = QAudioSource(device, wanted)
        self._source.setBufferSize(wanted.bytesForDuration(round(BUFFER_S * 1e6)))
        self._progress = Progress(stuck)
        self._io: QIODevice | None = self._source.start()
        if self._io is not None:
            self._io.readyRead.connect(self._ready)

    def alive(self) -> bool:
        """The state is asked for: connecting `stateChanged` raises in PySide6 6.11.3. Silence, too, is progress."""
        if self._io is None or self._source.state() is QtAudio.State.StoppedState:
            return False
        return not self._progress.is_stuck(self._source.processedUSecs())

    def stop(self) -> None:
        """Let it go; nothing comes any more."""
        if self._io is not None:
            self._io.readyRead.disconnect(self._ready)
            self._io = None
        _end(self._source)

    def _ready(self) -> None:
        if self._io is not None:
            for block in self._inward.feed(bytes(self._io.readAll().data())):
                self._heard(block)


class Speaking:
    """A loudspeaker in use."""

    def __init__(self, device: QAudioDevice, stuck: Callable[[], None]) -> None:
        wanted = _format(device, SPEAK_HZ)
        self._outward = Outward(_own(wanted))
        self._bytes_per_s = wanted.sampleRate() * wanted.bytesPerFrame()
        self._sink = QAudioSink(device, wanted)
        self._sink.setBufferSize(wanted.bytesForDuration(round(BUFFER_S * 1e6)))
        self._progress = Progress(stuck)
        self._io: QIODevice | None = self._sink.start()

    def alive(self) -> bool:
        """As `Listening.alive`; where nothing is queued there is none to be seen."""
        if self._io is None or self._sink.state() is QtAudio.State.StoppedState:
            return False
        if self.queued_s() <= 0:
            self._progress.rest()
            return True
        return not self._progress.is_stuck(self._sink.processedUSecs())

    def write(self, data: bytes) -> None:
        """Play it after what is queued; what has no room is lost."""
        if self._io is not None and data:
            self._io.write(self._outward.feed(data))

    def queued_s(self) -> float:
        """What Qt has not handed to the system."""
        return (self._sink.bufferSize() - self._sink.bytesFree()) / self._bytes_per_s

    def stop(self) -> None:
        """Let it go; what is queued is not played."""
        self._io = None
        _end(self._sink)


def _end(stream: QAudioSource | QAudioSink) -> None:
    stream.stop()
    QObject.deleteLater(stream)


def _device(device: QAudioDevice) -> Device:
    return Device(bytes(device.id().data()).decode("utf-8", "replace"), device.description(), device.isDefault())


def _find(devices: list[QAudioDevice], device_id: str) -> QAudioDevice | None:
    return next((device for device in devices if _device(device).id == device_id), None)


def _format(device: QAudioDevice, rate_hz: int) -> QAudioFormat:
    """One channel at that rate, if the system converts; else what the device prefers, and we convert."""
    wanted = QAudioFormat()
    wanted.setSampleRate(rate_hz)
    wanted.setChannelCount(1)
    wanted.setSampleFormat(QAudioFormat.SampleFormat.Int16)
    return wanted if device.isFormatSupported(wanted) else device.preferredFormat()


def _own(wanted: QAudioFormat) -> SoundFormat:
    return SoundFormat(wanted.sampleRate(), wanted.channelCount(), KINDS.get(wanted.sampleFormat(), "h"))
