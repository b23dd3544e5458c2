"""Between a clock that is not ours and the tick: a short, elastic store of sound."""

import numpy as np

from callserver.dsp.codecs import Codec
from callserver.dsp.frames import BLOCK_SAMPLES, amplitude

START_SAMPLES = 320  # 40 ms are gathered before the first block goes out: 20 ms then lie ready for a late one
LOW_SAMPLES = 80  # less than 10 ms left at the worst moment of a second: stretch
HIGH_SAMPLES = 320  # never less than 40 ms left in a second: shrink
DEEP_SAMPLES = 480  # never less than 60 ms: a whole block goes at once
FLOOD_SAMPLES = 8000  # a second: what is older is not even looked at
LIMIT_SAMPLES = 1280  # 160 ms: the reader stood still, what is older than this is of no use
REVIEW_BLOCKS = 50  # a second
SLIP_BLOCKS = 5  # one sample in 100 ms is 1250 ppm: ten times the error of a modem's crystal
DRY_BLOCKS = 10  # nothing for 200 ms: the sound has stopped, it is not late

QUIET_POWER = amplitude(-40.0) ** 2 / 2  # far below the weakest key
STEADY = 2.0  # times the power of the quietest block since an adjustment is due: on a noisy line, the noise
PATIENT_BLOCKS = 10  # so long a pause below QUIET_POWER is waited for, 200 ms


