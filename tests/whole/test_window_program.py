"""bin/callserver-agent as it is in life: a process with a window on a screen, over TLS to a server."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import mkdtemp

from twisted.internet import reactor
from twisted.internet.task import deferLater
from twisted.internet.threads import deferToThread

from callserver.desktop.first_look import shown_certificate
from callserver.desktop.own_settings import OwnSettings
from callserver.desktop.pinning import fingerprint_of
from callserver.wire.messages import CLIENT_LOST
from callserver.wire.states import SeatState
from tests.desktop.xvfb import Screen
from tests.whole.test_real_time import RealTimeCase

WITHIN_S = 60.0


class WindowProgramTests(RealTimeCase):
    async def test_a_short_day(self) -> None:
        """The log-in screen appears, number and password log in, closing the window logs out and ends the program."""
        await self.open()
        assert self.server.agents is not None
        assert self.server.certificate is not None
        port, file = self.server.agents.port_number, self.server.certificate.file
        shown = await shown_certificate(reactor, "localhost", port)
        self.assertEqual(shown.fingerprint, fingerprint_of(file))
        own = Path(mkdtemp())
        OwnSettings(own / "callserver-agent").pin("localhost", port, shown.pem)
        screen = Screen(self, own / "screen.log")
        program = screen.start(
            self,
            [sys.executable, "-m", "callserver.desktop", f"--port={port}", "--number=801", "--language=en"],
            XDG_CONFIG_HOME=str(own),
        )
        log = own / "callserver-agent" / "callserver-agent.log"
        await self.until(lambda: screen.title() == "Telephone service centre")
        password = self.folder.first_password("801")
        await deferToThread(screen.do, "type", password)
        await deferToThread(screen.do, "key", "Return")
        await self.until(lambda: self.state is SeatState.IDLE_PC)
        await self.until(lambda: screen.title().startswith("801 "))
        await deferToThread(screen.do, "key", "alt+F4")
        await self.until(lambda: program.poll() is not None)
        self.assertEqual(program.returncode, 0)
        await self.until(self.has_left)
        self.assertNotIn("Traceback", log.read_text("utf-8"))

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
