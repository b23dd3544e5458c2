"""A modem that has reset itself in a call sits in command state and echoes: it sends back the very bytes it is sent."""

from callserver.dsp.codecs import Codec
from callserver.dsp.frames import BLOCK_SAMPLES, RATE_HZ

KEPT_S = 0.3  # an echo comes at once, but reads and writes come in turns
PROBE_SAMPLES = 32  # of each block: a few, for the results that the modem puts in between would spoil a longer piece
PROOF_BLOCKS = 15


class OwnEcho:
    """
    Compares a piece of each block that is heard with what was just said.

    No telephone line gives back sound bit by bit. Pieces of one value prove nothing: silence is alike everywhere.
    """

    def __init__(self, codec: Codec) -> None:
        self._block, self._probe = (n * codec.bytes_per_sample for n in (BLOCK_SAMPLES, PROBE_SAMPLES))
        self._kept = round(RATE_HZ * codec.bytes_per_sample * KEPT_S)
        self._said = bytearray()
        self._heard = b""
        self._n_alike = 0

    def said(self, sound: bytes) -> None:
        """So much was sent."""
        self._said += sound
        if len(self._said) > 2 * self._kept:
            del self._said[: -self._kept]

    def heard(self, sound: bytes) -> bool:
        """So much has come; whether it is our own beyond doubt."""
        sound = self._heard + sound
        whole = len(sound) - len(sound) % self._block
        for start in range(0, whole, self._block):
            piece = sound[start : start + self._probe]
            if piece.count(piece[:1]) < len(piece):
                self._n_alike = self._n_alike + 1 if piece in self._said else max(self._n_alike - 1, 0)
        self._heard = sound[whole:]
        return self._n_alike >= PROOF_BLOCKS
