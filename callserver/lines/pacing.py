"""How far to be ahead of a modem that plays by its own clock, seen in how much it has sent."""

from callserver.dsp.codecs import Codec
from callserver.dsp.frames import BLOCK_SAMPLES, RATE_HZ

CUSHION_S = 0.06  # waits in the modem when a block of ours is due
AHEAD_MAX_S = 0.24  # more is not heard in time, and does not fit into a modem
SETTLING_S = 0.1  # after a cushion is laid, an underrun is the one before it
SMOOTHING_BLOCKS = 25  # the reading and the writing side come in turns: only what lasts is drift


class Pacing:
    """
    Counts sound in both directions, in bytes; a modem takes in as much as it gives out.

    When the lead over the modem drifts by more than a block, one block of silence more is sent, or one block less.
    """

    def __init__(self, codec: Codec) -> None:
        second = RATE_HZ * codec.bytes_per_sample
        self._cushion, self._ahead_max, self._settling = (
            round(second * span) for span in (CUSHION_S, AHEAD_MAX_S, SETTLING_S)
        )
        self._block = BLOCK_SAMPLES * codec.bytes_per_sample
        self._silence = codec.silence * (self._cushion // codec.bytes_per_sample)
        self.n_held_back = 0  # blocks in a row not sent because the modem does not move

    def start(self) -> bytes:
        """What to send first, the modem being empty."""
        self._ahead, self._since_start, self._excess = self._cushion, 0, 0.0
        self.n_held_back = 0
        return self._silence

    def received(self, n_bytes: int) -> None:
        """So much sound has come from the modem, so much has it played: what was there to play, and then nothing."""
        self._ahead = max(self._ahead - n_bytes, 0)
        self._since_start += n_bytes

    def underrun(self) -> bytes | None:
        """The modem says that it ran empty; what to send now, None if that was to be expected or is already mended."""
        return None if self._since_start < self._settling else self.start()

    def pace(self, block: bytes) -> bytes:
        """What to send when a block is due: it, it and some silence, or nothing."""
        if self._ahead > self._ahead_max:
            self.n_held_back += 1
            return b""
        self.n_held_back = 0
        self._excess += (self._ahead - self._cushion - self._excess) / SMOOTHING_BLOCKS
        if self._excess > self._block:
            self._excess -= self._block
            return b""
        if self._excess < -self._block:
            self._excess += self._block
            block = self._silence[: self._block] + block
        self._ahead += len(block)
        return block
