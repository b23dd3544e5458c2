"""Error correction with spandsp's fax machine: what is asked for again, slower, and given up."""

from __future__ import annotations

from collections.abc import Callable, Collection

import numpy as np

from callserver.dsp.frames import FloatArray
from callserver.fax import signals as s
from callserver.fax.t30.capabilities import V27TER as V27TER_SPEEDS
from callserver.fax.t30.capabilities import Capabilities
from callserver.fax.t30.results import Outcome
from callserver.fax.tiff.reader import read_tiff
from callserver.fax.tiff.writer import append_page
from callserver.wire.fax_results import FaxResult
from tests.fax.live_line import LiveLine
from tests.peers.spandsp_fax import V17, V27TER, V29, FaxMachine
from tests.peers.test_spandsp_fax import ALL, Call, SpandspCase, pages

# Of an image, after its training; of V.29 and V.17 one frame comes before.
NOISY_BLOCKS = {True: range(60, 65), False: range(38, 75)}
GOOD_OCTETS = 300


class SpoilingCall(Call):
    """Some images, counted from the TCF as 0, are spoilt in their middle: ours by noise, those of spandsp as heard."""

    def __init__(self, far: FaxMachine, spoilt: Collection[int]) -> None:
        super().__init__(far, line=SpoilingLine(self._on_line))
        self._spoilt, self._random = spoilt, np.random.default_rng(1)
        self._image, self._n_blocks, self._n_octets = -1, 0, 0
        self._sends_image, self._noisy = False, range(0)

    def _on_line(self, block: FloatArray) -> FloatArray:
        """What spandsp hears of a block of ours."""
        self._n_blocks += 1
        if self._sends_image and self._image in self._spoilt and self._n_blocks in self._noisy:
            return (block + self._random.normal(0, 0.1, len(block))).astype(np.float32)
        return block

    def _asked(self, asked: s.Asked) -> None:
        self._sends_image = isinstance(asked, s.SendImage)
        if isinstance(asked, s.SendImage):
            self._noisy = NOISY_BLOCKS[asked.modulation in V27TER_SPEEDS]
            self._image, self._n_blocks = self._image + 1, 0
        super()._asked(asked)

    def _hear(self, heard: s.Heard) -> None:
        if isinstance(heard, s.Trained):
            self._image, self._n_octets = self._image + 1, 0
        elif isinstance(heard, s.ImageHeard):
            self._n_octets += len(heard.octets)
            if self._image in self._spoilt and self._n_octets > GOOD_OCTETS:
                heard = s.ImageHeard(bytes(len(heard.octets)))
        super()._hear(heard)


class SpoilingLine(LiveLine):
    """Else a perfect one."""

    def __init__(self, spoil: Callable[[FloatArray], FloatArray]) -> None:
        super().__init__()
        self._spoil = spoil

    def exchange(self, ours: FloatArray, far: Callable[[FloatArray], FloatArray]) -> FloatArray:
        return super().exchange(self._spoil(ours), far)


class ErrorTests(SpandspCase):
    def send_spoilt(self, spoilt: Collection[int], modems: int) -> tuple[Outcome, bool]:
        """:return: what came of it, and whether spandsp has the page as it was"""
        [page] = pages(1, 200)
        far = FaxMachine(calls=False, modems=modems)
        far.receives(self.file)
        call = SpoilingCall(far, spoilt)
        call.send([page], Capabilities(ALL))
        came = list(read_tiff(self.file)) if self.file.exists() else []
        return call.outcomes[0], len(came) == 1 and np.array_equal(came[0].rows, page.rows)

    def receive_spoilt(self, spoilt: Collection[int], modems: int) -> tuple[Outcome, bool]:
        [page] = pages(1, 200)
        self.file.unlink(missing_ok=True)
        append_page(self.file, page)
        far = FaxMachine(calls=True, modems=modems)
        far.sends(self.file)
        call = SpoilingCall(far, spoilt)
        came = call.receive(Capabilities(ALL))
        return call.outcomes[0], len(came) == 1 and np.array_equal(came[0].rows, page.rows)

    def assert_repaired(self, outcome: Outcome, same: bool) -> None:
        told = "\n".join(map(str, outcome.trace))
        self.assertEqual((outcome.result, outcome.n_confirmed, same), (FaxResult.SUCCESS, 1, True), told)

    def test_repaired(self) -> None:
        """What was spoilt twice is asked for again, and then is there."""
        for way in (self.send_spoilt, self.receive_spoilt):
            outcome, same = way(range(1, 3), V17 | V29 | V27TER)
            self.assert_repaired(outcome, same)
            self.assertTrue(said(outcome, "PPR"))

    def test_slower(self) -> None:
        """After four times the rest comes at a lower speed, agreed by CTC."""
        for way in (self.send_spoilt, self.receive_spoilt):
            outcome, same = way(range(1, 6), V29 | V27TER)
            self.assert_repaired(outcome, same)
            self.assertEqual((said(outcome, "PPR"), said(outcome, "CTC"), said(outcome, "CTR")), (5, 1, 1))

    def test_given_up(self) -> None:
        """Where nothing helps, EOR ends it, and neither side calls that a success."""
        for way in (self.send_spoilt, self.receive_spoilt):
            outcome, same = way(range(1, 99), V27TER)
            self.assertEqual((outcome.result, outcome.n_confirmed, same), (FaxResult.PAGE_REFUSED, 0, False))
            self.assertEqual((said(outcome, "PPR"), said(outcome, "EOR"), said(outcome, "ERR")), (8, 1, 1))


def said(outcome: Outcome, name: str) -> int:
    """How many frames of this name went over the line."""
    return sum(line.text.startswith(name) for line in outcome.trace)
