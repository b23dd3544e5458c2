"""What twistd needs: the options of its sub-command, and the service they make."""

import os
import sys
import time
from pathlib import Path
from typing import Any, cast

from twisted.application.service import IService
from twisted.logger import Logger
from twisted.python import usage
from twisted.python.failure import Failure

from callserver.config import ConfigError
from callserver.server.assembly import CallServer
from callserver.server.greeting import greeting
from callserver.server.lock import FolderError, take
from callserver.server.restore import finish
from callserver.server.shop_folder import ShopFolder, default_shop
from callserver.server.world import World
from callserver.wire.catalogue import Complaint
from callserver.wire.terminal import complaint, here

log = Logger()


class Options(usage.Options):
    """Of twistd's sub-command."""

    optParameters = [  # noqa: N815, RUF012 - twisted's name
        ["shop", "s", str(default_shop()), "The shop's folder: config.ini, database, recordings."]
    ]


def makeService(options: usage.Options) -> IService:
    """For twistd. The shop's folder is locked; time is monotonic from here on: a changed wall clock moves no timer."""
    from twisted.internet import reactor

    reactor.seconds = time.monotonic  # type: ignore[method-assign]
    folder = ShopFolder(Path(options["shop"]).absolute())  # twistd may change to another folder
    try:
        lock = take(folder.path)  # before anything in it is touched
        if finish(folder.path):
            log.warn("a restore that was interrupted was finished")
        folder.prepare()
        server = CallServer(folder, World(reactor), on_wait=_tell_wait)
    except (ConfigError, FolderError, OSError) as problem:
        raise SystemExit(complaint(problem)) from problem
    reactor.callWhenRunning(lock.sign)  # twistd may have forked
    server.ready.addCallbacks(lambda _: _tell(greeting(server)), _give_up, errbackArgs=(reactor,))
    return server


def _tell(text: str) -> None:
    """To the person who has started the server: twistd sends what is printed to the log."""
    print(text, file=sys.__stderr__, flush=True)


def _tell_wait(why: Complaint) -> None:
    _tell(here("callserver waits: {problem}", problem=why))


def _give_up(failure: Failure, reactor: Any) -> None:
    """The server cannot start: one clear line, exit code 1."""
    log.failure("not started", failure)
    _tell(here("callserver cannot start: {problem}", problem=cast(Exception, failure.value)))
    reactor.addSystemEventTrigger("after", "shutdown", os._exit, 1)
    reactor.stop()
