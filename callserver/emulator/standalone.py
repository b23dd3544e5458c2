"""An exchange as a process of its own."""

import json
import sys
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import click
from twisted.internet.error import CannotListenError
from twisted.internet.interfaces import IReactorTime
from twisted.logger import (
    FilteringLogObserver,
    LogLevel,
    LogLevelFilterPredicate,
    globalLogBeginner,
    textFileLogObserver,
)

from callserver.dsp.sound.files import SoundFileError, read_wav
from callserver.emulator.chip import Chip
from callserver.emulator.control_server import control_service
from callserver.emulator.exchange import Exchange
from callserver.emulator.pty_modem import PtyModem
from callserver.emulator.service_numbers import add_service_numbers


def serve(
    number: str,
    links: Mapping[str, Path | None],
    chip: Chip,
    country: str,
    played: Path | None,
    socket: Path,
    as_json: bool,
    **exchange_settings: Any,
) -> None:
    """
    Run until stopped; prints where the ports are first.

    :param number: rings the first free of all lines
    :param links: of each line's number, the stable path to its port, if any
    :param played: what number 200 plays
    :param exchange_settings: see `Exchange`
    """
    from twisted.internet import reactor as the_reactor  # this is an entry point

    reactor: Any = the_reactor
    reactor.seconds = time.monotonic
    warnings = FilteringLogObserver(textFileLogObserver(sys.stderr), [LogLevelFilterPredicate(LogLevel.warn)])
    globalLogBeginner.beginLoggingTo([warnings], redirectStandardIO=False)
    exchange = Exchange(reactor, country, **exchange_settings)
    try:
        modems = [_add_modem(exchange, reactor, chip, line_number, link) for line_number, link in links.items()]
        exchange.hunt(number, [modem.line for modem in modems])
        add_service_numbers(exchange, read_wav(played) if played else None)
        ports = {modem.line.number: modem.path for modem in modems}
        socket.parent.mkdir(parents=True, exist_ok=True)
        control = control_service(reactor, exchange, socket, lambda: ports)
        control.startService()  # type: ignore[no-untyped-call]
    except (CannotListenError, SoundFileError, ValueError, OSError) as problem:
        sys.exit(str(problem))
    exchange.start()
    _announce(number, socket, ports, as_json)
    reactor.addSystemEventTrigger("after", "shutdown", _close, modems)
    reactor.run()


def table(rows: Iterable[Iterable[str]]) -> str:
    """Columns for a person."""
    return "\n".join("  ".join(f"{cell:<12}" for cell in row).rstrip() for row in rows)


def _add_modem(exchange: Exchange, reactor: IReactorTime, chip: Chip, number: str, link: Path | None) -> PtyModem:
    """
    A new line with a modem on it.

    :raises ValueError: the number is taken
    :raises OSError: no port, or no link to it
    """
    if link:
        link.parent.mkdir(parents=True, exist_ok=True)
    return PtyModem(exchange.add_line(number), reactor, chip=chip, link=link)


def _close(modems: list[PtyModem]) -> None:
    for modem in modems:
        modem.close()


def _announce(number: str, socket: Path, ports: Mapping[str, str], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"number": number, "socket": str(socket), "lines": ports}))
    else:
        click.echo(table(ports.items()))
    sys.stdout.flush()
