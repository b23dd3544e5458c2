"""Customers' money and points: every fen is in a movement, and nobody spends what he has not."""

from callserver.features.shopping import rules
from callserver.features.shopping.rules import BalanceTooLow, OtherPayment, UnknownMember, WrongStep
from callserver.features.shopping.tables import OrderState, Payment
from callserver.features.shopping.web.operations import Asked
from callserver.features.shopping.web.orders import place
from tests.features.shopping.demo_books import LI_MING, NOW, POT, TEA, BooksCase, later, stamp

BALANCE = Payment.BALANCE
FEN = 50000  # what he has with the shop


class BalanceTests(BooksCase):
    def balance(self) -> int:
        return int(self.do(rules.balance, LI_MING))

    def test_paid_by_balance(self) -> None:
        """The order is paid at once; balance, last movements and order say the same sum."""
        taken = self.killed_anywhere(
            rules.confirm, "one", rules.find_member(LI_MING), [(TEA, 2)], stamp("one"), payment=BALANCE
        )
        order = self.do(rules.find_order, taken.order_number)
        self.assertEqual((order.state, order.payment, order.total_fen), (OrderState.PAID, BALANCE, 13600))
        self.assertEqual(self.balance(), FEN - 13600)
        last, paid_in = self.do(rules.movements, LI_MING, 5)
        self.assertEqual((last.amount_fen, last.reason, last.order), (-13600, "order", taken.order_number))
        self.assertEqual((paid_in.amount_fen, paid_in.reason), (FEN, "pay-in"))

    def test_too_little(self) -> None:
        """An order that the balance does not reach is not taken, and the caller can be told how much there is."""
        self.buy("one", (POT, 1), payment=BALANCE)
        buyer = rules.find_member(LI_MING)
        refused = self.refusal(BalanceTooLow, rules.confirm, "two", buyer, [(TEA, 4)], stamp("two"), payment=BALANCE)
        self.assertEqual((refused.balance_fen, refused.needed_fen), (FEN - 26800, 27200))
        self.buy("two", (TEA, 3), payment=BALANCE)
        self.assertEqual(self.balance(), FEN - 26800 - 20400)

    def test_last_fen(self) -> None:
        """All of a balance can be spent, and nothing more."""
        self.do(rules.move_balance, LI_MING, -FEN, "correction", NOW)
        self.assertEqual(self.balance(), 0)
        self.refusal(BalanceTooLow, rules.move_balance, LI_MING, -1, "correction", NOW)

    def test_nobody(self) -> None:
        """Who is no customer has no account."""
        self.refusal(UnknownMember, rules.balance, "999999")
        self.refusal(UnknownMember, rules.points, "999999")
        self.refusal(UnknownMember, rules.pay_in, "999999", 100, NOW)
        self.refusal(UnknownMember, rules.confirm, "one", None, [(TEA, 1)], stamp("one"), payment=BALANCE)

    def test_paid_in_once(self) -> None:
        """A payment that the bank tells twice comes once; a payment of nothing is a mistake."""
        self.assertEqual(self.killed_anywhere(rules.pay_in, LI_MING, 700, NOW, "bank-1"), FEN + 700)
        self.assertEqual(self.do(rules.pay_in, LI_MING, 700, later(9), "bank-1"), FEN + 700)
        self.assertEqual(self.do(rules.pay_in, LI_MING, 700, later(9), "bank-2"), FEN + 1400)
        self.assertEqual(len(self.do(rules.movements, LI_MING, 9)), 3)
        for member, amount in (("600002", 700), (LI_MING, 701)):
            self.refusal(OtherPayment, rules.pay_in, member, amount, later(9), "bank-1")
        for amount in (0, -1):
            self.assertRaises(ValueError, self.do, rules.pay_in, LI_MING, amount, NOW)

    def test_paid_by_a_program(self) -> None:
        """A web shop's order by balance is whole or not there, wherever the server is killed; sent again it is one."""
        body = {"external_id": "web-1", "member_number": LI_MING, "telephone": None, "address": None}
        body |= {"payment": BALANCE, "lines": [{"product": TEA, "quantity": 2, "price_fen": None}]}
        asked = Asked("web", {}, {}, body, NOW, stamp(""), "cn")
        taken = self.killed_anywhere(place, asked)
        self.assertEqual(self.do(place, asked)["number"], taken["number"])
        self.assertEqual((self.balance(), self.stock(TEA)), (FEN - 13600, 48))

    def test_cancelled(self) -> None:
        """Pieces and money come back, once; not when it is packed."""
        number = self.buy("one", (TEA, 2), (POT, 1), payment=BALANCE).order_number
        self.killed_anywhere(rules.cancel, number, later(60))
        self.assertEqual((self.stock(TEA), self.stock(POT), self.balance()), (50, 1, FEN))
        order = self.do(rules.find_order, number)
        self.assertEqual((order.state, order.may_be_cancelled), (OrderState.CANCELLED, False))
        self.do(rules.cancel, number, later(61))
        self.assertEqual((self.stock(TEA), self.balance()), (50, FEN))
        self.assertEqual(self.buy("one", (TEA, 2)).order_number, number, "the same key again buys nothing new")
        packed = self.buy("two", (TEA, 1)).order_number
        self.do(rules.advance, packed, OrderState.PACKED, later(60))
        refused = self.refusal(WrongStep, rules.cancel, packed, later(61))
        self.assertEqual((refused.state, refused.wanted), (OrderState.PACKED, OrderState.CANCELLED))

    def test_returned(self) -> None:
        """What the balance has paid comes back to it; what was paid at the door is given back by a person."""
        paid, at_door = (
            self.buy(call, (TEA, 1), payment=how) for call, how in (("one", BALANCE), ("two", "on delivery"))
        )
        for taken in (paid, at_door):
            self.do(rules.advance, taken.order_number, OrderState.SHIPPED, later(1), "sf", "SF1")
            self.do(rules.advance, taken.order_number, OrderState.RETURNED, later(2))
        self.assertEqual(self.balance(), FEN)


class PointsTests(BooksCase):
    def test_earned_and_lost(self) -> None:
        """A point for each whole yuan of what was delivered; they go with what is sent back."""
        before = self.do(rules.points, LI_MING)
        number = self.buy("one", (TEA, 1), ("1002", 1)).order_number  # 68.00 and 45.50
        self.do(rules.advance, number, OrderState.SHIPPED, later(1))
        self.assertEqual(self.do(rules.points, LI_MING), before)
        self.killed_anywhere(rules.advance, number, OrderState.DELIVERED, later(2))
        self.do(rules.advance, number, OrderState.DELIVERED, later(3))
        self.assertEqual(self.do(rules.points, LI_MING), before + 113)
        self.killed_anywhere(rules.advance, number, OrderState.RETURNED, later(4))
        self.assertEqual(self.do(rules.points, LI_MING), before)
