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

CALLER, PIN = "13912345678", "730462"
BEGINS = 'caller {number} "{name}"\ndial 8008\nwait answer\nwait 3\n'
SPOKEN_OUT = "wait silence 1.5 within 120\n"
ORDERS = BEGINS + "press 111001#12#21\nwait 5\n" + SPOKEN_OUT + "press 1\nwait 3\n" + SPOKEN_OUT + "hang up\n"
HEARS_ACCOUNT = BEGINS + f"press 131{PIN}#\nwait 4\n" + SPOKEN_OUT + "press 2\nwait 2\nhang up\n"
ASKS_FOR_ORDERS = BEGINS + "press 24\nwait 2\n" + SPOKEN_OUT + "hang up\n"


class ShopCallsTests(RealTimeCase):
    async def test_three_tasks(self) -> None:
        """Typed ahead by three callers at once; each gets what he wants, and the order has its proof."""
        await self.open(n_lines=3)
        exchange = self.server.exchange
        assert exchange is not None
        numbers = {"13823456789": ORDERS, CALLER: HEARS_ACCOUNT, "13734567890": ASKS_FOR_ORDERS}
        scripts = [script.format(number=number, name="Caller") for number, script in numbers.items()]
        await gatherResults([run_script(exchange, script) for script in scripts])
        await when_idle(self.server)
        records = {record.caller_number: record for record in await self.on_disk(3)}
        events = {number: await self.server.store.read(reading.timeline, records[number].id) for number in numbers}
        await self.check_order(records["13823456789"].order_number or "")
        self.check_account(events[CALLER])
        said = prompts(events["13734567890"])
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
