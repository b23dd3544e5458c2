"""A fax machine's modems over the sound of a line."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from callserver.dsp.frames import BLOCK_SAMPLES, RATE_HZ, FloatArray
from callserver.fax.hdlc import burst_bits
from callserver.fax.modems.ear import Ear
from callserver.fax.modems.learning import LearntLine
from callserver.fax.modems.schemes import scheme_of
from callserver.fax.modems.tones import CED_SILENCE_S, CNG_PAUSE_S, tone_sound
from callserver.fax.modems.transmitter import echo_protection, image_sound, piece_octets
from callserver.fax.modems.v21 import v21_sound
from callserver.fax.signals import Asked, FaxTone, Heard, Listen, SendFrames, SendImage, SendTone, Sent

LEVEL_DBM0 = -14.0
PAUSE_S = 0.075  # T.30: 75 ms, 20 either way, between signals
PREAMBLE_FLAGS = 38  # 1.01 s; T.30: 1 s, 15 % either way
LAST_FLAGS = 5
DEAF_BLOCKS = 2  # 40 ms after the last of our own sound: its echo


class SoftModem:
    """
    The lower side of `callserver.fax.signals`: 20 ms of the line's sound in, 20 ms out.

    At any time it sends, listens, or (between `Sent` and what is asked next) does nothing. It hears nothing while it
    sends, but in the pause after a CNG. What `on_heard` is told may be answered from within by `asked`.

    :param on_heard: told what happens, in its order, from within `exchange`
    :param level_dbm0: of what is sent
    :param protect_from_echo: send a carrier before each training, which takes the line's echo suppressors away (TEP)
    """

    def __init__(
        self,
        on_heard: Callable[[Heard], None],
        *,
        level_dbm0: float = LEVEL_DBM0,
        protect_from_echo: bool = False,
    ) -> None:
        self._on_heard, self._level_dbm0, self._protect = on_heard, level_dbm0, protect_from_echo
        self._sending: Iterator[FloatArray] | None = None
        self._rest = _silence(0)  # made, but not sent yet
        self._ear: Ear | None = None
        self._lines: dict[str, LearntLine] = {}  # learnt in this call; V.17's short training needs it
        self._n_deaf = 0

    def asked(self, asked: Asked) -> None:
        """Begin with this at the next block."""
        self._rest = _silence(0)
        match asked:
            case Listen(image, short):
                self._sending = None
                self._listen().expect(image, short=short)
            case SendTone(FaxTone.CNG):
                self._sending = self._calling()
            case SendTone():
                self._sending = self._answering()
            case SendFrames(frames):
                self._sending = self._frames(frames)
            case SendImage():
                self._sending = self._image(asked)
        if self._sending:
            self._ear = None

    def exchange(self, block: FloatArray) -> FloatArray:
        """
        20 ms of the line, float32, shape (160,), for 20 ms to send.

        :raises ValueError: naming shape and type, when they are others
        """
        if block.shape != (BLOCK_SAMPLES,) or block.dtype != np.float32:
            raise ValueError(f"sound must be float32 of shape ({BLOCK_SAMPLES},), not {block.dtype} of {block.shape}")
        self._hear(block)
        return self._send()

    def _hear(self, block: FloatArray) -> None:
        if self._n_deaf:
            self._n_deaf -= 1
        elif self._ear:
            ear = self._ear
            for heard in ear.feed(block):
                self._on_heard(heard)
                if self._ear is not ear:
                    break  # the answer is on its way: what else this block brought is past

    def _send(self) -> FloatArray:
        sending = self._sending
        while sending and len(self._rest) < BLOCK_SAMPLES:
            piece = next(sending, None)
            if piece is None:
                return self._sent()
            self._rest = np.concatenate([self._rest, piece])
        if not sending:
            return _silence(BLOCK_SAMPLES)
        block, self._rest = self._rest[:BLOCK_SAMPLES], self._rest[BLOCK_SAMPLES:]
        if not self._ear:
            self._n_deaf = DEAF_BLOCKS
        return block

    def _sent(self) -> FloatArray:
        """The last block, filled with silence."""
        block = np.concatenate([self._rest, _silence(BLOCK_SAMPLES - len(self._rest))])
        self._sending, self._rest = None, _silence(0)
        self._on_heard(Sent())
        return block

    def _listen(self) -> Ear:
        self._ear = self._ear or Ear(self._lines)
        return self._ear

    def _calling(self) -> Iterator[FloatArray]:
        yield tone_sound(FaxTone.CNG, self._level_dbm0)
        self._listen()
        yield _silence(round(CNG_PAUSE_S * RATE_HZ))

    def _answering(self) -> Iterator[FloatArray]:
        yield _silence(round(CED_SILENCE_S * RATE_HZ))
        yield tone_sound(FaxTone.CED, self._level_dbm0)
        yield _silence(round(PAUSE_S * RATE_HZ))

    def _frames(self, frames: tuple[bytes, ...]) -> Iterator[FloatArray]:
        yield _silence(round(PAUSE_S * RATE_HZ))
        bits = burst_bits(frames, PREAMBLE_FLAGS, LAST_FLAGS)
        yield from v21_sound(np.frombuffer(bits, np.uint8), self._level_dbm0)

    def _image(self, asked: SendImage) -> Iterator[FloatArray]:
        yield _silence(round(PAUSE_S * RATE_HZ))
        scheme = scheme_of(asked.modulation)
        if self._protect:
            yield echo_protection(scheme, self._level_dbm0)
        yield from image_sound(scheme, asked.pieces(piece_octets(scheme)), self._level_dbm0, short=asked.short)


def _silence(n_samples: int) -> FloatArray:
    return np.zeros(n_samples, np.float32)
