"""How far to be ahead of a modem that plays by its own clock, seen in how much it has sent."""

from callserver.dsp.codecs import Codec
from callserver.dsp.frames import BLOCK_SAMPLES, RATE_HZ

CUSHION_S = 0.06  # lies in the modem when a block of ours is due
AHEAD_MAX_S = 0.24  # more is not heard in time, and does not fit into a modem
SETTLING_S = 0.1  # an underrun reported so soon after a cushion was laid is the one before it
SMOOTHING_BLOCKS = 25  # reads and writes come in turns: only what lasts is drift


# Two clocks: ours ticks each 20 ms, the modem plays and records by its own crystal; 50 ppm between them are 180 ms in
# an hour. A full-duplex modem records a byte for each byte of time that it plays: what it has sent is its clock.
# `_ahead` is what we have sent minus what it has sent: what lies in the modem and on the way, in bytes.
#
#     240 ms  ----------------------------------------  above: nothing is sent; the modem does not move
#     cushion + 20 ms, on the average of 25 blocks  --  above: one block is left out
#     60 ms   cushion, when a block is due              where we want to be
#     cushion - 20 ms, on the average  ---------------  below: one block of silence is put in
#     0       ----------------------------------------  the modem has run dry: a new cushion of silence
#
# The average because reads come in bursts: a single look may be wrong by a whole USB transfer. For the same reason what
# the system has and we have not read (`n_unread`) is taken off: a busy reactor must not look like a modem that stands.
#
# Races. A modem that ran dry goes on recording, so `_ahead` falls to 0 and we notice by ourselves, unless its sound
# reaches us late and the lead seems larger than it is: then only its report (<DLE>u) tells. Both may see the same gap,
# the report later. So a report so soon after a cushion (0.1 s of received sound) is of the gap before and mends
# nothing; else two cushions would delay the call for good. Most modems report an underrun when a stream begins:
# `settled` tells it from a true one.
#
# 调制解调器按自己的晶振放音；它每录一个字节就放一个字节，所以收到的字节数就是它的时钟。平均值才是漂移，单次不是。


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
