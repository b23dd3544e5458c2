"""Who waits for an item gets it when it comes, in his turn, and is told."""

from typing import Any

from callserver.features.shopping import rules
from callserver.features.shopping.rules import AboveLimit, ReservationClosed, SoldOut, UnknownItem, UnknownOrder
from callserver.features.shopping.rules.reservations import WAIT_S
from callserver.features.shopping.tables import OrderState, Reservation, ReservationState, Source
from callserver.store.reading import timeline
from tests.features.shopping.demo_books import LI_MING, LI_MINGS_NUMBER, NOW, POT, TEA, BooksCase, later, stamp

ORDERED, OPEN = ReservationState.ORDERED, ReservationState.OPEN


class ReservationCase(BooksCase):
    def setUp(self) -> None:
        super().setUp()
        self.buy("before", (POT, 1))  # the last one

    def come(self, n: int, at_s: float = 60.0, item: str = POT) -> list[str]:
        """Pieces are delivered; the orders that came of it."""
        orders: list[str] = self.do(rules.move_stock, item, n, "delivery", later(at_s))
        return orders

    def states(self, *kept: Any) -> list[ReservationState]:
        return [self.do(rules.find_reservation, one.number).state for one in kept]

    def available(self, call_id: str = "", at_s: float = 0.0) -> int:
        return int(self.do(rules.find_item, POT, later(at_s), call_id).available)


class ReservationTests(ReservationCase):
    def test_the_goods_come(self) -> None:
        """It becomes an order for the same customer, at the price he was told, and he is to be told."""
        buyer = rules.find_member(LI_MING)
        kept = self.killed_anywhere(rules.reserve, "one", buyer, POT, 2, stamp("one"), LI_MINGS_NUMBER)
        self.assertEqual((kept.state, kept.price_fen, kept.until), (OPEN, 26800, later(WAIT_S)))
        self.do(rules.set_price, POT, 30000, later(1))
        (number,) = self.killed_anywhere(rules.move_stock, POT, 2, "delivery", later(60))
        order = self.do(rules.find_order, number)
        self.assertEqual((order.state, order.total_fen, order.source), (OrderState.PLACED, 53600, Source.RESERVATION))
        self.assertEqual((order.member_number, order.address), (LI_MING, buyer and buyer.address))
        self.assertEqual(self.stock(POT), 0)
        done = self.do(rules.find_reservation, kept.number)
        self.assertEqual((done.state, done.order), (ORDERED, number))
        (event,) = [e for e in self.do(timeline, "one") if "reservation" in e.data]
        self.assertEqual(event.data["reservation"], kept.number)

    def test_first_come_first_served(self) -> None:
        """Who waits for three is not overtaken by who waits for one, however few come at a time."""
        large, small = self.reserve("one", POT, 3), self.reserve("two", POT, 1)
        self.assertEqual(self.come(2), [])
        self.assertEqual(self.available(at_s=61), 0, "they are set aside")
        self.refusal(SoldOut, rules.hold, "three", POT, 1, later(61))
        self.assertEqual(len(self.come(1)), 1)
        self.assertEqual(self.states(large, small), [ORDERED, OPEN])
        self.assertEqual(len(self.come(2)), 1)
        self.assertEqual(self.available(at_s=61), 1)

    def test_once(self) -> None:
        """The same key again, or a retry after a crash, is the same reservation; the call's second is another."""
        first, again = self.reserve("one", POT, 1), self.reserve("one", POT, 2, later(9))
        self.assertEqual(first, again)
        self.assertNotEqual(self.reserve("one", POT, 1, nth=2).number, first.number)
        self.assertEqual(len(self.do(rules.reservations_of, first.caller_number)), 2)

    def test_web_shop(self) -> None:
        """A web shop names its own; told twice it is one."""
        named = {"source": Source.WEB, "external_id": "W-7"}
        first = self.do(rules.reserve, None, None, POT, 1, stamp(""), **named)
        self.assertEqual(self.do(rules.reserve, None, None, POT, 1, stamp(""), **named), first)
        self.assertEqual(first.external_id, "W-7")

    def test_refused(self) -> None:
        """What the shop has not, or not so often, cannot be waited for."""
        self.refusal(UnknownItem, rules.reserve, "one", None, "9999", 1, stamp("one"))
        self.assertEqual(self.refusal(AboveLimit, rules.reserve, "one", None, POT, 6, stamp("one")).limit, 5)
        self.assertRaises(ValueError, self.do, rules.reserve, "one", None, POT, 0, stamp("one"))
        self.assertRaises(ValueError, self.do, rules.reserve, None, None, POT, 1, stamp(""))

    def test_it_is_there(self) -> None:
        """What came between the question and the key is ordered at once."""
        self.come(1)
        kept = self.reserve("one", POT, 1)
        self.assertEqual(kept.state, ORDERED)
        self.assertIsNotNone(self.do(rules.find_order, kept.order))
        self.assertEqual(self.reserve("one", POT, 1), kept)

    def test_expired(self) -> None:
        """It waits so long and not longer; then others get what comes, and he hears of it when he calls."""
        kept = self.reserve("one", POT, 1, wait_s=100.0)
        self.assertEqual(self.do(rules.expire_reservations, later(99.9)), [])
        self.assertEqual(self.come(1, at_s=100), [], "too late, though nobody has looked yet")
        self.assertEqual(self.available(at_s=100), 1)
        self.assertEqual(self.killed_anywhere(rules.expire_reservations, later(100)), [kept.number])
        self.assertEqual(self.states(kept), [ReservationState.EXPIRED])
        self.assertEqual(self.do(rules.expire_reservations, later(200)), [])
        self.assertEqual(self.do(rules.news_to_call, later(9999)), [])
        self.assertEqual(
            [one.state for one in self.do(rules.news_for, [kept.caller_number])], [ReservationState.EXPIRED]
        )

    def test_cancelled(self) -> None:
        """He does not want it any more; said twice it is once; the next in the row is served."""
        first, second = self.reserve("one", POT, 2), self.reserve("two", POT, 1)
        self.come(1)
        self.killed_anywhere(rules.cancel_reservation, first.number, later(70))
        self.do(rules.cancel_reservation, first.number, later(71))
        self.assertEqual(self.states(first, second), [ReservationState.CANCELLED, ORDERED])
        refused = self.refusal(ReservationClosed, rules.cancel_reservation, second.number, later(72))
        self.assertEqual(refused.state, ORDERED)
        self.refusal(UnknownOrder, rules.cancel_reservation, "00000000", later(72))

    def test_an_order_is_cancelled(self) -> None:
        """Its pieces go first to who waits for them."""
        kept = self.reserve("one", POT, 1)
        (order,) = self.do(rules.orders_of_call, "before")
        self.killed_anywhere(rules.cancel, order.number, later(60))
        self.assertEqual(self.states(kept), [ORDERED])

    def test_a_lease_before_a_reservation(self) -> None:
        """Who holds the last piece can buy it, though somebody has reserved it since; if he leaves, that one has it."""
        self.come(1)
        self.do(rules.hold, "holder", POT, 1, NOW)
        kept = self.reserve("one", POT, 1)
        self.assertEqual((self.available("holder"), self.available("other")), (1, 0))
        self.do(rules.keep_basket, "holder", "02099999999", later(1))
        self.assertEqual(self.available("other", 1), 0)
        self.assertEqual(self.do(rules.resume_basket, "again", "02099999999", later(2)), [])
        (number,) = self.killed_anywhere(rules.tend_reservations, later(3))
        self.assertEqual(self.do(rules.find_reservation, kept.number).order, number)

    def test_the_holder_buys(self) -> None:
        """Then the reservation goes on waiting."""
        self.come(1)
        self.do(rules.hold, "holder", POT, 1, NOW)
        kept = self.reserve("one", POT, 1)
        self.buy("holder", (POT, 1))
        self.assertEqual(self.do(rules.tend_reservations, later(3)), [])
        self.assertEqual(self.states(kept), [OPEN])

    def test_other_goods(self) -> None:
        """What comes of one item fills no reservation of another."""
        kept = self.reserve("one", POT, 1)
        self.assertEqual(self.come(5, item=TEA), [])
        self.assertEqual(self.states(kept), [OPEN])

    def test_of_a_customer(self) -> None:
        """He finds them from any of his numbers."""
        self.do(rules.reserve, "one", rules.find_member(LI_MING), POT, 1, stamp("one"), LI_MINGS_NUMBER)
        (found,) = self.do(rules.reservations_of, "01062345678")
        self.assertEqual((found.item, found.quantity, found.member_number), (POT, 1, LI_MING))
        self.assertEqual(self.do(rules.reservations_of, None), [])


