"""bin/callserver-agent as it is in life: a process with a window on a screen, over TLS to a server."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

from twisted.internet import reactor
from twisted.internet.task import deferLater
from twisted.internet.threads import deferToThread

from callserver.commands.visit import when_idle
from callserver.desktop.first_look import shown_certificate
from callserver.desktop.own_settings import OwnSettings
from callserver.desktop.pinning import fingerprint_of
from callserver.emulator.script_run import run_script
from callserver.wire.messages import CLIENT_LOST
from callserver.wire.states import SeatState
from tests.desktop.xvfb import Screen
from tests.whole.test_real_time import RealTimeCase

WITHIN_S = 60.0
AGAIN_S = 10.0  # more than an answer takes, on a busy machine too
CALLER = """
caller 13912345678 "Li Ming"
dial 8008
wait answer
wait silence 1.2 within 120       # heard to the end, on a busy machine too
press 0                           # a person
wait hang up within 500
hang up
"""


class WindowProgramTests(RealTimeCase):
    timeout = 600
    away_s = 120  # what a busy machine may need until the program is there again

    async def test_a_short_day(self) -> None:
        """The log-in screen appears, number and password log in, closing the window logs out and ends the program."""
        await self.prepare()
        program = self.start()
        await self.log_in()
        await self.until(lambda: self.state is SeatState.IDLE_PC)
        await deferToThread(self.screen.do, "key", "alt+F4")
        await self.until(lambda: program.poll() is not None)
        self.assertEqual(program.returncode, 0)
        await self.until(self.has_left)
        self.assertNotIn("Traceback", self.log)

    async def test_killed_in_a_talk(self) -> None:
        """kill -9 in a talk, the program again, the password: he is in that talk, and the caller was never dropped."""
        await self.prepare()
        program = self.start()
        await self.log_in()
        exchange = self.server.exchange
        assert exchange is not None
        calling = run_script(exchange, CALLER)
        await self.until(lambda: self.state is SeatState.RINGING)
        await self.press("F2", lambda: self.state is SeatState.TALKING)
        call_id = self.call_id
        program.kill()
        program.wait()
        again = self.start()
        await self.log_in()
        await self.press("F6", lambda: self.state is SeatState.HELD)  # the window knows of the talk, or F6 did nothing
        await self.press("F6", lambda: self.state is SeatState.TALKING)
        self.assertEqual((self.call_id, calling.called), (call_id, False))
        await self.press("F4", lambda: self.state is not SeatState.TALKING)
        await calling
        await when_idle(self.server)
        await deferToThread(self.screen.do, "key", "alt+F4")
        await self.until(lambda: again.poll() is not None)
        (record,) = await self.on_disk(1)
        self.assertEqual((record.id, record.agent, record.end_reason), (call_id, "801", "agent_hung_up"))
        self.assertNotIn("Traceback", self.log)

    async def prepare(self) -> None:
        """A server, and a person's computer that knows it."""
        await self.open()
        assert self.server.agents is not None
        assert self.server.certificate is not None
        self.port, file = self.server.agents.port_number, self.server.certificate.file
        shown = await shown_certificate(reactor, "localhost", self.port)
        self.assertEqual(shown.fingerprint, fingerprint_of(file))
        self.own = Path(mkdtemp())
        self.addCleanup(rmtree, self.own)
        OwnSettings(self.own / "callserver-agent").pin("localhost", self.port, shown.pem)
        self.screen = Screen(self, self.own / "screen.log")

    def start(self) -> subprocess.Popen[bytes]:
        """The program."""
        words = [sys.executable, "-m", "callserver.desktop", f"--port={self.port}", "--number=801", "--language=en"]
        return self.screen.start(self, words, XDG_CONFIG_HOME=str(self.own))

    async def log_in(self) -> None:
        """Number and server stand there, the password is typed."""
        await self.until(lambda: self.screen.title() == "Telephone service centre")
        await deferToThread(self.screen.do, "type", self.folder.first_password("801"))
        await deferToThread(self.screen.do, "key", "Return")
        await self.until(lambda: self.screen.title().startswith("801 "))

    async def press(self, key: str, holds: Callable[[], bool]) -> None:
        """As a person does: again, when nothing has come of it; a window that just appeared may have missed it."""
        for _ in range(int(WITHIN_S / AGAIN_S)):
            await deferToThread(self.screen.do, "key", key)
            for _ in range(int(AGAIN_S / 0.25)):
                if holds():
                    return
                await deferLater(reactor, 0.25)
        self.fail(f"nothing came of {key}")

    @property
    def log(self) -> str:
        """What the program has written."""
        return (self.own / "callserver-agent" / "callserver-agent.log").read_text("utf-8")

    @property
    def call_id(self) -> str:
        """Of his talk."""
        call = self.server.centre.seats["801"].status.call
        assert call is not None
        return call.call_id

    @property
    def state(self) -> SeatState:
        try:
            return self.server.centre.seats["801"].status.state
        except KeyError:  # nobody has been there yet
            return SeatState.OFF

    def has_left(self) -> bool:
        """Logged out; on a computer that is too busy to answer within 5 s the window has closed all the same."""
        return self.state is SeatState.OFF or self.server.centre.seats["801"].status.reason == CLIENT_LOST

    async def until(self, holds: Callable[[], bool]) -> None:
        """It comes true, and that soon."""
        for _ in range(int(WITHIN_S / 0.25)):
            if await deferToThread(holds):
                return
            await deferLater(reactor, 0.25)
        self.fail("it did not come to that")
