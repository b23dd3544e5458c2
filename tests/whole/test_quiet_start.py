"""A shop in which nothing is wrong starts without an alarm."""

from twisted.trial.unittest import SynchronousTestCase

from callserver.calls.vocabulary import Kind
from callserver.store.tables import EventRow
from tests.whole.virtual_shop import VirtualShop


class QuietStartTests(SynchronousTestCase):
    def test_no_line_gives_an_alarm(self) -> None:
        """Lines come into service without one: an alarm is for what a person must see to."""
        shop = VirtualShop(self, n_lines=4, byte_share=1.0)
        shop.wait(60)
        alarms = EventRow.select().where(EventRow.kind == Kind.ALARM.value, EventRow.channel.is_null(False))
        self.assertEqual(shop.ask(lambda: list(alarms.dicts())), [])
