"""A modem while sound flows between it and the computer: +VTX, +VRX, +VTR."""

from collections.abc import Callable

import numpy as np

from callserver.dsp.codecs import Codec
from callserver.dsp.frames import BLOCK_MS, BLOCK_SAMPLES, FloatArray
from callserver.emulator.voice_bytes import CAN, DLE, ESC, ETX, FromComputer, shielded

START_MS = 100  # no sound yet so long after CONNECT: the first underrun report
HELD_BYTES = 256


class VoiceStream:
    """
    One stay in a stream.

    :param plays: sound comes from the computer
    :param records: sound goes to the computer
    :param buffer_bytes: what the chip holds of the sound to play
    :param on_report: told "u" when the computer sends too late, once for each gap
    `ended`: the stream is over; `held`: what the computer has sent after its end
    """

    def __init__(
        self,
        codec: Codec,
        plays: bool,
        records: bool,
        gains: tuple[float, float],
        buffer_bytes: int,
        on_report: Callable[[str], None],
    ) -> None:
        self.records, self.ended, self.held, self.underruns = records, False, b"", 0
        self.result, self.hangs_up = "OK", False
        self._codec, self._plays, self._buffer_bytes, self._on_report = codec, plays, buffer_bytes, on_report
        self._play_gain, self._record_gain = np.float32(gains[0]), np.float32(gains[1])
        self._reader = FromComputer()
        self._buffer = bytearray()
        self._begun = self._dry = self._draining = self._paused = False
        self._age_ms = 0

    @property
    def room(self) -> int:
        """Bytes that can be taken now."""
        if self._draining or not self._plays:
            return HELD_BYTES - len(self.held)
        return max(self._buffer_bytes - len(self._buffer), 0)

    @property
    def end_mark(self) -> bytes:
        """What ends the stream towards the computer, before OK."""
        return DLE + ETX if self.records else b""

    def feed(self, data: bytes) -> None:
        """From the computer."""
        for sound, code in self._reader.feed(data):
            if code:
                self._obey(code)
            elif self.ended or self._draining:
                self.held += sound
            elif self._plays:
                self._buffer += sound
                self._begun = True

    def read_sound(self) -> FloatArray | None:
        """The next block of what the computer plays, shape (160,)."""
        self._age_ms += BLOCK_MS
        if not self._plays or self._paused or self.ended:
            return None
        wanted = BLOCK_SAMPLES * self._codec.bytes_per_sample
        sound = bytes(self._buffer[:wanted])
        del self._buffer[:wanted]
        if len(sound) == wanted:
            self._dry = False
        elif self._draining:
            self.ended = True
        else:
            self._run_dry()
        missing = (wanted - len(sound)) // self._codec.bytes_per_sample
        block = self._codec.decode(np.frombuffer(sound + missing * self._codec.silence, np.uint8)[:wanted])
        return block * self._play_gain

    def feed_sound(self, block: FloatArray | None) -> bytes:
        """A block from the line, as bytes for the computer."""
        if not self.records:
            return b""
        block = np.zeros(BLOCK_SAMPLES, np.float32) if block is None else block
        return shielded(self._codec.encode(block * self._record_gain).tobytes())

    def _obey(self, code: bytes) -> None:
        if code == CAN:
            self._buffer.clear()
        elif code == ETX and self._plays:
            self._draining = True
            self._paused = False
        elif code in (b"!", ESC, b"^") and self.records:
            self.ended = True
        elif code in (b"p", b"r"):
            self._paused = code == b"p"

    def _run_dry(self) -> None:
        if not self._dry and (self._begun or self._age_ms > START_MS):
            self._dry = True
            self.underruns += self._begun
            self._on_report("u")
