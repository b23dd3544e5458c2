"""How a line is put on hook when its call is over, and what is done about one that does not obey."""

from __future__ import annotations

from collections.abc import Callable

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.python.failure import Failure

from callserver.lines.interfaces import ILine
from callserver.wire.alarms import Alarm
from callserver.wire.catalogue import N_

ON_HOOK_S = 5.0  # then the alarm, and it is asked once more
OFF_HOOK_S = 30.0  # then the line is dead, and asked as often


class HangingUp:
    """
    Asks a line to go on hook until it does.

    :param on_hook: told whenever it is, also when nobody waits for it any more
    """

    def __init__(self, line: ILine, clock: IReactorTime, alarm: Alarm, on_hook: Callable[[], None]) -> None:
        self._line, self._clock, self._alarm, self._on_hook = line, clock, alarm, on_hook
        self._refusal_told = False
        self._again: IDelayedCall | None = None

    @property
    def persists(self) -> bool:
        """The line is dead for no other reason than this."""
        return self._again is not None

    def begin(self) -> None:
        """Its call is over."""
        self._refusal_told = False
        self._ask()

    def late(self) -> None:
        """It is not on hook after ON_HOOK_S."""
        self._alarm(N_("not on hook after {limit_s} s"), limit_s=f"{ON_HOOK_S:g}")
        self._ask()

    def persist(self) -> None:
        """Ask now and then, until `stop`."""
        self._again = self._clock.callLater(OFF_HOOK_S, self.persist)
        self._ask()

    def stop(self) -> None:
        """The line has come back, or is lost altogether."""
        if self._again is not None and self._again.active():
            self._again.cancel()
        self._again = None

    def _ask(self) -> None:
        asked: Deferred[None] = self._line.hang_up()
        asked.addCallbacks(lambda _: self._on_hook(), self._refused)

    def _refused(self, failure: Failure) -> None:
        if not self._refusal_told:
            self._refusal_told = True
            self._alarm(N_("does not go on hook: {problem}"), problem=failure.value)
