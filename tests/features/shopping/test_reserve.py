"""A caller reserves what is sold out, and is told when it has come: at his next call, or by a call of the shop's."""

from callserver.features.shopping import rules
from callserver.features.shopping.tables import Category, Product, ReservationState
from callserver.ivr import spoken
from tests.features.shopping.shop_case import LI_MING, PIN, ShopCase

TEAPOT = "1004"  # of which there is one


class ReserveTests(ShopCase):
    def setUp(self) -> None:
        super().setUp()
        rules.move_stock(TEAPOT, -1, "correction", self.shop.events.now())

    def test_reserve(self) -> None:
        """2: item, pieces, until when it is kept, his yes; then it is on disk, and he hears how he is told."""
        self.call()
        self.press("1", "2", f"{TEAPOT}#", "2#")
        self.until_silent()
        asked = self.heard_last()
        self.assertEqual(asked[:3], ["you-reserve", "“紫砂茶壶”", "liang-pieces"])
        self.assertEqual(asked[-1], "confirm-reserve")
        self.assertEqual(
            asked[asked.index("item-price-is") + 1 : asked.index("reserve-kept-until")], spoken.money("zh", 26800)
        )
        self.assertEqual(rules.reservations_of(LI_MING), [])
        self.press("1")
        self.until_silent()
        (one,) = rules.reservations_of(LI_MING)
        self.assertEqual((one.item, one.quantity, one.price_fen, one.member_number), (TEAPOT, 2, 26800, "600001"))
        self.assertIn(["reserved", "will-tell-later"], self.said())

    def test_price_changes_in_the_call(self) -> None:
        """It is kept at the price that he was told before his yes."""
        self.call()
        self.press("1", "2", f"{TEAPOT}#", "2#")
        self.until_silent()
        rules.set_price(TEAPOT, 99900, self.shop.events.now())
        self.press("1")
        self.until_silent()
        self.assertEqual([one.price_fen for one in rules.reservations_of(LI_MING)], [26800])

    def test_sent_to_the_shop_again(self) -> None:
        """A menu leads him to the shop twice in a call: what he reserves then is not what he had reserved before."""
        call = self.call()
        self.press("1", "2", f"{TEAPOT}#", "1#", "1")
        self.until_said("main-menu")
        self.runner.serve(call, "shop")
        self.press("1", "2", f"{TEAPOT}#", "2#", "1")
        self.until_said("reserved")
        self.assertEqual([one.quantity for one in rules.reservations_of(LI_MING)], [2, 1])

    def test_called_when_it_comes(self) -> None:
        """Where the shop calls such numbers, he hears that he will be called, and where."""
        self.may_call.add(LI_MING)
        self.reserve()
        self.assertIn(["reserved", "will-tell-by-call", *spoken.digits("zh", LI_MING)], self.said())

    def test_in_english(self) -> None:
        """The same in English."""
        self.call()
        self.press("2", "2", f"{TEAPOT}#", "1#", "1")
        self.until_silent()
        self.shop.wait(0.5)
        self.assertEqual(len(rules.reservations_of(LI_MING)), 1)

    def test_no(self) -> None:
        """Another key than the yes, and nothing is reserved."""
        self.call()
        self.press("1", "2", f"{TEAPOT}#", "1#", "2")
        self.until_silent()
        self.assertIn("nothing-reserved", self.shop.prompts())
        self.assertEqual(rules.reservations_of(LI_MING), [])

    def test_too_many(self) -> None:
        """None, or more than one order may have, is refused in words, and asked again."""
        self.call()
        self.press("1", "2", f"{TEAPOT}#", "00#", "6#")
        self.until_silent()
        self.shop.wait(2)
        self.assertIn("quantity-zero", self.shop.prompts())
        self.assertIn(["quantity-above-limit", *spoken.count("zh", 5)], self.said())

    def test_sold_out_while_ordering(self) -> None:
        """Who wants to order what is sold out may reserve it there, and goes on with his basket."""
        self.call()
        self.press("1", "1", f"{TEAPOT}#")
        self.until_silent()
        self.assertEqual(self.said()[-1], ["reserve-or-other"])
        self.press("1", "1#", "1")
        self.until_said("more-or-done")
        self.assertEqual(len(rules.reservations_of(LI_MING)), 1)
        self.press("2")
        self.until_said("main-menu")

    def test_there_after_all(self) -> None:
        """Who wants to reserve what is there is told so, and may order it."""
        self.call()
        self.press("1", "2", "1001#")
        self.until_silent()
        self.assertIn("item-here-now", self.shop.prompts())
        self.press("1", "2#", "2", "1", "1")
        self.until_silent()
        self.shop.wait(3)
        self.assertEqual(len(self.bought()), 1)

    def test_several(self) -> None:
        """Two reservations in one call are two."""
        self.reserve()
        self.until_said("main-menu")
        self.press("2", f"{TEAPOT}#", "2#", "1")
        self.until_silent()
        self.assertEqual(sorted(one.quantity for one in rules.reservations_of(LI_MING)), [1, 2])

    def test_told_at_his_next_call(self) -> None:
        """The goods come: the reservation is an order, and he hears of it when he calls; once."""
        self.reserve()
        self.shop.lines[0].far_end.hang_up()
        (order,) = rules.move_stock(TEAPOT, 3, "delivery", self.shop.events.now())
        for n_times in (1, 0):
            self.shop.wait(2)
            before = len(self.said())
            self.call()
            self.press("1")
            self.until_said("main-menu")
            told = [names for names in self.said()[before:] if names[0] == "reservation-came"]
            self.assertEqual(len(told), n_times)
            self.shop.lines[0].far_end.hang_up()
        self.assertIn("reservation-came", self.shop.prompts())
        self.assertEqual(rules.find_order(order).caller_number, LI_MING)

    def test_told_to_whom_has_proved_who_he_is(self) -> None:
        """He calls from another telephone, and hears of it when he has told his PIN; and not once more at home."""
        self.reserve()
        self.shop.lines[0].far_end.hang_up()
        rules.move_stock(TEAPOT, 3, "delivery", self.shop.events.now())
        self.shop.wait(2)
        self.call("13711112222")
        self.press("1", "3", "600001#", f"{PIN}#")
        self.until_said("movements-or-back")
        said = [names[0] for names in self.said()]
        self.assertIn("reservation-came", said)
        self.assertEqual(rules.news_for([LI_MING]), [])

    def test_waited_in_vain(self) -> None:
        """What has not come in time is told too."""
        self.reserve()
        self.shop.lines[0].far_end.hang_up()
        (one,) = rules.reservations_of(LI_MING)
        rules.expire_reservations(one.until)
        self.assertIs(rules.find_reservation(one.number).state, ReservationState.EXPIRED)
        self.shop.wait(2)
        self.call()
        self.press("1")
        self.until_said("main-menu")
        self.assertIn("reservation-expired", self.shop.prompts())

    def test_books_too_slow(self) -> None:
        """The database does not take it in time: he hears that it is not known, and a person helps."""
        self.call()
        self.press("1", "2", f"{TEAPOT}#", "1#")
        self.until_silent()
        self.store.lock()
        self.press("1")
        self.shop.wait(20)
        self.assertIn("outcome-unknown", self.shop.prompts())
        self.assertEqual(len(self.people.entered), 1)
        self.store.unlock()

    def reserve(self) -> None:
        """One piece."""
        self.call()
        self.press("1", "2", f"{TEAPOT}#", "1#", "1")
        self.until_silent()
        self.shop.wait(0.5)


