"""An agent fills the basket of the caller he talks with and finishes his order, by the rules that the menu goes by."""

from typing import Any

from callserver.acd.seats.acts import perform
from callserver.calls.call import Call
from callserver.features.shopping import rules
from callserver.features.shopping.contact import Contact
from callserver.features.shopping.selling import Selling
from callserver.features.shopping.tables import Product, Source
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.rights import Right
from tests.features.shopping.shop_case import LI_MING, PIN, ShopCase
from tests.shop import People, people


class InQueue:
    """People: whoever enters waits in the shop's one queue."""

    def __init__(self, queue: People) -> None:
        self._queue = queue

    async def enter(self, queue: str, call: Call, priority: int | None = None) -> str:
        return await self._queue.enter(call)


class SellingTests(ShopCase):
    def setUp(self) -> None:
        super().setUp()
        selling = Selling(self.store, self.shop.events, self.menu.bookings, self.menu.identity)  # type: ignore[arg-type]
        self.acts = selling.acts()
        self.seat = self.shop.agent("801")
        self.people = InQueue(people(self.shop))  # type: ignore[assignment]

    def ask(self, act: str, *args: Any) -> Any:
        """The agent asks for an act; its answer."""
        answer = perform(self.acts, frozenset(Right), self.seat, act, args)
        return self.successResultOf(answer)

    def refused(self, act: str, *args: Any) -> Refused:
        failure = self.failureResultOf(perform(self.acts, frozenset(Right), self.seat, act, args), Refused)
        return failure.value  # type: ignore[no-any-return]

    def talk(self, number: str = LI_MING, keys: tuple[str, ...] = ("1",)) -> Call:
        """A caller presses keys, then 0, and the agent has him."""
        call = self.call(number)
        self.press(*keys, "0")
        self.shop.wait(1)
        self.seat.answer()
        self.shop.wait(0.2)
        return call

    def test_finish(self) -> None:
        """The caller has chosen and asks for a person, who sees the basket, adds to it, and orders all of it."""
        call = self.talk(keys=("1", "1", "1001#", "1", "2#"))
        self.assertEqual([(row["item"], row["pieces"]) for row in self.ask("show_basket")], [("1001", 2)])
        self.assertEqual(len(self.ask("put_in_basket", "1003", 1)), 2)
        answer = self.ask("finish_order", "on delivery", "")
        (order,) = rules.orders_of_call(call.id)
        self.assertEqual(answer, {"order": order.number, "total_fen": 13600 + 9900})
        self.assertEqual((order.source, order.member_number), (Source.AGENT, "600001"))
        self.assertEqual(Product.get_by_id("1001").stock, 48)
        audits = [data["act"] for _, data in self.shop.happened("audit")]
        self.assertEqual(audits, ["put_in_basket", "finish_order"])

    def test_once(self) -> None:
        """Asked twice it is one order; and an order that the caller has just confirmed is that order."""
        call = self.talk(keys=("1", "1", "1001#", "1", "2#"))
        self.ask("finish_order", "on delivery", "")
        self.assertEqual(self.refused("finish_order", "on delivery", "").code, Refusal.NOT_SAVED)
        self.assertEqual(len(rules.orders_of_call(call.id)), 1)

    def test_still_on_its_way(self) -> None:
        """The caller's own yes is not booked yet, the books being locked, when the agent says it again: one order."""
        call = self.talk(keys=("1", "1", "1001#", "1", "2#"))
        lines = rules.basket(call.id)
        self.store.lock()
        self.menu.bookings.book(call.id, Contact(LI_MING), lines)
        again = self.menu.bookings.book(call.id, Contact(LI_MING), lines)
        self.store.unlock()
        self.assertFalse(self.successResultOf(again).taken.already)
        self.assertEqual(len(rules.orders_of_call(call.id)), 1)

    def test_other_address(self) -> None:
        """What the caller tells the agent of another address stands in the order."""
        call = self.talk(keys=("1", "1", "1001#", "1", "2#"))
        self.ask("finish_order", "on delivery", "上海市 Nanjing Road 1")
        self.assertEqual(rules.orders_of_call(call.id)[0].address, "上海市 Nanjing Road 1")

    def test_balance_needs_a_proof(self) -> None:
        """A balance pays only for who has proved himself in this call."""
        self.talk(keys=("1", "1", "1001#", "1", "2#"))
        self.assertIn("has not proved", str(self.refused("finish_order", "balance", "")))
        ((_, tried),) = self.shop.happened("audit")
        self.assertIn("has not proved", str(tried["result"]))
        self.assertEqual(rules.balance("600001"), 50000)

    def test_balance(self) -> None:
        """Proved by his PIN before he asked for a person, his balance pays."""
        self.talk(keys=("1", "3", "1", f"{PIN}#", "2", "1", "1001#", "1", "2#"))
        self.ask("finish_order", "balance", "")
        self.assertEqual(rules.balance("600001"), 50000 - 13600)
        (order,) = rules.orders_of_call(self.shop.incoming[-1].id)
        self.assertEqual(order.caller_number, LI_MING, "of his numbers that which he calls from")

    def test_balance_of_nobody_else(self) -> None:
        """Who has no telephone in the books, and calls from another customer, spends nothing of that one's balance."""
        now = self.shop.events.now()
        rules.save_customer("600001", "李明", "北京", [])
        rules.save_customer("700001", "王芳", "上海", ["13700000000"])
        rules.pay_in("700001", 100_000, now)
        self.talk("13700000000", keys=("1", "3", "2", "600001#", f"{PIN}#", "2"))
        self.ask("put_in_basket", "1001", 2)
        for how in ("balance", "on delivery"):
            self.assertIn("no telephone", str(self.refused("finish_order", how, "")))
        self.assertEqual((rules.balance("600001"), rules.balance("700001")), (50000, 100_000))

    def test_proved_from_elsewhere(self) -> None:
        """Proved on somebody else's telephone, he buys as who he is."""
        rules.save_customer("700001", "王芳", "上海", ["13700000000"])
        call = self.talk("13700000000", keys=("1", "3", "2", "600001#", f"{PIN}#", "2"))
        self.ask("put_in_basket", "1001", 2)
        self.ask("finish_order", "balance", "")
        (order,) = rules.orders_of_call(call.id)
        self.assertEqual((order.member_number, order.caller_number), ("600001", rules.telephones_of("600001")[0]))

    def test_sent_to_the_shop_again(self) -> None:
        """Who has proved himself has, also when the agent sends him through the menu once more."""
        call = self.call()
        self.press("1", "3", "1", f"{PIN}#")
        self.until_silent()
        self.runner.serve(call, "shop")
        self.press("1")
        self.until_said("main-menu")
        identity = self.menu.identity(call.id)
        self.assertTrue(identity is not None and identity.proved)

    def test_rules(self) -> None:
        """What the shop does not sell is refused in words, and nothing is changed."""
        self.talk()
        for args, words in (
            (("9999", 1), "no item"),
            (("1004", 2), "are there"),
            (("1005", 25), "at most in one order"),
        ):
            self.assertIn(words, str(self.refused("put_in_basket", *args)), args)
        self.assertEqual(self.ask("show_basket"), [])
        self.assertIn("basket is empty", str(self.refused("finish_order", "on delivery", "")))

    def test_no_number(self) -> None:
        """Who cannot be reached buys nothing, by an agent either."""
        self.talk("", keys=("1",))
        self.ask("put_in_basket", "1001", 1)
        self.assertIn("shows no number", str(self.refused("finish_order", "on delivery", "")))
        self.ask("empty_basket")
        self.assertEqual(self.ask("show_basket"), [])

    def test_nobody_there(self) -> None:
        """Who talks with nobody sells nothing."""
        self.assertEqual(self.refused("finish_order", "on delivery", "").code, Refusal.NOT_NOW)

    def test_arguments(self) -> None:
        """What is no item, number of pieces, payment or address does not reach the shop."""
        for act, args in (
            ("put_in_basket", ("x", 1)),
            ("put_in_basket", ("1001", 0)),
            ("finish_order", ("by kindness", "")),
            ("finish_order", ("balance", "a\x00")),
        ):
            with self.assertRaises(Refused) as caught:
                perform(self.acts, frozenset(Right), self.seat, act, args)
            self.assertEqual(caught.exception.code, Refusal.BAD_ARGUMENT)
