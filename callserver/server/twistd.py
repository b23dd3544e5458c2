"""What twistd needs: the options of its sub-command, and the service they make."""

import os
import sys
import time
import traceback
from pathlib import Path
from typing import Any, cast

from twisted.application.service import IService
from twisted.internet.defer import CancelledError, Deferred
from twisted.logger import Logger
from twisted.python import usage
from twisted.python.failure import Failure

from callserver.config import ConfigError, Grade
from callserver.server.assembly import CallServer
from callserver.server.checks.shop import before_start
from callserver.server.garbage import keep_what_stands
from callserver.server.giving_way import give_way_soon
from callserver.server.greeting import greeting
from callserver.server.lock import FolderError, take
from callserver.server.notify import notify
from callserver.server.restore import finish
from callserver.server.shop_folder import ShopFolder, default_shop
from callserver.server.signals import Signals
from callserver.server.world import World
from callserver.wire.catalogue import Complaint
from callserver.wire.messages import Phrase
from callserver.wire.terminal import both, complaint, here

log = Logger()

SETTLE_S = 10.0


class Options(usage.Options):
    """Of twistd's sub-command."""

    optParameters = [  # noqa: N815, RUF012 - twisted's name
        ["shop", "s", str(default_shop()), "The shop's folder: config.ini, database, recordings."]
    ]


def makeService(options: usage.Options) -> IService:
    """For twistd. The shop's folder is locked; time is monotonic from here on: a changed wall clock moves no timer."""
    from twisted.internet import reactor

    reactor.seconds = time.monotonic  # type: ignore[method-assign]
    folder = ShopFolder(Path(options["shop"]))
    try:
        lock = take(folder.path)  # before anything in it is touched
        if finish(folder.path):
            log.warn("a restore that was interrupted was finished")
        server = _made(folder, reactor)
    except (ConfigError, FolderError, OSError) as problem:
        raise SystemExit(complaint(problem)) from problem
    reactor.callWhenRunning(lock.sign)  # twistd may have forked
    reactor.callWhenRunning(Signals(reactor, server, _tell_phrase).install)
    server.ready.addCallbacks(lambda _: Deferred.fromCoroutine(_ready(server)), _give_up, errbackArgs=(reactor,))
    keep_what_stands()
    give_way_soon()
    return server


def _made(folder: ShopFolder, reactor: Any) -> CallServer:
    """
    The server, if nothing that stops it is wrong with the shop; what else is wrong is told.

    :raises ConfigError: with all of it
    """
    folder.prepare()
    found, findings = before_start(folder)
    if any(finding.grade is Grade.STOPS for finding in findings):
        raise ConfigError.of(findings)
    try:
        server = CallServer(folder, World(reactor), on_wait=_tell_wait, found=found)
    except ConfigError:
        raise
    except Exception as problem:  # ours, or a menu's: whoever reads this is no programmer
        with folder.log_file.open("a", encoding="utf-8") as file:
            traceback.print_exc(file=file)
        raise ConfigError(
            "cannot start: {problem}; more in {file}", problem=repr(problem), file=folder.log_file
        ) from problem
    for finding in findings:
        _tell(complaint(finding))
    return server


async def _ready(server: CallServer) -> None:
    notify("READY=1", "STATUS=ready")
    await server.status.lines_settled(SETTLE_S)  # what is told of lines should be true
    if server.status.state == "ready":
        _tell(greeting(server))


def _tell_phrase(phrase: Phrase) -> None:
    _tell(" ".join(both(phrase.msgid, **phrase.details)))


def _tell(text: str) -> None:
    """To the person who has started the server, if he is still there; twistd sends what is printed to the log."""
    try:
        print(text, file=sys.__stderr__, flush=True)
    except (OSError, ValueError) as problem:  # the terminal has been closed
        log.info("nobody at the terminal ({problem}) for: {text}", problem=problem, text=text)


def _tell_wait(why: Complaint) -> None:
    _tell(here("callserver waits: {problem}", problem=why))


def _give_up(failure: Failure, reactor: Any) -> None:
    """The server cannot start: one clear line, exit code 1."""
    if isinstance(failure.value, CancelledError):  # it was stopped before
        return
    log.failure("not started", failure)
    _tell(here("callserver cannot start: {problem}", problem=cast(Exception, failure.value)))
    reactor.addSystemEventTrigger("after", "shutdown", os._exit, 1)
    reactor.stop()
