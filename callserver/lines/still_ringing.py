"""A modem that says it is off hook while the exchange rings on is on hook."""

TAIL_S = 2.0  # the report of the burst in which it was answered may be late
APART_S = 1.5, 12.0  # two rings, and not two bursts of one; a single report may be imagined


class StillRinging:
    """Of one answered call, that began at `now_s`."""

    def __init__(self, now_s: float) -> None:
        self._off_hook_s, self._ring_s = now_s, float("-inf")

    def ring(self, now_s: float) -> bool:
        """A ring is reported; whether that is beyond doubt."""
        if now_s - self._off_hook_s < TAIL_S:
            return False
        since_s = now_s - self._ring_s
        if since_s >= APART_S[0]:
            self._ring_s = now_s
        return APART_S[0] <= since_s <= APART_S[1]
