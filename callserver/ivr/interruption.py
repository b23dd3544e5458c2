"""
Breaking off a menu that does not give the reactor back: while it blocks, no line, seat or timer of the server moves.

`Interrupted` is raised inside it by a signal (callserver.server.menu_breaker). It is no Exception, so that `except
Exception` around everything does not keep it. A menu that catches it all the same and goes on is struck again:

- at once, when the exception is let go of where it was caught: Python's finaliser of it tells so;
- at the first line of the clause that caught it, from the second strike on.

In both cases the new one is raised outside the `try` that has caught the first, so that loop after loop is left. While
the menu has called the server, which must not be broken off in the middle, the strike waits for the menu's next line.
Lines are followed by `sys.settrace`, while a menu resists and never else.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

from callserver.ivr.running import Running, TookTooLong, running

PLUGINS = "callserver_plugins."
MENUS = (PLUGINS, "callserver.features.")
OURS = ("callserver.", *MENUS)
RUNNER = "callserver.ivr.menu_run"
REACTOR = "callserver.server.turns"  # of its frames on the stack: what stands below them has started the server


class Interrupted(TookTooLong):
    """Raised in a menu that blocks the server; whoever catches it has to let it pass."""

    def __init__(self, struggle: Struggle) -> None:
        super().__init__(f"held up the whole server: {struggle.where}")
        self._struggle = struggle

    def __del__(self) -> None:
        frame = sys._getframe().f_back
        if frame is not None:  # else Python itself ends
            self._struggle.let_go(frame)


class Struggle:
    """
    With one menu.

    :param where: it stands, in words
    :param goes_on: whether it still blocks the reactor; else nobody is struck any more
    """

    def __init__(self, where: str, goes_on: Callable[[], bool]) -> None:
        self.where, self.goes_on = where, goes_on
        self._strikes, self._strike_now = 0, False

    def strike(self, frame: FrameType) -> None:
        """Raise in the menu, called on top of its frame by a signal; or as soon as the server has done its part."""
        self._strikes += 1
        if not stands_in_menu(frame):
            self._strike_now = True
            self._follow(frame)
            return
        if self._strikes > 1:
            self._follow(frame)
        raise Interrupted(self)

    def let_go(self, frame: FrameType) -> None:
        """An interruption is no more; if a menu has caught it and goes on, its next line gets another."""
        if stands_in_menu(frame) and self.goes_on():
            self._strike_now = True
            self._follow(frame)

    def _follow(self, frame: FrameType) -> None:
        for one in stack(frame):
            if is_menus(one):
                one.f_trace = self._trace
        sys.settrace(self._trace)

    def _trace(self, frame: FrameType, event: str, arg: Any) -> Any:
        if not self.goes_on():
            sys.settrace(None)
            return None
        caught = isinstance(sys.exc_info()[1], Interrupted)
        if event == "line" and (self._strike_now or caught) and stands_in_menu(frame):
            self._strike_now = False
            raise Interrupted(self)
        return self._trace


def stack(frame: FrameType | None) -> Iterator[FrameType]:
    """From a frame outwards."""
    while frame is not None and _module(frame) != REACTOR:
        yield frame
        frame = frame.f_back


def own_frame(frame: FrameType) -> FrameType | None:
    """The innermost frame that is ours or a shop's own: what Python's library and others do, is done for it."""
    return next((one for one in stack(frame) if _module(one).startswith(OURS)), None)


def menu_on(frame: FrameType) -> Running | None:
    """The menu whose step stands on a stack; for another thread, which cannot ask `running`."""
    runners = (one.f_locals for one in stack(frame) if _module(one) == RUNNER)
    return next((names["which"] for names in runners if isinstance(names.get("which"), Running)), None)


def is_menus(frame: FrameType) -> bool:
    """Whether this is a menu's own code."""
    return _module(frame).startswith(MENUS)


def is_for_menu(frame: FrameType) -> bool:
    """Whether this is done for a menu: a shop's own code stands on the stack, or ours while a menu of ours runs."""
    return any(_module(one).startswith(PLUGINS) for one in stack(frame)) or (
        running.get() is not None and any(is_menus(one) for one in stack(frame))
    )


def stands_in_menu(frame: FrameType) -> bool:
    """Whether a menu's own code is at work, and not the server for it."""
    own = own_frame(frame)
    return own is not None and is_menus(own)


def _module(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__", ""))
