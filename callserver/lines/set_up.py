"""The procedures of a modem outside calls: freed, asked who it is, made ready to ring."""

import re
from contextlib import suppress
from dataclasses import replace

from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import deferLater
from twisted.logger import Logger

from callserver.lines.interfaces import LineFailure
from callserver.lines.link import COMMAND_S, Answer, ModemGone, ModemLink, ModemStuck
from callserver.modem import commands
from callserver.modem.dle import CLEAR_TRANSMIT
from callserver.modem.profiles import Answers, Declined, Modem, demand_voice, judge, off_hook_label

log = Logger()

RESCUE_S = 0.3
DTR_LOW_S = 1.0
ATTENTION_S = 1.0, 1.0, 5.0  # three tries; a modem may need as long for its answer as for any
QUIET_S, SILENCE_S, LATEST_S = 0.3, COMMAND_S, 3 * COMMAND_S
STEP_TRIES = 3
CLASS_NAME = re.compile(r"0*(\d(?:\.\d)?)")
RESET_S = 5.0


async def set_up(
    link: ModemLink, clock: IReactorTime, country: str, bytes_per_s: float, half_duplex: set[tuple[str, ...]]
) -> Modem:
    """
    Find out what a modem is, and make it ready to ring; neither believed unless its answers fit the questions.

    :param bytes_per_s: what its port carries
    :param half_duplex: identities of modems that have refused +VTR when tried, which is done once; added to
    :raises Declined: it cannot serve a line
    :raises ModemStuck: it does not answer, or answers as it likes
    :raises LineFailure: it refuses what every modem must do
    """
    try:
        modem = judge(await _find_out(link, clock, half_duplex), bytes_per_s)
        await make_idle(link, modem, country)
    except ModemGone:
        raise
    except (Declined, LineFailure):
        await _demand_step(link)
        raise
    await _demand_step(link)
    return replace(modem, reads_back_caller_id=await _tells_callers(link))


async def _find_out(link: ModemLink, clock: IReactorTime, half_duplex: set[tuple[str, ...]]) -> Answers:
    """Take a modem from whatever state it was left in, on hook first of all, and ask what it is."""
    await _free(link, clock)
    await _reset(link, clock)
    identity = [line for question in commands.IDENTITY for line in (await link.command(question)).lines]
    log.info("{line}: the modem says it is {identity}", line=link.line, identity=" / ".join(identity))
    classes = await link.command(commands.CLASSES)
    old_classes = await link.command(commands.OLD_CLASSES)
    demand_voice(classes.lines, old_classes.lines if old_classes.ok else [])
    await must(link, commands.VOICE)  # old firmware of one maker refuses it all the same
    codecs, connections = [await link.command(question) for question in (commands.CODECS, commands.CONNECTIONS)]
    duplex = (await link.command(commands.DUPLEX_KNOWN)).ok
    if not duplex and tuple(identity) not in half_duplex:
        duplex = await _tried_duplex(link, off_hook_label(connections.lines))
        if not duplex:
            await _demand_step(link)
            half_duplex.add(tuple(identity))
    await must(link, commands.DATA)
    return Answers(identity, classes.lines, codecs.lines, connections.lines, duplex)


async def make_idle(link: ModemLink, modem: Modem, country: str) -> None:
    """
    Voice mode, on hook, with rings and caller ID reported: a modem forgets this at every reset.

    :raises LineFailure: it refuses voice mode or its own codec
    """
    await _set_if_known(link, commands.country(country))
    await must(link, commands.VOICE)
    await set_codec(link, modem)
    for setting in (*commands.OPTIONAL_SETTINGS, *modem.profile.optional_settings):
        await _set_if_known(link, setting)


async def set_codec(link: ModemLink, modem: Modem) -> None:
    """
    How sound is coded, in voice mode.

    :raises LineFailure: it refuses its own codec
    """
    if not (await link.command(f"AT+VSM={modem.codec_number},8000")).ok:
        await must(link, f"AT+VSM={modem.codec_number}")


async def check(link: ModemLink, modem: Modem, country: str) -> None:
    """
    Ask an idle modem how it is; one that has reset itself is made ready again.

    :raises LineFailure: it cannot be
    """
    await must(link, commands.ATTENTION)
    forgot_callers = modem.reads_back_caller_id and not await _tells_callers(link)
    if forgot_callers or not await in_voice_mode(link):
        log.warn("{line}: the modem has forgotten that it serves a line; set up again", line=link.line)
        await must(link, commands.PLAIN_ANSWERS)
        await make_idle(link, modem, country)


async def _tells_callers(link: ModemLink) -> bool:
    """Whether the modem says that caller ID is on; some do not know the question, or always say 0."""
    answer = await link.command(commands.CALLER_ID_ASKED)
    return answer.ok and bool(answer.lines) and answer.lines[-1].rpartition(":")[2].strip() in ("1", "2")


