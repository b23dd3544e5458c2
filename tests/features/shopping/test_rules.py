"""The shop's promises: nobody gets what is not there, nobody buys twice, no order by halves."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from twisted.internet import reactor
from twisted.trial.unittest import TestCase

from callserver.features.shopping import desk, rules, sample, words
from callserver.features.shopping.rules import AboveLimit, AboveStock, SoldOut, UnknownItem
from callserver.features.shopping.tables import BasketLine, Order, OrderState, Product
from callserver.store.database import Store
from callserver.store.reading import timeline
from callserver.store.tables import CallRow, call_columns
from callserver.wire.catalogue import told
from callserver.wire.messages import CardPart, Identity, Phrase
from tests.alarms import Alarms
from tests.features.shopping.demo_books import LI_MINGS_NUMBER, NOW, POT, TEA, BooksCase, everything, later, stamp
from tests.store import postgres


class RulesTests(BooksCase):
    def test_find_item(self) -> None:
        """Its names, price and what is there; nothing for a number the shop has not."""
        item = self.do(rules.find_item, TEA, NOW)
        self.assertEqual((item.name.text("zh"), item.name.text("en")), ("龙井绿茶", "Longjing green tea"))
        self.assertEqual((item.price_fen, item.available, item.limit), (6800, 50, 20))
        self.assertIsNone(self.do(rules.find_item, "9999", NOW))
        self.assertIsNone(self.do(rules.find_item, "1001' OR '1'='1", NOW))

    def test_the_last_piece(self) -> None:
        """Two callers want it: the first to choose it has it, the other hears it before he pays."""
        self.do(rules.hold, "first", POT, 1, NOW)
        self.refusal(SoldOut, rules.hold, "second", POT, 1, NOW)
        self.assertEqual(self.do(rules.find_item, POT, NOW, "first").available, 1)
        self.assertEqual(self.do(rules.find_item, POT, NOW, "second").available, 0)
        self.refusal(SoldOut, rules.confirm, "second", None, [(POT, 1)], stamp("second"))
        self.buy("first", (POT, 1))
        self.assertEqual(self.stock(POT), 0)

    def test_a_lease_ends(self) -> None:
        """Who chose and then only talks keeps it for a while, not for ever; then who comes first has it."""
        self.do(rules.hold, "first", POT, 1, NOW, 60.0)
        self.refusal(SoldOut, rules.hold, "second", POT, 1, later(59.9))
        self.do(rules.hold, "second", POT, 1, later(60))
        self.refusal(SoldOut, rules.confirm, "first", None, [(POT, 1)], stamp("first", later(61)))

    def test_a_lease_that_ended_unnoticed(self) -> None:
        """If nobody else took it meanwhile, it can still be bought."""
        self.do(rules.hold, "first", POT, 1, NOW, 60.0)
        self.do(rules.confirm, "first", None, [(POT, 1)], stamp("first", later(3600)))
        self.assertEqual(self.stock(POT), 0)

    def test_how_many(self) -> None:
        """Not more than are there, not more than the shop sells at once, and not none."""
        self.do(rules.hold, "other", TEA, 20, NOW)
        self.do(rules.hold, "another", TEA, 20, NOW)
        self.assertEqual(self.refusal(AboveStock, rules.hold, "one", TEA, 11, NOW).available, 10)
        self.assertEqual(self.refusal(AboveLimit, rules.hold, "one", TEA, 21, NOW).limit, 20)
        self.refusal(UnknownItem, rules.hold, "one", "9999", 1, NOW)
        for quantity in (0, -1):
            self.assertRaises(ValueError, self.do, rules.hold, "one", TEA, quantity, NOW)
        self.assertEqual(self.do(rules.basket, "one"), [])

    def test_choosing_again(self) -> None:
        """A second quantity replaces the first; a refused one leaves it."""
        self.do(rules.hold, "one", TEA, 5, NOW)
        self.do(rules.hold, "one", TEA, 7, NOW)
        self.refusal(AboveLimit, rules.hold, "one", TEA, 99, NOW)
        self.assertEqual([(line.item, line.quantity) for line in self.do(rules.basket, "one")], [(TEA, 7)])

    def test_order(self) -> None:
        """Order, lines, stock, movements, event and the call's record, in one."""
        fields = {"id": "one", "direction": "in", "channel": "line 1", "started_at": NOW}
        CallRow.insert(call_columns(fields) | {"node": "shop"}).execute()
        self.do(rules.hold, "one", TEA, 2, NOW)
        taken = self.buy("one", (TEA, 2), (POT, 1))
        self.assertRegex(taken.order_number, r"^[1-9]\d{7}$")
        self.assertEqual((taken.total_fen, taken.already), (2 * 6800 + 26800, False))
        order = self.do(rules.find_order, taken.order_number)
        self.assertEqual((order.state, order.placed_at, order.total_fen), (OrderState.PLACED, NOW, taken.total_fen))
        self.assertEqual([(o.item, o.quantity, o.price_fen) for o in order.lines], [(TEA, 2, 6800), (POT, 1, 26800)])
        self.assertEqual((self.stock(TEA), self.stock(POT)), (48, 0))
        (event,) = self.do(timeline, "one")
        self.assertEqual(event.data["order"], taken.order_number)
        self.assertEqual(event.data["stock"], {TEA: 48, POT: 0})
        self.assertEqual(event, taken.event)
        self.assertEqual(CallRow.get_by_id("one").order_number, taken.order_number)
        self.assertEqual(self.do(rules.basket, "one"), [])

    def test_the_same_key_twice(self) -> None:
        """Confirming again, by key, after a crash or by the agent, gives the same order."""
        first = self.buy("one", (TEA, 2))
        before = everything()
        again = self.buy("one", (TEA, 5), (POT, 1))
        self.assertEqual((again.order_number, again.total_fen, again.already), (first.order_number, 13600, True))
        self.assertIsNone(again.event)
        self.assertEqual(everything(), before)

    def test_one_item_in_two_lines(self) -> None:
        """They are one, for the limit too."""
        self.assertEqual(
            self.do(rules.find_order, self.buy("one", (TEA, 2), (TEA, 3)).order_number).lines[0].quantity, 5
        )
        self.refusal(AboveLimit, rules.confirm, "two", None, [(TEA, 15), (TEA, 15)], stamp("two"))

    def test_the_price_that_was_told(self) -> None:
        """The caller pays what he heard when he chose, and that price stays with the order."""
        self.do(rules.hold, "one", TEA, 1, NOW)
        self.do(rules.set_price, TEA, 9999, later(-1))
        taken = self.buy("one", (TEA, 1))
        self.assertEqual(taken.total_fen, 6800)
        self.assertEqual(self.buy("two", (TEA, 1)).total_fen, 9999)
        self.assertEqual(self.do(rules.find_order, taken.order_number).lines[0].price_fen, 6800)

    def test_nothing_ordered(self) -> None:
        """An empty order, or one of no pieces, is the caller's program's mistake, not an order."""
        for lines in ([], [(TEA, 0)], [(TEA, 3), (TEA, -1)]):
            self.assertRaises(ValueError, self.do, rules.confirm, "one", None, lines, stamp("one"))
        self.assertIsNone(Order.get_or_none(Order.call_id == "one"))

    def test_one_line_that_cannot_be_had(self) -> None:
        """Then nothing of the order is taken."""
        self.do(rules.hold, "other", POT, 1, NOW)
        before = everything()
        self.refusal(SoldOut, rules.confirm, "one", None, [(TEA, 1), (POT, 1)], stamp("one"))
        self.assertEqual(everything(), before)

    def test_a_crash_between_any_two_steps(self) -> None:
        """Wherever buying is cut off, nothing of it is left; done again, all of it is there."""
        self.do(rules.hold, "one", TEA, 2, NOW)
        taken = self.killed_anywhere(rules.confirm, "one", None, [(TEA, 2), (POT, 1)], stamp("one"))
        self.assertFalse(taken.already)
        self.assertEqual(self.stock(TEA), 48)

    def test_order_numbers(self) -> None:
        """Eight digits, never one that exists, and no telling what the next one is."""
        drawn = iter([58204713, 58204713, 12345678])
        taken = self.store.run(
            lambda: rules.confirm("one", None, [(TEA, 1)], stamp("one"), choice=lambda numbers: next(drawn))
        )
        self.assertEqual(taken.order_number, "12345678")
        numbers = [int(self.buy(f"call {n}", (TEA, 1)).order_number) for n in range(20)]
        self.assertEqual(len(set(numbers)), 20)
        self.assertNotEqual(numbers, sorted(numbers))

    def test_hang_up_before_confirming(self) -> None:
        """The pieces are free at once; the same number finds its basket again for half an hour, others do not."""
        self.do(rules.hold, "one", POT, 1, NOW)
        self.do(rules.keep_basket, "one", LI_MINGS_NUMBER, NOW)
        self.assertEqual(self.do(rules.find_item, POT, NOW, "two").available, 1)
        self.assertEqual([line.item for line in self.do(rules.kept_basket, "0" + LI_MINGS_NUMBER, later(1790))], [POT])
        self.assertEqual(self.do(rules.kept_basket, LI_MINGS_NUMBER, later(1801)), [])
        self.assertEqual(self.do(rules.kept_basket, "13800000000", NOW), [])

    def test_calling_again(self) -> None:
        """The basket goes on in the new call as far as the stock allows, at today's prices, and only once."""
        self.do(rules.hold, "one", POT, 1, NOW)
        self.do(rules.hold, "one", TEA, 20, NOW)
        self.do(rules.keep_basket, "one", LI_MINGS_NUMBER, NOW)
        for n in range(2):
            self.do(rules.hold, f"other {n}", TEA, 18, NOW)
        self.do(rules.hold, "other 3", POT, 1, NOW)
        resumed = self.do(rules.resume_basket, "two", LI_MINGS_NUMBER, later(60))
        self.assertEqual([(line.item, line.quantity) for line in resumed], [(TEA, 14)])
        self.assertEqual(self.do(rules.find_item, TEA, later(61)).available, 0)
        self.assertEqual(self.do(rules.resume_basket, "three", LI_MINGS_NUMBER, later(60)), [])

    def test_how_long(self) -> None:
        """Of a call that a killed server left behind: held for a quarter of an hour, known for half an hour more."""
        self.do(rules.hold, "one", POT, 1, NOW, caller_number=LI_MINGS_NUMBER)
        for at_s, available, kept in ((899.9, 0, 0), (900, 1, 1), (2699.9, 1, 1), (2700, 1, 0)):
            self.assertEqual(self.do(rules.find_item, POT, later(at_s), "two").available, available, at_s)
            self.assertEqual(len(self.do(rules.kept_basket, LI_MINGS_NUMBER, later(at_s))), kept, at_s)

    def test_forgotten(self) -> None:
        """Baskets that nobody came back for do not pile up."""
        for n in range(3):
            self.do(rules.hold, f"call {n}", TEA, 1, later(3600 * n))
            self.do(rules.keep_basket, f"call {n}", f"1390000000{n}", later(3600 * n))
        self.assertEqual([row.call_id for row in BasketLine.select()], ["call 2"])

    def test_limit_is_less_by_now(self) -> None:
        """Of a basket that was kept, as many as one may order today."""
        self.do(rules.hold, "one", TEA, 5, NOW)
        self.do(rules.keep_basket, "one", LI_MINGS_NUMBER, NOW)
        self.do(rules.save_item, TEA, rules.Name("龙井绿茶", "Longjing green tea"), 3, NOW)
        (line,) = self.do(rules.resume_basket, "two", LI_MINGS_NUMBER, later(60))
        self.assertEqual(line.quantity, 3)

    def test_withheld_numbers_are_nobody(self) -> None:
        """Callers without a number do not find each other's baskets or orders."""
        self.do(rules.hold, "one", TEA, 1, NOW, 60.0, None)
        self.do(rules.keep_basket, "one", None, NOW)
        self.buy("two", (TEA, 1), number=None)
        for nobody in (None, ""):
            self.assertEqual(self.do(rules.kept_basket, nobody, later(1)), [])
            self.assertEqual(self.do(rules.resume_basket, "three", nobody, later(1)), [])
            self.assertEqual(self.do(rules.orders_of, nobody), [])
            self.assertIsNone(self.do(rules.find_buyer, nobody))

    def test_number_in_any_spelling(self) -> None:
        """Whoever calls is found by his number, however the exchange writes it."""
        for written in (
            f"+86{LI_MINGS_NUMBER}",
            f"86{LI_MINGS_NUMBER}",
            f"0086{LI_MINGS_NUMBER}",
            f"0{LI_MINGS_NUMBER}",
        ):
            buyer = self.do(rules.find_buyer, written)
            self.assertEqual(buyer, self.do(rules.find_buyer, LI_MINGS_NUMBER), written)
            self.assertEqual(self.do(rules.orders_of, written), self.do(rules.orders_of, LI_MINGS_NUMBER))

    def test_hang_up_after_confirming(self) -> None:
        """It changes nothing."""
        self.do(rules.hold, "one", TEA, 2, NOW)
        self.buy("one", (TEA, 2))
        before = everything()
        self.do(rules.keep_basket, "one", LI_MINGS_NUMBER, NOW)
        self.assertEqual(everything(), before)

    def test_cancelled(self) -> None:
        """The caller wants nothing after all: free at once, and not remembered."""
        self.do(rules.hold, "one", POT, 1, NOW, 60.0, LI_MINGS_NUMBER)
        self.do(rules.release, "one")
        self.assertEqual(self.do(rules.find_item, POT, NOW).available, 1)
        self.assertEqual(self.do(rules.kept_basket, LI_MINGS_NUMBER, later(100)), [])

    def test_the_server_died_in_the_call(self) -> None:
        """Nobody said that the caller hung up: the lease ends by itself, and the number still finds its basket."""
        self.do(rules.hold, "one", POT, 1, NOW, 60.0, LI_MINGS_NUMBER)
        self.assertEqual(self.do(rules.kept_basket, LI_MINGS_NUMBER, later(30)), [], "another call may still hold it")
        self.assertEqual([line.item for line in self.do(rules.kept_basket, LI_MINGS_NUMBER, later(61))], [POT])

    def test_tracking(self) -> None:
        """Each state with its date; a shipped order with carrier and number."""
        number = self.buy("one", (TEA, 1)).order_number
        self.do(rules.advance, number, OrderState.SHIPPED, later(60), "sf", "SF123")
        order = self.do(rules.find_order, number)
        self.assertEqual((order.state, order.since, order.placed_at), (OrderState.SHIPPED, later(60), NOW))
        self.assertEqual((order.carrier.text("zh"), order.tracking), ("顺丰速运", "SF123"))
        self.do(rules.advance, number, OrderState.DELIVERED, later(120))
        self.assertEqual(self.do(rules.find_order, number).tracking, "SF123")
        self.assertIsNone(self.do(rules.find_order, "00000000"))
        self.assertRaises(LookupError, self.do, rules.advance, "00000000", OrderState.PAID, NOW)

    def test_orders_of(self) -> None:
        """All of a customer's, whichever of his numbers he used, the newest first."""
        newest = self.buy("one", (TEA, 1), number="01062345678").order_number
        found = [order.number for order in self.do(rules.orders_of, LI_MINGS_NUMBER)]
        self.assertEqual(found, [newest, "58204713", "41873026"])
        self.assertEqual([order.number for order in self.do(rules.orders_of, LI_MINGS_NUMBER, 1)], [newest])
        stranger = self.buy("two", (TEA, 1), number="02012345678").order_number
        self.assertEqual([order.number for order in self.do(rules.orders_of, "02012345678")], [stranger])

    def test_agents_card(self) -> None:
        """Who he claims to be, what he has chosen, his orders; each screen shows them in its own language."""
        self.do(rules.hold, "one", TEA, 2, NOW)
        identity, part = self.do(desk.customer_card, LI_MINGS_NUMBER, "one", NOW)
        self.assertEqual(identity, Identity("600001", "李明 Li Ming", proved=False))
        basket, first, _ = [told(row, "en") for row in part.rows]
        self.assertEqual(basket, "basket 2 × Longjing green tea (1001) at ¥68.00")
        self.assertRegex(first, r"^order 58204713 of \d{4}-\d\d-\d\d, shipped, ¥136\.00$")
        self.assertRegex(told(part.rows[2], "zh"), r"^订单 41873026，\d{4}-\d\d-\d\d，已送达，¥[\d.]+$")
        stranger = self.do(desk.customer_card, "02012345678", "two", NOW)
        self.assertEqual(stranger, (None, CardPart("shopping", (Phrase("basket empty"),))))

    def test_day_of_an_order(self) -> None:
        """An order of 07:30 in Shanghai is of that day on the agent's screen, not of the day before in London."""
        morning = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)  # 07:30 on the third
        buyer = rules.find_buyer(LI_MINGS_NUMBER)
        self.do(rules.confirm, "one", buyer, [(TEA, 1)], stamp("one", morning), LI_MINGS_NUMBER)
        _, there = self.do(desk.customer_card, LI_MINGS_NUMBER, "two", NOW, "cn", ZoneInfo("Asia/Shanghai"))
        _, here = self.do(desk.customer_card, LI_MINGS_NUMBER, "two", NOW, "cn", UTC)
        self.assertIn("2026-03-03", [row.details.get("placed") for row in there.rows])
        self.assertIn("2026-03-02", [row.details.get("placed") for row in here.rows])

    def test_wide_tracking_number(self) -> None:
        """A tracking number that was typed in full width is kept as it is spoken: SF123456."""
        number = self.buy("one", (TEA, 1)).order_number
        self.do(rules.advance, number, OrderState.SHIPPED, NOW, "sf", "\u3000ＳＦ１２３４５６")
        self.assertEqual(self.do(rules.find_order, number).tracking, "SF123456")

    def test_every_order_state_has_words(self) -> None:
        """An agent's screen can say how far any order has come."""
        self.assertEqual(set(words.ORDER_STATES), set(OrderState))

    def test_agent_sees_the_basket_of_the_last_call(self) -> None:
        """A caller who was cut off need not begin again."""
        self.do(rules.hold, "one", TEA, 2, NOW)
        self.do(rules.keep_basket, "one", LI_MINGS_NUMBER, NOW)
        _, part = self.do(desk.customer_card, LI_MINGS_NUMBER, "two", later(60))
        self.assertEqual(part.rows[0].details["item"], TEA)

    def test_sample(self) -> None:
        """Eight goods, one of them a last piece; orders in different states."""
        self.assertEqual(Product.select().count(), 8)
        self.assertEqual(self.stock(POT), 1)
        states = {self.do(rules.find_order, order.number).state for order in Order.select()}
        self.assertEqual(states, set(OrderState) - {OrderState.PLACED, OrderState.CANCELLED})


