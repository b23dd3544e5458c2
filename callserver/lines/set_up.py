"""The procedures of a modem outside calls: freed, asked who it is, made ready to ring."""

from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import deferLater
from twisted.logger import Logger

from callserver.lines.interfaces import LineFailure
from callserver.lines.link import Answer, ModemLink, ModemStuck
from callserver.modem import commands
from callserver.modem.dle import CLEAR_TRANSMIT
from callserver.modem.profiles import Answers, Modem, demand_voice, judge

log = Logger()

RESCUE_S = 0.3
DTR_LOW_S = 1.0
ATTENTION_S, ATTENTION_TRIES = 1.0, 3
RESET_S = 5.0


async def find_out(link: ModemLink, clock: IReactorTime) -> Modem:
    """
    Take a modem from whatever state it was left in, on hook first of all, and ask what it is.

    :raises Declined: it cannot serve a line
    :raises LineFailure: it refuses what every modem must do
    """
    await _free(link, clock)
    await _reset(link)
    identity = [line for question in commands.IDENTITY for line in (await link.command(question)).lines]
    log.info("modem: {identity}", identity=" / ".join(identity))
    classes = await link.command(commands.CLASSES)
    old_classes = await link.command(commands.OLD_CLASSES)
    demand_voice(classes.lines, old_classes.lines if old_classes.ok else [])
    await must(link, commands.VOICE)  # old firmware of one maker refuses it all the same
    codecs, connections, duplex = [
        await link.command(question) for question in (commands.CODECS, commands.CONNECTIONS, commands.DUPLEX_KNOWN)
    ]
    await must(link, commands.DATA)
    return judge(Answers(identity, classes.lines, codecs.lines, connections.lines, duplex.ok))


async def make_idle(link: ModemLink, modem: Modem, country: str) -> None:
    """
    Voice mode, on hook, with rings and caller ID reported: a modem forgets this at every reset.

    :raises LineFailure: it refuses voice mode or its own codec
    """
    await _set_if_known(link, commands.country(country))
    await must(link, commands.VOICE)
    if not (await link.command(f"AT+VSM={modem.codec_number},8000")).ok:
        await must(link, f"AT+VSM={modem.codec_number}")
    for setting in (*commands.OPTIONAL_SETTINGS, *modem.profile.optional_settings):
        await _set_if_known(link, setting)


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
    await _reset(link)
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


async def _reset(link: ModemLink) -> None:
    await _wake(link)
    await must(link, commands.RESET, RESET_S)
    await must(link, commands.ON_HOOK_AND_PLAIN)


async def _wake(link: ModemLink) -> None:
    """Command state with plain answers, however the modem was set."""
    for command in (commands.PLAIN_ANSWERS, *[commands.ATTENTION] * ATTENTION_TRIES):
        try:
            answer = await link.command(command, ATTENTION_S)
        except ModemStuck:
            continue
        if command == commands.ATTENTION and answer.ok:
            return
    raise ModemStuck("no answer to {n} times {command}", n=ATTENTION_TRIES, command=commands.ATTENTION)


async def _set_if_known(link: ModemLink, command: str) -> None:
    if not (await link.command(command)).ok:
        level = log.warn if command == commands.CALLER_ID else log.debug
        level("the modem does not know {command}", command=command)
