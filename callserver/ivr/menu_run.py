"""
One menu at work for one call, step by step, until it is over.

A menu is somebody else's code. What it can do wrong, and what comes of it:

- *It goes on when its caller has gone.* Where it waits, it gets CallOver, which no `except Exception` catches; so does
  every further act of the call. Whoever catches even that has STEPS_MAX steps to tidy up, and is left where it stands.
- *It goes on for ever.* After IDLE_S without a key it gets GoesRound, and its caller a person; so does who is so slow
  that his call's time in menus is nearly over: he is not cut off by it.
- *It awaits what the reactor knows nothing of* (asyncio): TypeError, at the place where it does.
- *It never waits at all.* Each act takes its time (`menu_call.act`); what acts not and waits not is the watchdog's,
  which finds in `running` whose code it is.
"""

from __future__ import annotations

from collections.abc import Generator
from types import coroutine
from typing import Any

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.interfaces import IDelayedCall
from twisted.internet.task import deferLater

from callserver.calls.stages import LIMITS_S, MENUS_TURN, Stage
from callserver.ivr.acting import BREATH_S
from callserver.ivr.interfaces import IMenu
from callserver.ivr.menu_call import MenuCall
from callserver.ivr.running import CallOver, GoesRound, MenuStopped, Running, running

IDLE_S = 600.0  # so long a menu may go on without a key
LAST_S = 60.0  # so long before the end of a call's time in menus its caller gets a person
AGAIN_S = 10.0  # one that is deaf to being stopped is told again
STEPS_MAX = 50


class MenuRun:
    """
    A menu's coroutine and its one caller.

    :param name: what config.ini calls it
    """

    def __init__(self, menu: IMenu, name: str, menu_call: MenuCall) -> None:
        self._menu, self._name, self._menu_call = menu, name, menu_call
        self._why: MenuStopped | None = None
        self._timer: IDelayedCall | None = None

    async def serve(self) -> None:
        """
        Until the menu returns; raises what it raises, whatever that is.

        :raises CallOver: the caller has gone
        :raises GoesRound: no key for IDLE_S, or nearly as long in menus as a call may be
        :raises MenuStopped: what `stop` was given
        """
        self._story = Deferred.fromCoroutine(self._steps())
        self._look_in(IDLE_S)
        try:
            await self._story
        finally:
            self._menu_call.over = True
            if self._timer is not None and self._timer.active():
                self._timer.cancel()

    def stop(self, why: MenuStopped) -> None:
        """End the menu where it waits; harmless when it is over."""
        if not self._menu_call.over:
            self._why = why
            self._story.cancel()

    @coroutine
    def _steps(self) -> Generator[Any, Any, None]:
        call = self._menu_call.call
        which = Running(self._name, call.first.name, call.id)
        story, steps_after_stop = self._menu.run(self._menu_call), 0
        step, given = story.send, None
        while True:
            before = running.set(which)
            try:
                awaited = step(given)
            except StopIteration:
                return
            except (CallOver, GeneratorExit) as lie:
                if self._menu_call.is_over or isinstance(given, GeneratorExit):  # so is this, if it is closed
                    raise
                raise RuntimeError(f"the menu raised {lie!r}, and its caller is there") from lie
            finally:
                running.reset(before)
            if (stopped := self._stopped()) is not None:
                steps_after_stop += 1
                if steps_after_stop > STEPS_MAX:
                    raise stopped
            try:
                given, step = (yield self._waited_for(awaited)), story.send
            except CancelledError as cancelled:
                given, step = self._stopped() or cancelled, story.throw
            except BaseException as problem:
                given, step = problem, story.throw

    def _stopped(self) -> MenuStopped | None:
        """Why the menu is to end, if it is."""
        if self._menu_call.is_over:
            return CallOver("the caller has gone, or somebody else has him")
        return self._why or self._menu_call.stopped

    def _waited_for(self, awaited: object) -> Deferred[Any]:
        if isinstance(awaited, Deferred):
            return awaited

        def refuse(_: None) -> None:
            raise TypeError(f"a menu can await acts of its call and Deferreds, not {type(awaited).__name__}")

        return deferLater(self._menu_call.clock, BREATH_S).addCallback(refuse)

    def _look_in(self, delay_s: float) -> None:
        self._timer = self._menu_call.clock.callLater(delay_s, self._look)

    def _look(self) -> None:
        """Whether a key or somebody else has served him in the last ten minutes, and there is time left in menus."""
        call, now_s = self._menu_call.call, self._menu_call.clock.seconds()
        if call.stage not in MENUS_TURN:
            self._menu_call.served_s = now_s
        idle_left_s = max(self._menu_call.served_s, call.keys.last_at_s) + IDLE_S - now_s
        left_s = call.entered_s + LIMITS_S[Stage.MENU] - LAST_S - now_s if call.stage is Stage.MENU else IDLE_S
        if min(idle_left_s, left_s) > 0:
            self._look_in(min(idle_left_s, left_s))
            return
        self._look_in(AGAIN_S)
        self.stop(GoesRound("no key for ten minutes" if idle_left_s <= 0 else "half an hour in menus"))
