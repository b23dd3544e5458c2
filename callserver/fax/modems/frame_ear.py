"""Frames out of V.21 sound."""

from __future__ import annotations

from callserver.dsp.frames import FloatArray
from callserver.fax.hdlc import FLAG, FrameReader
from callserver.fax.modems.v21_receiver import V21Receiver
from callserver.fax.signals import FlagsHeard, FramesOver, Heard

ENOUGH_FLAGS = 3 * FLAG


class FrameEar:
    """A burst of V.21 begins with three flags in a row and ends with its carrier; outside bursts nothing is a frame."""

    def __init__(self) -> None:
        self._receiver, self._reader = V21Receiver(), FrameReader()
        self._latest = b""
        self.in_burst = False

    @property
    def carrier(self) -> bool:
        """The two tones hold most of the sound, flags or not."""
        return self._receiver.carrier

    def feed(self, block: FloatArray) -> list[Heard]:
        """20 ms, shape (160,)."""
        heard = self._receiver.feed(block)
        events: list[Heard] = []
        bits = heard.bits.tobytes()
        if bits:
            frames = self._reader.feed_bits(bits)
            events += self._begun(bits)
            events += frames if self.in_burst else []
        if heard.ended:
            events += [FramesOver()] if self.in_burst else []
            self._reader, self._latest, self.in_burst = FrameReader(), b"", False
        return events

    def _begun(self, bits: bytes) -> list[Heard]:
        self._latest = (self._latest + bits)[-len(ENOUGH_FLAGS) - len(bits) :]
        if self.in_burst or ENOUGH_FLAGS not in self._latest:
            return []
        self.in_burst = True
        return [FlagsHeard()]