class ElasticBuffer:
    """
    Takes bytes of any length, gives one block a tick.

    Three things go wrong between a far end's clock and ours, each at its own scale:

    - *Jitter*: blocks come early or late by some milliseconds. So the first block goes out when two are here, and one
      lies ready from then on. Sound that comes later than that is replaced by a block of silence (`underruns`): it is
      not lost, it follows, and the store is one block deeper for it.
    - *Drift*: two crystals never agree. What counts is not how much lies here, which swings with the jitter, but the
      least of it in a second: when that is too little or too much, a sample is repeated or left out in one block of
      five, ten times as fast as any modem drifts, until it is right again. Nobody hears single samples.
    - *Stalls*: our process, or the far end's, stood still. What then comes at once would be heard half a second late
      for ever: beyond 160 ms blocks go, and what is never needed for a second goes a block a second (`overruns`). A
      far end that sends nothing for 200 ms has stopped, it is not late: it begins anew as at first.

    *Keys* must survive all three. So samples and blocks are taken out or put in where it is quiet, and a pause between
    two keys is never shortened to less than two blocks; after a stall, too, the pauses in what has come go first. What
    must go or be put in all the same is told by `shift`, so that the detectors can close the hole again.

    Invariants: `take` gives exactly a block, whatever came; samples are never reordered; half a sample at the end of
    what came waits for its other half. All is counted in blocks and bytes: there is no clock in here.

    :param extra_samples: kept ready beside that, for sound that comes over a network
    `shift`: of the block taken last: 1 when it is silence in place of sound that is late, -1 when sound is missing
    before it, else 0
    `begins`: that block does not go on from the one before: sound after silence or missing sound, or the reverse
    """

    def __init__(self, codec: Codec, extra_samples: int = 0) -> None:
        self._codec = codec
        self._extra_samples = extra_samples
        self._start_bytes = (START_SAMPLES + extra_samples) * codec.bytes_per_sample
        self.underruns = 0
        self.overruns = 0
        self.shift = 0
        self.begins = False
        self._silent = True
        self._sample_bytes = codec.bytes_per_sample
        self._block_bytes = BLOCK_SAMPLES * codec.bytes_per_sample
        self._limit_bytes = LIMIT_SAMPLES * codec.bytes_per_sample
        self._silence = codec.silence * BLOCK_SAMPLES
        self._data = bytearray()
        self._flows = False
        self._dry_blocks = 0
        self._blocks = 0
        self._slip = 0
        self._slip_due = self._drop_due = False
        self._waited_blocks = 0
        self._quietest = np.inf
        self._has_lost = False
        self._least_bytes = self._limit_bytes
        self._keeps_all = False

    def put(self, data: bytes) -> None:
        """What has just arrived: any number of bytes, also half a sample."""
        self._data += data
        if len(self._data) > self._limit_bytes:
            self._drop_oldest(FLOOD_SAMPLES * self._sample_bytes)
            if not self._keeps_all:
                self._shorten()
                self._drop_oldest(self._limit_bytes)

    def keep_all(self, on: bool) -> None:
        """For who follows the far end's clock himself by `take_whole`; off, it begins as at first."""
        self._keeps_all = on
        if not on:
            self._data.clear()
            self._flows = False

    def take_whole(self) -> list[bytes]:
        """All blocks that are here, as they came."""
        n_bytes = len(self._data) // self._block_bytes * self._block_bytes
        whole = bytes(self._data[:n_bytes])
        del self._data[:n_bytes]
        return [whole[at : at + self._block_bytes] for at in range(0, n_bytes, self._block_bytes)]

    def take(self) -> bytes | bytearray:
        """The next block: exactly 160 samples, of silence if there are none."""
        data, self.shift, self.begins = self._data, 0, False
        if not self._flows:
            if len(data) < self._start_bytes:
                return self._silence
            self._flows, self._dry_blocks = True, 0
        if len(data) < self._block_bytes:
            return self._run_dry()
        block = data[: self._block_bytes]
        del data[: self._block_bytes]
        self.begins, self._silent = self._silent or self._has_lost, False
        if self._has_lost:
            self.shift, self._has_lost = -1, False
        if len(data) < self._least_bytes:
            self._least_bytes = len(data)
        self._blocks += 1
        if not self._blocks % SLIP_BLOCKS:
            self._dry_blocks = 0
            self._slip_due = bool(self._slip)
            if not self._blocks % REVIEW_BLOCKS:
                self._review()
        if self._slip_due or self._drop_due:
            self._follow_clock(block)
        return block

    def _run_dry(self) -> bytes:
        self.underruns += 1
        self._dry_blocks += 1
        self.shift = 1
        self.begins, self._silent = not self._silent, True
        if self._dry_blocks == DRY_BLOCKS:
            self._flows = False
        return self._silence

    def _follow_clock(self, block: bytearray) -> None:
        """Do what is due, if it is quiet."""
        power = self._power(block)
        self._waited_blocks += 1
        self._quietest = min(self._quietest, power)
        if not self._is_quiet(power):
            return
        if self._slip_due and self._slip > 0:
            del self._data[: self._sample_bytes]
        elif self._slip_due:
            self._data[:0] = block[-self._sample_bytes :]
        self._slip_due = False
        if self._drop_due and self._is_long_pause():
            self._drop_due = False
            self._drop_block(0)
        if not self._drop_due:
            self._waited_blocks, self._quietest = 0, np.inf

    def _review(self) -> None:
        least_samples = self._least_bytes // self._sample_bytes - self._extra_samples
        self._least_bytes = self._limit_bytes
        self._slip = (least_samples > HIGH_SAMPLES) - (least_samples < LOW_SAMPLES)
        self._drop_due = least_samples > DEEP_SAMPLES

    def _is_long_pause(self) -> bool:
        """Two blocks follow that are as quiet: one of them can go."""
        size = self._block_bytes
        nexts = (self._data[at : at + size] for at in (0, size))
        return len(self._data) >= 2 * size and all(self._is_quiet(self._power(block)) for block in nexts)

    def _power(self, block: bytearray) -> float:
        """Of the sound without DC and hum: as the detectors' front end hears it."""
        samples = self._codec.decode(np.frombuffer(bytes(block), np.uint8))
        difference = samples[2:] - samples[:-2]
        return float(np.vecdot(difference, difference)) / (2 * max(difference.size, 1))

    def _is_quiet(self, power: float) -> bool:
        """A pause; or, where none comes, the noise of the line."""
        return power < QUIET_POWER or (self._waited_blocks > PATIENT_BLOCKS and power <= STEADY * self._quietest)

    def _shorten(self) -> None:
        """After a stall: the pauses go, each down to two blocks."""
        size = self._block_bytes
        powers = [self._power(self._data[at : at + size]) for at in range(0, len(self._data) - size + 1, size)]
        at = 1
        while len(self._data) > self._limit_bytes and at + 1 < len(powers):
            if max(powers[at - 1 : at + 2]) < QUIET_POWER:
                del powers[at]
                self._drop_block(at * size)
            else:
                at += 1

    def _drop_oldest(self, limit_bytes: int) -> None:
        while len(self._data) > limit_bytes:
            self._drop_block(0)
            self._has_lost = True

    def _drop_block(self, at_byte: int) -> None:
        del self._data[at_byte : at_byte + self._block_bytes]
        self.overruns += 1
