"""Callers buy, ask for a person and talk: the whole server on virtual time, every sample of it heard."""

from pathlib import Path

from twisted.internet.defer import gatherResults
from twisted.trial.unittest import SynchronousTestCase

from callserver.commands.demo import AGENT_VOICE, CALLER_VOICE, voice
from callserver.commands.visit import KEYS, PROMPTS, Shopper, visit, when_idle
from callserver.desktop.headless import AgentPlan
from callserver.dsp.sound.files import read_wav
from callserver.features.shopping import rules
from callserver.features.shopping.tables import Product
from callserver.rehearsal.memory_modem import MemoryModem
from callserver.wire.records import CallRecord, EventRecord
from tests.whole.alignment import likeness, track
from tests.whole.virtual_shop import VirtualShop

ALIKE = 0.8  # a foreign sentence gives 0.2


class VisitTests(SynchronousTestCase):
    def open(self, n_lines: int, byte_share: float = 0.0) -> None:
        self.shop = VirtualShop(self, n_lines, byte_share)

    def shopper(self, n: int = 0) -> Shopper:
        number = f"1391234{5678 + n}"
        return Shopper(number, f"caller {n}", voice(CALLER_VOICE), self.path(f"caller{n}.wav"))

    def plan(self, number: str, calls: int) -> AgentPlan:
        return AgentPlan(speak=voice(AGENT_VOICE), hear=self.path(f"agent{number}.wav"), calls=calls)

    def path(self, name: str) -> Path:
        return self.shop.folder.path / name

    def stock(self) -> int:
        return int(self.shop.ask(lambda: Product.get_by_id("1001").stock))

    def check_order(self, record: CallRecord) -> None:
        """Two pieces of item 1001 were bought, at the price of the shop."""
        order = self.shop.ask(rules.find_order, record.order_number)
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
                         ["ringing", "talking", "clearing"])  # fmt: skip
        for kind in ("connect", "order", "end", "recording", "recording_end"):
            self.assertEqual(kinds.count(kind), 1, kind)

    def check_recording(self, record: CallRecord) -> None:
        """The recording has the caller on its first track and the agent on its second."""
        path = self.shop.folder.recordings / str(record.recording)
        self.assertGreater(likeness(read_wav(voice(CALLER_VOICE)), track(path, 0)), ALIKE)
        self.assertGreater(likeness(read_wav(voice(AGENT_VOICE)), track(path, 1)), ALIKE)

    def one_visit(self) -> None:
        at_desk = self.shop.agent("801", self.plan("801", calls=1))
        shopper = self.shopper()
        self.shop.until(visit(self.shop.server, shopper))
        self.assertEqual(self.shop.until(at_desk), 1)
        self.shop.until(when_idle(self.shop.server))
        self.assertGreater(likeness(read_wav(shopper.voice), track(self.path("agent801.wav"), 0)), ALIKE)
        self.assertGreater(likeness(read_wav(voice(AGENT_VOICE)), track(shopper.recording, 0)), ALIKE)
        ((record, events),) = self.shop.records()
        self.check_order(record)
        self.assertEqual(self.stock(), 48)
        self.check_timeline(events)
        self.check_recording(record)
        self.assertEqual((record.agent, record.caller_number, record.channel), ("801", "13912345678", "line 1"))

    def test_one_visit(self) -> None:
        """A shopper orders two pieces and talks with an agent: both hear each other, order and records are right."""
        self.open(1)
        self.one_visit()

    def test_one_visit_by_modem(self) -> None:
        """The same, every byte through an emulated modem: it is never fed too late."""
        self.open(1, byte_share=1.0)
        self.one_visit()
        modem = self.shop.world.lines["line 1"]
        assert isinstance(modem, MemoryModem)
        self.assertEqual(modem.underruns, 0)

    def test_twenty_visits(self) -> None:
        """Twenty at once on twenty lines, four agents: no call lost, all are heard, every line back to idle."""
        self.open(20)
        agents = [self.shop.agent(f"80{n}", self.plan(f"80{n}", calls=5)) for n in range(1, 5)]
        self.shop.until(gatherResults([visit(self.shop.server, self.shopper(n)) for n in range(20)]))
        self.assertEqual(self.shop.until(gatherResults(agents)), [5] * 4)
        self.shop.until(when_idle(self.shop.server))
        records = self.shop.records()
        self.assertEqual(len(records), 20)
        for record, events in records:
            self.check_order(record)
            self.check_timeline(events)
            self.check_recording(record)
        self.assertEqual(self.stock(), 10)
        self.assertEqual(self.shop.server.bay.legs, [])
