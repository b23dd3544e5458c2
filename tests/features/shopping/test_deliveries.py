"""A caller hears where his orders are, and cancels one that is not packed yet; keys as tones, in virtual time."""

from callserver.features.shopping import rules
from callserver.features.shopping.tables import OrderState, Payment, Product
from callserver.ivr import spoken
from tests.features.shopping.shop_case import LI_MING, PIN, ShopCase

ZHANG_WEI = "13734567890"


class DeliveriesTests(ShopCase):
    def test_last_order(self) -> None:
        """4: the last order, with the day within its sentence, its carrier and number; 1: the one before."""
        self.call()
        self.press("1", "4")
        self.until_silent()
        last = self.heard_last()
        self.assertEqual(
            last[: len(spoken.digits("zh", "58204713")) + 1], ["your-last-order-is", *spoken.digits("zh", "58204713")]
        )
        status = last[last.index("yesterday") :]
        self.assertEqual(status[:5], ["yesterday", "order-shipped", "carrier-is", "“顺丰速运”", "tracking-number-is"])
        self.assertEqual(last[-3:], ["press-1-next-order", "press-2-order-by-number", "press-4-back"])
        self.press("1")
        self.until_silent()
        self.assertIn("order-delivered-on", self.heard_last())
        self.assertEqual(self.heard_last()[-2:], ["press-2-order-by-number", "press-4-back"])

    def test_by_number(self) -> None:
        """Any order by its number; the # after eight digits is part of the number."""
        self.call()
        self.press("1", "4", "2", "90317562")
        self.shop.wait(1.5)
        self.shop.press("#")
        self.shop.wait(8)
        self.assertEqual(self.said()[-1], ["enter-order-number"])
        self.assertEqual(self.said()[-2][-1], "order-returned-on")
        self.press("11111111#")
        self.shop.wait(2)
        self.assertIn("order-unknown", self.shop.prompts())

    def test_in_english(self) -> None:
        """In English the day stands behind: the order was shipped yesterday; it came back on a date."""
        self.call()
        self.press("2", "4")
        self.until_silent()
        at = self.heard_last().index("order-shipped")
        self.assertEqual(self.heard_last()[at + 1], "yesterday")
        self.press("2", "90317562#")
        self.shop.wait(2)
        self.assertEqual(self.said()[-1][0], "order-returned-on")

    def test_nobody_knows_him(self) -> None:
        """Who calls from an unknown number is asked for an order's number at once."""
        self.call("13000000000")
        self.press("1", "4")
        self.until_silent()
        self.assertEqual(self.said()[-1], ["enter-order-number"])

    def test_cancel(self) -> None:
        """Before it is packed he cancels it by a key that he is asked to confirm; the pieces are back."""
        self.buy()
        self.press("4", "3")
        self.until_silent()
        self.assertEqual(self.said()[-1], ["cancel-order-sure"])
        self.press("1")
        self.until_silent()
        self.shop.wait(0.5)
        self.assertIn("cancel-done", self.shop.prompts())
        order = rules.orders_of(LI_MING)[0]
        self.assertEqual((order.state, Product.get_by_id("1001").stock), (OrderState.CANCELLED, 50))
        self.until_silent()
        self.assertIn("order-cancelled", self.heard_last())
        self.assertNotIn("press-3-cancel-order", self.heard_last())

    def test_not_sure(self) -> None:
        """2, and the order stays."""
        self.buy()
        self.press("4", "3", "2")
        self.until_silent()
        self.assertIs(rules.orders_of(LI_MING)[0].state, OrderState.PLACED)

    def test_packed_meanwhile(self) -> None:
        """Packed while he listens, it is cancelled no more, and he is told so."""
        self.buy()
        self.press("4", "3")
        self.until_silent()
        rules.advance(rules.orders_of(LI_MING)[0].number, OrderState.PACKED, self.shop.events.now())
        self.press("1")
        self.shop.wait(2)
        self.assertIn("cancel-too-late", self.shop.prompts())

    def test_paid_back(self) -> None:
        """What the balance has paid is back on it, and he is told."""
        self.call()
        self.order(terms="2")
        self.press("1", f"{PIN}#")
        self.press("1")
        self.until_said("main-menu")
        self.assertIs(rules.orders_of(LI_MING)[0].payment, Payment.BALANCE)
        self.assertEqual(rules.balance("600001"), 50000 - 13600)
        self.press("4", "3", "1")
        self.shop.wait(2)
        self.assertIn("cancel-paid-back", self.shop.prompts())
        self.assertEqual(rules.balance("600001"), 50000)

    def test_not_his(self) -> None:
        """Who knows an order's number hears where it is; only its customer can cancel it."""
        self.call(ZHANG_WEI)
        self.press("1", "4", "2", "36915840#")
        self.shop.wait(1)
        self.assertIn("order-paid", self.shop.prompts())
        self.assertNotIn("press-3-cancel-order", self.said()[-1])

    def test_person_sees_the_order(self) -> None:
        """Who asks for a person while he hears of an order is met by somebody who sees which."""
        call = self.call()
        self.press("1", "4")
        self.press("0")
        self.shop.wait(1)
        self.assertIn("order = 58204713", call.path)
        self.assertEqual(len(self.people.entered), 1)

    def buy(self) -> None:
        """Two pieces, and back to the main menu."""
        self.call()
        self.order()
        self.press("1")
        self.until_said("main-menu")
