"""Which menu's code is at work at this moment, and what ends it when nothing milder does."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class Running:
    """A menu at work for one call."""

    menu: str
    line: str  # "line 3"
    call_id: str


running: ContextVar[Running | None] = ContextVar("running", default=None)
"""Set while a menu's own code runs, None in all other code of the reactor; readable in a signal handler too."""


class MenuStopped(BaseException):
    """Ends a menu that would not end: no `except Exception` of its catches this, its `finally` tidies up."""


class CallOver(MenuStopped):
    """The caller has gone, or the menu is over: what every act of a call does then."""


class TookTooLong(MenuStopped):
    """The menu has kept the whole server waiting: the watchdog raises it in its code, and the caller is served on."""


class Spins(MenuStopped):
    """The menu does one thing after the other in no time: it would never end."""


class StaffCalls(MenuStopped):
    """It is no customer: somebody of the staff wants to work by this telephone."""


class FaxCalls(MenuStopped):
    """It is a fax machine that calls: its fax is received."""


class GoesRound(MenuStopped):
    """The menu goes on and the caller gets nowhere: a person helps him."""
