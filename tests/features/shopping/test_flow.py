"""What callers of the shop hear and what comes of their keys: the whole menu in virtual time, keys as tones."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from unittest.mock import patch

from peewee import OperationalError
from twisted.internet.defer import Deferred
from twisted.trial.unittest import SynchronousTestCase

from callserver.calls.call import Call
from callserver.calls.keys import Key
from callserver.calls.vocabulary import Kind
from callserver.features.shopping import rules, sample
from callserver.features.shopping.booking import Contact
from callserver.features.shopping.flow import ShopMenu
from callserver.features.shopping.tables import Order, Product
from callserver.ivr import spoken
from callserver.ivr.menu_call import MenuCall
from callserver.ivr.prompts import FOLDER, Catalogue
from callserver.ivr.runner import MenuRunner
from callserver.ivr.voice import Voice
from callserver.lines.interfaces import Caller
from callserver.store.journal import append_event
from tests.ivr.test_menu_call import Waiters
from tests.shop import FewPrompts, VirtualShop
from tests.store.inline import InlineStore

LI_MING = "13912345678"
PATIENCE_S = 60.0


class ShopMenuTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.shop, self.store, self.people = VirtualShop(n_lines=2), LockedStore(), Waiters()
        self.addCleanup(self.store.database.close)
        sample.load(self.shop.events.now())
        menu = ShopMenu(self.store, self.shop.events, announce_recording=True)  # type: ignore[arg-type]
        voice = Voice(FewPrompts(), FewPrompts(), self.shop.clock)  # type: ignore[arg-type]
        self.runner = MenuRunner(
            {"shop": menu}, lambda call: MenuCall(call, voice, self.people, self.shop.clock), "operator"
        )

    def call(self, number: str = LI_MING, line: int = 0) -> Call:
        """Somebody calls the shop."""
        self.shop.lines[line].far_end.ring(Caller(number))
        self.shop.wait(0.1)
        call = self.shop.incoming[-1]
        self.runner.serve(call, "shop")
        return call

    def press(self, *steps: str, line: int = 0) -> None:
        """Each step's keys are pressed when the menu is asking for keys and silent."""
        for keys in steps:
            self.until_silent(line)
            self.shop.press(keys, line)

    def until_said(self, name: str) -> None:
        """Until this prompt is being said."""
        for _ in range(200):
            if self.said()[-1][0] == name:
                return
            self.shop.wait(0.1)
        self.fail(f"{name} is never said")

    def until_silent(self, line: int = 0) -> None:
        """The menu has said all it wants to say."""
        name = self.shop.lines[line].name
        self.shop.wait(0.1)
        for _ in range(round(PATIENCE_S / 0.1)):
            said = [e.kind for e in self.shop.book.events if e.channel == name and e.kind in ("prompt", "prompt_end")]
            if said and said[-1] == "prompt_end":
                return
            self.shop.wait(0.1)

    def heard_last(self) -> list[str]:
        """The last thing that was said."""
        _, data = self.shop.happened("prompt")[-1]
        return list(data["names"])

    def said(self) -> list[list[str]]:
        """All that was said, as it was said in one go."""
        return [list(data["names"]) for _, data in self.shop.happened("prompt")]

    def bought(self) -> list[str]:
        """The orders that came of calls."""
        return [order.number for order in Order.select().where(Order.call_id.is_null(False))]

    def order(self, item: str = "1001", quantity: str = "2", line: int = 0) -> None:
        """As far as the read-back."""
        self.press("1", "1", f"{item}#", "1", f"{quantity}#", "2", line=line)

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
        self.shop.press("111004#11#2", line=0)
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
        self.assertIn("order-cancelled", self.shop.prompts())
        self.assertEqual(self.heard_last(), ["main-menu"])
        self.assertEqual(self.bought(), [])

    def test_second_order(self) -> None:
        """A call buys once: for more, a person helps."""
        self.call()
        self.order()
        self.press("1")
        self.until_silent()
        self.shop.wait(25)
        self.press("1")
        self.shop.wait(1)
        self.assertEqual(len(self.people.entered), 1)

    def test_person_keeps_the_basket(self) -> None:
        """Who asks for a person with a full basket keeps it while he waits; the agent can see it."""
        call = self.call()
        self.press("1", "1", "1004#", "1", "1#", "0")
        self.shop.wait(1)
        self.assertEqual(self.people.entered, [("operator", call)])
        self.assertEqual(call.path[0], "shop")
        self.assertTrue(call.path[-1].endswith("key 0"))

    def test_track(self) -> None:
        """2: the last order, with the day within its sentence, and its carrier; then any other by its number."""
        self.call()
        self.press("1", "2")
        self.until_silent()
        self.shop.wait(0.5)
        (last,) = [names for names in self.said() if names[0] == "your-last-order-is"]
        status = last[last.index("yesterday") :]
        self.assertEqual(status[:4], ["yesterday", "order-shipped", "carrier-is", "“顺丰速运”"])
        self.assertEqual(status[4], "tracking-number-is")
        self.press("90317562#")
        self.shop.wait(2)
        self.assertIn("order-returned-on", [names[-1] for names in self.said()])
        self.press("11111111#")
        self.shop.wait(2)
        self.assertIn("order-unknown", self.shop.prompts())

    def test_end_key_after_an_order_number(self) -> None:
        """The # after eight digits is part of the number: it neither cuts the answer nor answers the next question."""
        self.call()
        self.press("1", "2", "90317562")
        self.shop.wait(1.5)
        self.shop.press("#")
        self.shop.wait(8)
        self.assertEqual(self.said()[-1], ["enter-order-number"])
        self.assertEqual(self.said()[-2][-1], "order-returned-on")

    def test_track_in_english(self) -> None:
        """In English the day stands behind: the order was shipped yesterday; it came back on a date."""
        self.call()
        self.press("2", "2")
        self.until_silent()
        self.shop.wait(0.5)
        (last,) = [names for names in self.said() if names[0] == "your-last-order-is"]
        at = last.index("order-shipped")
        self.assertEqual(last[at + 1], "yesterday")
        self.press("90317562#")
        self.shop.wait(2)
        self.assertEqual(self.said()[-1][0], "order-returned-on")

    def test_greeting(self) -> None:
        """The greeting comes first, then the language, in each one's own; the keys of the main menu are in order."""
        self.call()
        self.press("1")
        self.until_silent()
        self.shop.wait(2)
        self.assertEqual(self.said()[0], ["zh/welcome", "zh/choose-language", "en/choose-language"])
        self.assertEqual(self.said()[1:], [["recorded-notice"], ["main-menu"]])
        for language, press in (("zh", "请按(.)"), ("en", "press (.)")):
            text = Catalogue.read(FOLDER / language / "catalogue.toml").texts["main-menu"]
            keys = [key for key in re.findall(press, text) if key.isdigit()]
            self.assertEqual(keys, ["1", "2", "5", "0"])

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
        self.press("1001#", "1", "2#", "2", "1")
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
        self.assertEqual(self.said()[-1], ["order-cancelled"])

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
        self.press("1", "1")
        self.shop.wait(1)
        self.assertIn("being-booked", self.shop.prompts())
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
            bookings = ShopMenu(self.store, self.shop.events, announce_recording=True).bookings  # type: ignore[arg-type]
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
        bookings = ShopMenu(self.store, self.shop.events, announce_recording=True).bookings  # type: ignore[arg-type]
        with patch.object(rules, "unbooked", side_effect=OperationalError("disk I/O error")):
            bookings.startService()
            self.assertEqual(len(self.flushLoggedErrors(OperationalError)), 1)
        self.store.reactor.advance(10)
        bookings.stopService()
        self.assertEqual([one.call_id for one in rules.orders_of(LI_MING) if one.call_id], ["gone"])

    def test_start_in_a_lock(self) -> None:
        """An order of this run is no order of the last one, though the books answer for that one late."""
        bookings = ShopMenu(self.store, self.shop.events, announce_recording=True).bookings  # type: ignore[arg-type]
        self.store.lock()
        bookings.startService()
        line = rules.Line("1001", 2, rules.Name("龙井绿茶", "Longjing green tea"), 6800)
        booked = bookings.book("now", Contact(LI_MING), [line])
        wanted = bookings._pending["now"].data()
        append_event(replace(self.shop.events.stamp(Kind.ORDER_WANTED, call_id="now"), data=wanted))
        self.store.unlock()
        self.assertFalse(self.successResultOf(booked).taken.already)
        self.assertFalse(bookings.is_pending(call_id="now"))
        bookings.stopService()


class LockedStore(InlineStore):
    """A store whose database may be locked: what it is asked waits."""

    def __init__(self) -> None:
        super().__init__()
        self._locked = False
        self._waiting: list[Callable[[], object]] = []

    def lock(self) -> None:
        self._locked = True

    def unlock(self) -> None:
        self._locked = False
        waiting, self._waiting = self._waiting, []
        for job in waiting:
            job()

    def write(self, f: Callable[..., Any], *args: Any) -> Deferred[Any]:
        if not self._locked:
            return super().write(f, *args)
        answer: Deferred[Any] = Deferred()
        self._waiting.append(lambda: LockedStore.write(self, f, *args).addBoth(answer.callback))
        return answer
