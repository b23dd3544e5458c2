"""Finds phase and level again after a hole, a hit or a jump of level, from the points alone."""

from __future__ import annotations

import numpy as np

from callserver.fax.modems.pulses import Points

PHASES = 18  # in a quarter of a turn, after which all constellations repeat
LEVELS = np.array([0.88, 0.94, 1.0, 1.06, 1.12])  # around what the mean power of a few points speaks for
_TURNS = (LEVELS[:, None] * np.exp(0.5j * np.pi * np.arange(PHASES) / PHASES)).ravel()
MUCH_BETTER = 0.7  # than the usual: of noise, no turn makes much more sense than another


def best_turn(points: Points, constellation: Points) -> tuple[complex, float] | None:
    """
    By what to multiply points so that they lie on the constellation, up to a quarter of a turn, and how far they then
    are from it, squared; `None` when no turn is much better than others.

    :param points: some, shape (n,), of any level and phase
    """
    turns = _TURNS / max(float(np.sqrt(np.mean(np.abs(points) ** 2))), 1e-6)
    tried = np.outer(turns, points).ravel()
    parts = np.stack([tried.real, tried.imag], axis=1).astype(np.float32)
    axes = np.stack([constellation.real, constellation.imag]).astype(np.float32)
    # |point - ideal|^2, the point's own square added after the search for the least.
    least = ((axes**2).sum(axis=0) - 2 * parts @ axes).min(axis=1) + (parts**2).sum(axis=1)
    distances = least.reshape(len(turns), -1).mean(axis=1)
    best = int(distances.argmin())
    usual = np.sort(distances)[len(distances) // 2]  # np.median loads a module of its own, in the midst of a page
    if distances[best] > MUCH_BETTER * usual:
        return None
    return complex(turns[best]), float(distances[best])
