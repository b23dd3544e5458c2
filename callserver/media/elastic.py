"""Between a clock that is not ours and the tick: a short, elastic store of sound."""

from callserver.dsp.codecs import Codec
from callserver.dsp.frames import BLOCK_SAMPLES

START_SAMPLES = 320  # 40 ms are gathered before the first block goes out: 20 ms then lie ready for a late one
LOW_SAMPLES = 80  # less than 10 ms left at the worst moment of a second: stretch
HIGH_SAMPLES = 320  # never less than 40 ms left in a second: shrink
DEEP_SAMPLES = 480  # never less than 60 ms: a whole block goes at once
LIMIT_SAMPLES = 1280  # 160 ms: the reader stood still, what is older than this is of no use
REVIEW_BLOCKS = 50  # a second
SLIP_BLOCKS = 5  # one sample in 100 ms is 1250 ppm: ten times the error of a modem's crystal
DRY_BLOCKS = 10  # nothing for 200 ms: the sound has stopped, it is not late


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
      for ever: beyond 160 ms the oldest goes, and what is never needed for a second goes a block a second
      (`overruns`). A far end that sends nothing for 200 ms has stopped, it is not late: it begins anew as at first.

    Invariants: `take` gives exactly a block, whatever came; samples are never reordered; half a sample at the end of
    what came waits for its other half. All is counted in blocks and bytes: there is no clock in here.

    :param extra_samples: kept ready beside that, for sound that comes over a network
    """

    def __init__(self, codec: Codec, extra_samples: int = 0) -> None:
        self._extra_samples = extra_samples
        self._start_bytes = (START_SAMPLES + extra_samples) * codec.bytes_per_sample
        self.underruns = 0
        self.overruns = 0
        self._sample_bytes = codec.bytes_per_sample
        self._block_bytes = BLOCK_SAMPLES * codec.bytes_per_sample
        self._limit_bytes = LIMIT_SAMPLES * codec.bytes_per_sample
        self._silence = codec.silence * BLOCK_SAMPLES
        self._data = bytearray()
        self._flows = False
        self._dry_blocks = 0
        self._blocks = 0
        self._slip = 0
        self._least_bytes = self._limit_bytes

    def put(self, data: bytes) -> None:
        """What has just arrived: any number of bytes, also half a sample."""
        self._data += data
        while len(self._data) > self._limit_bytes:
            self._drop_block()

    def take(self) -> bytes | bytearray:
        """The next block: exactly 160 samples, of silence if there are none."""
        data = self._data
        if not self._flows:
            if len(data) < self._start_bytes:
                return self._silence
            self._flows, self._dry_blocks = True, 0
        if len(data) < self._block_bytes:
            return self._run_dry()
        block = data[: self._block_bytes]
        del data[: self._block_bytes]
        if len(data) < self._least_bytes:
            self._least_bytes = len(data)
        self._blocks += 1
        if not self._blocks % SLIP_BLOCKS:
            self._follow_clock(block)
        return block

    def _run_dry(self) -> bytes:
        self.underruns += 1
        self._dry_blocks += 1
        if self._dry_blocks == DRY_BLOCKS:
            self._flows = False
        return self._silence

    def _follow_clock(self, block: bytearray) -> None:
        self._dry_blocks = 0
        if self._slip > 0:
            del self._data[: self._sample_bytes]
        elif self._slip < 0:
            self._data[:0] = block[-self._sample_bytes :]
        if not self._blocks % REVIEW_BLOCKS:
            self._review()

    def _review(self) -> None:
        least_samples = self._least_bytes // self._sample_bytes - self._extra_samples
        self._least_bytes = self._limit_bytes
        self._slip = (least_samples > HIGH_SAMPLES) - (least_samples < LOW_SAMPLES)
        if least_samples > DEEP_SAMPLES:
            self._drop_block()

    def _drop_block(self) -> None:
        del self._data[: self._block_bytes]
        self.overruns += 1
