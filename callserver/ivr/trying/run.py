"""A menu brought to its end on a call that is none."""

from __future__ import annotations

from twisted.internet.defer import CancelledError, Deferred

from callserver.ivr.dialogue import WantsPerson
from callserver.ivr.discovery import place_in, words
from callserver.ivr.interfaces import IMenu
from callserver.ivr.running import CallOver, GoesRound
from callserver.ivr.trying.call import WAIT_STEP_S, TryCall
from callserver.ivr.trying.keys import Asks

ASKS = "asks"
STUCK_S = 60.0  # so long a menu may wait for something that is no act of its call


def run_menu(menu: IMenu, call: TryCall) -> str:
    """
    What a call of it ends in: "queue operator", "hangup", "caller", "person: why", "over" (the menu returned; not
    served by people before, he may leave word), "broken: what and where".
    """
    story = Deferred.fromCoroutine(menu.run(call))
    waited_s = 0.0
    while not story.called and waited_s < STUCK_S:
        call.clock.advance(WAIT_STEP_S)
        waited_s += WAIT_STEP_S
    if not story.called:
        story.cancel()
    found: list[str] = []
    story.addCallbacks(
        lambda _: found.append(call.ended or "over"), lambda why: found.append(_why(menu, call, why.value))
    )
    call.end(found[0])
    return call.ended


def _why(menu: IMenu, call: TryCall, problem: BaseException) -> str:
    if isinstance(problem, CallOver):
        return call.ended
    if isinstance(problem, Asks):
        return ASKS
    if isinstance(problem, WantsPerson | GoesRound):
        return f"person: {problem}"
    if isinstance(problem, CancelledError):
        return f"broken: waits for something that does not come within {STUCK_S:g} s"
    return f"broken: {words(problem)}, {place_in(menu, problem)}"
