"""The demo: a shop on emulated lines, made for this window alone, with callers who ring again and again."""

from __future__ import annotations

import ctypes
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from itertools import cycle
from pathlib import Path

from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import LoopingCall
from twisted.logger import Logger

from callserver.desktop.own_settings import OwnSettings
from callserver.desktop.places import Place
from callserver.desktop.presenters.life import Life
from callserver.desktop.presenters.log_in import LogIn
from callserver.desktop.presenters.log_in_data import Typed
from callserver.wire.catalogue import N_, Complaint
from callserver.wire.rights import Right

log = Logger()

NUMBER, HOST = "801", "127.0.0.1"
FIRST_CALL_S, CALL_EACH_S, LOOK_S, WITHIN_S = 6.0, 45.0, 0.5, 120.0
CALLERS_MAX = 3  # at a time: who tries the order form for the first time is not chased
CALLERS = (("13912345678", "Li Ming"), ("13800138000", ""), ("02162345678", "Wang Wei"))
CALL = """
caller {number}{name}
dial 8008
wait answer within 20
wait 3
press 1
wait 3
press 0
wait hang up within 240
hang up
"""
COMES = N_("A demo: a shop for trying is being started, which takes some seconds")
STARTING = N_("Starting the demo shop…")
AGAIN = N_("The demo's password of {number} is {password}")
DOES_NOT_COME = N_("The demo shop does not start: {problem}")


class DemoShop:
    """
    A server as a child process; it ends with this program, however that ends.

    :param folder: where the shop is made; it is gone after `stop`
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or Path(tempfile.mkdtemp(prefix="callserver-demo-"))
        self.place = Place(HOST, _free_port())
        self._callers = cycle(CALLERS)
        self._said = self.folder / "said.txt"
        self._calls: list[subprocess.Popen[bytes]] = []
        self._allows: subprocess.Popen[bytes] | None = None
        self._server = self._run("start")

    @property
    def is_up(self) -> bool:
        """Whether its process is there."""
        return self._server.poll() is None

    def last_words(self) -> str:
        """The last line that it said."""
        lines = self._said.read_text("utf-8", "replace").split("\n")
        return next((line for line in reversed(lines) if line.strip()), "")

    def certificate(self) -> bytes:
        """b"" as long as there is none."""
        try:
            return (self.folder / "agents.certificate.pem").read_bytes()
        except OSError:
            return b""

    def first_password(self) -> str:
        """Of the person who logs in; "" as long as there is none."""
        try:
            return (self.folder / "first-passwords" / NUMBER).read_text("utf-8").split("\n", 1)[0]
        except OSError:
            return ""

    def allowed_everything(self) -> bool:
        """In a demo one wants to see all there is; it is done by a command, and True when that is over."""
        if self._allows is None:
            self._allows = self._run("staff", "rights", NUMBER, *map(_as_typed, Right))
        return self._allows.poll() is not None

    def call(self) -> None:
        """Somebody calls, asks for a person and has time for him, unless enough others do."""
        self._calls = [one for one in self._calls if one.poll() is None]
        if len(self._calls) >= CALLERS_MAX:
            return
        number, name = next(self._callers)
        script = self.folder / "caller.txt"
        script.write_text(CALL.format(number=number, name=f' "{name}"' if name else ""), "utf-8")
        self._calls.append(self._run("emulate", "run-script", str(script)))

    def stop(self) -> None:
        """Nothing of it is kept."""
        for child in filter(None, (*self._calls, self._allows, self._server)):
            child.kill()
            child.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, *words: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "callserver", "--shop", str(self.folder), *words]
        ours = {"PYTHONPATH": os.pathsep.join(sys.path), "CALLSERVER_AGENTS_PORT": str(self.place.port)}
        with self._said.open("ab") as said:
            return subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=said, stderr=said, preexec_fn=_end_with_parent,
                env=os.environ | ours,
            )  # fmt: skip


class Demo:
    """Logs in by itself as soon as the shop is there, then lets callers ring."""

    def __init__(self, clock: IReactorTime, shop: DemoShop, settings: OwnSettings) -> None:
        self._shop, self._settings = shop, settings
        self._password = secrets.token_urlsafe(12)
        self._was_in = self._is_in = False
        self._began_s = clock.seconds()
        self._clock = clock
        self._look, self._call = LoopingCall(self._look_once), LoopingCall(shop.call)
        self._look.clock = self._call.clock = clock

    def start(self, life: Life) -> None:
        """Begin with the log-in panel, which says what comes."""
        self._life = life
        life.start(Complaint(COMES))
        if life.log_in is not None:
            life.log_in.expect(Complaint(STARTING))
        self._look.start(LOOK_S).addErrback(self._broke)

    def stop(self) -> None:
        """The window is closed."""
        for loop in (self._look, self._call):
            if loop.running:
                loop.stop()
        self._shop.stop()

    def _look_once(self) -> None:
        if self._life.log_in is None:
            if not self._was_in:
                self._clock.callLater(FIRST_CALL_S, self._call.start, CALL_EACH_S)
            self._was_in = self._is_in = True
        elif self._is_in:  # he has logged out, and may want in again
            self._is_in = False
            self._life.start(Complaint(AGAIN, number=NUMBER, password=self._password))
        elif not self._was_in:
            self._come(self._life.log_in)

    def _come(self, panel: LogIn) -> None:
        if not self._shop.is_up or self._clock.seconds() - self._began_s > WITHIN_S:
            self._look.stop()
            self._life.start(Complaint(DOES_NOT_COME, problem=self._shop.last_words()))
        elif (first := self._shop.first_password()) and (certificate := self._shop.certificate()):
            if not self._settings.certificate_file(*self._shop.place).exists():
                self._settings.pin(*self._shop.place, certificate)
            if self._shop.allowed_everything():  # a new supervisor has to change his password: so before the log-in
                panel.log_in(self._typed(first))

    def _typed(self, password: str) -> Typed:
        return Typed(str(self._shop.place), NUMBER, password, self._password, self._password)

    def _broke(self, failure: object) -> None:
        log.error("the demo broke: {failure}", failure=failure)


def _as_typed(right: Right) -> str:
    return right.name.lower().replace("_", "-")  # "staff rights" knows them by name


def _free_port() -> int:
    with socket.create_server((HOST, 0)) as found:
        return int(found.getsockname()[1])


def _end_with_parent() -> None:
    """The kernel ends the child when this program is gone, were it by kill -9; only Linux can."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
