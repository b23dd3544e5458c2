"""A leg that is recorded only while somebody speaks."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from callserver.dsp.frames import BLOCK_SAMPLES, RATE_HZ, amplitude
from callserver.media.leg import Leg
from callserver.media.recent import Recent

BEFORE_S = 1.0  # kept of what was said before: the first sound of a word is soft
LOUD_BLOCKS = 3  # 60 ms: a click is no voice


class VoiceTrigger(Recent):
    """
    Tells when somebody begins to speak on either side, and when it has been silent for long enough.

    Of a secret it hears nothing: the silence that is kept of it is silence.

    :param level_dbm0: of a voice, over 20 ms
    :param silence_s: so long a pause may be
    """

    def __init__(
        self,
        leg: Leg,
        level_dbm0: float,
        silence_s: float,
        on_voice: Callable[[], None],
        on_silence: Callable[[], None],
    ) -> None:
        super().__init__(leg, BEFORE_S)
        self._power = amplitude(level_dbm0) ** 2 / 2
        self._patience = round(silence_s * RATE_HZ / BLOCK_SAMPLES)
        self._on_voice, self._on_silence = on_voice, on_silence
        self._n_loud = self._n_silent = 0
        self._speaks = False

    def take(self, block: bytes) -> None:
        super().take(block)
        is_loud = not self._secret and loudest(block) >= self._power
        self._n_loud = self._n_loud + 1 if is_loud else 0
        self._n_silent = 0 if is_loud else self._n_silent + 1
        if not self._speaks and self._n_loud >= LOUD_BLOCKS:
            self._speaks = True
            self._on_voice()
        elif self._speaks and self._n_silent >= self._patience:
            self._speaks = False
            self._on_silence()


def loudest(block: bytes) -> float:
    """Mean square of the louder side; 1 is full scale."""
    sides = np.frombuffer(block, "<i2").reshape(-1, 2).astype(np.float32) / 32768
    return float(np.square(sides).mean(axis=0).max()) if len(sides) else 0.0
