"""An agent fills the basket of the caller he talks with and finishes his order, by the rules that the menu goes by."""

from callserver.acd.seats.acts import perform
from callserver.features.shopping import rules
from callserver.features.shopping.contact import Contact
from callserver.features.shopping.tables import Product, Source
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.rights import Right
from tests.features.shopping.desk_case import DeskCase
from tests.features.shopping.shop_case import LI_MING, PIN


class SellingTests(DeskCase):
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


class FormTests(DeskCase):
    """The order form of the agents' window."""

    def test_form(self) -> None:
        """It shows each line's sum, what is left, the total, where it goes and what has been ordered in this call."""
        call = self.talk(keys=("1", "1", "1001#", "1", "2#"))
        form = self.ask("show_order_form")
        (line,) = form["lines"]
        self.assertEqual((line["pieces"], line["total_fen"], line["available"]), (2, 13600, 50))
        self.assertEqual((form["call"], form["total_fen"], form["member"]), (call.id, 13600, "600001"))
        self.assertEqual((form["proved"], form["ordered"], form["pending"]), (False, [], False))
        order = self.ask("finish_order", "on delivery", "")["order"]
        form = self.ask("show_order_form")
        self.assertEqual((form["lines"], form["ordered"]), ([], [order]))
        self.assertIn(f"order {order} was made", self.refused("finish_order", "on delivery", "").text("en"))

    def test_take_out(self) -> None:
        """One item goes, the others stay."""
        self.talk(keys=("1", "1", "1001#", "1", "2#"))
        self.ask("put_in_basket", "1003", 1)
        self.assertEqual([row["item"] for row in self.ask("take_from_basket", "1001")], ["1003"])

    def test_after_the_talk(self) -> None:
        """The caller has hung up: what he had said is put down in the wrap-up, as one order."""
        call = self.talk(keys=("1", "1", "1001#", "1", "2#"))
        self.seat.hang_up()
        self.assertIsNotNone(call.ended)
        self.assertEqual([row["pieces"] for row in self.ask("show_basket")], [2])
        self.ask("put_in_basket", "1003", 1)
        order = self.ask("finish_order", "on delivery", "")["order"]
        (bought,) = rules.orders_of_call(call.id)
        self.assertEqual((bought.number, len(bought.lines), bought.member_number), (order, 2, "600001"))
        self.ask("put_in_basket", "1005", 1)
        self.assertIn(f"order {order} was made", self.refused("finish_order", "on delivery", "").text("en"))
        self.assertEqual(len(rules.orders_of_call(call.id)), 1)
        self.assertEqual(self.menu.bookings._settled, {})

    def test_proved_before(self) -> None:
        """His balance pays after the talk, too, if he had proved who he is."""
        self.talk(keys=("1", "3", "1", f"{PIN}#", "2", "1", "1001#", "1", "2#"))
        self.seat.hang_up()
        self.ask("finish_order", "balance", "")
        self.assertEqual(rules.balance("600001"), 50000 - 13600)

    def test_next_call(self) -> None:
        """While the next caller rings nothing is sold to him; the form of the last call is named, and goes to that."""
        first = self.talk(keys=("1", "1", "1001#", "1", "2#"))
        self.seat.hang_up()
        second = self.ring("13800138000", line=1)
        self.assertIs(self.refused("finish_order", "on delivery", "").code, Refusal.NOT_NOW)
        self.assertIs(self.refused("put_in_basket", "1003", 1, second.id).code, Refusal.NOT_NOW)
        self.assertIs(self.refused("show_basket", "elsewhere").code, Refusal.NO_CALL)
        self.seat.answer()
        self.ask("finish_order", "on delivery", "", first.id)
        self.assertEqual(len(rules.orders_of_call(first.id)), 1)
        self.assertEqual(rules.orders_of_call(second.id), [])

    def test_too_late(self) -> None:
        """A quarter of an hour after the talk it is nobody's any more."""
        call = self.talk()
        self.seat.hang_up()
        self.shop.wait(901)
        self.assertIs(self.refused("show_basket").code, Refusal.NOT_NOW)
        self.assertIs(self.refused("show_basket", call.id).code, Refusal.NO_CALL)

    def test_no_address(self) -> None:
        """An order of somebody whom the shop does not know needs to say where it goes."""
        call = self.talk("13700000000")
        self.ask("put_in_basket", "1001", 1)
        self.assertIn("no address", self.refused("finish_order", "on delivery", "").text("en"))
        self.ask("finish_order", "on delivery", "上海市 1")
        self.assertEqual(rules.orders_of_call(call.id)[0].address, "上海市 1")

    def test_address_of_another(self) -> None:
        """His number has become another customer's since he called: nothing is sent to that one's address."""
        call = self.talk(keys=("1", "1", "1001#", "1", "2#"))
        rules.save_customer("700001", "王芳", "上海", [LI_MING])
        self.assertIn("no address", self.refused("finish_order", "on delivery", "").text("en"))
        self.assertEqual(rules.orders_of_call(call.id), [])
        self.ask("finish_order", "on delivery", "上海市 1")
        self.assertEqual(rules.orders_of_call(call.id)[0].address, "上海市 1")

    def test_reserve(self) -> None:
        """What is not there is reserved, once in a call; what is there is not, nor what the shop does not sell."""
        call = self.talk()
        made = self.ask("reserve_item", "1004", 3)
        (kept,) = rules.reservations_of_member("600001")
        self.assertEqual((made["reservation"], made["state"], made["order"]), (kept.number, "open", ""))
        self.assertEqual((kept.item, kept.quantity, kept.caller_number), ("1004", 3, LI_MING))
        self.assertIn("already", self.refused("reserve_item", "1004", 2).text("en"))
        self.assertIn("put them into the basket", self.refused("reserve_item", "1001", 2).text("en"))
        self.assertIn("no item", self.refused("reserve_item", "9999", 2).text("en"))
        self.assertEqual(self.menu.visitors.of(call).reservations, 4, "the caller's next one is another")
        self.assertEqual([row["item"] for row in self.ask("show_customer", "600001")["reservations"]], ["1004"])


