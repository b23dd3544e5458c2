"""Callers buy, ask for a person and talk, on the whole server with an emulated exchange, in real time."""

import wave
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from twisted.internet import reactor
from twisted.internet.defer import Deferred, gatherResults
from twisted.internet.task import deferLater
from twisted.trial.unittest import TestCase

from callserver.commands.demo import AGENT_VOICE, CALLER_VOICE, voice
from callserver.commands.visit import KEYS, PROMPTS, Shopper, agent, visit, when_idle
from callserver.desktop.headless import Plan
from callserver.dsp.sound.files import read_wav
from callserver.features.shopping import rules
from callserver.features.shopping.tables import Product
from callserver.server.assembly import CallServer
from callserver.server.shop_folder import ShopFolder
from callserver.server.world import World
from callserver.store import reading
from callserver.wire.records import CallRecord, EventRecord
from tests.whole.alignment import likeness

WRAP_UP_ENDS = 1.0


def track(path: Path, number: int) -> NDArray[np.float32]:
    """One track of a 16-bit WAV, 0 is the left one."""
    with wave.open(str(path)) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2")
        return samples.reshape(-1, file.getnchannels())[:, number].astype(np.float32) / 32768


class VisitTests(TestCase):
    timeout = 400

    def open(self, n_lines: int) -> Deferred[None]:
        """A shop with so many emulated lines; fires when all are ready."""
        self.folder = ShopFolder(Path(self.mktemp()))
        self.folder.prepare()
        text = self.folder.config_file.read_text("utf-8")
        text = text.replace("port = 8787", "port = 0").replace("[line 1-20]", f"[line 1-{n_lines}]")
        self.folder.config_file.write_text(text, "utf-8")
        self.server = CallServer(self.folder, World(reactor))
        self.server.startService()
        self.addCleanup(self.server.stopService)
        return self.server.ready.addCallback(lambda _: when_idle(self.server))

    def shopper(self, n: int = 0) -> Shopper:
        number = f"1391234{5678 + n}"
        return Shopper(number, f"caller {n}", voice(CALLER_VOICE), self.folder.path / f"caller{n}.wav")

    def agent(self, number: str, calls: int) -> Deferred[int]:
        plan = Plan(speak=voice(AGENT_VOICE), hear=self.folder.path / f"agent{number}.wav", calls=calls)
        return agent(self.server, number, plan, lambda text: None)

    async def records(self) -> list[tuple[CallRecord, list[EventRecord]]]:
        """All calls with their events, as they are on disk."""
        await deferLater(reactor, 0.3)
        calls = await self.server.store.read(reading.list_calls, 100)
        return [(call, await self.server.store.read(reading.timeline, call.id)) for call in calls]

    async def check_order(self, record: CallRecord) -> None:
        """Two pieces of item 1001 were bought, at the price of the shop."""
        order = await self.server.store.read(rules.find_order, record.order_number)
        self.assertEqual([(line.item, line.quantity, line.price_fen) for line in order.lines], [("1001", 2, 6800)])
        self.assertEqual(order.total_fen, 13600)

    def check_timeline(self, events: list[EventRecord]) -> None:
        """All prompts in order, no key lost or invented, every state to the end, and the two were connected once."""
        kinds = [event.kind for event in events]
        said = [name for event in events if event.kind == "prompt" for name in event.data["names"]]
        self.assertEqual([name for name in said if name in PROMPTS], list(PROMPTS))
        self.assertEqual("".join(event.data["digit"] for event in events if event.kind == "key"), KEYS)
        states = [event.data["to"] for event in events if event.kind == "state" and event.channel.startswith("line")]
        self.assertEqual([s for s, before in zip(states, [None, *states], strict=False) if s != before],
                         ["ringing", "talking", "clearing", "idle"])  # fmt: skip
        for kind in ("connect", "order", "end", "recording", "recording_end"):
            self.assertEqual(kinds.count(kind), 1, kind)

    def check_recording(self, record: CallRecord) -> None:
        """The recording has the caller on its first track and the agent on its second."""
        path = self.folder.recordings / record.recording
        self.assertGreater(likeness(read_wav(voice(CALLER_VOICE)), track(path, 0)), 0.8)
        self.assertGreater(likeness(read_wav(voice(AGENT_VOICE)), track(path, 1)), 0.8)

    def check_streams(self) -> None:
        """No modem was ever fed too late or read too late."""
        self.assertEqual(
            [(m.underruns, m.overruns) for m in self.server.world.modems], [(0, 0)] * len(self.server.world.modems)
        )

    async def test_one_visit(self) -> None:
        """A shopper orders two pieces and talks with an agent: both hear each other, order and records are right."""
        await self.open(1)
        at_desk = self.agent("801", calls=1)
        shopper = self.shopper()
        await visit(self.server, shopper)
        self.assertEqual(await at_desk, 1)
        await when_idle(self.server)
        self.assertGreater(likeness(read_wav(shopper.voice), track(self.folder.path / "agent801.wav", 0)), 0.8)
        self.assertGreater(likeness(read_wav(voice(AGENT_VOICE)), track(shopper.recording, 0)), 0.8)
        ((record, events),) = await self.records()
        await self.check_order(record)
        self.assertEqual(await self.server.store.read(lambda: Product.get_by_id("1001").stock), 48)
        self.check_timeline(events)
        self.check_recording(record)
        self.check_streams()
        self.assertEqual((record.agent, record.caller_number, record.channel), ("801", "13912345678", "line 1"))

    async def test_twenty_visits(self) -> None:
        """Twenty at once on twenty lines, four agents: no call lost, no gap in any stream, every line back to idle."""
        await self.open(20)
        agents = [self.agent(f"80{n}", calls=5) for n in range(1, 5)]
        await gatherResults([visit(self.server, self.shopper(n)) for n in range(20)])
        self.assertEqual(await gatherResults(agents), [5] * 4)
        await when_idle(self.server)
        records = await self.records()
        self.assertEqual(len(records), 20)
        for record, events in records:
            await self.check_order(record)
            self.check_timeline(events)
            self.check_recording(record)
        self.assertEqual(await self.server.store.read(lambda: Product.get_by_id("1001").stock), 10)
        self.check_streams()
        self.assertEqual(self.server.bay.legs, [])
