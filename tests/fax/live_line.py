"""What lies between two fax machines that talk: level, noise, echoes, two clocks, holes; 20 ms at a time."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from callserver.dsp.frames import BLOCK_MS, BLOCK_SAMPLES, FULL_SCALE_SINE_DBM0, FloatArray

REACH = 16  # samples each way, of the interpolation
START_BLOCKS = 3  # lie ready, so that neither clock makes the other wait


class Resampler:
    """Sound of one clock as another one hears it, `step` of its samples for each sample that comes out."""

    def __init__(self, step: float) -> None:
        self._step, self._place = step, float(REACH)
        self._sound = np.zeros(2 * REACH)

    def feed(self, block: FloatArray) -> FloatArray:
        """Windowed-sinc interpolation at all places that this block completes."""
        self._sound = np.concatenate([self._sound, block])
        n_ready = int((len(self._sound) - REACH - 1 - self._place) / self._step) + 1
        places = self._place + self._step * np.arange(max(n_ready, 0))
        self._place += self._step * len(places)
        whole = np.floor(places).astype(np.intp)
        offsets = np.arange(1 - REACH, REACH + 1)
        away = offsets - (places - whole)[:, None]
        pulses = np.sinc(away) * np.cos(np.pi * away / (2 * REACH + 2)) ** 2
        heard = (self._sound[whole[:, None] + offsets] * pulses).sum(axis=1).astype(np.float32)
        drop = int(self._place) - REACH
        self._sound, self._place = self._sound[drop:], self._place - drop
        return heard


class LiveLine:
    """
    Between our machine, in whose clock all is counted, and the far one.

    :param loss_db: each way
    :param noise_dbm0: at each end
    :param echo_db: how far below what an end sends its echo is, `echo_ms` later
    :param ppm: the far clock is so much faster
    :param holes_s: when nothing comes through for 60 ms, either way
    """

    def __init__(
        self,
        *,
        loss_db: float = 0.0,
        noise_dbm0: float = -75.0,
        echo_db: float = 100.0,
        echo_ms: int = 40,
        ppm: float = 0.0,
        holes_s: tuple[float, ...] = (),
    ) -> None:
        self._gain, self._echo_gain = 10 ** (-loss_db / 20), 10 ** (-echo_db / 20)
        self._noise = 10 ** ((noise_dbm0 - FULL_SCALE_SINE_DBM0) / 20) / np.sqrt(2)
        silence = np.zeros(BLOCK_SAMPLES, np.float32)
        self._ours, self._theirs = ([silence] * (echo_ms // BLOCK_MS) for _ in range(2))
        self._to_far, self._to_us = Resampler(1 / (1 + ppm * 1e-6)), Resampler(1 + ppm * 1e-6)
        self._for_far, self._for_us = np.zeros(0, np.float32), np.tile(silence, START_BLOCKS)
        self._random, self._holes_s, self._now_s = np.random.default_rng(1), holes_s, 0.0

    def exchange(self, ours: FloatArray, far: Callable[[FloatArray], FloatArray]) -> FloatArray:
        """20 ms of ours for 20 ms to hear."""
        self._now_s += BLOCK_MS / 1000
        self._for_far = np.concatenate([self._for_far, self._to_far.feed(ours)])
        while len(self._for_far) >= BLOCK_SAMPLES:
            block, self._for_far = self._for_far[:BLOCK_SAMPLES], self._for_far[BLOCK_SAMPLES:]
            theirs = far(self._heard(block, self._theirs.pop(0)))
            self._theirs.append(theirs)
            self._for_us = np.concatenate([self._for_us, self._to_us.feed(theirs)])
        block, self._for_us = self._for_us[:BLOCK_SAMPLES], self._for_us[BLOCK_SAMPLES:]
        self._ours.append(ours)
        return self._heard(block, self._ours.pop(0))

    def _heard(self, coming: FloatArray, own_before: FloatArray) -> FloatArray:
        in_hole = any(begin <= self._now_s < begin + 0.06 for begin in self._holes_s)
        gain = 0.0 if in_hole else self._gain
        noise = self._random.normal(0, self._noise, len(coming))
        heard: FloatArray = (gain * coming + self._echo_gain * own_before + noise).astype(np.float32)
        return heard
