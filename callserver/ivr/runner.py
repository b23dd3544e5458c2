"""
A menu at work on a call; whatever breaks in it, the caller is not left in silence.

A call is served by one story at a time: that of its menu, or of its wait for a person. It goes on in the background
while an agent has the caller, and ends with the call. When an agent sends him to another menu or queue, a new story
begins and the one before is over: its menu gets CallOver where it waits, as if the caller had gone, and what it does
then reaches nobody; above all it does not end the call.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from typing import Any

from twisted.internet.defer import CancelledError, Deferred
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.python.reflect import safe_repr

from callserver.calls.call import Call
from callserver.calls.stages import MENUS_TURN, Stage
from callserver.calls.vocabulary import Kind
from callserver.config import Hours
from callserver.ivr.dialogue import WantsPerson
from callserver.ivr.discovery import place_in
from callserver.ivr.interfaces import IMenu
from callserver.ivr.leave_word import leave_word
from callserver.ivr.menu_call import Mailboxes, MenuCall
from callserver.ivr.menu_run import MenuRun
from callserver.ivr.running import CallOver, FaxCalls, GoesRound, StaffCalls
from callserver.lines.interfaces import LineFailure
from callserver.wire.alarms import Alarm
from callserver.wire.catalogue import N_
from callserver.wire.causes import Cause, Reason

log = Logger()

NO_QUEUE = "no_queue"
NOT_TAKEN = ("no_box", "full", "suspended", "not_kept")  # of a mailbox's
NOT_LET_IN = ("closed", "no_agent", "full", "diverted", NO_QUEUE)  # of a queue's outcomes
AT_ONCE_S = 3.0  # a menu that is over so soon, by itself and without a key, has done nothing for its caller
AT_ONCE_MAX = 3  # so many such calls in a row, and the line rests
REST_S = 300.0
ERROR_CHARS = 500  # of what is kept of a menu's exception


class _Story:
    """What serves one caller, from its first act until it is over, or another begins."""

    def __init__(self, call: Call, menu_call: Callable[[Call], MenuCall]) -> None:
        self.call = call
        self.left = False  # the caller is somebody else's
        self.running: Deferred[None] | None = None
        self._menu_call = menu_call
        self._acts: list[MenuCall] = []

    def act(self) -> MenuCall:
        """The call for its next part."""
        self._acts.append(self._menu_call(self.call))
        return self._acts[-1]

    def leave(self) -> None:
        """Another story begins."""
        self.left = True
        for menu_call in self._acts:
            menu_call.over = True
        self.stop()

    def stop(self) -> None:
        """Whatever it waits for."""
        if self.running is not None:
            self.running.cancel()


class MenuRunner:
    """
    Serves calls with menus; callers whose menu breaks, or who want a person, go to `queue`.

    :param alarm: told of a menu that breaks, once for each way in which it does so
    :param rest: lets a call's line take no calls for so many seconds
    :param hours: when people answer, as it is set at the moment, for who finds nobody there
    :param staff: serves a call by which somebody of the staff wants to work
    :param staff_keys: what he presses in any menu to say so; "": nobody can
    :param mailboxes: None: there are none
    :param takes_fax: whether a fax that calls on this call's line is received while a menu serves it
    """

    def __init__(
        self,
        menus: Mapping[str, IMenu],
        menu_call: Callable[[Call], MenuCall],
        queue: str,
        alarm: Alarm = lambda msgid, /, **details: None,
        rest: Callable[[Call, float], None] = lambda call, seconds: None,
        hours: Callable[[], Sequence[Hours]] = tuple,
        staff: Callable[[MenuCall], Awaitable[None]] | None = None,
        staff_keys: str = "",
        takes_fax: Callable[[Call], bool] = lambda call: False,
        mailboxes: Mailboxes | None = None,
    ) -> None:
        self._menus, self._menu_call, self._queue = menus, menu_call, queue
        self._alarm, self._rest, self._hours = alarm, rest, hours
        self._stories: dict[str, _Story] = {}  # by call
        self._staff, self._staff_keys, self._takes_fax = staff, staff_keys, takes_fax
        self._mailboxes = mailboxes
        self._sets: dict[str, Mapping[str, IMenu]] = {}  # by call, what it keeps to its end
        self._told: dict[str, str] = {}  # menu: how it broke last
        self._at_once: Counter[str] = Counter()  # by line: so many calls in a row were for nothing

    def serve(self, call: Call, menu_name: str, menus: Mapping[str, IMenu] | None = None, version: str = "") -> None:
        """
        Run a menu while the call lives, in place of what served it before; end the call when the menu is over.

        :param menus: those that this call can come to from now on, to its end; None: as before, or all there are
        :param version: of these, for the record
        """
        story = _Story(call, self._menu_call)
        if menus is not None:
            self._sets[call.id] = menus
            call.when_ended().addCallback(lambda _: self._sets.pop(call.id, None))
        self._tell(story, self._serve(story, menu_name, version))

    def receive_fax(self, call: Call) -> None:
        """The call is a fax machine's, and nobody else's; end it when the fax is over."""
        story = _Story(call, self._menu_call)
        self._tell(story, self._receive_fax(story))

    def has_menu(self, name: str) -> bool:
        """Whether there is one of this name, be it that its file is broken by now."""
        return name in self._menus

    def has_box(self, number: str) -> bool:
        """Whether there is a mailbox of this number."""
        return self._mailboxes is not None and self._mailboxes.has_box(number)

    def take_message(self, call: Call, box: str) -> None:
        """The caller is asked for a message in this mailbox, for nobody has taken his call; then the call is over."""
        story = _Story(call, self._menu_call)
        self._tell(story, self._take_message(story, box))

    def find_person(self, call: Call, queue: str, on_refused: Callable[[str], None] | None = None) -> None:
        """
        Let the caller wait for a person, in place of what served him before; not served, he leaves word.

        :param queue: "" is the shop's first
        :param on_refused: told the outcome when the queue has not let him in; he is somebody else's then
        """
        story = _Story(call, self._menu_call)
        self._tell(story, self._find_person(story, queue or self._queue, on_refused))

    def _tell(self, story: _Story, telling: Coroutine[Deferred[object], Any, None]) -> None:
        call = story.call
        before, self._stories[call.id] = self._stories.get(call.id), story
        if before is not None:
            before.leave()
        else:
            call.when_ended().addCallback(lambda _: self._stories.pop(call.id).stop())
        running = story.running = Deferred.fromCoroutine(telling)
        running.addErrback(self._broken, story)
        running.addCallback(lambda _: None if story.left else call.end("menu", Reason(Cause.MENU_OVER)))

    def _broken(self, failure: Failure, story: _Story) -> None:
        call = story.call
        over = call.ended is not None or story.left
        if isinstance(failure.value, LineFailure):  # the line has told its alarm
            call.end("line", Reason(Cause.NOT_CONNECTED, str(failure.value)))
        elif not over or not isinstance(failure.value, CancelledError | CallOver):
            log.failure("call {call} broke", failure, call=call.id)

    async def _serve(self, story: _Story, name: str, version: str) -> None:
        call = story.call
        call.log(Kind.MENU, name=name, version=version)
        call.path.append(name)
        menu_call, menu = story.act(), self._menu(call, name)
        try:
            if menu is None:
                raise WantsPerson("no menu")  # its file is broken: told at the start
            await self._run(menu, name, menu_call)
            self._over_by_itself(menu_call, name)
            call.log(Kind.MENU_END, menu=name, why=menu_call.not_served or "over")
            if menu_call.not_served:
                await leave_word(story.act(), self._hours(), self._alarm)
            return
        except StaffCalls:
            call.log(Kind.MENU_END, menu=name, why="staff")
            if self._staff is not None:
                await self._staff(story.act())
            return
        except FaxCalls:
            call.log(Kind.MENU_END, menu=name, why="fax")
            await self._receive_fax(story)
            return
        except (WantsPerson, GoesRound) as wish:
            call.path.append(str(wish))
            call.log(Kind.MENU_END, menu=name, why=f"person: {wish}")
        except (CallOver, GeneratorExit, LineFailure):  # he has hung up; or it is no menu's fault, and he is not there
            call.log(Kind.MENU_END, menu=name, why=call.ended.cause.value if call.ended is not None else "sent_on")
            raise
        except BaseException as problem:  # also a sys.exit
            if (call.ended is not None or story.left) and isinstance(problem, CancelledError):
                raise
            call.log(Kind.MENU_END, menu=name, why="broken")
            self._menu_failed(menu_call, name, problem, place_in(menu, problem) if menu else name)
        await self._find_person(story, self._queue)

    def _menu(self, call: Call, name: str) -> IMenu | None:
        """In the call's own set; beside it, agents and queues may send it to any other there is."""
        return self._sets.get(call.id, {}).get(name) or self._menus.get(name)

    async def _find_person(self, story: _Story, queue: str, on_refused: Callable[[str], None] | None = None) -> None:
        menu_call = story.act()
        outcome = await self._wait_in(menu_call, queue)
        if on_refused is not None and outcome in NOT_LET_IN:
            story.left = True
            on_refused(outcome)
        elif menu_call.not_served or outcome == NO_QUEUE:
            await leave_word(menu_call, self._hours(), self._alarm)

    async def _wait_in(self, menu_call: MenuCall, queue: str) -> str:
        """The outcome; where this queue has been taken away meanwhile, in the shop's first."""
        for name in (queue, self._queue):
            try:
                return await menu_call.transfer_to_queue(name)
            except LookupError as problem:
                if type(problem) is not LookupError:  # a fault of ours, and not what says that there is none
                    raise
                log.warn("call {call}: {problem}", call=menu_call.id, problem=problem)
        return NO_QUEUE

    async def _take_message(self, story: _Story, box: str) -> None:
        story.call.path.append(f"mailbox {box}")
        menu_call, outcome = story.act(), "no_box"
        try:
            if self._mailboxes is not None:
                outcome = await self._mailboxes.leave_message(menu_call, box, busy=True)
        except (WantsPerson, GoesRound) as wish:
            story.call.path.append(str(wish))
            await self._find_person(story, self._queue)
            return
        except Exception as problem:
            if menu_call.is_over or isinstance(problem, LineFailure):
                raise
            log.failure("mailbox {box} broke on call {call}", box=box, call=story.call.id)
            await self._find_person(story, self._queue)
            return
        if outcome == "left":
            await menu_call.play("goodbye")
            story.call.end("menu", Reason(Cause.MESSAGE_LEFT, box))
        elif outcome in NOT_TAKEN:
            await leave_word(story.act(), self._hours(), self._alarm)

    async def _receive_fax(self, story: _Story) -> None:
        story.call.path.append("fax")
        await story.act().receive_fax()

    async def _run(self, menu: IMenu, name: str, menu_call: MenuCall) -> None:
        """Until the menu is over, the staff's keys are pressed in it, or a fax machine calls."""
        run, call = MenuRun(menu, name, menu_call), menu_call.call
        if self._staff_keys:
            typed = call.keys.when_typed(self._staff_keys)
            typed.addCallback(lambda _: run.stop(StaffCalls()) if _hears_staff(menu_call) else None)
        if getattr(menu, "takes_fax", True) and self._takes_fax(call):
            heard = call.when_fax_calls()
            heard.addCallback(lambda _: run.stop(FaxCalls()) if call.stage is Stage.MENU else None)
        await run.serve()

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
        self._at_once[line] = self._at_once[line] + 1 if call.stage in MENUS_TURN else 0
        if self._at_once[line] >= AT_ONCE_MAX:
            self._rest(call, REST_S)
            self._alarm(
                N_("menu {menu} was over at once {n} times: {line} takes no calls for {minutes} minutes"),
                menu=name,
                n=self._at_once[line],
                line=line,
                minutes=round(REST_S / 60),
            )


def _hears_staff(menu_call: MenuCall) -> bool:
    """Whether the staff's keys mean what they say: not where a caller uses all keys for something else."""
    return menu_call.call.stage is Stage.MENU and not menu_call.keeps_keys
