"""A leg that is recorded only while somebody speaks."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from callserver.dsp.frames import BLOCK_SAMPLES, RATE_HZ, FloatArray, amplitude
from callserver.media.leg import Leg
from callserver.media.recent import Recent

BEFORE_S = 1.0  # kept of what was said before: the first sound of a word is soft
LOUD_BLOCKS = 3  # 60 ms: a click is no voice
TONE_SHARE = 0.98  # of its power about one frequency: a pure tone; recorded prompts have 0.8 % of their blocks above
WINDOW = np.hanning(BLOCK_SAMPLES).astype(np.float32)


class VoiceTrigger(Recent):
    """
    Tells when somebody begins to speak on either side, and when it has been silent for long enough.

    Of a secret it hears nothing: the silence that is kept of it is silence. A pure tone is nobody's voice: what the
    exchange sounds when the other side has hung up is no recording.

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
        is_loud = not self._secret and has_voice(block, self._power)
        self._n_loud = self._n_loud + 1 if is_loud else 0
        self._n_silent = 0 if self._n_loud >= LOUD_BLOCKS else self._n_silent + 1
        if not self._speaks and self._n_loud >= LOUD_BLOCKS:
            self._speaks = True
            self._on_voice()
        elif self._speaks and self._n_silent >= self._patience:
            self._speaks = False
            self._on_silence()


def has_voice(block: bytes, power: float) -> bool:
    """
    Whether a side is as loud as a voice, and no pure tone.

    :param block: 20 ms, two sides, 16-bit linear
    :param power: mean square; 1 is full scale
    """
    sides = np.frombuffer(block, "<i2").reshape(-1, 2).astype(np.float32).T / 32768
    return any(float(np.square(side).mean()) >= power and not is_tone(side) for side in sides)


def is_tone(side: FloatArray) -> bool:
    """Of 20 ms: nearly all of its power lies about one frequency."""
    spectrum = np.square(np.abs(np.fft.rfft(side * WINDOW)))
    peak = int(spectrum.argmax())
    return float(spectrum[max(peak - 2, 0) : peak + 3].sum()) >= TONE_SHARE * float(spectrum.sum())
