"""A shop with menu files that are wrong: it opens, says so, and every caller is served."""

import json
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from callserver.emulator.script_run import run_script
from callserver.store.tables import EventRow
from callserver.wire.alarms import alarm_text
from callserver.wire.records import Value
from tests.whole.virtual_shop import VirtualShop

GOOD = """from zope.interface import implementer
from callserver.ivr.interfaces import IMenu

@implementer(IMenu)
class Good:
    name = "good"
    async def run(self, call):
        await call.play("goodbye")

good = Good()
"""
BAD = {
    "exits.py": "import sys\nsys.exit(3)\n",
    "slip.py": "def run(:\n",
    "nameless.py": GOOD.replace('    name = "good"\n', ""),
    "once_more.py": GOOD.replace("Good", "Again"),
    "class_only.py": GOOD.replace("good = Good()\n", "").replace('"good"', '"wanted"'),
}


class BadMenusTests(SynchronousTestCase):
    def setUp(self) -> None:
        folder = Path(self.mktemp()).absolute()
        folder.mkdir()
        for name, text in (BAD | {"good.py": GOOD}).items():
            (folder / name).write_text(text)
        self.shop = VirtualShop(
            self, 2, settings={"plugins = plugins": f"plugins = {folder}", "menu = shop": "menu = wanted"}
        )

    def alarms(self) -> list[str]:
        self.shop.wait(1)
        return [alarm_text(data, "en") for data in self.shop.ask(_alarms)]

    def test_named_and_served(self) -> None:
        """Each bad file is one alarm with its name; a caller of a line whose menu is not there comes to people."""
        told = "\n".join(self.alarms())
        for name in BAD:
            self.assertIn(f"/{name}:", told)
        self.assertIn("menu 'wanted' cannot be used: callers of lines 1, 2 get a person", told)
        exchange = self.shop.server.exchange
        assert exchange is not None
        script = 'caller 13912345678 "Li"\ndial 8008\nwait answer\nwait 10\nhang up\n'
        self.shop.until(run_script(exchange, script))
        ((_, events),) = self.shop.records()
        self.assertIn("leave", [event.kind for event in events])


def _alarms() -> list[dict[str, Value]]:
    return [json.loads(row.data) for row in EventRow.select().where(EventRow.kind == "alarm")]
