"""Ends somebody else's code that does not come to its end by itself, in whichever thread it runs."""

from __future__ import annotations

import ctypes
import signal
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress

AGAIN_S = 0.5  # what catches its end is ended again


class TimeIsUp(BaseException):
    """Raised inside; no `except Exception` keeps it."""


def time_limit(limit_s: float) -> AbstractContextManager[None]:
    """Break what runs inside with TimeIsUp when it takes too long."""
    is_main = threading.current_thread() is threading.main_thread()
    return _by_signal(limit_s) if is_main else _by_thread(limit_s)


@contextmanager
def _by_signal(limit_s: float) -> Iterator[None]:
    """In the main thread: whatever it does there."""

    def too_long(_: int, __: object) -> None:
        raise TimeIsUp

    before = signal.signal(signal.SIGALRM, too_long)
    signal.setitimer(signal.ITIMER_REAL, limit_s, AGAIN_S)  # again and again: it may catch it
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextmanager
def _by_thread(limit_s: float) -> Iterator[None]:
    """In another one, as while the server runs: between two steps of Python, so a sleep is broken when it is over."""
    thread, over = threading.get_ident(), threading.Event()

    def watch() -> None:
        wait_s = limit_s
        while not over.wait(wait_s):
            _raise_in(thread, TimeIsUp)
            wait_s = AGAIN_S

    watching = threading.Thread(target=watch, name="import of a menu", daemon=True)
    watching.start()
    try:
        yield
    finally:
        while not over.is_set():
            with suppress(TimeIsUp):
                over.set()
        watching.join()
        _raise_in(thread, None)


def _raise_in(thread: int, error: type[BaseException] | None) -> None:
    """At that thread's next step; None: what has not been raised yet is not any more."""
    raised = None if error is None else ctypes.py_object(error)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), raised)