class PostgresTests(TestCase):
    """The same statements on PostgreSQL."""

    timeout = 60
    if reason := postgres.missing():
        skip = reason

    async def test_a_day_in_the_shop(self) -> None:
        """Choose, lose the last piece, buy, buy again, track, hang up, call again."""
        store = Store(postgres.new_database(), reactor, Alarms())
        await store.start()
        self.addCleanup(store.stop)
        await store.write(sample.load, NOW)
        await store.write(rules.hold, "one", POT, 1, NOW)
        await self.assertFailure(store.write(rules.hold, "two", POT, 1, NOW), SoldOut)
        buyer = await store.read(rules.find_buyer, LI_MINGS_NUMBER)
        taken = await store.write(rules.confirm, "one", buyer, [(POT, 1)], stamp("one"), LI_MINGS_NUMBER)
        again = await store.write(rules.confirm, "one", buyer, [(POT, 1)], stamp("one"), LI_MINGS_NUMBER)
        self.assertEqual((again.order_number, again.already), (taken.order_number, True))
        await store.write(rules.advance, taken.order_number, OrderState.SHIPPED, later(60), "post", "EA1")
        newest, *_ = await store.read(rules.orders_of, LI_MINGS_NUMBER)
        self.assertEqual(
            (newest.number, newest.state, newest.tracking), (taken.order_number, OrderState.SHIPPED, "EA1")
        )
        await store.write(rules.hold, "three", TEA, 2, NOW)
        await store.write(rules.keep_basket, "three", LI_MINGS_NUMBER, NOW)
        _, part = await store.read(desk.customer_card, LI_MINGS_NUMBER, "four", later(1))
        self.assertEqual(part.rows[0].details["quantity"], 2)
        self.assertEqual(len(await store.write(rules.resume_basket, "four", LI_MINGS_NUMBER, later(1))), 1)
