"""A handset: sound on its way to the line, and a recording of both directions."""

import wave
from collections import deque
from pathlib import Path

import numpy as np

from callserver.dsp.codecs import LINEAR_16
from callserver.dsp.frames import BLOCK_SAMPLES, RATE_HZ, FloatArray, amplitude

SILENCE = np.zeros(BLOCK_SAMPLES, np.float32)
BLOCKS_A_WRITE = 50
THRESHOLD = BLOCK_SAMPLES * amplitude(-40.0) ** 2 / 2  # sum of squares; what is weaker is silence


def is_sound(block: FloatArray) -> bool:
    """Whether a block, shape (160,), is more than the noise of a line."""
    return bool(np.dot(block, block) > THRESHOLD)


class Transmitter:
    """Sends what it was fed, block by block, in order."""

    def __init__(self) -> None:
        self._waiting: deque[FloatArray] = deque()

    @property
    def is_empty(self) -> bool:
        """Nothing is left to send."""
        return not self._waiting

    def feed(self, samples: FloatArray) -> None:
        """After all that waits, shape (n,); the last block is filled up with silence if nothing follows."""
        if samples.size:
            self._waiting.append(samples)

    def clear(self) -> None:
        """Forget what was not yet sent."""
        self._waiting.clear()

    def read(self) -> FloatArray | None:
        """The next block, shape (160,); None if there is nothing to send."""
        if not self._waiting:
            return None
        first = self._waiting[0]
        if first.size > BLOCK_SAMPLES:
            self._waiting[0] = first[BLOCK_SAMPLES:]
            return first[:BLOCK_SAMPLES]
        return self._join()

    def _join(self) -> FloatArray:
        block, filled = np.zeros(BLOCK_SAMPLES, np.float32), 0
        while self._waiting and filled < BLOCK_SAMPLES:
            piece = self._waiting.popleft()
            taken = min(piece.size, BLOCK_SAMPLES - filled)
            block[filled : filled + taken] = piece[:taken]
            filled += taken
            if taken < piece.size:
                self._waiting.appendleft(piece[taken:])
        return block


class HandsetRecording:
    """A WAV file with two tracks: left what the receiver heard, right what the transmitter sent."""

    def __init__(self, path: Path) -> None:
        self._raw = path.open("wb")
        self._file = wave.open(self._raw, "wb")  # noqa: SIM115 - open as long as the telephone records
        self._file.setnchannels(2)
        self._file.setsampwidth(LINEAR_16.bytes_per_sample)
        self._file.setframerate(RATE_HZ)
        self._blocks: list[FloatArray] = []

    def feed(self, heard: FloatArray, said: FloatArray | None) -> None:
        """One block of both."""
        self._blocks.append(np.column_stack((heard, SILENCE if said is None else said)))
        if len(self._blocks) >= BLOCKS_A_WRITE:
            self._write()

    def close(self) -> None:
        """The file is whole."""
        self._write()
        self._file.close()
        self._raw.close()

    def _write(self) -> None:
        if self._blocks:
            self._file.writeframesraw(LINEAR_16.encode(np.concatenate(self._blocks).reshape(-1)).tobytes())
            self._blocks.clear()
