"""What has just been said: kept in memory for a recording that may begin with it."""

from __future__ import annotations

from collections import deque

from callserver.dsp.frames import BLOCK_SAMPLES, RATE_HZ
from callserver.media.leg import Leg


class Recent:
    """
    The last seconds of one leg, as its tracks are recorded; made by `Recorder.keep_recent`.

    Of a secret only silence of equal length is kept, so none can come into a recording afterwards.
    """

    def __init__(self, leg: Leg, seconds: float) -> None:
        self.leg = leg
        self._blocks: deque[bytes] = deque(maxlen=round(seconds * RATE_HZ / BLOCK_SAMPLES))
        self._secret = False

    @property
    def length_s(self) -> float:
        """So much is kept by now."""
        return len(self._blocks) * BLOCK_SAMPLES / RATE_HZ

    def take(self, block: bytes) -> None:
        """One tick's sound, all tracks interleaved; called by the recorder."""
        self._blocks.append(bytes(len(block)) if self._secret else block)

    def pause(self) -> None:
        """A secret begins."""
        self._secret = True

    def resume(self) -> None:
        """The secret ends."""
        self._secret = False

    def blank(self, from_s_ago: float) -> None:
        """What was kept of the last seconds becomes silence."""
        n = min(-(-round(from_s_ago * RATE_HZ) // BLOCK_SAMPLES), len(self._blocks))
        silent = [bytes(len(self._blocks.pop())) for _ in range(n)]
        self._blocks.extend(silent)

    def sound(self) -> bytes:
        """All that is kept."""
        return b"".join(self._blocks)