class IdentifyTests(DeskCase):
    def card(self) -> tuple[str, bool]:
        shown = self.seat.status.call
        assert shown is not None
        assert shown.identity is not None
        return shown.identity.number, shown.identity.proved

    def test_card(self) -> None:
        """A caller from elsewhere is said to be a customer: his card shows it at once, claimed, with his orders."""
        call = self.ring("13700000000")
        self.assertEqual(self.ask("identify_caller", "600001")["proved"], False)
        self.assertEqual(self.card(), ("600001", False))
        self.seat.answer()
        self.assertEqual(self.card(), ("600001", False))
        shown = self.seat.status.call
        assert shown is not None
        (part,) = shown.parts
        self.assertTrue([row for row in part.rows if row.msgid.startswith("order ")])
        self.assertEqual(self.ask("caller_customers")["found"][0]["known_by"], "agent")
        self.assertIn(("identify_caller", "customer 600001"), self.audits())
        self.assertEqual(self.ask("show_order_form")["address"], rules.find_member("600001").address)  # type: ignore[union-attr]
        self.ask("put_in_basket", "1001", 1)
        self.assertIn("has not proved", self.refused("finish_order", "balance", "").text("en"))
        self.ask("finish_order", "on delivery", "")
        self.assertEqual(rules.orders_of_call(call.id)[0].member_number, "600001")

    def test_held_party(self) -> None:
        """Said while the caller is held, it is on the card of the held call."""
        call = self.talk("13700000000")
        self.seat.hold()
        self.ask("identify_caller", "600001", call.id)
        self.assertEqual(self.card(), ("600001", False))

    def test_after_the_talk(self) -> None:
        """Said in the wrap-up, the order goes to him."""
        call = self.talk("13700000000")
        self.seat.hang_up()
        self.ask("identify_caller", "600001")
        self.ask("put_in_basket", "1001", 1)
        self.ask("finish_order", "on delivery", "")
        self.assertEqual(rules.orders_of_call(call.id)[0].member_number, "600001")

    def test_proved(self) -> None:
        """Who has proved himself is not somebody else because an agent says so; the same person stays proved."""
        self.talk(keys=("1", "3", "1", f"{PIN}#", "2"))
        self.assertIn("has proved", self.refused("identify_caller", "600002").text("en"))
        self.assertEqual(self.ask("identify_caller", "600001")["proved"], True)

    def test_nobody(self) -> None:
        """No such customer, or no call: refused."""
        self.assertIs(self.refused("identify_caller", "600001").code, Refusal.NOT_NOW)
        self.talk()
        self.assertIn("no customer 999", self.refused("identify_caller", "999").text("en"))
