"""Every task that a caller can do alone, in Mandarin and in English: the same keys, the same result, his own words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from callserver.calls.call import Call
from callserver.calls.vocabulary import Kind
from callserver.features.shopping import rules
from callserver.features.shopping.tables import OrderState, Payment
from callserver.lines.interfaces import Caller
from tests.features.shopping.shop_case import LI_MING, PIN, ShopCase

TEA, POT = "1001", "1004"  # of the pot there is one
STRANGER, MARY, WANG_FANG = "13000000000", "13645678901", "13823456789"
TEA_NAMES = {"zh": "“龙井绿茶”", "en": "“Longjing green tea”"}
POT_NAMES = {"zh": "“紫砂茶壶”", "en": "“clay teapot”"}
LANGUAGE_KEYS = {"zh": "1", "en": "2"}
BUY = ("1", f"{TEA}#", "1", "2#", "2")


@dataclass(frozen=True)
class Task:
    """
    :param keys: question by question, after the language
    :param heard: prompts among those that he hears, in this order
    :param said: a name that he hears, by language
    """

    keys: tuple[str, ...]
    heard: tuple[str, ...]
    said: dict[str, str] | None = None
    caller: str = LI_MING


class BothLanguagesTests(ShopCase):
    def both(
        self, task: Task, check: Callable[[], object] = lambda: None, before: Callable[[], object] = lambda: None
    ) -> None:
        """The task in each language, in a shop of its own."""
        for language, key in LANGUAGE_KEYS.items():
            self.setUp()
            before()
            self.call(task.caller)
            self.press(key, *task.keys)
            self.until_heard(task.heard[-1])
            self.check_words(language, task)
            check()

    def until_heard(self, name: str) -> None:
        for _ in range(600):
            if name in self.shop.prompts():
                return
            self.shop.wait(0.1)
        self.fail(f"{name} is never said")

    def check_words(self, language: str, task: Task) -> None:
        """After the greeting everything is in his language, and in order."""
        told = [data for _, data in self.shop.happened("prompt")]
        self.assertEqual({data["language"] for data in told[1:]}, {language})
        prompts = iter(self.shop.prompts())
        for name in task.heard:
            self.assertIn(name, prompts, (language, task.heard))  # goes on behind the one before
        if task.said is not None:
            self.assertIn(task.said[language], self.shop.prompts())

    def newest(self) -> rules.OrderStatus:
        return rules.orders_of(LI_MING)[0]

    # Orders

    def test_order(self) -> None:
        """Tea is ordered, and paid on delivery."""
        task = Task((*BUY, "1", "1"), ("total-is", "order-taken", "pay-on-delivery-to-your-address"), TEA_NAMES)
        self.both(task, lambda: self.assertEqual(self.newest().total_fen, 13600))

    def test_order_of_a_stranger(self) -> None:
        """Who is new here orders too; a person asks his address."""
        task = Task((*BUY, "1", "1"), ("order-taken", "agent-will-ask-address"), TEA_NAMES, STRANGER)
        self.both(task, lambda: self.assertEqual(len(rules.orders_of(STRANGER)), 1))

    def test_from_balance(self) -> None:
        """The balance pays, after the PIN."""
        task = Task(
            (*BUY, "2", "1", f"{PIN}#", "1"), ("are-you", "enter-pin", "pay-from-balance", "paid-to-your-address")
        )
        self.both(task, lambda: self.assertEqual(rules.balance("600001"), 50000 - 13600))

    def test_from_the_list(self) -> None:
        """An item is picked while the goods of a category are read to him."""
        task = Task(("1", "*#", "1", "1"), ("choose-category", "list-choose-or-next", "item-right-or-other"), TEA_NAMES)
        self.both(task)

    def test_cancel(self) -> None:
        """An order that is not packed is cancelled by a key that he confirms."""
        task = Task(("4", "3", "1"), ("cancel-order-sure", "cancel-done", "order-cancelled"))
        self.both(task, self.check_cancelled, before=self.has_ordered)

    def test_cancel_what_the_balance_paid(self) -> None:
        """What the balance has paid is back on it."""
        task = Task(("4", "3", "1"), ("cancel-done", "cancel-paid-back"))
        self.both(task, self.check_paid_back, before=lambda: self.has_ordered(Payment.BALANCE))

    def test_too_late(self) -> None:
        """What is packed meanwhile is not cancelled any more."""
        for language, key in LANGUAGE_KEYS.items():
            self.setUp()
            self.has_ordered()
            self.call()
            self.press(key, "4", "3")
            self.until_silent()
            rules.advance(self.newest().number, OrderState.PACKED, self.shop.events.now())
            self.press("1")
            self.until_heard("cancel-too-late")
            self.check_words(language, Task((), ("cancel-order-sure", "cancel-too-late")))

    def test_where_it_is(self) -> None:
        """His last orders, then any other by its number."""
        shipped = ("order-shipped", "carrier-is", "tracking-number-is")
        carriers = {"zh": "“顺丰速运”", "en": "“SF Express”"}
        self.both(Task(("4", "1", "2", "90317562#"), (*shipped, "enter-order-number", "order-returned-on"), carriers))

    # Reservations

    def test_reserve(self) -> None:
        """What is sold out is reserved."""
        task = Task(("2", f"{POT}#", "2#", "1"), ("you-reserve", "reserve-kept-until", "reserved"), POT_NAMES)
        self.both(task, lambda: self.assertEqual(len(rules.reservations_of(LI_MING)), 1), before=self.sell_the_pot)

    def test_news(self) -> None:
        """It has come: he hears of it when he calls."""
        task = Task((), ("reservation-came", "main-menu"), POT_NAMES)
        self.both(task, self.check_told, before=lambda: self.has_reserved(comes=True))

    def test_waited_in_vain(self) -> None:
        """It has not come in time: he hears that too."""
        task = Task((), ("reservation-expired", "main-menu"), POT_NAMES)
        self.both(task, self.check_told, before=lambda: self.has_reserved(comes=False))

    def test_news_after_the_pin(self) -> None:
        """From another telephone he hears of it when he has told his PIN."""
        heard = ("enter-member-number", "enter-pin", "reservation-came", "movements-or-back")
        task = Task(("3", "600001#", f"{PIN}#"), heard, POT_NAMES, STRANGER)
        self.both(task, self.check_told, before=lambda: self.has_reserved(comes=True))

    def test_called_by_the_shop(self) -> None:
        """Whom the shop calls hears it in the language that she has in the books."""
        for language, number in (("zh", WANG_FANG), ("en", MARY)):
            self.setUp()
            self.has_reserved(comes=True, number=number)
            self.shop.lines[0].far_end.ring(Caller(number))
            self.shop.wait(0.1)
            self.runner.serve(self.shop.incoming[-1], "shop-news")
            self.press("1")
            self.until_heard("goodbye")
            told = [data["language"] for _, data in self.shop.happened("prompt")]
            self.assertEqual(set(told), {language})
            self.assertIn(POT_NAMES[language], self.shop.prompts())
            self.assertEqual(rules.news_for([number]), [])

    # The rest

    def test_account(self) -> None:
        """Balance, points and movements, behind his PIN; none of it is written down."""
        task = Task(
            ("3", "1", f"{PIN}#", "1"), ("are-you", "yes-or-no", "enter-pin", "****", "movements-or-back", "****")
        )
        self.both(task, lambda: self.assertNotIn("balance-is", self.shop.prompts()))

    def test_fax(self) -> None:
        """No fax can be sent at the moment: he is told so, and goes on."""
        self.both(Task(("5",), ("main-menu", "fax-not-now")))

    def test_fault(self) -> None:
        """A fault, and no office has him: he says where he lives, is told, and waits for somebody here."""
        task = Task(("6", "010#"), ("main-menu", "enter-area-code", "office-not-reached"))
        self.both(task, self.check_waits, before=self.close_offices)

    def close_offices(self) -> None:
        self.people.office = "no_office"

    def check_waits(self) -> None:
        self.shop.wait(5)  # it is said to its end
        self.assertEqual(len(self.people.entered), 1)

    def test_person(self) -> None:
        """0 is a person everywhere, who sees what he was at and speaks his language."""
        for keys in ((), ("1",), ("1", f"{TEA}#"), ("2",), ("3",), ("4",)):
            for language, key in LANGUAGE_KEYS.items():
                self.setUp()
                call = self.call()
                self.press(key, *keys, "0")
                self.shop.wait(4)  # a lone 0 where a number may follow
                self.check_person(call, language)

    def check_person(self, call: Call, language: str) -> None:
        self.assertEqual([served for _, served in self.people.entered], [call])
        self.assertEqual(call.language, language)

    # What was before, and what is after

    def has_ordered(self, payment: Payment = Payment.ON_DELIVERY) -> None:
        stamp = self.shop.events.stamp(Kind.ORDER, call_id="before")
        rules.confirm("before", rules.find_buyer(LI_MING), [(TEA, 2)], stamp, LI_MING, payment=payment)

    def check_cancelled(self) -> None:
        self.assertIs(self.newest().state, OrderState.CANCELLED)
        self.assertEqual(getattr(rules.find_item(TEA, self.shop.events.now()), "available", 0), 50)

    def check_paid_back(self) -> None:
        self.check_cancelled()
        self.assertEqual(rules.balance("600001"), 50000)

    def sell_the_pot(self) -> None:
        rules.move_stock(POT, -1, "correction", self.shop.events.now())

    def has_reserved(self, *, comes: bool, number: str = LI_MING) -> None:
        self.sell_the_pot()
        stamp = self.shop.events.stamp(Kind.RESERVATION, call_id="before")
        made = rules.reserve("before", rules.find_buyer(number), POT, 1, stamp, number)
        if comes:
            rules.move_stock(POT, 3, "delivery", self.shop.events.now())
        else:
            rules.expire_reservations(rules.find_reservation(made.number).until)

    def check_told(self) -> None:
        self.assertEqual(rules.news_for([LI_MING]), [])
