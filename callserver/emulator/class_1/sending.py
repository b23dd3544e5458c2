"""A modem that sends a fax's signals: +FTH, +FTM."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Iterator
from itertools import chain, repeat

import numpy as np

from callserver.dsp.frames import BLOCK_MS, BLOCK_SAMPLES, RATE_HZ, FloatArray
from callserver.emulator.class_1.from_computer import OctetsToSend
from callserver.emulator.handset import SILENCE
from callserver.fax.hdlc import FLAG, burst_bits
from callserver.fax.modems.schemes import scheme_of
from callserver.fax.modems.transmitter import image_sound
from callserver.fax.modems.v21 import BLOCK_BITS, V21Modulator
from callserver.fax.modulations import Modulation

LEVEL_DBM0 = -14.0
PAUSE_MS = 75  # between signals (T.30, clause 5.3)
PATIENCE_MS = 5000  # for the computer's next octet; then the carrier ends with ERROR
PREAMBLE_FLAGS = 38  # 1.01 s; T.30: 1 s, 15 % either way
LAST_FLAGS = 1  # the far end answers 75 ms after it, and the computer must hear OK before that
FINAL_FRAME = 0x10  # in the control octet
FRAME_OCTETS_MAX = 512


class Sending(ABC):
    """
    A stream whose octets come from the computer and whose sound is made block by block.

    :param say: told CONNECT when the computer may send, at once
    :param silent_ms: for how long nobody has been on the line: a chip keeps the pause if its computer does not
    """

    def __init__(self, octets: OctetsToSend, say: Callable[[str], None], silent_ms: int) -> None:
        self.result, self.ended, self.underruns, self.hangs_up = "OK", False, 0, False
        self.end_mark = b""
        self._octets, self._say = octets, say
        n_pause = max(round((PAUSE_MS - silent_ms) / BLOCK_MS), 0)
        self._sound = chain(repeat(SILENCE, n_pause), self._make_sound())
        say("CONNECT")
        self._next_block = next(self._sound, None)

    @property
    def room(self) -> int:
        return self._octets.room

    @property
    def held(self) -> bytes:
        return self._octets.held

    def feed(self, data: bytes) -> None:
        self._octets.feed(data)

    def read_sound(self) -> FloatArray | None:
        block, self._next_block = self._next_block, next(self._sound, None)
        self.ended = self._next_block is None
        return block

    def feed_sound(self, block: FloatArray | None) -> bytes:
        return b""

    @abstractmethod
    def _make_sound(self) -> Iterator[FloatArray]:
        """All of the signal, block by block."""


class SendsFrames(Sending):
    """+FTH=3: the preamble, frames as they come with flags between, and the end after a final frame."""

    def _make_sound(self) -> Iterator[FloatArray]:
        modulator = V21Modulator(LEVEL_DBM0)
        bits = b""
        for more in self._bits():
            bits += more
            while len(bits) >= BLOCK_BITS:
                yield modulator.modulate(np.frombuffer(bits[:BLOCK_BITS], np.uint8))
                bits = bits[BLOCK_BITS:]
        bits += FLAG[: BLOCK_BITS - len(bits)]
        yield modulator.modulate(np.frombuffer(bits, np.uint8))

    def _bits(self) -> Iterator[bytes]:
        yield FLAG * PREAMBLE_FLAGS
        more = True
        while more:
            frame = yield from self._frame()
            more = bool(frame) and not _is_final(frame)
            if frame:
                yield burst_bits([frame], 0, LAST_FLAGS if not more else 1)
            if more:
                self._octets.next_frame()
                self._say("CONNECT")

    def _frame(self) -> Generator[bytes, None, bytes]:
        """Flags until the computer has given a frame; none if it ends the carrier, or takes too long."""
        waited_ms = 0.0
        while not self._octets.complete:
            yield FLAG
            waited_ms += 1000 * len(FLAG) / 300
            if waited_ms > PATIENCE_MS:
                self.result = "ERROR"
                return b""
        return self._octets.take(FRAME_OCTETS_MAX)


def _is_final(frame: bytes) -> bool:
    return len(frame) > 1 and bool(frame[1] & FINAL_FRAME)


class SendsImage(Sending):
    """
    +FTM: the training, ones until the computer's first octet, its octets, the turn-off.

    An empty buffer is sent as zeros, and counted as an underrun: to a fax machine they are a damaged row, or nothing
    if the computer has just ended one.
    """

    def __init__(
        self, modulation: Modulation, short: bool, octets: OctetsToSend, say: Callable[[str], None], silent_ms: int
    ) -> None:
        self._modulation, self._short = modulation, short
        super().__init__(octets, say, silent_ms)

    def _make_sound(self) -> Iterator[FloatArray]:
        return image_sound(scheme_of(self._modulation), self._pieces(), LEVEL_DBM0, short=self._short)

    def _pieces(self) -> Iterator[bytes]:
        """20 ms of octets each time they are asked for."""
        size = self._modulation.bit_rate * BLOCK_SAMPLES // RATE_HZ // 8
        begun, dry_ms = False, 0
        while len(self._octets) or not self._octets.complete:
            piece = self._octets.take(size)
            missing = size - len(piece)
            if begun and missing and not dry_ms and not self._octets.complete:
                self.underruns += 1
            dry_ms = dry_ms + BLOCK_MS if missing else 0
            if dry_ms > PATIENCE_MS:
                self.result = "ERROR"
                return
            begun = begun or bool(piece)
            if self._octets.complete:
                yield piece
            else:
                yield piece + (b"\0" if begun else b"\xff") * missing
