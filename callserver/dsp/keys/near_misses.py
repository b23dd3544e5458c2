"""What nearly was a key, and why it was none: for `listen` and for the log."""

import numpy as np
from numpy.typing import NDArray

from callserver.dsp.frames import BLOCK_SAMPLES, RATE_HZ
from callserver.dsp.keys.events import KeyDown, KeyMissed, key_down
from callserver.dsp.keys.tone_pairs import Findings

OLD = "the key before"
OVER_TICKS = 4  # a stretch of sound not looked at for so long has ended


class NearMisses:
    """One report for each stretch of sound that promised a key and never became one."""

    def __init__(self) -> None:
        self._open: dict[int, tuple[int, KeyMissed]] = {}  # by channel, with the sample at which it was last looked at
        self._over: list[KeyMissed] = []

    def note(
        self,
        channels: NDArray[np.intp],
        tones: NDArray[np.intp],
        found: Findings,
        tests: dict[str, NDArray[np.bool_]],
        now: int,
    ) -> None:
        """What was found in k channels; those that passed all tests are no misses."""
        for i, channel in enumerate(channels.tolist()):
            down = key_down(channel, tones[i], found, i, now)
            self._close_earlier(down)
            reasons = tuple(name for name, passed in tests.items() if not passed[i])
            if reasons and OLD not in reasons:
                duration_ms = round(float(found.end[i] - found.onset[i]) * 1000 / RATE_HZ, 1)
                self._open[channel] = now, KeyMissed(down, duration_ms, reasons)

    def over(self, now: int) -> list[KeyMissed]:
        """Those that have ended by now."""
        channels = [channel for channel, (at, _) in self._open.items() if now - at > OVER_TICKS * BLOCK_SAMPLES]
        over, self._over = self._over + [self._open.pop(channel)[1] for channel in channels], []
        return over

    def forget(self, channel: int) -> None:
        """Another call begins."""
        self._open.pop(channel, None)

    def _close_earlier(self, down: KeyDown) -> None:
        """The same stretch is looked at again, or another one has begun and the earlier is over."""
        _, miss = self._open.pop(down.channel, (0, None))
        if miss and down.onset_sample - miss.would_be.onset_sample > BLOCK_SAMPLES:
            self._over.append(miss)
