"""How far to be ahead of a modem that plays by its own clock, seen in how much it has sent."""

from callserver.dsp.codecs import Codec
from callserver.dsp.frames import BLOCK_SAMPLES, RATE_HZ

CUSHION_S = 0.06  # lies in the modem when a block of ours is due
AHEAD_MAX_S = 0.24  # more is not heard in time, and does not fit into a modem
SETTLING_S = 0.1  # an underrun reported so soon after a cushion was laid is the one before it
SMOOTHING_BLOCKS = 25  # reads and writes come in turns: only what lasts is drift


class Pacing:
    """
    Counts sound in both directions, in bytes: a modem plays as much as it gives.

    One that has played all it had gets a new cushion of silence. When the lead over it drifts by more than a block,
    one block of silence is put in, or one block left out.
    """

    def __init__(self, codec: Codec) -> None:
        second = RATE_HZ * codec.bytes_per_sample
        self._cushion, self._ahead_max, self._settling = (
            round(second * span) for span in (CUSHION_S, AHEAD_MAX_S, SETTLING_S)
        )
        self._block = BLOCK_SAMPLES * codec.bytes_per_sample
        self._silence = codec.silence * (self._cushion // codec.bytes_per_sample)
        self._n_received = 0
        self.n_held_back = 0  # blocks in a row not sent because the modem does not move

    @property
    def settled(self) -> bool:
        """The stream is older than the underrun that most modems report at its start."""
        return self._n_received >= self._settling

    def start(self, n_unread: int = 0) -> bytes:
        """What to send to a modem that has nothing to play; it has sent `n_unread` bytes that we have not read."""
        self._ahead, self._excess = self._cushion + n_unread, 0.0
        self._mended_at = self._n_received + n_unread + self._settling
        return self._silence

    def received(self, n_bytes: int) -> None:
        """So much sound has been read from the modem."""
        self._ahead -= n_bytes
        self._n_received += n_bytes

    def underrun(self) -> bytes:
        """The modem says that it ran empty; what to send now, nothing if that is mended already."""
        return self.start() if self._n_received >= self._mended_at else b""

    def pace(self, block: bytes, n_unread: int = 0) -> bytes:
        """What to send when a block is due: it, silence and it, or nothing."""
        ahead = self._ahead - n_unread
        if ahead > self._ahead_max:
            self.n_held_back += 1
            return b""
        self.n_held_back = 0
        self._excess += (ahead - self._cushion - self._excess) / SMOOTHING_BLOCKS
        if ahead <= 0:
            block = self.start(n_unread) + block
            self._ahead -= self._cushion
        elif self._excess > self._block:
            self._excess -= self._block
            return b""
        elif self._excess < -self._block:
            self._excess += self._block
            block = self._silence[: self._block] + block
        self._ahead += len(block)
        return block
