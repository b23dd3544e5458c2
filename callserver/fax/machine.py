"""A whole fax machine over the sound of a line: the procedure, the modems below it, and time counted in samples."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from callserver.dsp.frames import BLOCK_MS, FloatArray
from callserver.fax.phases import Phases
from callserver.fax.signals import Asked, Heard
from callserver.fax.soft_modem import SoftModem
from callserver.fax.t30.terminal import Terminal
from callserver.wire.states import FaxPhase

T = TypeVar("T", bound=Terminal, covariant=True)
BLOCK_S = BLOCK_MS / 1000


def ignored(phase: FaxPhase, page: int) -> None:
    """Nobody watches."""


class FaxMachine(Generic[T]):
    """
    Begins with the first block.

    :param make: makes the terminal, with what it asks the modem by
    :param on_phase: told what it does, see `Phases`
    """

    def __init__(
        self, make: Callable[[Callable[[Asked], None]], T], on_phase: Callable[[FaxPhase, int], None] = ignored
    ) -> None:
        self._modem = SoftModem(self._heard)
        self.phases = Phases(on_phase, lambda: self.terminal.n_confirmed)
        self.terminal = make(self._asked)
        self._n_blocks = 0

    @property
    def now_s(self) -> float:
        """Since the first block."""
        return self._n_blocks * BLOCK_S

    def exchange(self, block: FloatArray) -> FloatArray:
        """20 ms of what comes, shape (160,), for 20 ms of what goes out."""
        if not self._n_blocks:
            self.terminal.start(0.0)
        self._n_blocks += 1
        sound = self._modem.exchange(block)
        deadline_s = self.terminal.next_deadline_s
        if deadline_s is not None and deadline_s <= self.now_s:
            self.terminal.on_time(self.now_s)
        return sound

    def _asked(self, asked: Asked) -> None:
        self.phases.asked(asked)
        self._modem.asked(asked)

    def _heard(self, heard: Heard) -> None:
        self.phases.heard(heard)
        self.terminal.feed(heard, self.now_s)
