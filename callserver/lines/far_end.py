"""A modem's reports during a call: which of them mean that the other party has gone."""

LOOP_BREAK, REVERSAL, BUSY_TONE, UNDERRUN, OVERRUN = "l", "L", "b", "u", "o"
BUSY_AGAIN_S = (2.0, 6.0)  # chips repeat the report every 4 s while the tone lasts, and imagine single ones


class FarEndReports:
    """
    The reports of one call.

    A break of the loop current or its reversal is the exchange's word; busy tone counts when it is reported again.
    Dial tone and silence are not trusted at all: they are ours to hear.
    """

    def __init__(self) -> None:
        self._busy_at_s = float("-inf")

    def feed(self, code: str, now_s: float) -> str | None:
        """Why the other party is taken to have gone, or None."""
        if code in (LOOP_BREAK, REVERSAL):
            return "loop current interrupted" if code == LOOP_BREAK else "polarity reversed"
        if code == BUSY_TONE:
            since_s, self._busy_at_s = now_s - self._busy_at_s, now_s
            return "busy tone reported twice" if BUSY_AGAIN_S[0] <= since_s <= BUSY_AGAIN_S[1] else None
        return None
