"""
A call as it is in life, from the caller's telephone to the agent's ear and back, with nothing pretended in between.

The server with ptys and TLS; the window as a process on a screen with a window manager, used by real key events; a
real sound server with the agent's headset, into which somebody speaks, and of which is recorded what he hears.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Callable
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

import numpy as np
from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.internet.task import deferLater
from twisted.internet.threads import deferToThread

from callserver.commands.visit import when_idle
from callserver.desktop.first_look import shown_certificate
from callserver.desktop.own_settings import OwnSettings
from callserver.emulator.script_run import run_script
from callserver.wire.states import SeatState
from tests.desktop.pulse import SKIP, amplitude, sound_server
from tests.desktop.xvfb import Screen
from tests.whole.alignment import likeness, track
from tests.whole.test_real_time import RealTimeCase

CALLER = """
caller 13912345678 "Li Ming"
dial 8008
wait answer
wait silence 1.2 within 120       # heard to the end, on a busy machine too
press 0                           # a person
wait sound
wait silence 1.5 within 120       # music, until the agent is there
speak {voice}
wait hang up within 60
hang up
"""
TELEPHONE = "13800000801"
AT_TELEPHONE = f"""
caller {TELEPHONE}
wait ring within 60
answer
speak {{voice}}
wait silence 1.5
press 1                           # it is he
wait hang up within 60
hang up
"""
WITHIN_S = 60.0
SPEAKS_S = 6.0
PROMPTS = Path(__file__).parents[2] / "voice-prompts" / "en"
CALLER_SAYS, AGENT_SAYS = PROMPTS / "welcome.wav", PROMPTS / "cancel-too-late.wav"  # the caller hears no other such
LIKE = 0.4  # where sound is lost on a busy machine; a foreign sentence has 0.3 at most
N_COLOURS = 30  # of a black or an empty window there are less
RING_HZ = 660


class RealWindowCase(RealTimeCase):
    """801 sits at his window, a headset on his head; it rings on another loudspeaker."""

    skip = SKIP
    timeout = 180

    async def sits_down(self, **environment: str) -> None:
        """The program starts; number and server are those of the last time, the password is typed."""
        await self.open()
        assert self.server.agents is not None
        port = self.server.agents.port_number
        shown = await shown_certificate(reactor, "localhost", port)
        self.own = Path(mkdtemp())
        self.addCleanup(rmtree, self.own)
        settings = OwnSettings(self.own / "callserver-agent")
        settings.pin("localhost", port, shown.pem)
        settings.remember(ring="ringer")
        self.screen = Screen(self, self.own / "screen.log")
        words = [sys.executable, "-m", "callserver.desktop", f"--port={port}", "--number=801", "--language=en"]
        self.program = self.screen.start(self, words, XDG_CONFIG_HOME=str(self.own), **environment)
        await self.until(lambda: self.screen.title() == "Telephone service centre")
        await self.do("type", self.folder.first_password("801"))

    @property
    def state(self) -> SeatState:
        """Of his seat, by the server."""
        try:
            return self.server.centre.seats["801"].status.state
        except KeyError:  # nobody has been there yet
            return SeatState.OFF

    async def until(self, holds: Callable[[], bool]) -> None:
        """It comes true, and that soon."""
        for _ in range(int(WITHIN_S / 0.1)):
            if await deferToThread(holds):
                return
            await deferLater(reactor, 0.1)
        self.fail("it did not come to that")

    def do(self, *words: str) -> Deferred[str]:
        """A key, or words, from the keyboard."""
        return deferToThread(self.screen.do, *words)

    def is_called(self) -> Deferred[object]:
        """Fires when the caller has hung up; what he heard is in caller.wav."""
        exchange = self.server.exchange
        assert exchange is not None
        self.caller_heard = self.folder.path / "caller.wav"
        return run_script(exchange, CALLER.format(voice=CALLER_SAYS), recording=self.caller_heard)  # type: ignore[return-value]

    async def goes_home(self) -> None:
        """The window closes, and nothing broke."""
        await self.do("key", "alt+F4")
        await self.until(lambda: self.program.poll() is not None)
        self.assertEqual(self.program.returncode, 0)
        self.assertNotIn("Traceback", (self.own / "callserver-agent" / "callserver-agent.log").read_text("utf-8"))
        self.assertNotIn("qt.multimedia", (self.own / "screen.log").read_text("utf-8"))


class RealWindowTests(RealWindowCase):
    async def test_a_call(self) -> None:
        """It rings, and what he types meanwhile goes on in its field; F2, both hear each other; F4 ends it."""
        self.pulse = sound_server()
        await self.sits_down()
        await self.do("key", "Return")
        await self.until(lambda: self.screen.title().startswith("801 "))
        await self.do("key", "F5")
        await self.do("type", "Wang ")
        window = await self.do("getactivewindow")
        call = self.is_called()
        await self.rings()
        await self.do("type", "Fang")
        await self.do("key", "ctrl+a", "ctrl+c")
        self.assertEqual(await deferToThread(self.screen.copied), "Wang Fang")
        self.assertEqual(await self.do("getactivewindow"), window)
        await self.picture("ringing.png")
        await self.talks()
        await self.picture("talking.png")
        await self.do("key", "F4")
        await call
        await self.until(lambda: self.state is not SeatState.TALKING)
        await when_idle(self.server)
        self.assertGreater(likeness(track(AGENT_SAYS, 0), track(self.caller_heard, 0)), LIKE)
        await self.goes_home()

    async def test_no_sound_at_all(self) -> None:
        """Where there is neither device nor sound server he works by his telephone."""
        await self.sits_down(PULSE_SERVER="unix:/nowhere")
        await self.server.centre.staff.save("801", {"phone": TELEPHONE})
        exchange = self.server.exchange
        assert exchange is not None
        telephone = run_script(exchange, AT_TELEPHONE.format(voice=CALLER_SAYS))
        await self.do("key", "Tab", "Right", "Tab")
        await self.do("type", TELEPHONE)
        await self.do("key", "Return")
        await self.until(lambda: self.state is SeatState.IDLE_PHONE)
        await self.picture("telephone.png")
        await self.goes_home()
        await telephone
        await when_idle(self.server)

    async def rings(self) -> None:
        """On the loudspeaker for that."""
        await self.until(lambda: self.state is SeatState.RINGING)
        with self.pulse.recording("ringer") as heard:
            await deferLater(reactor, 3.5)
        self.assertGreater(loudest(heard, RING_HZ), 0.05)

    async def talks(self) -> None:
        """F2: the caller is heard on the headset; who speaks into it is recorded by the caller. It rings no more."""
        with self.pulse.recording("headset") as heard, self.pulse.recording("ringer") as rung:
            await self.do("key", "F2")
            await self.until(lambda: self.state is SeatState.TALKING)
            await deferLater(reactor, SPEAKS_S)  # silence, and what he says
            with self.pulse.playing_file("mouth", AGENT_SAYS):
                await deferLater(reactor, SPEAKS_S)
        self.assertGreater(likeness(track(CALLER_SAYS, 0), np.array(heard, np.float32) / 32768), LIKE)
        self.assertLess(loudest(rung[len(rung) // 4 :], RING_HZ), 0.01)

    async def picture(self, name: str) -> None:
        """Something is seen."""
        from PySide6.QtGui import QImage

        file = self.own / name
        await deferToThread(self.screen.shoot, file)
        image = QImage(str(file))
        places = ((x, y) for x in range(0, image.width(), 5) for y in range(0, image.height(), 5))
        self.assertGreater(len({image.pixel(*place) for place in places}), N_COLOURS)


def loudest(sound: array[int], freq_hz: float) -> float:
    """Amplitude of a frequency in the tenth of a second where it is loudest."""
    pieces = [sound[at : at + 800] for at in range(0, len(sound) - 800, 800)]
    return max((amplitude(piece, freq_hz) for piece in pieces), default=0.0)
