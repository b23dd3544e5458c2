"""How soon a thread that computes gives way to the reactor."""

import sys

GIVES_WAY_S = 0.0005


def give_way_soon() -> None:
    """
    Before the reactor runs.

    Python runs one thread at a time; one that computes gives way to another only after so long, at each of its system
    calls anew. With Python's own 5 ms a tick beside a report takes 3.7 times as long as alone, with half a millisecond
    2.3 times (`benchmarks.threads`).
    """
    sys.setswitchinterval(GIVES_WAY_S)
