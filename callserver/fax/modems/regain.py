"""Finds phase and level again after a hole, a hit or a jump of level, from the points alone."""

from __future__ import annotations

import numpy as np

from callserver.dsp.frames import FloatArray
from callserver.fax.modems.pulses import Points

PHASES = 18  # in a quarter of a turn, after which all constellations repeat
LEVELS = np.linspace(0.76, 1.3, 10)  # around what the mean power of a few points speaks for: of 24 it varies so much
_TURNS = np.exp(0.5j * np.pi * np.arange(PHASES) / PHASES)
MUCH_BETTER = 0.7  # than the usual: of noise, no turn makes much more sense than another


def best_turn(points: Points, constellation: Points) -> tuple[complex, float] | None:
    """
    By what to multiply points so that they lie on the constellation, up to a quarter of a turn, and how far they then
    are from it, squared; `None` when no turn is much better than others.

    :param points: some, shape (n,), of any level and phase
    """
    turns = np.outer(LEVELS, _TURNS) / max(float(np.sqrt(np.mean(np.abs(points) ** 2))), 1e-6)
    axes = np.stack([constellation.real, constellation.imag], axis=1).astype(np.float32)
    # Level by level: all at once are megabytes, and take five times as long.
    distances = np.concatenate([_distances(np.outer(level, points), axes) for level in turns])
    turns = turns.ravel()
    best = int(distances.argmin())
    usual = np.sort(distances)[len(distances) // 2]  # np.median loads a module of its own, in the midst of a page
    if distances[best] > MUCH_BETTER * usual:
        return None
    return complex(turns[best]), float(distances[best])


def _distances(tried: Points, axes: FloatArray) -> FloatArray:
    """Mean squared distance from the next ideal point, for each row of points."""
    parts = np.stack([tried.real.ravel(), tried.imag.ravel()]).astype(np.float32)
    # |point - ideal|^2, the point's own square added after the search for the least, which is fast along rows.
    least = ((axes**2).sum(axis=1)[:, None] - 2 * axes @ parts).min(axis=0) + (parts**2).sum(axis=0)
    means: FloatArray = least.reshape(len(tried), -1).mean(axis=1)
    return means
