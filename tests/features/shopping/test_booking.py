"""What becomes of a confirmed order when the books have changed before it is booked, or do not take it."""

from dataclasses import replace
from unittest.mock import patch

from peewee import DataError, IntegrityError, InterfaceError, OperationalError
from twisted.internet.defer import Deferred

from callserver.calls.vocabulary import Kind
from callserver.features.shopping import rules
from callserver.features.shopping.booking import Booked
from callserver.features.shopping.contact import Contact
from callserver.features.shopping.tables import Order, Payment
from callserver.store.journal import append_event
from tests.features.shopping.shop_case import LI_MING, PIN, ShopCase

LINE = rules.Line("1001", 2, rules.Name("龙井绿茶", "Longjing green tea"), 6800)
MEMBER, OTHER = "600001", "700001"


class BookingCase(ShopCase):
    def book(self, payment: Payment = Payment.ON_DELIVERY) -> Deferred[Booked]:
        """Li Ming, who calls from his own telephone, has said yes."""
        return self.menu.bookings.book("gone", Contact(LI_MING), [LINE], payment, member=MEMBER)


class OtherCustomerTests(BookingCase):
    """The number under which he confirmed is another customer's when his order is booked."""

    def move_number(self, payment: Payment) -> Deferred[Booked]:
        """Li Ming says yes while the books are locked; then his telephone is another's, who has money."""
        self.store.lock()
        booked = self.book(payment)
        rules.save_customer(MEMBER, "李明", "北京", ["01062345678"])
        rules.save_customer(OTHER, "王芳", "上海", [LI_MING])
        rules.pay_in(OTHER, 100_000, self.shop.events.now())
        return booked

    def check(self, payment: Payment) -> None:
        self.assertEqual((rules.balance(MEMBER), rules.balance(OTHER)), (50_000, 100_000))
        if payment is Payment.BALANCE:
            self.assertEqual(self.bought(), [])
            self.assertEqual(len(self.shop.happened("order_refused")), 1)
            (alarm,) = self.shop.alarms()
            self.assertIn("call back", alarm)
        else:
            order = Order.get_by_id(*self.bought())
            self.assertEqual((order.customer_id, order.address, order.caller_number), (None, None, LI_MING))

    def test_in_this_run(self) -> None:
        """Nobody else's balance pays it, somebody has to call back; paid on delivery it goes to nobody's address."""
        for payment in Payment:
            self.setUp()
            booked = self.move_number(payment)
            self.store.unlock()
            if payment is Payment.BALANCE:
                self.failureResultOf(booked, rules.UnknownMember)
            self.check(payment)

    def test_after_a_kill(self) -> None:
        """So it is at the next start, which knows him by what the event log has kept; no digits of his stand there."""
        for payment in Payment:
            self.setUp()
            self.move_number(payment)
            ((_, data),) = self.shop.happened("order_wanted")
            self.assertNotIn(MEMBER, str(data))
            self.store.die()
            append_event(replace(self.shop.events.stamp(Kind.ORDER_WANTED, call_id="gone"), data=data))
            bookings = self.new_bookings()
            bookings.startService()
            bookings.stopService()
            self.check(payment)

    def test_still_he(self) -> None:
        """Who has kept his number is served as ever, also by a start after a kill."""
        self.store.lock()
        self.book(Payment.BALANCE)
        ((_, data),) = self.shop.happened("order_wanted")
        self.store.die()
        append_event(replace(self.shop.events.stamp(Kind.ORDER_WANTED, call_id="gone"), data=data))
        bookings = self.new_bookings()
        bookings.startService()
        bookings.stopService()
        self.assertEqual(Order.get_by_id(*self.bought()).customer_id, MEMBER)
        self.assertEqual(rules.balance(MEMBER), 50_000 - 13_600)

    def test_he_still_waits(self) -> None:
        """He is not told that the goods are gone, but gets a person."""
        self.call()
        self.press("1", "3", "1", f"{PIN}#", "2", "1", "1001#", "1", "2#", "2", "2")
        self.until_said("confirm-change-cancel")
        self.until_silent()
        rules.save_customer(OTHER, "王芳", "上海", [LI_MING])
        rules.pay_in(OTHER, 100_000, self.shop.events.now())
        self.press("1")
        self.shop.wait(5)
        self.assertEqual((len(self.people.entered), self.bought()), (1, []))
        self.assertEqual(rules.balance(OTHER), 100_000)


class RefusedByDatabaseTests(BookingCase):
    def test_never(self) -> None:
        """What the database will never take is tried once: it ends with an alarm, also where the caller still waits."""
        for problem in (IntegrityError("FOREIGN KEY constraint failed"), DataError("integer out of range")):
            self.setUp()
            with patch.object(rules, "confirm", side_effect=problem) as confirm:
                booked = self.book()
                self.store.reactor.advance(60)
            self.failureResultOf(booked, type(problem))
            self.assertEqual(confirm.call_count, 1)
            self.assertFalse(self.menu.bookings.is_pending(call_id="gone"))
            (alarm,) = self.shop.alarms()
            self.assertIn("cannot be booked", alarm)
            self.assertEqual(len(self.shop.happened("order_refused")), 1)

    def test_not_now(self) -> None:
        """A database that is locked, full or gone is asked again until it takes the order."""
        for problem in (OperationalError("database is locked"), InterfaceError("connection already closed")):
            self.setUp()
            with patch.object(rules, "confirm", side_effect=problem):
                booked = self.book()
                self.store.reactor.advance(60)
            self.store.reactor.advance(5)
            self.assertEqual(self.successResultOf(booked).taken.total_fen, 13_600)
            self.assertEqual(self.shop.alarms(), [])

    def test_he_still_waits(self) -> None:
        """The caller whose order the database will never take gets a person."""
        self.call()
        self.order()
        self.until_silent()
        with patch.object(rules, "confirm", side_effect=IntegrityError("FOREIGN KEY constraint failed")):
            self.press("1")
            self.shop.wait(5)
        self.assertEqual((len(self.people.entered), self.bought()), (1, []))
        self.flushLoggedErrors(IntegrityError)


class WantedAgainTests(BookingCase):
    def test_refused_before(self) -> None:
        """Refused, and wanted again after the talk, as the server is killed: its next start books it."""
        events, wanted = self.shop.events, {"nth": 1, "number": LI_MING, "claimed": False, "items": []}
        story = ((Kind.ORDER_WANTED, wanted), (Kind.ORDER_REFUSED, {"nth": 1}), (Kind.ORDER_WANTED, wanted))
        for n, (kind, data) in enumerate(story, 1):
            append_event(events.stamp(kind, call_id="gone", **data))  # type: ignore[arg-type]
            self.assertEqual(len(rules.unbooked(0)), n % 2, kind)
