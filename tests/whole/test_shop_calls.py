"""Three callers at once, in real time, on emulated modems: one orders, one hears his account, one his orders."""

from twisted.internet import reactor
from twisted.internet.defer import gatherResults
from twisted.internet.task import deferLater

from callserver.commands.visit import when_idle
from callserver.emulator.script_run import run_script
from callserver.features.shopping import proofs, rules
from callserver.media.wav_file import HEADER_BYTES
from callserver.store import reading
from callserver.wire.records import EventRecord
from tests.whole.test_real_time import RealTimeCase

BUYER, CALLER, WAITS_FOR_PARCEL = "13823456789", "13912345678", "13734567890"
PIN = "730462"  # of CALLER
BEGINS = 'caller {number} "{name}"\ndial 8008\nwait answer\n'
QUESTION = "wait silence 1.3 within 120\n"  # each is heard to its end, on a busy machine too


def script(number: str, *keys: str) -> str:
    """A caller who presses these, question by question, hears the last answer and hangs up."""
    steps = "".join(f"{QUESTION}press {one}\nwait 1\n" for one in keys)
    return BEGINS.format(number=number, name="Caller") + steps + QUESTION + "hang up\n"


class ShopCallsTests(RealTimeCase):
    async def test_three_tasks(self) -> None:
        """Each gets what he wants, and the order has its proof."""
        await self.open(n_lines=3)
        exchange = self.server.exchange
        assert exchange is not None
        keys = {
            BUYER: ("1", "1", "1001#", "1", "2#", "2", "1", "1"),
            CALLER: ("1", "3", "1", f"{PIN}#", "2"),
            WAITS_FOR_PARCEL: ("2", "4"),
        }
        await gatherResults([run_script(exchange, script(*one)) for one in ((n, *k) for n, k in keys.items())])
        await when_idle(self.server)
        records = {record.caller_number: record for record in await self.on_disk(3)}
        events = {number: await self.server.store.read(reading.timeline, records[number].id) for number in keys}
        await self.check_order(records[BUYER].order_number or "")
        self.check_account(events[CALLER])
        said = prompts(events[WAITS_FOR_PARCEL])
        self.assertIn("your-last-order-is", said)
        self.assertIn("order-packed", said)

    async def check_order(self, number: str) -> None:
        """Two pieces, and their read-back beside them as soon as the recording is finished."""
        order = await self.server.store.read(rules.find_order, number)
        self.assertEqual([(line.item, line.quantity) for line in order.lines], [("1001", 2)])
        proof = self.folder.path / proofs.FOLDER / f"{order.call_id}-1.wav"
        while not proof.exists():
            await deferLater(reactor, 0.1)
        seconds = (proof.stat().st_size - HEADER_BYTES) / 4 / 8000
        self.assertGreater(seconds, 3)
        self.assertLess(seconds, 60)

    def check_account(self, events: list[EventRecord]) -> None:
        """It was told, and nothing of it is written down."""
        self.assertIn("****", prompts(events))
        keys = "".join(str(event.data["digit"]) for event in events if event.kind == "key")
        self.assertEqual(keys, "131" + "?" * 7 + "2")


def prompts(events: list[EventRecord]) -> list[str]:
    """All that was said."""
    said: list[str] = []
    for event in events:
        names = event.data.get("names") if event.kind == "prompt" else None
        said += [str(name) for name in names] if isinstance(names, list) else []
    return said
