"""
What the operating system asks of a running server: stop (SIGINT, SIGTERM), settings anew (SIGHUP).

A terminal that is closed sends SIGHUP as well: the server goes on, and says so in its log.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from twisted.internet.error import ReactorNotRunning
from twisted.logger import Logger

from callserver.server.assembly import CallServer
from callserver.server.notify import notify
from callserver.wire.catalogue import N_
from callserver.wire.messages import Phrase

log = Logger()

ONCE_MORE = N_("Once more stops at once.")
AT_ONCE = N_("The server stops at once; calls that are cut off: {n}.")


class Signals:
    """
    :param tell: what the person at the terminal should read
    """

    def __init__(self, reactor: Any, server: CallServer, tell: Callable[[Phrase], None]) -> None:
        self._reactor, self._server, self._tell = reactor, server, tell
        self._stopping = self._had_terminal = False

    def install(self) -> None:
        """When the reactor runs: it has installed its own before."""
        self._had_terminal = has_terminal()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: self._reactor.callFromThread(self.stop))
        signal.signal(signal.SIGHUP, lambda *_: self._reactor.callFromThread(self.hang_up))

    def stop(self) -> None:
        """The first time after the last call, the second time at once."""
        if self._stopping:
            self._tell(Phrase(AT_ONCE, {"n": len(self._server.calls)}))
            self._end()
            return
        self._stopping = True
        notify("STOPPING=1")
        dry = self._server.drain(self._tell)
        if not dry.called:
            self._tell(Phrase(ONCE_MORE))
        dry.addCallback(lambda _: self._end())

    def hang_up(self) -> None:
        """Settings anew; and if that was the terminal that was closed, so be it."""
        if self._had_terminal and not has_terminal():
            self._had_terminal = False
            log.warn("no terminal any more; the server goes on: bin/callserver stop ends it")
        self._server.reload()

    def _end(self) -> None:
        with suppress(ReactorNotRunning):  # it stops already
            self._reactor.stop()


def has_terminal() -> bool:
    """Whether there is one that can send us signals."""
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY))
    except OSError:
        return False
    return True
