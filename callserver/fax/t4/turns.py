"""
Work in a thread that lets the reactor have its turn.

Python runs one thread at a time, and one that computes gives way only after 5 ms (in the server sooner, see
`server.giving_way`), at each system call of the others anew: the tick, which reads and writes each line, then waits so
long at each of them. Measured with 40 reads and writes a tick: 45 ms (99 of 100 ticks) beside a thread that decoded
pages without a rest, no longer than without any with one.
Two such threads would each compute while the other rests: so one works at a time, and all rest together. And beside
sixteen talks a tick is 6 ms of work and a hundred system calls: so the rests are longer than the work.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from threading import Lock
from typing import ParamSpec, TypeVar

REST_SHARE, REST_MAX_S = 2.0, 0.01  # of the time a piece took

Piece = TypeVar("Piece")
P = ParamSpec("P")
_one_works = Lock()


def resting(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Each piece, whose making takes a millisecond, and a rest after it."""
    each = iter(pieces)
    while True:
        try:
            piece = rested(next, each)
        except StopIteration:
            return
        yield piece


def rested(work: Callable[P, Piece], *args: P.args, **named: P.kwargs) -> Piece:
    """One piece of work of some milliseconds, and a rest after it."""
    with _one_works:
        began_s = time.monotonic()
        done = work(*args, **named)
        time.sleep(min(REST_SHARE * (time.monotonic() - began_s), REST_MAX_S))
    return done
