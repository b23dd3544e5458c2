"""Between the server's clock and the sound card's: what to play so that it neither runs dry nor falls behind."""

from array import array

from callserver.desktop.headset.formats import BLOCK_SAMPLES, SILENCE

START_BLOCKS = 2  # 40 ms of silence before the first block: a later one may be late by that
LIMIT_S = 0.2  # more than this is never queued: after a stall the oldest goes
LOW_S, HIGH_S = 0.015, 0.07  # the least of a second; outside, a block is put in or left out
REVIEW_BLOCKS = 50  # a second

_RISE = [(n + 0.5) / BLOCK_SAMPLES for n in range(BLOCK_SAMPLES)]


class Playout:
    """
    Blocks as they come, at the server's pace, into a queue that a sound card empties at its own.

    Two crystals never agree, and a network brings blocks in heaps. What counts is the least that was queued in a
    second: when that is too much, two blocks become one that fades from the first to the second; too little, and a
    block is put in that fades back. So there is never an edge in the sound, and no click. A queue that has run dry
    begins anew with 40 ms of silence.

    `latency_s`: the least that was queued in the last whole second
    `n_left_out`, `n_put_in`, `n_dry`: blocks; how often it ran dry
    """

    def __init__(self) -> None:
        self.latency_s = 0.0
        self.n_left_out = self.n_put_in = self.n_dry = 0
        self._begun = False
        self._held: bytes | None = None
        self._last = SILENCE
        self._leasts: list[float] = []

    def block(self, block: bytes, queued_s: float) -> bytes:
        """
        A block has come.

        :param queued_s: what the sound card still has to play
        :return: what to queue now: mostly just this block
        """
        if queued_s <= 0.0:
            return self._begin(block)
        if self._held is not None:
            block, self._held = faded(self._held, block), None
        self._leasts.append(queued_s)
        due_s = self._review() if len(self._leasts) >= REVIEW_BLOCKS else None
        if queued_s > LIMIT_S or (due_s is not None and due_s > HIGH_S):
            self._held = block
            self.n_left_out += 1
            return b""
        before, self._last = self._last, block
        if due_s is not None and due_s < LOW_S:
            self.n_put_in += 1
            return faded(block, before) + block
        return block

    def _begin(self, block: bytes) -> bytes:
        self.n_dry += self._begun
        self._begun, self._held, self._last = True, None, block
        self._leasts = []
        return SILENCE * START_BLOCKS + faded(SILENCE, block)

    def _review(self) -> float:
        self.latency_s = min(self._leasts)
        self._leasts = []
        return self.latency_s


def faded(first: bytes, second: bytes) -> bytes:
    """A block that begins as the first and ends as the second."""
    pairs = zip(array("h", first), array("h", second), _RISE, strict=True)
    return array("h", [round(one + (two - one) * part) for one, two, part in pairs]).tobytes()
