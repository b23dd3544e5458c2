"""A menu at work on a call; whatever breaks in it, the caller is not left in silence."""

from collections.abc import Callable, Coroutine, Generator, Mapping
from types import coroutine
from typing import Any

from twisted.internet.defer import CancelledError, Deferred
from twisted.logger import Logger
from twisted.python.failure import Failure

from callserver.calls.call import Call
from callserver.calls.vocabulary import Kind
from callserver.ivr.dialogue import WantsPerson
from callserver.ivr.interfaces import IMenu
from callserver.ivr.menu_call import MenuCall
from callserver.ivr.running import Running, TookTooLong, running
from callserver.lines.interfaces import LineFailure
from callserver.wire.causes import Cause, Reason

log = Logger()


class MenuRunner:
    """Serves calls with menus; callers whose menu breaks, or who want a person, go to `queue`."""

    def __init__(self, menus: Mapping[str, IMenu], menu_call: Callable[[Call], MenuCall], queue: str) -> None:
        self._menus, self._menu_call, self._queue = menus, menu_call, queue

    def serve(self, call: Call, menu_name: str) -> None:
        """Run a menu while the call lives, and end the call when the menu is over."""
        running = Deferred.fromCoroutine(self._run(self._menus[menu_name], self._menu_call(call)))
        call.when_ended().addCallback(lambda _: running.cancel())
        running.addErrback(self._broken, call)
        running.addCallback(lambda _: call.end("menu", Reason(Cause.MENU_OVER)))

    def _broken(self, failure: Failure, call: Call) -> None:
        if isinstance(failure.value, LineFailure):  # the line has told its alarm
            call.end("line", Reason(Cause.NOT_CONNECTED, str(failure.value)))
        elif call.ended is None or not isinstance(failure.value, CancelledError):
            log.failure("call {call} broke", failure, call=call.id)

    async def _run(self, menu: IMenu, menu_call: MenuCall) -> None:
        call = menu_call.call
        call.log(Kind.MENU, name=menu.name)
        call.path.append(menu.name)
        try:
            await _steps(menu.run(menu_call), Running(menu.name, call.first.name, call.id))
        except WantsPerson as wish:
            call.path.append(str(wish))
            await menu_call.transfer_to_queue(self._queue)
        except LineFailure:  # no menu's fault, and there is nobody to pass on
            raise
        except (Exception, TookTooLong) as problem:
            if call.ended is not None and isinstance(problem, CancelledError):
                raise  # the caller has hung up: an ordinary end
            log.failure("menu {menu} broke on call {call}", menu=menu.name, call=call.id)
            call.log(Kind.MENU_FAILED, menu=menu.name, error=repr(problem))
            await menu_call.transfer_to_queue(self._queue)


@coroutine
def _steps(story: Coroutine[Any, Any, None], which: Running) -> Generator[Any, Any, None]:
    """A menu's coroutine, step by step: `running` says whose code it is while a step lasts, and nothing between."""
    step, given = story.send, None
    while True:
        before = running.set(which)
        try:
            awaited = step(given)
        except StopIteration:
            return
        finally:
            running.reset(before)
        try:
            given, step = (yield awaited), story.send
        except BaseException as problem:
            given, step = problem, story.throw
