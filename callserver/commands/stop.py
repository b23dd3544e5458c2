"""`callserver stop`, `callserver reload`: what a signal asks of a running server, and what comes of it."""

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from callserver.commands.options import language_option
from callserver.commands.start import shop_option
from callserver.commands.status import look
from callserver.commands.status_words import report, sentence
from callserver.wire.catalogue import text
from callserver.wire.terminal import here

LOOK_S = 0.3
SIGN_S = 15.0  # a server that is held up by a menu is free again after some five seconds
RELOAD_S = 90.0  # menus may take the server 30 s, and their tests as long (server.reload)
FAILED = 1

Snapshot = dict[str, Any]


@click.command(help=here("Stop the server after the last call; screens are told, new calls are not taken."))
@shop_option
@click.option("--now", is_flag=True, help=here("At once, whoever talks."))
@language_option
def stop(shop: Path, now: bool, language: str) -> None:
    found = look(shop)
    pid = _pid(found, language)
    if pid is None:
        return
    stops_already = found["state"] == "stopping"
    if now or not stops_already:  # a second signal cuts off those who talk
        _signal(pid, signal.SIGTERM)
    if now and not stops_already:
        heeded = _until(shop, lambda found: found["state"] not in ("ready", "silent"), language)
        if heeded.get("calls"):  # else it stops at once already
            _signal(pid, signal.SIGTERM)
    try:
        _watch(shop, pid, language)
    except KeyboardInterrupt:
        click.echo(text(language, "The server goes on stopping; callserver status shows how far it is."))
        sys.exit(FAILED)
    click.echo(text(language, "The server has stopped."))


@click.command(help=here("Read settings, menus and prompts anew, without a stop; what needs a new start is told."))
@shop_option
@language_option
def reload(shop: Path, language: str) -> None:
    found = look(shop)
    pid = _pid(found, language)
    if pid is None:
        sys.exit(FAILED)
    before = _reloads(found)
    _signal(pid, signal.SIGHUP)
    found = _until(shop, lambda found: _reloads(found) > before, language, RELOAD_S)
    for one in found["reloaded"]["told"]:
        click.echo(sentence(one, language))
    sys.exit(0 if found["reloaded"]["ok"] else FAILED)


def _pid(found: Snapshot, language: str) -> int | None:
    """Of the server; None if there is none, which is told."""
    if not found["pid"]:
        click.echo("\n".join(report(found, language)))
        return None
    return int(found["pid"])


def _reloads(found: Snapshot) -> int:
    return found["reloaded"]["n"] if found.get("reloaded") else 0


def _until(shop: Path, done: Callable[[Snapshot], bool], language: str, within_s: float = SIGN_S) -> Snapshot:
    """What the server tells when it is so far; ends the command when it does not come to it."""
    until_s = time.monotonic() + within_s
    while time.monotonic() < until_s:
        found = look(shop)
        if done(found):
            return found
        time.sleep(LOOK_S)
    click.echo("\n".join(report(found, language)))
    sys.exit(FAILED)


def _watch(shop: Path, pid: int, language: str) -> None:
    """Until the server has ended; ends the command when it gives no sign any more."""
    told, heard_s = "", time.monotonic()
    while _lives(pid):
        found = look(shop)
        told = _tell_news(found, told, language)
        if found["state"] != "silent":
            heard_s = time.monotonic()
        elif time.monotonic() - heard_s > SIGN_S:
            click.echo(text(language, "It gives no sign; kill -9 {pid} ends it, and the next start repairs.", pid=pid))
            sys.exit(FAILED)
        time.sleep(LOOK_S)


def _tell_news(found: Snapshot, told: str, language: str) -> str:
    news = sentence(found["stopping"], language) if found.get("stopping") else ""
    if found["state"] == "silent":
        news = "\n".join(report(found, language))
    if news and news != told:
        click.echo(news)
    return news or told


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass  # it has ended by itself
    except PermissionError as problem:
        message = here("The server (process {pid}) is another user's: do this as that user or as root.", pid=pid)
        raise click.ClickException(message) from problem


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False
