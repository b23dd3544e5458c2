"""A shop in which nothing is wrong starts without an alarm."""

from twisted.application.service import Service
from twisted.internet.error import CannotListenError
from twisted.trial.unittest import SynchronousTestCase

from callserver.calls.vocabulary import Kind
from callserver.rehearsal.world import RehearsalWorld
from callserver.store.tables import EventRow
from tests.whole.virtual_shop import VirtualShop


class QuietStartTests(SynchronousTestCase):
    def test_no_line_gives_an_alarm(self) -> None:
        """Lines come into service without one: an alarm is for what a person must see to."""
        shop = VirtualShop(self, n_lines=4, byte_share=1.0)
        shop.wait(60)
        alarms = EventRow.select().where(EventRow.kind == Kind.ALARM.value, EventRow.channel.is_null(False))
        self.assertEqual(shop.ask(lambda: list(alarms.dicts())), [])

    def test_no_place_for_telephones(self) -> None:
        """A folder too deep for a socket costs telephones of other programs, told in an alarm, and no call."""

        class Deep(Service):
            def privilegedStartService(self) -> None:
                raise CannotListenError(None, "exchange.sock", OSError("AF_UNIX path too long"))

        self.patch(RehearsalWorld, "open_to_telephones", lambda *_: Deep())
        shop = VirtualShop(self, n_lines=1)
        shop.wait(2)
        events = shop.ask(lambda: list(EventRow.select().where(EventRow.kind == Kind.ALARM.value).dicts()))
        self.assertTrue(any("telephones cannot reach" in str(event["data"]) for event in events), events)
