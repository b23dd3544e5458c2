"""The server as it is in life: ptys, TLS, threads. One short visit; the long ones are rehearsed."""

from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

import numpy as np
from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.internet.task import deferLater
from twisted.trial.unittest import TestCase

from callserver.commands.demo import AGENT_VOICE, CALLER_VOICE, voice
from callserver.commands.visit import agent, when_idle
from callserver.desktop.headless import AgentPlan
from callserver.emulator.script_run import run_script
from callserver.server.assembly import CallServer
from callserver.server.first_start import settle_in
from callserver.server.shop_folder import ShopFolder
from callserver.server.world import World
from callserver.store import reading
from callserver.wire.records import CallRecord
from tests.whole.alignment import track

WANTS_A_PERSON = """
caller 13912345678 "Li Ming"
dial 8008
wait answer
wait silence 1.2 within 120
press 0                      # a person, instead of a language
wait sound
wait silence 1.5 within 120
speak {voice}
wait 1
hang up
"""


class RealTimeCase(TestCase):
    """A shop whose lines are ptys, and whose clock is the wall's."""

    timeout = 300
    away_s = 30  # so long a caller waits for a lost program

    def open(self, n_lines: int = 1, menu: str = "shop") -> Deferred[None]:
        """Fires when every line is ready."""
        folder = Path(mkdtemp())  # short: a socket's path may have some hundred characters
        self.addCleanup(rmtree, folder)
        self.folder = ShopFolder(folder)
        self.folder.prepare()
        text = self.folder.config_file.read_text("utf-8")
        text = text.replace("port = 8787", "port = 0").replace("[line 1-20]", f"[line 1-{n_lines}]")
        text = text.replace("away_s = 30", f"away_s = {self.away_s}")
        text = text.replace("menu = shop", f"menu = {menu}")
        self.folder.config_file.write_text(text, "utf-8")
        self.world = World(reactor)
        self.server = CallServer(self.folder, self.world)
        self.server.startService()
        self.addCleanup(self.server.stopService)
        self.server.ready.addCallback(lambda _: self.server.store.write(settle_in))
        return self.server.ready.addCallback(lambda _: when_idle(self.server))

    async def on_disk(self, n_calls: int) -> list[CallRecord]:
        """All calls, when so many have ended; the journal writes in batches."""
        while True:
            records: list[CallRecord] = await self.server.store.read(reading.list_calls, 100)
            if len(records) == n_calls and all(record.ended_at for record in records):
                return records
            await deferLater(reactor, 0.1)


class RealTimeTests(RealTimeCase):
    async def test_a_talk(self) -> None:
        """A caller on a modem and an agent behind TLS hear each other, and the record says so."""
        await self.open()
        exchange = self.server.exchange
        assert exchange is not None
        heard = self.folder.path / "agent.wav"
        at_desk = agent(self.server, "801", AgentPlan(speak=voice(AGENT_VOICE), hear=heard, calls=1), lambda text: None)
        caller_heard = self.folder.path / "caller.wav"
        script = WANTS_A_PERSON.format(voice=voice(CALLER_VOICE))
        await run_script(exchange, script, recording=caller_heard)
        self.assertEqual(await at_desk, 1)
        await when_idle(self.server)
        for sound in (heard, caller_heard):  # how well is heard in rehearsals: here a busy machine may lose blocks
            self.assertGreater(np.abs(track(sound, 0)).max(), 0.05, sound.name)
        (record,) = await self.on_disk(1)
        self.assertEqual((record.agent, record.caller_number, record.channel), ("801", "13912345678", "line 1"))
