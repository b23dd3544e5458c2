"""A fax machine whose signals the line's own modem makes (Class 1): its time is the server's clock, not the sound's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from twisted.internet.defer import Deferred, succeed
from twisted.internet.interfaces import IDelayedCall, IReactorTime

from callserver.fax.modulations import Modulation
from callserver.fax.phases import Phases
from callserver.fax.signals import Asked, Heard
from callserver.fax.t30.terminal import Terminal
from callserver.lines.interfaces import IFaxModem
from callserver.wire.states import FaxPhase

LOOK_S = 0.02  # the procedure's shortest wait is ten times as long

T = TypeVar("T", bound=Terminal, covariant=True)


class ModemMachine(Generic[T]):
    """As `callserver.fax.machine.FaxMachine`, from `begin` on."""

    terminal: T

    def __init__(self, clock: IReactorTime, on_phase: Callable[[FaxPhase, int], None]) -> None:
        self._clock = clock
        self.phases = Phases(on_phase, lambda: self.terminal.n_confirmed)
        self._modem: IFaxModem | None = None
        self._timer: IDelayedCall | None = None

    @property
    def now_s(self) -> float:
        """On the server's clock."""
        return self._clock.seconds()

    def begin(self, modem: IFaxModem, make: Callable[[Callable[[Asked], None], frozenset[Modulation]], T]) -> None:
        """
        The modem is the fax's.

        :param make: makes the terminal, with what it asks the modem by and what that can do
        """
        self._modem = modem
        self.terminal = make(self._asked, modem.modulations)
        self.terminal.start(self.now_s)
        self._look()

    def heard(self, heard: Heard) -> None:
        """From the modem."""
        if self._modem is not None:
            self.phases.heard(heard)
            self.terminal.feed(heard, self.now_s)

    def lost(self) -> None:
        """The modem is another's, or gone."""
        if self._modem is not None:
            self.terminal.line_gone(self.now_s)
        self._stop()

    def end(self) -> Deferred[None]:
        """Fires when the voice is back."""
        modem = self._modem
        self._stop()
        return modem.end() if modem is not None else succeed(None)

    def _asked(self, asked: Asked) -> None:
        if self._modem is not None:
            self.phases.asked(asked)
            self._modem.asked(asked)

    def _look(self) -> None:
        deadline_s = self.terminal.next_deadline_s
        if deadline_s is not None and deadline_s <= self.now_s:
            self.terminal.on_time(self.now_s)
        if self._modem is not None:
            self._timer = self._clock.callLater(LOOK_S, self._look)

    def _stop(self) -> None:
        self._modem = None
        timer, self._timer = self._timer, None
        if timer is not None and timer.active():
            timer.cancel()
