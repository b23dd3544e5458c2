"""
Twisted's reactor on Qt's loop, so that one loop does the work of both.

It is woken by Qt alone: by a notifier for each socket, and by one timer for whatever is due first. (Twisted's asyncio
reactor on an asyncio loop on Qt's makes a timer for each step, and a notifier for each write: two hundredths of a core
in a talk.)
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from math import ceil, inf
from typing import Any

from PySide6.QtCore import QCoreApplication, QSocketNotifier, Qt, QTimer
from twisted.internet.base import DelayedCall
from twisted.internet.error import ConnectionFdescWentAway
from twisted.internet.interfaces import IReactorFDSet
from twisted.internet.main import installReactor
from twisted.internet.posixbase import PosixReactorBase
from twisted.logger import Logger
from twisted.python.log import callWithLogger
from zope.interface import implementer

log = Logger()

LONGEST_S = 86_400.0  # Qt counts milliseconds in 32 bits; woken too early it looks again
READ, WRITE = QSocketNotifier.Type.Read, QSocketNotifier.Type.Write


@implementer(IReactorFDSet)
class QtReactor(PosixReactorBase):
    """Works whenever Qt's loop runs, also in one within another; its clock is one that nobody sets."""

    seconds = staticmethod(time.monotonic)

    def __init__(self, app: QCoreApplication) -> None:
        self._app = app
        self._watched: dict[Any, dict[QSocketNotifier.Type, QSocketNotifier]] = {}
        self._timer = QTimer(app)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._run_due)
        self._wakes_s = inf
        super().__init__()

    # Its life

    def mainLoop(self) -> None:
        if self._started:  # what begins it may have ended it already
            self._app.exec()

    def stop(self) -> None:
        super().stop()
        self._wake_at(self.seconds())

    def crash(self) -> None:
        super().crash()
        self._app.exit()

    # What is due

    def callLater(self, delay: float, callable: Callable[..., Any], *args: object, **kw: object) -> DelayedCall:
        call = super().callLater(delay, callable, *args, **kw)
        self._wake_at(call.getTime())
        return call

    def _moveCallLaterSooner(self, call: DelayedCall) -> None:
        super()._moveCallLaterSooner(call)
        self._wake_at(call.getTime())

    def _wake_at(self, at_s: float) -> None:
        if at_s < self._wakes_s:
            self._wakes_s = at_s
            wait_s = min(at_s - self.seconds(), LONGEST_S)
            self._timer.start(max(0, ceil(1000 * wait_s)))

    def _run_due(self) -> None:
        self._wakes_s = inf
        self.runUntilCurrent()
        wait_s = self.timeout()
        if wait_s is not None:
            self._wake_at(self.seconds() + wait_s)

    # Sockets. A notifier is kept while its socket is watched at all: writing is begun and ended at each block of sound.

    def addReader(self, reader: Any) -> None:
        self._watch(reader, READ)

    def addWriter(self, writer: Any) -> None:
        self._watch(writer, WRITE)

    def removeReader(self, reader: Any) -> None:
        self._unwatch(reader, READ)

    def removeWriter(self, writer: Any) -> None:
        self._unwatch(writer, WRITE)

    def getReaders(self) -> list[Any]:
        return self._all(READ)

    def getWriters(self) -> list[Any]:
        return self._all(WRITE)

    def removeAll(self) -> list[Any]:
        return self._removeAll(self._all(READ), self._all(WRITE))  # type: ignore[no-any-return, no-untyped-call]

    def _all(self, kind: QSocketNotifier.Type) -> list[Any]:
        return [one for one, notifiers in self._watched.items() if kind in notifiers and notifiers[kind].isEnabled()]

    def _watch(self, selectable: Any, kind: QSocketNotifier.Type) -> None:
        notifiers = self._watched.setdefault(selectable, {})
        if kind not in notifiers:
            notifiers[kind] = QSocketNotifier(selectable.fileno(), kind, self._timer)
            notifiers[kind].activated.connect(partial(self._ready, selectable, kind))
        notifiers[kind].setEnabled(True)

    def _unwatch(self, selectable: Any, kind: QSocketNotifier.Type) -> None:
        notifiers = self._watched.get(selectable, {})
        if kind not in notifiers:
            return
        notifiers[kind].setEnabled(False)
        if not any(notifier.isEnabled() for notifier in notifiers.values()):
            for notifier in self._watched.pop(selectable).values():
                notifier.deleteLater()

    def _ready(self, selectable: Any, kind: QSocketNotifier.Type, *_: object) -> None:
        callWithLogger(selectable, self._do, selectable, kind)  # type: ignore[no-untyped-call]
        if self.threadCallQueue:  # a thread has woken us
            self._run_due()

    def _do(self, selectable: Any, kind: QSocketNotifier.Type) -> None:
        why: Exception | None
        try:
            if selectable.fileno() < 0:  # closed by somebody else: Qt would tell of it for ever
                why = ConnectionFdescWentAway("the socket is closed")
            else:
                why = selectable.doRead() if kind is READ else selectable.doWrite()
        except Exception as broken:
            log.failure("a connection broke")
            why = broken
        if why:
            self._disconnectSelectable(selectable, why, kind is READ)  # type: ignore[no-untyped-call]


def install(app: QCoreApplication) -> QtReactor:
    """From now on this is `twisted.internet.reactor`."""
    reactor = QtReactor(app)
    installReactor(reactor)  # type: ignore[no-untyped-call]
    return reactor
