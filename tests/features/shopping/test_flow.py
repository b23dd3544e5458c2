"""What callers of the shop hear and what comes of their keys: the whole menu in virtual time, keys as tones."""

from twisted.trial.unittest import SynchronousTestCase

from callserver.calls.call import Call
from callserver.features.shopping import rules, sample
from callserver.features.shopping.flow import ShopMenu
from callserver.features.shopping.tables import Product
from callserver.ivr.menu_call import MenuCall
from callserver.ivr.runner import MenuRunner
from callserver.ivr.voice import Voice
from callserver.lines.interfaces import Caller
from tests.ivr.test_menu_call import Waiters
from tests.shop import FewPrompts, VirtualShop
from tests.store.inline import InlineStore

LI_MING = "13912345678"
PATIENCE_S = 60.0


class ShopMenuTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.shop, self.store, self.people = VirtualShop(n_lines=2), InlineStore(), Waiters()
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

    def order(self, item: str = "1001", quantity: str = "2", line: int = 0) -> None:
        """As far as the read-back."""
        self.press("1", "1", f"{item}#", "1", f"{quantity}#", "2", line=line)

    def test_order(self) -> None:
        """Two pieces are ordered: read back, confirmed, the number said twice after it is on disk, the stock less."""
        call = self.call()
        self.order()
        self.until_silent()
        asked = self.heard_last()
        self.assertEqual(asked[:2], ["you-order", "“龙井绿茶”"])
        self.assertEqual(Product.get_by_id("1001").stock, 50)
        self.press("1")
        self.until_silent()
        self.shop.wait(3)
        (order,) = [
            order for order in rules.orders_of(LI_MING) if order.total_fen == 13600 and order.number != "58204713"
        ]
        self.assertEqual([(line.item, line.quantity) for line in order.lines], [("1001", 2)])
        self.assertEqual(Product.get_by_id("1001").stock, 48)
        taken = next(d["names"] for _, d in self.shop.happened("prompt") if "order-taken" in d["names"])
        self.assertEqual(taken.count("order-taken"), 1)
        self.assertEqual(len(taken), 2 + 2 * 8)
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
        self.assertEqual(self.shop.happened("order"), [])

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
        """4: the last order, with its carrier and the day; then any other by its number, known or not."""
        self.call()
        self.press("1", "4")
        self.until_silent()
        self.shop.wait(0.5)
        said = self.shop.prompts()
        for name in (
            "your-last-order-is",
            "order-shipped",
            "on-date",
            "carrier-is",
            "“顺丰速运”",
            "tracking-number-is",
        ):
            self.assertIn(name, said)
        self.press("90317562")
        self.shop.wait(2)
        self.assertIn("order-returned", self.shop.prompts())
        self.press("11111111")
        self.shop.wait(2)
        self.assertIn("order-unknown", self.shop.prompts())

    def test_no_number(self) -> None:
        """A caller without a number orders too; an agent will ask for the address."""
        self.call("")
        self.order()
        self.press("1")
        self.until_silent()
        self.shop.wait(25)
        self.assertIn("agent-will-ask-address", self.shop.prompts())
