"""A menu at work on a call; whatever breaks in it, the caller is not left in silence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from twisted.internet.defer import CancelledError, Deferred
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.python.reflect import safe_repr

from callserver.calls.call import Call, Stage
from callserver.calls.vocabulary import Kind
from callserver.config import Hours
from callserver.ivr.dialogue import WantsPerson
from callserver.ivr.discovery import place_in
from callserver.ivr.interfaces import IMenu
from callserver.ivr.leave_word import leave_word
from callserver.ivr.menu_call import MenuCall
from callserver.ivr.menu_run import MenuRun
from callserver.ivr.running import CallOver, GoesRound
from callserver.lines.interfaces import LineFailure
from callserver.wire.alarms import Alarm
from callserver.wire.catalogue import N_
from callserver.wire.causes import Cause, Reason

log = Logger()

AT_ONCE_S = 3.0  # a menu that is over so soon, by itself and without a key, has done nothing for its caller
AT_ONCE_MAX = 3  # so many such calls in a row, and the line rests
REST_S = 300.0
ERROR_CHARS = 500  # of what is kept of a menu's exception


class MenuRunner:
    """
    Serves calls with menus; callers whose menu breaks, or who want a person, go to `queue`.

    :param alarm: told of a menu that breaks, once for each way in which it does so
    :param rest: lets a call's line take no calls for so many seconds
    :param hours: when people answer, as it is set at the moment, for who finds nobody there
    """

    def __init__(
        self,
        menus: Mapping[str, IMenu],
        menu_call: Callable[[Call], MenuCall],
        queue: str,
        alarm: Alarm = lambda msgid, /, **details: None,
        rest: Callable[[Call, float], None] = lambda call, seconds: None,
        hours: Callable[[], Sequence[Hours]] = tuple,
    ) -> None:
        self._menus, self._menu_call, self._queue = menus, menu_call, queue
        self._alarm, self._rest, self._hours = alarm, rest, hours
        self._told: dict[str, str] = {}  # menu: how it broke last
        self._at_once: Counter[str] = Counter()  # by line: so many calls in a row were for nothing

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
        menu_call, menu = self._menu_call(call), self._menus.get(name)
        try:
            if menu is None:
                raise WantsPerson("no menu")  # its file is broken: told at the start
            await MenuRun(menu, name, menu_call).serve()
            self._over_by_itself(menu_call, name)
            if menu_call.not_served:
                await leave_word(self._menu_call(call), self._hours(), self._alarm)
            return
        except (WantsPerson, GoesRound) as wish:
            call.path.append(str(wish))
        except (CallOver, GeneratorExit, LineFailure):  # he has hung up; or it is no menu's fault, and he is not there
            raise
        except BaseException as problem:  # also a sys.exit
            if call.ended is not None and isinstance(problem, CancelledError):
                raise
            self._menu_failed(menu_call, name, problem, place_in(menu, problem) if menu else name)
        menu_call = self._menu_call(call)
        await menu_call.transfer_to_queue(self._queue)
        if menu_call.not_served:
            await leave_word(menu_call, self._hours(), self._alarm)

    def _menu_failed(self, menu_call: MenuCall, name: str, problem: BaseException, place: str) -> None:
        call, error = menu_call.call, safe_repr(problem)[:ERROR_CHARS]  # type: ignore[no-untyped-call]
        log.failure("menu {menu} broke on {line}, call {call}", menu=name, line=call.first.name, call=call.id)
        call.log(Kind.MENU_FAILED, menu=name, error=error)
        if self._told.get(name) != error:
            self._told[name] = error
            self._alarm(
                N_("menu {menu} broke on {line}, at {place}: {problem}"),
                menu=name,
                line=call.first.name,
                place=place,
                problem=error,
            )
        self._over_by_itself(menu_call, name)

    def _over_by_itself(self, menu_call: MenuCall, name: str) -> None:
        """The menu has come to its end, one way or another; nobody has hung up."""
        call = menu_call.call
        if menu_call.clock.seconds() - menu_call.began_s < AT_ONCE_S and not call.keys.last_at_s:
            call.when_ended().addCallback(lambda _: self._for_nothing(call, name))
        else:
            self._at_once[call.first.name] = 0

    def _for_nothing(self, call: Call, name: str) -> None:
        """A call is over whose menu did nothing; it was for nothing if no person did something either."""
        line = call.first.name
        self._at_once[line] = self._at_once[line] + 1 if call.stage is Stage.MENU else 0
        if self._at_once[line] >= AT_ONCE_MAX:
            self._rest(call, REST_S)
            self._alarm(
                N_("menu {menu} was over at once {n} times: {line} takes no calls for {minutes} minutes"),
                menu=name,
                n=self._at_once[line],
                line=line,
                minutes=round(REST_S / 60),
            )