class TellingTests(ReservationCase):
    def setUp(self) -> None:
        super().setUp()
        self.kept = self.reserve("one", POT, 1)
        (self.order,) = self.come(1)

    def to_call(self, at_s: float) -> list[str]:
        return [one.reservation for one in self.do(rules.news_to_call, later(at_s))]

    def test_called_back(self) -> None:
        """Who is to be called is known until he was told; a try in vain is made again when it was put off to."""
        (news,) = self.do(rules.news_to_call, later(60))
        self.assertEqual((news.order, news.quantity, news.number), (self.order, 1, self.kept.caller_number))
        self.do(rules.call_again, self.kept.number, later(600))
        self.assertEqual((self.to_call(599), self.to_call(600)), ([], [self.kept.number]))
        self.assertEqual(self.do(rules.news_to_call, later(600))[0].tries, 1)
        self.do(rules.was_told, self.kept.number, later(601))
        self.assertEqual(self.to_call(9999), [])
        self.assertEqual(self.do(rules.news_for, [news.number]), [])

    def test_calls_himself(self) -> None:
        """After the last try in vain he is told when he calls, whichever way his number is written."""
        self.do(rules.call_again, self.kept.number, None)
        self.assertEqual(self.to_call(9999), [])
        (news,) = self.do(rules.news_for, [f"+86{(self.kept.caller_number or '')[1:]}"])
        self.assertEqual(news.reservation, self.kept.number)

    def test_number_of_the_customer(self) -> None:
        """Who has withheld his number and proved who he is, is told at the number that the shop has."""
        self.do(rules.reserve, "two", rules.find_member("600002"), POT, 1, stamp("two"))
        self.come(1)
        self.assertEqual([one.number for one in self.do(rules.news_to_call, later(60))][1:], ["13823456789"])

    def test_nobody_to_tell(self) -> None:
        """Who cannot be reached at all has his order all the same."""
        kept = self.do(rules.reserve, "two", None, POT, 1, stamp("two"))
        self.come(1)
        self.assertEqual(self.states(kept), [ORDERED])
        self.assertEqual(self.to_call(60), [self.kept.number])

    def test_told_stays(self) -> None:
        """That he was told stays in the books."""
        self.do(rules.was_told, self.kept.number, later(70))
        self.do(rules.was_told, self.kept.number, later(99))
        row = Reservation.get(Reservation.number == self.kept.number)
        self.assertEqual([telling.told_ms - telling.made_ms for telling in row.telling_set], [10_000])
