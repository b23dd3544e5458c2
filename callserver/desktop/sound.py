"""An agent's voice from a file, and what he hears into one; the pace is the clock's."""

from __future__ import annotations

import wave
from collections.abc import Callable, Iterable
from pathlib import Path
from types import TracebackType

from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import deferLater

from callserver.wire.catalogue import Complaint
from callserver.wire.messages import AUDIO_BLOCK_BYTES, AUDIO_BLOCK_S

RATE_HZ = 8000
SILENCE = bytes(AUDIO_BLOCK_BYTES)


class SoundUnusable(Complaint):
    """A sound file that cannot be used; the text says which and why."""


def read_blocks(path: Path) -> list[bytes]:
    """
    A WAV file in blocks of 20 ms, the last one filled up with silence.

    :raises SoundUnusable: if it is missing or not 16-bit PCM, 8 kHz, one channel
    """
    try:
        with wave.open(str(path)) as file:
            shape = file.getnchannels(), file.getsampwidth(), file.getframerate()
            data = file.readframes(file.getnframes())
    except OSError as error:
        raise SoundUnusable("{file}: {problem}", file=str(path), problem=error.strerror) from None
    except (EOFError, wave.Error) as error:
        raise SoundUnusable(
            "{file}: no WAV file ({problem})", file=str(path), problem=str(error) or Complaint("too short")
        ) from None
    if shape != (1, 2, RATE_HZ):
        channels, width, rate_hz = shape
        raise SoundUnusable(
            "{file}: needs one channel, 16 bits, 8000 Hz; it has {channels} channel(s), {bits} bits, {rate_hz} Hz",
            file=str(path),
            channels=channels,
            bits=8 * width,
            rate_hz=rate_hz,
        )
    starts = range(0, len(data), AUDIO_BLOCK_BYTES)
    return [data[start : start + AUDIO_BLOCK_BYTES].ljust(AUDIO_BLOCK_BYTES, b"\0") for start in starts]


async def speak(blocks: Iterable[bytes], send: Callable[[bytes], None], clock: IReactorTime) -> None:
    """Send one block each 20 ms; late ones follow at once, so that the pace holds on a busy machine."""
    began_s = clock.seconds()
    for n, block in enumerate(blocks):
        await deferLater(clock, max(0.0, began_s + n * AUDIO_BLOCK_S - clock.seconds()))
        send(block)


class HearingFile:
    """
    A WAV file that can be played at any moment, also after a kill: each block renews the header.

    :raises SoundUnusable: if it cannot be made
    """

    def __init__(self, path: Path) -> None:
        try:
            self._bare = path.open("wb", buffering=0)  # else the last blocks, or all, wait in a buffer
        except OSError as error:
            raise SoundUnusable("{file}: {problem}", file=str(path), problem=error.strerror) from None
        self._file = wave.open(self._bare, "wb")  # noqa: SIM115 - lives as long as the object
        self._file.setnchannels(1)
        self._file.setsampwidth(2)
        self._file.setframerate(RATE_HZ)

    def write(self, block: bytes) -> None:
        """20 ms more."""
        self._file.writeframes(block)

    def close(self) -> None:
        """No more to hear."""
        self._file.close()
        self._bare.close()

    def __enter__(self) -> HearingFile:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()
