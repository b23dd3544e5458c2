"""Nobody is there, or free: the caller hears when people answer, and leaves a message or is called back."""

from __future__ import annotations

from collections.abc import Sequence

from callserver.calls.vocabulary import Kind
from callserver.config import Hours
from callserver.ivr import spoken
from callserver.ivr.dialogue import WantsPerson, ask_telephone, choose
from callserver.ivr.interfaces import Prompt
from callserver.ivr.menu_call import MenuCall
from callserver.wire.alarms import Alarm
from callserver.wire.catalogue import N_
from callserver.wire.causes import Cause, Reason

MESSAGE, CALL_BACK = "1", "2"


async def leave_word(call: MenuCall, hours: Sequence[Hours], alarm: Alarm) -> None:
    """
    Take a message or the wish to be called back, and end the call; its record says which.

    :param alarm: the shop's people have to see to either
    """
    try:
        key = await choose(call, *said_hours(call.language, hours), "message-or-call-back", keys=MESSAGE + CALL_BACK)
        if key == CALL_BACK:
            await _call_back(call, alarm)
        elif not await _message(call, alarm):
            await call.play("message-not-kept")
            await _call_back(call, alarm)
    except WantsPerson:  # silence, or a wrong key again and again
        await call.play("please-try-later")
        call.call.end("menu", Reason(Cause.NOBODY_THERE))


def said_hours(language: str, hours: Sequence[Hours]) -> list[Prompt]:
    """ "People answer Monday to Friday, nine a.m. to six p.m."; nothing where the shop has not set them."""
    said: list[Prompt] = ["our-hours-are"] if hours else []
    for one in hours:
        said += _days(one.first_day, one.last_day)
        said += [*spoken.time_of_day(language, one.opens), "until", *spoken.time_of_day(language, one.closes)]
    return said


def _days(first: int, last: int) -> list[Prompt]:
    if (first, last) == (1, 7):
        return ["every-day"]
    return [f"weekday-{first}"] if first == last else [f"weekday-{first}", "until", f"weekday-{last}"]


async def _message(call: MenuCall, alarm: Alarm) -> bool:
    """Whether a message is kept: in the shop's general mailbox or as a recording; he may have hung up on it."""
    if call.mailboxes is not None and call.mailboxes.general:
        return await _into_general_box(call)
    await call.play("beep-record")
    file = ""
    try:
        file = await call.record()
    finally:
        if file or (call.recorded and call.is_over):
            alarm(N_("{number} has left a message: {file}"), number=call.caller.number or "", file=call.recorded)
    if file:
        await call.play("message-kept", "goodbye")
        call.call.end("menu", Reason(Cause.MESSAGE_LEFT, file))
    return bool(file)


async def _into_general_box(call: MenuCall) -> bool:
    """Who thinks better of it there, or opens it, has been served, too."""
    assert call.mailboxes is not None
    outcome = await call.mailboxes.leave_message(call, call.mailboxes.general, busy=True)
    if outcome == "left":
        await call.play("goodbye")
        call.call.end("menu", Reason(Cause.MESSAGE_LEFT, call.mailboxes.general))
    return outcome in ("left", "discarded", "opened", "heard")


async def _call_back(call: MenuCall, alarm: Alarm) -> None:
    number = call.caller.number or await ask_telephone(call)
    call.call.log(Kind.CALL_BACK, number=number)
    alarm(N_("{number} wants to be called back: nobody was there"), number=number)
    await call.play("will-call-back", *spoken.telephone(call.language, number), "goodbye")
    call.call.end("menu", Reason(Cause.CALL_BACK_WANTED, number))
