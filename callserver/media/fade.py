"""No click where something begins, ends or is parted in the middle of a wave."""

import numpy as np

from callserver.dsp.codecs import FULL_SCALE
from callserver.dsp.frames import BLOCK_SAMPLES, FloatArray
from callserver.media.wiring import IndexArray

FAR, PROMPT, MUSIC, NEAR, EAR = range(5)
FADE: FloatArray = (1 - np.arange(1, BLOCK_SAMPLES + 1) / BLOCK_SAMPLES).astype(np.float32)
LEAST_STEP = 1 / FULL_SCALE


class Seam:
    """
    The join of one block to the one before, for every row of the patch bay.

    When gains change, a leg closes, a prompt or music begins, is stopped or replaced, or a far end begins in the middle
    of a word (its leg was opened just now, its sound comes late), the new block would begin somewhere else than the old
    one ended. It is not mixed with what was heard before, for nobody shall hear 20 ms more of a party that serves
    another call or tells a secret. Instead the difference at the seam, which is one number a row, fades to nothing
    within the block: what is left of a step of full scale is 1/160, -41 dBm0, from one sample to the next, and beside
    it only what the sources themselves do.

    Where everything goes on as it was, nothing is computed but the last samples kept.
    """

    def __init__(self) -> None:
        self._last: FloatArray = np.zeros((5, 0), np.float32)  # samples of the block before, by row
        self._begun: list[int] = []
        self._far_begun: list[int] = []
        self._laid_out = False

    @property
    def due(self) -> bool:
        """Whether anything has changed since the block before."""
        return self._laid_out or bool(self._begun) or bool(self._far_begun)

    def lay_out(self, n_rows: int, old: IndexArray, new: IndexArray) -> None:
        """Other rows, or other gains: what was in the old rows goes on in the new ones."""
        last = np.zeros((5, n_rows), np.float32)
        last[:, new] = self._last[:, old]
        self._last, self._laid_out = last, True
        if self._far_begun:  # a listener was told a key in this very tick, and has changed something
            self._far_begun = new[np.isin(old, self._far_begun)].tolist()

    def begins(self, row: int) -> None:
        """What the player of this row plays does not go on from the block before."""
        self._begun.append(row)

    def far_begins(self, rows: list[int]) -> None:
        """What the far ends of these rows say does not go on from the block before."""
        self._far_begun = rows

    def smooth(
        self,
        gains: FloatArray,
        far: FloatArray,
        prompts: FloatArray,
        music: FloatArray,
        near: FloatArray,
        ears: FloatArray,
    ) -> None:
        """Let `near` and `ears`, shape (k, 160), go on from the block before; they were made of these sources."""
        last = self._last
        # What begins anew is taken as if it had been at its first sample all along: so it begins without a step.
        last[PROMPT, self._begun], last[MUSIC, self._begun] = prompts[self._begun, 0], music[self._begun, 0]
        last[FAR, self._far_begun] = far[self._far_begun, 0]
        steps = last[[NEAR, EAR]] - (gains @ last[FAR] + last[PROMPT])
        steps[1] -= last[MUSIC]
        steps[np.abs(steps) < LEAST_STEP] = 0
        near += steps[0][:, None] * FADE
        ears += steps[1][:, None] * FADE
        self._begun, self._far_begun, self._laid_out = [], [], False

    def remember(
        self, far: FloatArray, prompts: FloatArray, music: FloatArray, near: FloatArray, ears: FloatArray
    ) -> None:
        """Keep how this block ends."""
        for kind, sound in enumerate((far, prompts, music, near, ears)):
            self._last[kind] = sound[:, -1]
