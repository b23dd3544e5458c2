"""What callers of the shop hear and what comes of their keys: the whole menu in virtual time, keys as tones."""

import re
from dataclasses import replace
from unittest.mock import patch

from peewee import OperationalError
from twisted.internet.defer import fail

from callserver.calls.call import Call
from callserver.calls.keys import Key
from callserver.calls.vocabulary import Kind
from callserver.features.shopping import rules
from callserver.features.shopping.books import fields
from callserver.features.shopping.contact import Contact
from callserver.features.shopping.tables import Order, Payment, Product
from callserver.ivr import spoken
from callserver.ivr.prompts import FOLDER, Catalogue
from callserver.store.database import NOT_OPEN, NotOpen
from callserver.store.journal import append_event
from tests.features.shopping.shop_case import LI_MING, ON_DELIVERY, PIN, ShopCase


class ShopMenuTests(ShopCase):
    def test_order(self) -> None:
        """Two pieces are ordered: read back, confirmed, the number said twice after it is on disk, the stock less."""
        call = self.call()
        self.order()
        self.until_silent()
        said = self.said()
        self.assertEqual(said[-3][:2], ["you-order", "“龙井绿茶”"])
        self.assertEqual([one[0] for one in said[-2:]], ["total-is", "confirm-change-cancel"])
        self.assertEqual(Product.get_by_id("1001").stock, 50)
        self.press("1")
        self.until_silent()
        self.shop.wait(3)
        (order,) = [
            order for order in rules.orders_of(LI_MING) if order.total_fen == 13600 and order.number != "58204713"
        ]
        self.assertEqual([(line.item, line.quantity) for line in order.lines], [("1001", 2)])
        self.assertEqual(Product.get_by_id("1001").stock, 48)
        self.shop.wait(14)
        for lead in ("order-taken", "order-number-again"):
            (taken,) = [names for names in self.said() if names[0] == lead]
            self.assertEqual(taken[1:], spoken.digits("zh", order.number))
        self.assertIn("pay-on-delivery-to-your-address", self.shop.prompts())
        self.assertIsNone(call.ended)

    def test_english(self) -> None:
        """Whoever presses 2 is served in English from there on."""
        self.call()
        self.press("2", "1", "1001#")
        self.until_silent()
        self.assertEqual(self.heard_last()[0], "“Longjing green tea”")
        languages = [data["language"] for _, data in self.shop.happened("prompt")]
        self.assertEqual(languages, ["zh"] + ["en"] * (len(languages) - 1))

    def test_hang_up_before_confirming(self) -> None:
        """Nothing is bought before the confirming key; the pieces are free again, the basket is kept for the number."""
        self.call()
        self.order("1004", "1")
        self.until_silent()
        now = self.shop.events.now()
        found = rules.find_item("1004", now, "another call")
        assert found is not None
        self.assertEqual(found.available, 0)
        self.shop.lines[0].far_end.hang_up()
        found = rules.find_item("1004", now, "another call")
        assert found is not None
        self.assertEqual(found.available, 1)
        self.assertEqual([line.item for line in rules.kept_basket(LI_MING, now)], ["1004"])

    def test_kept_basket(self) -> None:
        """Who calls again soon goes on where he was: his basket is read to him."""
        self.call()
        self.order("1003", "2")
        self.shop.lines[0].far_end.hang_up()
        self.shop.wait(2)
        self.call()
        self.press("1", "1")
        self.until_silent()
        self.assertIn("“普洱茶”", self.shop.prompts())
        self.assertEqual(self.heard_last(), ["more-or-done"])

    def test_last_piece(self) -> None:
        """Two callers and the last teapot: the second hears before he pays that it is gone."""
        self.call("13823456789", line=1)
        self.press("1", "1", "1004#", "1", line=1)
        self.call(line=0)
        self.shop.press("111004#11#21", line=0)
        self.shop.wait(3)
        self.press("1#", line=1)
        self.until_silent(1)
        self.assertIn("last-piece-gone", self.shop.prompts())
        self.press("1", line=0)
        self.until_silent(0)
        self.assertEqual(Product.get_by_id("1004").stock, 0)

    def test_too_many(self) -> None:
        """More than there are, more than one may, none at all: each is explained and asked again."""
        self.call()
        self.press("1", "1", "1005#", "1", "25#")
        self.until_silent()
        self.shop.wait(2)
        self.assertIn("quantity-above-limit", self.shop.prompts())
        self.press("00#")
        self.until_silent()
        self.assertIn("quantity-zero", self.shop.prompts())

    def test_longest_numbers(self) -> None:
        """Every number that the shop's books take of an item or a customer can be keyed."""
        now = self.shop.events.now()
        item, member = fields.read_keyed_number("12345678"), fields.read_member_number("123456789012")
        rules.save_item(item, rules.Name("茶杯", "cup"), 5, now, price_fen=500)
        rules.move_stock(item, 5, "delivery", now)
        rules.save_customer(member, "王芳", "上海", [])
        rules.set_pin(member, rules.pin_stored("918257"))
        self.call()
        self.press("1", "1", f"{item}#")
        self.until_said("item-right-or-other")
        self.press("1", "1#", "2", "2", "2", f"{member}#", "918257#")
        self.until_silent()
        shown = self.menu.identity(self.shop.incoming[-1].id)
        self.assertEqual(shown and (shown.number, shown.proved), (member, True))

    def test_unknown_item(self) -> None:
        """A number the shop has not got; at the third one a person helps."""
        self.call()
        self.press("1", "1", "9999#", "9998#", "9997#")
        self.shop.wait(3)
        self.assertEqual(self.shop.prompts().count("item-unknown"), 3)
        self.assertEqual(len(self.people.entered), 1)

    def test_cancel(self) -> None:
        """3 at the read-back: nothing is ordered, and the main menu comes again."""
        self.call()
        self.order()
        self.press("3")
        self.shop.wait(2)
        self.assertIn("nothing-ordered", self.shop.prompts())
        self.assertEqual(self.heard_last(), ["main-menu"])
        self.assertEqual(self.bought(), [])

    def test_second_order(self) -> None:
        """A second order in the same call is an order of its own, and takes its own pieces."""
        self.call()
        self.order()
        self.press("1")
        self.until_said("main-menu")
        self.press("1", "1003#", "1", "1#", "2", "1", "1")
        self.until_silent()
        self.shop.wait(3)
        orders = rules.orders_of_call(self.shop.incoming[-1].id)
        items = [[(line.item, line.quantity) for line in one.lines] for one in orders]
        self.assertEqual(items, [[("1001", 2)], [("1003", 1)]])
        self.assertEqual(len(self.people.entered), 0)

    def test_person_keeps_the_basket(self) -> None:
        """Who asks for a person with a full basket keeps it while he waits; the agent can see it."""
        call = self.call()
        self.press("1", "1", "1004#", "1", "1#", "0")
        self.shop.wait(1)
        self.assertEqual(self.people.entered, [("operator", call)])
        self.assertEqual(call.path[0], "shop")
        self.assertTrue(call.path[-1].endswith("key 0"))

    def test_greeting(self) -> None:
        """The greeting comes first, then the language, in each one's own; the keys of the main menu are in order."""
        self.call()
        self.press("1")
        self.until_silent()
        self.shop.wait(2)
        self.assertEqual(self.said()[0], ["zh/welcome", "zh/choose-language", "en/choose-language"])
        self.assertEqual(self.said()[1:], [["recorded-notice"], ["welcome-back", "“李明 Li Ming”", "main-menu"]])
        for language, press in (("zh", "请按(.)"), ("en", "press (.)")):
            text = Catalogue.read(FOLDER / language / "catalogue.toml").texts["main-menu"]
            keys = [key for key in re.findall(press, text) if key.isdigit()]
            self.assertEqual(keys, ["1", "2", "3", "4", "5", "6", "0"])

    def test_wrong_language_key(self) -> None:
        """A key that is no language asks again, and is not Mandarin; silence is."""
        call = self.call()
        self.press("7", "2")
        self.until_silent()
        self.assertEqual(call.language, "en")
        call = self.call(line=1)
        self.shop.wait(12)
        self.assertEqual(call.language, "zh")

    def test_cut_by_a_key(self) -> None:
        """Greeting, notice and each reading of the order's number end at a key."""
        self.call()
        for _ in range(2):
            self.shop.wait(0.3)
            self.shop.press("1")
        self.shop.wait(0.3)
        self.assertEqual(self.said()[1:], [["recorded-notice"], ["enter-item-number"]])
        self.press("1001#", "1", "2#", "2", "1", "1")
        for lead in ("order-taken", "order-number-again"):
            self.shop.wait(0.5)
            self.assertEqual(self.said()[-1][0], lead)
            self.shop.press("*")
        self.shop.wait(0.2)
        self.assertEqual(self.said()[-1], ["pay-on-delivery-to-your-address"])

    def test_too_many_in_one_sentence(self) -> None:
        """How many there may be is said in one sentence with the reason."""
        self.call()
        self.press("1", "1", "1005#", "1", "25#")
        self.shop.wait(2)
        self.assertIn(["quantity-above-limit", *spoken.count("zh", 24)], self.said())
        self.press("1000#")
        self.shop.wait(2)
        self.assertIn(["too-many-digits"], self.said())

    # The yes

    def test_yes_before_the_total(self) -> None:
        """A yes that was typed ahead, or cuts the total, buys nothing: the total is said to its end first."""
        call = self.call()
        self.order()
        for digit in "11":
            call.keys._untaken.append(Key(digit, "sound", self.shop.clock.seconds()))
        self.until_said("total-is")
        self.shop.press("1")
        self.shop.wait(1)
        self.assertEqual(self.bought(), [])
        self.until_silent()
        self.assertEqual([names[0] for names in self.said()[-3:]], ["you-order", "total-is", "confirm-change-cancel"])
        self.press("1")
        self.shop.wait(0.5)
        self.assertEqual(len(self.bought()), 1)

    def test_change_before_the_total(self) -> None:
        """Who wants to change or cancel need not hear the total out."""
        self.call()
        self.order()
        self.until_said("total-is")
        self.shop.press("3")
        self.shop.wait(0.5)
        self.assertEqual(self.said()[-1], ["nothing-ordered"])

    def test_hear_it_again(self) -> None:
        """* reads all of it again, with the total."""
        self.call()
        self.order()
        self.press("*")
        self.until_silent()
        self.shop.wait(1)
        self.assertEqual([names[0] for names in self.said()].count("total-is"), 2)

    def test_change_for_ever(self) -> None:
        """Who goes round and round is helped by a person."""
        self.call()
        self.press("1", "1")
        for _ in range(12):
            self.press("1001#", "1", "2#", "2", "2")
        self.shop.wait(2)
        self.assertEqual(len(self.people.entered), 1)

    def test_price_changes_in_the_call(self) -> None:
        """He pays what he was told of the item, though it costs something else by the time he keys how many."""
        self.call()
        self.press("1", "1", "1001#")
        self.until_silent()
        rules.set_price("1001", 9900, self.shop.events.now())
        self.press("1", "2#", "2", ON_DELIVERY)
        self.until_said("total-is")
        self.assertEqual(self.said()[-1], ["total-is", *spoken.money("zh", 13600)])
        self.press("1")
        self.until_said("order-taken")
        (order,) = rules.orders_of_call(self.shop.incoming[-1].id)
        self.assertEqual([line.price_fen for line in order.lines], [6800])

    # Nobody buys who cannot be reached

    def test_no_number(self) -> None:
        """A withheld number is asked for, and read back, before anything is sold; an agent will ask the address."""
        self.call("")
        self.order()
        self.until_silent()
        self.assertEqual(self.said()[-1], ["enter-your-number"])
        self.press("13912345678#")
        self.until_silent()
        self.assertEqual(self.said()[-1][0], "your-number-is")
        self.assertEqual(self.bought(), [])
        self.press("1", "1")
        self.until_silent()
        self.shop.wait(25)
        (order,) = [one for one in rules.orders_of(LI_MING) if one.call_id]
        self.assertEqual(order.total_fen, 13600)
        self.assertIn("agent-will-ask-address", self.shop.prompts())

    def test_typed_number_is_nobody(self) -> None:
        """Who types a customer's number does not get that customer's address, nor hears of his orders."""
        self.call("")
        self.order()
        self.press("13912345678#", "1", "1")
        self.shop.wait(25)
        self.assertNotIn("pay-on-delivery-to-your-address", self.shop.prompts())
        self.assertIsNone(Order.get(Order.call_id.is_null(False)).customer)

    def test_typed_number_hears_of_no_order(self) -> None:
        """Nor of one that was taken a moment ago: he is asked whether he means it, and told neither number nor sum."""
        self.call()
        self.order()
        self.until_silent()
        self.store.lock()
        self.press("1")
        self.shop.wait(1)
        self.shop.lines[0].far_end.hang_up()
        self.shop.wait(2)
        self.store.unlock()
        self.shop.wait(10)
        self.call("")
        self.order()
        self.press("13912345678#", "1")
        self.until_silent()
        self.assertEqual(self.said()[-1], ["order-again-or-back"])
        self.assertNotIn("already-ordered", self.shop.prompts())

    def test_no_number_at_all(self) -> None:
        """Who types none, or what is none, gets a person, and has bought nothing."""
        for typed in (("123#", "12345#", "110#"), ["#"] * 8, ("0",)):
            self.setUp()
            self.call("")
            self.order()
            self.press(*typed)
            self.shop.wait(3)
            self.assertEqual((len(self.people.entered), self.bought()), (1, []), typed)

    # A database that does not answer

    def test_slow_database(self) -> None:
        """Who waits for the database is asked for patience after three seconds, and told when it has answered."""
        self.call()
        self.order()
        self.until_silent()
        self.store.lock()
        self.press("1")
        self.shop.wait(2.5)
        self.assertNotIn("one-moment", self.shop.prompts())
        self.shop.wait(1)
        self.assertIn("one-moment", self.shop.prompts())
        self.store.unlock()
        self.shop.wait(5)
        self.assertIn("order-taken", self.shop.prompts())

    def test_locked_database(self) -> None:
        """The database takes nothing for minutes: the order is noted, and booked once it does; he may hang up."""
        self.call()
        self.order()
        self.until_silent()
        self.store.lock()
        self.press("1")
        self.shop.wait(14)
        self.assertIn("order-noted", self.shop.prompts())
        self.assertEqual(len(self.shop.happened("order_wanted")), 1)
        self.shop.lines[0].far_end.hang_up()
        self.shop.wait(100)
        self.store.unlock()
        self.shop.wait(10)
        self.assertEqual(len(self.bought()), 1)
        self.assertEqual(Product.get_by_id("1001").stock, 48)

    def test_noted_and_again(self) -> None:
        """Who is told that his order is noted orders no more until it is booked; then he is told its number first."""
        self.call()
        self.order()
        self.until_silent()
        with patch.object(rules, "confirm", side_effect=OperationalError("database or disk is full")):
            self.press("1")
            self.until_said("order-noted")
            self.until_said("main-menu")
            self.press("1")
            self.until_said("being-booked")
        self.store.reactor.advance(10)
        self.press("1")
        self.until_silent()
        self.shop.wait(0.5)
        (order,) = self.bought()
        (told,) = [names for names in self.said() if names[0] == "already-ordered"]
        self.assertEqual(told[1:], [*spoken.digits("zh", order), "total-is", *spoken.money("zh", 13600)])

    def test_held_until_booked(self) -> None:
        """What he has confirmed is kept from others while the database refuses the order, also after he has hung up."""
        self.call()
        self.order()
        self.until_silent()
        with patch.object(rules, "confirm", side_effect=OperationalError("database or disk is full")):
            self.press("1")
            self.shop.wait(14)
            self.shop.lines[0].far_end.hang_up()
            self.shop.wait(2)
            found = rules.find_item("1001", self.shop.events.now(), "another call")
            assert found is not None
            self.assertEqual(found.available, 48)
        self.store.reactor.advance(10)
        self.assertEqual(len(self.bought()), 1)
        self.assertEqual(self.menu.bookings._settled, {}, "of calls that are over nothing is remembered")

    def test_yes_while_the_database_is_closed(self) -> None:
        """It is opened a moment later: his order is not refused for that."""
        line = rules.Line("1001", 2, rules.Name("龙井绿茶", "Longjing green tea"), 6800)
        with patch.object(self.store, "write", side_effect=lambda *_: fail(NotOpen(NOT_OPEN))):
            self.menu.bookings.book("now", Contact(LI_MING), [line])
        self.store.reactor.advance(10)
        self.assertEqual(len(self.bought()), 1)
        self.assertEqual(self.shop.happened("order_refused"), [])

    def test_what_he_has_is_not_written_down(self) -> None:
        """His balance has become too low when the order is booked: why stands in the log, and not what he has."""
        line = rules.Line("1001", 2, rules.Name("龙井绿茶", "Longjing green tea"), 6800)
        rules.move_balance("600001", -49_987, "correction", self.shop.events.now())
        booked = self.menu.bookings.book("now", Contact(LI_MING), [line], Payment.BALANCE)
        self.failureResultOf(booked, rules.BalanceTooLow)
        ((_, refused),) = self.shop.happened("order_refused")
        self.assertEqual(refused["reason"], "BalanceTooLow('needs 13600 fen')")

    def test_calls_again(self) -> None:
        """He confirms, hears nothing, hangs up, calls again: he is told that he has ordered, and has one order."""
        self.call()
        self.order()
        self.until_silent()
        self.store.lock()
        self.press("1")
        self.shop.wait(1)
        self.shop.lines[0].far_end.hang_up()
        self.shop.wait(2)
        self.call()
        self.press("1")
        self.until_said("main-menu")
        self.press("1")
        self.until_said("being-booked")
        self.store.unlock()
        self.shop.wait(10)
        self.shop.lines[0].far_end.hang_up()
        self.shop.wait(2)
        self.call()
        self.press("1", "1")
        self.until_silent()
        (told,) = [names for names in self.said() if names[0] == "already-ordered"]
        (order,) = [one for one in rules.orders_of(LI_MING) if one.call_id]
        self.assertEqual(told[1:], [*spoken.digits("zh", order.number), "total-is", *spoken.money("zh", 13600)])
        self.press("2")
        self.shop.wait(1)
        self.assertEqual(self.said()[-1], ["main-menu"])
        self.assertEqual(Product.get_by_id("1001").stock, 48)

    def test_orders_again(self) -> None:
        """Who has been told his order's number may order again as he likes, without a question."""
        self.call()
        self.order()
        self.press("1")
        self.until_silent()
        self.shop.wait(25)
        self.menu.bookings.tell("58204713")  # somebody else, of his
        self.shop.lines[0].far_end.hang_up()
        self.shop.wait(2)
        self.call()
        self.order("1002", "1")
        self.until_silent()
        self.assertNotIn("already-ordered", self.shop.prompts())

    def test_no_answer_to_a_question(self) -> None:
        """Where the database does not even say what an item costs, the caller is told, and a person helps."""
        self.call()
        self.press("1", "1")
        self.until_silent()
        self.store.lock()
        self.press("1001#")
        self.shop.wait(20)
        self.assertIn("system-trouble", self.shop.prompts())
        self.assertEqual(len(self.people.entered), 1)
        self.store.unlock()

    def test_killed_in_between(self) -> None:
        """What was confirmed before a kill, and is not in the database, is booked by the next start; once."""
        wanted = {
            "number": LI_MING,
            "claimed": False,
            "items": [{"item": "1001", "quantity": 2, "price_fen": 6800}],
        }
        append_event(replace(self.shop.events.stamp(Kind.ORDER_WANTED, call_id="gone"), data=wanted))
        for _ in range(2):
            bookings = self.new_bookings()
            bookings.startService()
            bookings.stopService()
        (order,) = [one for one in rules.orders_of(LI_MING) if one.call_id]
        self.assertEqual((order.call_id, order.total_fen), ("gone", 13600))
        self.assertEqual(Product.get_by_id("1001").stock, 48)

    def test_books_cannot_be_read_at_start(self) -> None:
        """What was confirmed before a kill is booked as soon as the database can be read."""
        wanted = {
            "number": LI_MING,
            "claimed": False,
            "items": [{"item": "1001", "quantity": 2, "price_fen": 6800}],
        }
        append_event(replace(self.shop.events.stamp(Kind.ORDER_WANTED, call_id="gone"), data=wanted))
        bookings = self.new_bookings()
        with patch.object(rules, "unbooked", side_effect=OperationalError("disk I/O error")):
            bookings.startService()
            self.assertEqual(len(self.flushLoggedErrors(OperationalError)), 1)
        self.store.reactor.advance(10)
        bookings.stopService()
        self.assertEqual([one.call_id for one in rules.orders_of(LI_MING) if one.call_id], ["gone"])

    def test_start_in_a_lock(self) -> None:
        """An order of this run is no order of the last one, though the books answer for that one late."""
        bookings = self.new_bookings()
        self.store.lock()
        bookings.startService()
        line = rules.Line("1001", 2, rules.Name("龙井绿茶", "Longjing green tea"), 6800)
        booked = bookings.book("now", Contact(LI_MING), [line])
        wanted = bookings._pending["now/1"].data()
        append_event(replace(self.shop.events.stamp(Kind.ORDER_WANTED, call_id="now"), data=wanted))
        self.store.unlock()
        self.assertFalse(self.successResultOf(booked).taken.already)
        self.assertFalse(bookings.is_pending(call_id="now"))
        bookings.stopService()

    # The other ways out of the main menu

    def test_fault(self) -> None:
        """6: the office nearest to him; his address finds it only if he has proved that it is his."""
        for keys, address in ((("1",), ""), (("1", "3", "1", f"{PIN}#", "2"), "北京市海淀区中关村大街 27 号")):
            self.setUp()
            self.people.to_office = self.to_office  # type: ignore[method-assign]
            self.call()
            self.press(*keys, "6")
            self.shop.wait(1)
            self.assertEqual(self.at_office, [(address, "fault")])

    async def to_office(self, call: Call, address: str, ask_area_code: object, note: str) -> str:
        """An office that answers."""
        self.at_office = [(address, note)]
        return "answered"

    def test_no_fax(self) -> None:
        """5, and no fax engines: he is told so, and is back in the main menu."""
        self.call()
        self.press("1", "5")
        self.until_said("fax-not-now")
        self.until_said("main-menu")

    def test_books_gone(self) -> None:
        """Without a database greeting, fax and fault are as ever; what needs the books says so, and a person helps."""
        gone = OperationalError("unable to open database file")
        with patch.object(self.store, "read", side_effect=lambda *_: fail(gone)):
            self.call()
            self.press("1")
            self.until_said("main-menu")
            self.assertNotIn("welcome-back", self.shop.prompts())
            self.press("5")
            self.until_said("fax-not-now")
            self.press("4")
            self.until_said("system-trouble")
            self.shop.wait(2)
        self.assertEqual(len(self.people.entered), 1)

    def test_slow_caller(self) -> None:
        """Who presses nothing at any of the first questions of a task comes to a person, and is not hung up on."""
        for keys in ((), ("1",), ("1", "1"), ("1", "2"), ("1", "3"), ("1", "4")):
            self.setUp()
            call = self.call()
            self.press(*keys)
            self.shop.wait(150)
            self.assertEqual(len(self.people.entered), 1, keys)
            self.assertTrue(call.path, keys)
