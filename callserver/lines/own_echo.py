"""A modem that has reset itself in a call sits in command state and echoes: it sends back the very bytes it is sent."""

from callserver.dsp.codecs import Codec
from callserver.dsp.frames import BLOCK_SAMPLES, RATE_HZ

KEPT_S = 0.3  # an echo comes at once, but reads and writes come in turns
STEP_SAMPLES = 3 * BLOCK_SAMPLES  # so often a piece is looked at: a look costs as much as all else together
PROBE_SAMPLES = 32  # few, for the results that the modem puts in between would spoil a longer piece
PROOF = 8  # pieces: half a second


class OwnEcho:
    """
    Compares pieces of what is heard with what was just said.

    No telephone line gives back sound bit by bit. Pieces of one value prove nothing: silence is alike everywhere.
    """

    def __init__(self, codec: Codec) -> None:
        self._step, self._probe = (n * codec.bytes_per_sample for n in (STEP_SAMPLES, PROBE_SAMPLES))
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
        whole = len(sound) - len(sound) % self._step
        for start in range(0, whole, self._step):
            piece = sound[start : start + self._probe]
            if piece.count(piece[:1]) < len(piece):
                self._n_alike = self._n_alike + 1 if piece in self._said else max(self._n_alike - 1, 0)
        self._heard = sound[whole:]
        return self._n_alike >= PROOF
