"""The procedures of a modem around a call: off hook, dialled, on hook."""

from collections.abc import Callable

from twisted.logger import Logger

from callserver.lines.interfaces import DialFailure, DialPermit, LineFailure
from callserver.lines.link import Answer, ModemGone, ModemLink, ModemStuck, Unfit
from callserver.lines.set_up import in_voice_mode, make_idle, must
from callserver.modem import commands
from callserver.modem.profiles import Modem
from callserver.wire.dial_results import DialResult

log = Logger()

DIAL_S = 25.0  # dial tone awaited, then digits and pauses
END_OF_STREAM_S = 2.0
RESULTS = {
    "NO DIALTONE": DialResult.NO_DIAL_TONE,
    "NO DIAL TONE": DialResult.NO_DIAL_TONE,
    "BUSY": DialResult.BUSY,
    "NO ANSWER": DialResult.NO_ANSWER,
}
OF_THE_LINE = ("NO CARRIER", "BUSY", "NO DIALTONE", "NO ANSWER", "LINE IN USE")  # the modem is not to blame


async def connect(link: ModemLink, modem: Modem, country: str) -> None:
    """
    Off hook, then sound both ways. One that refuses may have reset itself: it is set up again and asked once more.

    :raises Unfit: it refuses even then
    :raises LineFailure: with the modem's words
    """
    try:
        await _connect(link, modem)
    except ModemGone:
        raise
    except LineFailure as failure:
        log.warn("{line}: {problem}; set up again, and once more", line=link.line, problem=failure)
        await must(link, commands.PLAIN_ANSWERS)
        await make_idle(link, modem, country)
        await _connect(link, modem)


async def _connect(link: ModemLink, modem: Modem) -> None:
    command = commands.line_on(modem.off_hook_label)
    off_hook = await link.command(command)
    if not off_hook.ok:
        off_hook = await link.command(command)  # a ring in between has been seen to spoil the first
    if not off_hook.ok:
        raise _refused(off_hook, command)
    await _start_sound(link)


async def dial(link: ModemLink, permit: DialPermit) -> None:
    """
    The digits of a modem that is off hook, then sound both ways again; who answers is to be heard.

    :raises LineFailure: NO DIALTONE, DELAYED, BLACKLISTED, LINE IN USE ..., as the modem says it
    """
    await _dial(link, commands.dial, permit)
    await _start_sound(link)


async def flash_and_dial(link: ModemLink, permit: DialPermit) -> None:
    """
    A flash and the digits in a call; the modem stays in command state, for it is to go on hook now.

    :raises LineFailure: as `dial`; who was talked with is back, and sound flows
    """
    try:
        await _dial(link, commands.flash_and_dial, permit)
    except ModemGone:
        raise
    except LineFailure:
        await link.command(commands.FLASH, DIAL_S)
        await _start_sound(link)
        raise


async def _dial(link: ModemLink, order: Callable[[str], str], permit: DialPermit) -> None:
    try:
        command = order(permit.digits)
    except ValueError as problem:
        raise LineFailure(str(problem)) from problem
    answer = await link.command(command, DIAL_S)
    if answer.result in RESULTS:
        raise DialFailure(RESULTS[answer.result], "the modem refuses to dial: {result}", result=answer.result)
    if answer.result not in ("OK", "VCON", "VOICE"):
        raise LineFailure("the modem refuses to dial: {result}", result=answer.result)


async def end_sound(link: ModemLink) -> None:
    """Back to command state, the line as it is; harmless when already so."""
    if link.in_stream:
        await link.end_stream(END_OF_STREAM_S)


async def go_on_hook(link: ModemLink, modem: Modem, country: str) -> None:
    """
    On hook from any state of a call, ready for the next.

    :raises ModemStuck: it does not obey
    """
    await end_sound(link)
    for command in (commands.LINE_OFF, commands.HANG_UP):
        answer = await link.command(command)
        if not answer.ok:
            raise ModemStuck("the modem answers {result} to {command}", result=answer.result, command=command)
    if not await in_voice_mode(link):
        await make_idle(link, modem, country)  # some chips leave voice mode with ATH


async def _start_sound(link: ModemLink) -> None:
    answer = await link.command(commands.DUPLEX, stream=True)
    if answer.result != "CONNECT":
        raise _refused(answer, commands.DUPLEX)


def _refused(answer: Answer, command: str) -> LineFailure:
    if answer.result in OF_THE_LINE:
        return LineFailure("the modem answers {result} to {command}", result=answer.result, command=command)
    return Unfit(
        "the modem does not serve a call: it answers {result} to {command}", result=answer.result, command=command
    )