async def in_voice_mode(link: ModemLink) -> bool:
    """What a modem that has reset itself is not, nor some after a hang-up."""
    return _class(await link.command(commands.CLASS)) == "8"


async def revive(link: ModemLink, clock: IReactorTime, modem: Modem, country: str) -> None:
    """
    Bring back a modem that has stopped answering, without closing its port.

    :raises ModemStuck: it stays silent
    """
    link.write(CLEAR_TRANSMIT)
    await _free(link, clock)
    link.raise_dtr(False)
    await deferLater(clock, DTR_LOW_S)
    link.raise_dtr(True)
    await _reset(link, clock)
    await make_idle(link, modem, country)


async def must(link: ModemLink, command: str, timeout_s: float = 5.0) -> Answer:
    """
    A command that has to succeed.

    :raises LineFailure: with the modem's words
    """
    answer = await link.command(command, timeout_s)
    if not answer.ok:
        raise LineFailure("the modem answers {result} to {command}", result=answer.result, command=command)
    return answer


async def _free(link: ModemLink, clock: IReactorTime) -> None:
    link.reset()
    link.write(commands.RESCUE)
    await deferLater(clock, RESCUE_S)
    link.reset()


async def _reset(link: ModemLink, clock: IReactorTime) -> None:
    await _wake(link, clock)
    await _quiet(link, clock)
    await must(link, commands.RESET, RESET_S)
    await must(link, commands.ON_HOOK_AND_PLAIN)
    await _fall_in_step(link, clock)


async def _wake(link: ModemLink, clock: IReactorTime) -> None:
    """Command state with plain answers, however the modem was set."""
    with suppress(ModemStuck):
        await link.command(commands.PLAIN_ANSWERS, ATTENTION_S[0])
    for timeout_s in ATTENTION_S:
        with suppress(ModemStuck):
            if (await link.command(commands.ATTENTION, timeout_s)).ok:
                return
            await deferLater(clock, ATTENTION_S[0])  # it says something else: let it finish
    raise ModemStuck("no answer to {n} times {command}", n=len(ATTENTION_S), command=commands.ATTENTION)


async def _quiet(link: ModemLink, clock: IReactorTime) -> None:
    """Until what was not answered in time is answered, or will not be any more."""
    while link.is_late():
        await deferLater(clock, QUIET_S)


async def _fall_in_step(link: ModemLink, clock: IReactorTime) -> None:
    """Until an answer is the answer to what was asked; raises ModemStuck if that never comes."""
    for _ in range(STEP_TRIES):
        if await _in_step(link):
            return
        await _silence(link, clock)
    await _demand_step(link)


async def _demand_step(link: ModemLink) -> None:
    if not await _in_step(link):
        raise ModemStuck("the modem's answers do not fit what it is asked")


async def _in_step(link: ModemLink) -> bool:
    """The answer fits the question: one that is late holds no class."""
    answer = await link.command(commands.CLASS)
    if answer.result != "ERROR":
        return bool(_class(answer))
    answer = await link.command(commands.ATTENTION)  # a very old modem, which does not know of classes, or a late ERROR
    return answer.ok and not answer.lines


async def _silence(link: ModemLink, clock: IReactorTime) -> None:
    """Until no answer is on its way any more, as far as one can tell."""
    waited_s = 0.0
    while (waited_s == 0 or link.silent_s() < SILENCE_S) and waited_s < LATEST_S:
        await deferLater(clock, QUIET_S)
        waited_s += QUIET_S


def _class(answer: Answer) -> str:
    """What an answer to +FCLASS? says, "" if it is none: its last line, for a modem may chatter before."""
    told = CLASS_NAME.fullmatch(answer.lines[-1].rpartition(":")[2].strip()) if answer.ok and answer.lines else None
    return told[1] if told else ""


async def _tried_duplex(link: ModemLink, label: int) -> bool:
    """Whether a modem that refuses the question knows the answer: some do so on hook, and only there."""
    if await _streams(link):
        return True
    off_hook = await link.command(commands.line_on(label))
    try:
        return off_hook.ok and await _streams(link)
    finally:
        await link.command(commands.LINE_OFF)


async def _streams(link: ModemLink) -> bool:
    if (await link.command(commands.DUPLEX, stream=True)).result != "CONNECT":
        return False
    await link.end_stream()
    return True


async def _set_if_known(link: ModemLink, command: str) -> None:
    if not (await link.command(command)).ok:
        level = log.warn if command == commands.CALLER_ID else log.debug
        level("{line}: the modem does not know {command}", line=link.line, command=command)
