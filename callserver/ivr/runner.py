"""A menu at work on a call; whatever breaks in it, the caller is not left in silence."""

from collections.abc import Callable, Mapping

from twisted.internet.defer import CancelledError, Deferred
from twisted.logger import Logger
from twisted.python.failure import Failure

from callserver.calls.call import Call
from callserver.calls.vocabulary import Kind
from callserver.ivr.dialogue import WantsPerson
from callserver.ivr.interfaces import IMenu
from callserver.ivr.menu_call import MenuCall
from callserver.ivr.menu_run import MenuRun
from callserver.ivr.running import CallOver, GoesRound
from callserver.lines.interfaces import LineFailure
from callserver.wire.causes import Cause, Reason

log = Logger()


class MenuRunner:
    """Serves calls with menus; callers whose menu breaks, or who want a person, go to `queue`."""

    def __init__(self, menus: Mapping[str, IMenu], menu_call: Callable[[Call], MenuCall], queue: str) -> None:
        self._menus, self._menu_call, self._queue = menus, menu_call, queue

    def serve(self, call: Call, menu_name: str) -> None:
        """Run a menu while the call lives, and end the call when the menu is over."""
        running = Deferred.fromCoroutine(self._serve(call, menu_name))
        call.when_ended().addCallback(lambda _: running.cancel())
        running.addErrback(self._broken, call)
        running.addCallback(lambda _: call.end("menu", Reason(Cause.MENU_OVER)))

    def _broken(self, failure: Failure, call: Call) -> None:
        if isinstance(failure.value, LineFailure):  # the line has told its alarm
            call.end("line", Reason(Cause.NOT_CONNECTED, str(failure.value)))
        elif call.ended is None or not isinstance(failure.value, CancelledError | CallOver):
            log.failure("call {call} broke", failure, call=call.id)

    async def _serve(self, call: Call, name: str) -> None:
        call.log(Kind.MENU, name=name)
        call.path.append(name)
        try:
            if name not in self._menus:
                raise WantsPerson("no menu")  # its file is broken: told at the start
            await MenuRun(self._menus[name], name, self._menu_call(call)).serve()
            return
        except (WantsPerson, GoesRound) as wish:
            call.path.append(str(wish))
        except (CallOver, GeneratorExit, LineFailure):  # he has hung up; or it is no menu's fault, and he is not there
            raise
        except BaseException as problem:  # also a sys.exit
            log.failure("menu {menu} broke on call {call}", menu=name, call=call.id)
            call.log(Kind.MENU_FAILED, menu=name, error=repr(problem))
        await self._menu_call(call).transfer_to_queue(self._queue)