class ListTests(ShopCase):
    def test_list(self) -> None:
        """* reads the goods of a category one by one; 1 takes the one that is read."""
        self.call()
        self.list("1")
        asked = self.heard_last()
        self.assertEqual(asked[:3], ["choose-category", "“茶叶”", "press-key"])
        self.press("1", "2")
        self.until_silent()
        self.assertEqual(self.heard_last()[0], "“茉莉花茶”")
        self.press("1")
        self.until_silent()
        self.assertEqual((self.heard_last()[0], self.heard_last()[-1]), ("“茉莉花茶”", "item-right-or-other"))

    def test_to_its_end(self) -> None:
        """Who presses nothing hears all, then that this was all, and is asked for a number again."""
        self.call()
        self.list("2")
        self.press("2")
        self.until_said("list-over")
        self.until_said("enter-item-number")
        names = [one[0] for one in self.said()]
        self.assertIn("“porcelain cup”", names)
        self.assertNotIn("“honey”", names)

    def test_without_categories(self) -> None:
        """A shop that has made none has its goods read one by one; one that has no goods says that this was all."""
        Product.update(category=None).execute()
        Category.delete().execute()
        self.call()
        self.press("1", "1", "*")
        self.until_said("list-choose-or-next")
        self.assertEqual(self.heard_last()[:2], ["list-choose-or-next", "“龙井绿茶”"])
        self.press("1")
        self.until_said("item-right-or-other")
        Product.update(withdrawn_ms=0).execute()
        self.press("2", "*")
        self.until_said("list-over")

    def test_many_categories(self) -> None:
        """More than there are keys: eight at a time and 9 for more; after the last ones come the first again."""
        for language, word in (("1", "类别"), ("2", "shelf ")):
            self.setUp()
            for n in range(10, 20):
                self.shelve(f"{n}")
            self.list(language)
            asked = self.heard_last()
            self.assertEqual((asked.count("press-key"), asked[-1]), (8, "more-categories"))
            self.press("9")
            self.until_silent()
            self.assertIn(f"“{word}19”", self.heard_last())
            self.press("9")
            self.until_silent()
            self.assertEqual(self.heard_last(), asked)
            self.press("9", "5")
            self.until_said("list-choose-or-next")
            self.assertIn({"1": "“货19”", "2": "“goods 19”"}[language], self.heard_last())

    def test_nine_categories(self) -> None:
        """As many as there are keys are asked for at once."""
        for n in range(10, 16):
            self.shelve(f"{n}")
        self.list("1")
        asked = self.heard_last()
        self.assertEqual((asked.count("press-key"), asked.count("more-categories")), (9, 0))
        self.press("9")
        self.until_said("list-choose-or-next")
        self.assertIn("“货15”", self.heard_last())

    def test_in_no_category(self) -> None:
        """What is in none is the last kind of goods, also where there are categories."""
        Product.update(category=None).where(Product.number == "1001").execute()
        self.list("2")
        self.assertEqual(self.heard_last()[-4:], ["“other goods”", "press-key", "number-4", "pause"])
        self.press("4")
        self.until_said("list-choose-or-next")
        self.assertIn("“Longjing green tea”", self.heard_last())

    def shelve(self, number: str) -> None:
        """One more category, and one item in it."""
        now = self.shop.events.now()
        rules.save_category(number, rules.Name(f"类别{number}", f"shelf {number}"))
        name = rules.Name(f"货{number}", f"goods {number}")
        rules.save_item(f"20{number}", name, 9, now, price_fen=100, category=number)

    def test_back(self) -> None:
        """* leaves the list; 0 is a person."""
        self.call()
        self.list("1")
        self.press("3", "*")
        self.until_said("enter-item-number")
        self.press("*")
        self.until_said("choose-category")
        self.press("3", "0")
        self.shop.wait(1)
        self.assertEqual(len(self.people.entered), 1)

    def list(self, language: str) -> None:
        """As far as the choice of a category."""
        self.call()
        self.press(language, "1", "*")
        self.until_said("choose-category")
