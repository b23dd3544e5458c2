"""The procedures of a modem around a call: off hook, dialled, on hook."""

from callserver.lines.interfaces import DialPermit, LineFailure
from callserver.lines.link import ModemLink, ModemStuck
from callserver.lines.set_up import make_idle, must
from callserver.modem import commands
from callserver.modem.profiles import Modem

DIAL_S = 25.0  # dial tone awaited, then digits and pauses
END_OF_STREAM_S = 2.0


async def connect(link: ModemLink, modem: Modem) -> None:
    """
    Off hook, then sound both ways.

    :raises LineFailure: with the modem's words
    """
    off_hook = commands.line_on(modem.off_hook_label)
    if not (await link.command(off_hook)).ok:
        await must(link, off_hook)  # a ring in between has been seen to spoil the first
    await _start_sound(link)


async def dial(link: ModemLink, permit: DialPermit) -> None:
    """
    Off hook, digits, then sound both ways; who answers is to be heard.

    :raises LineFailure: NO DIALTONE, DELAYED, BLACKLISTED, LINE IN USE ..., as the modem says it
    """
    try:
        command = commands.dial(permit.digits)
    except ValueError as problem:
        raise LineFailure(str(problem)) from problem
    answer = await link.command(command, DIAL_S)
    if answer.result not in ("OK", "VCON", "VOICE"):
        raise LineFailure("the modem refuses to dial: {result}", result=answer.result)
    await _start_sound(link)


async def go_on_hook(link: ModemLink, modem: Modem, country: str) -> None:
    """
    On hook from any state of a call, ready for the next.

    :raises ModemStuck: it does not obey
    """
    if link.in_stream:
        await link.end_stream(END_OF_STREAM_S)
    for command in (commands.LINE_OFF, commands.HANG_UP):
        answer = await link.command(command)
        if not answer.ok:
            raise ModemStuck("the modem answers {result} to {command}", result=answer.result, command=command)
    voice_class = await link.command(commands.CLASS)
    if not any(line.rpartition(":")[2].strip() == "8" for line in voice_class.lines):
        await make_idle(link, modem, country)  # some chips leave voice mode with ATH


async def _start_sound(link: ModemLink) -> None:
    answer = await link.command(commands.DUPLEX, stream=True)
    if answer.result != "CONNECT":
        raise LineFailure(
            "no sound: the modem answers {result} to {command}", result=answer.result, command=commands.DUPLEX
        )
