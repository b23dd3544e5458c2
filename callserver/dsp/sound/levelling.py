"""Messages and prompts at one loudness, whoever spoke them and however far from the telephone."""

import numpy as np

from callserver.dsp.frames import BLOCK_SAMPLES, FULL_SCALE_SINE_DBM0, FloatArray, amplitude

LOUDEST_PEAK = 0.9
MOST_GAIN_DB = 24.0


def speech_level_dbm0(samples: FloatArray) -> float:
    """
    Level while somebody speaks, pauses left out; -inf for silence.

    :param samples: shape (n,)

    Blocks of 20 ms within 16 dB of the level of all that is louder than their mean: near the active speech level of
    ITU-T P.56.
    """
    blocks = samples[: samples.size // BLOCK_SAMPLES * BLOCK_SAMPLES].reshape(-1, BLOCK_SAMPLES)
    power = np.square(blocks - blocks.mean(axis=1, keepdims=True)).mean(axis=1) if blocks.size else np.zeros(1)
    if not power.any():
        return float("-inf")
    loud = power[power >= power.mean()].mean()
    return 10 * float(np.log10(2 * power[power > loud * 10**-1.6].mean())) + FULL_SCALE_SINE_DBM0


def levelled(samples: FloatArray, level_dbm0: float = -18.0) -> FloatArray:
    """
    A message or prompt at the usual level, its peaks bent instead of clipped.

    :param samples: shape (n,); silence is returned as it is
    """
    now_dbm0 = speech_level_dbm0(samples)
    if not np.isfinite(now_dbm0):
        return samples
    gain = min(level_dbm0 - now_dbm0, MOST_GAIN_DB)
    louder = samples * np.float32(amplitude(gain) / amplitude(0.0))
    knee = np.float32(LOUDEST_PEAK / 2)
    above = np.maximum(np.abs(louder) - knee, 0)
    bent = np.sign(louder) * (knee + knee * np.tanh(above / knee))
    soft: FloatArray = np.where(above > 0, bent, louder).astype(np.float32)
    return soft
