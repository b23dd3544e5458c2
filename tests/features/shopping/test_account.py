"""A caller proves who he is and hears his account; nothing of it is written down, recorded or told to others."""

from unittest.mock import patch

from callserver.features.shopping import rules
from callserver.features.shopping.flow import identify
from callserver.ivr import spoken
from tests.features.shopping.shop_case import LI_MING, PIN, ShopCase

WANG_FANG, HER_PIN = "600002", "918257"


class AccountTests(ShopCase):
    def test_balance_and_points(self) -> None:
        """His number, confirmed by 1, and his PIN: balance and points; then the last movements."""
        self.spy()
        call = self.call()
        self.press("1", "3")
        self.until_silent()
        self.assertEqual(self.said()[-1], ["are-you", "“李明 Li Ming”", "yes-or-no"])
        self.press("1", f"{PIN}#")
        self.until_silent()
        points = spoken.number("zh", rules.points("600001"))
        self.assertEqual(self.secrets[0], ["balance-is", *spoken.money("zh", 50000), "pause", "points-are", *points])
        self.assertTrue(self.menu.identity(call.id).proved)
        self.press("1")
        self.until_silent()
        self.shop.wait(0.5)
        self.assertEqual(self.secrets[1][-3:], ["movement-in", *spoken.money("zh", 50000), "pause"])
        self.press("2")
        self.shop.wait(0.5)
        self.assertEqual(self.said()[-1], ["main-menu"])

    def test_in_english(self) -> None:
        """The same in English."""
        self.spy()
        self.call()
        self.press("2", "3", "1", f"{PIN}#")
        self.until_silent()
        self.assertEqual(self.secrets[0][:2], ["balance-is", spoken.money("en", 50000)[0]])

    def test_asked_once(self) -> None:
        """Who has proved who he is proves it no more in this call, and hears the address his order goes to."""
        self.spy()
        self.call()
        self.press("1", "3", "1", f"{PIN}#", "2")
        self.order_more()
        self.until_silent()
        self.assertEqual(self.secrets[-1], ["registered-address-is", "“北京市海淀区中关村大街 27 号”"])
        self.press("2")
        self.until_silent()
        self.assertEqual(self.said()[-1], ["confirm-change-cancel"])
        self.assertIn("pay-from-balance", self.shop.prompts())

    def test_member_number(self) -> None:
        """From a stranger's telephone: member number and PIN; her order then goes to her own address and number."""
        self.call("13000000000")
        self.press("1", "3", f"{WANG_FANG}#", f"{HER_PIN}#", "2")
        self.order_more()
        self.press("1", "1")
        self.until_silent()
        self.shop.wait(3)
        (order,) = [one for one in rules.orders_of_member(WANG_FANG) if one.call_id]
        self.assertEqual(order.caller_number, "13823456789")

    def test_nothing_is_written_down(self) -> None:
        """Member number, PIN, balance and address are in no event, no path; the recording is silent meanwhile."""
        self.spy()
        call = self.call("13000000000")
        self.press("1", "3", f"{WANG_FANG}#", f"{HER_PIN}#", "1")
        self.shop.wait(5)
        written = repr([event.data for event in self.shop.book.events]) + repr(call.path)
        for secret in (WANG_FANG, HER_PIN, "balance-is", "points-are", *spoken.money("zh", 20000)):
            self.assertNotIn(f"'{secret}'", written)
        keys = [data["digit"] for _, data in self.shop.happened("key")]
        self.assertEqual("".join(keys), "13" + "?" * 14 + "1")
        self.assertTrue(all(self.were_secret), "others would hear it, and it would be recorded")

    def test_typed_ahead(self) -> None:
        """A PIN that is typed before its question is as secret, and is taken for it."""
        call = self.call()
        self.press("1")
        self.until_silent()
        self.shop.press(f"31{PIN}#")
        self.shop.wait(3)
        self.assertTrue(self.menu.identity(call.id).proved)
        self.assertNotIn(PIN[0], [data["digit"] for _, data in self.shop.happened("key")][3:])

    def test_guessed(self) -> None:
        """Three wrong PINs: a person; and the member is locked for the right one too, in the next call as well."""
        self.call()
        self.press("1", "3", "1", "111222#", "222111#", "121212#")
        self.shop.wait(3)
        self.assertEqual(self.shop.prompts().count("identity-wrong"), 3)
        self.assertEqual(self.shop.prompts()[-1], "too-many-tries")
        self.assertEqual(len(self.people.entered), 1)
        self.shop.lines[0].far_end.hang_up()
        self.shop.wait(2)
        call = self.call()
        self.press("1", "3", "1", f"{PIN}#")
        self.shop.wait(2)
        self.assertFalse(self.menu.identity(call.id).proved)
        self.assertEqual(self.shop.prompts().count("identity-wrong"), 4)

    def test_unknown_member(self) -> None:
        """A member number that there is not sounds as a wrong PIN does."""
        self.call("13000000000")
        self.press("1", "3", "999999#", f"{PIN}#")
        self.shop.wait(2)
        self.assertIn("identity-wrong", self.shop.prompts())

    def test_person_instead(self) -> None:
        """0 in place of a PIN is a person; silence, three times, too."""
        for steps in (("0",), ()):
            self.setUp()
            self.call()
            self.press("1", "3", "1", *steps)
            self.shop.wait(60)
            self.assertEqual(len(self.people.entered), 1, steps)

    def test_claimed_is_not_proved(self) -> None:
        """Who only calls from his number is known by it, and not proved; who denies it is asked who he is."""
        call = self.call()
        self.press("1")
        self.until_silent()
        self.assertFalse(self.menu.identity(call.id).proved)
        self.press("3", "2")
        self.until_silent()
        self.assertEqual(self.said()[-1], ["enter-member-number"])

    def test_first_pin(self) -> None:
        """A PIN that the shop has given is changed at its first use: not an easy one, and typed twice alike."""
        rules.set_pin("600001", rules.pin_stored(PIN), is_first=True)
        self.call()
        self.press("1", "3", "1", f"{PIN}#", "1234#", "835217#", "835271#", "835217#", "835217#")
        self.until_silent()
        self.shop.wait(1)
        said = self.shop.prompts()
        for one in ("pin-too-easy", "pins-differ", "pin-changed"):
            self.assertEqual(said.count(one), 1, one)
        attempt = rules.begin_pin_try("600001", LI_MING, self.shop.events.now())
        self.assertTrue(rules.pin_matches("835217", attempt.kept))

    def test_first_pin_again(self) -> None:
        """The one that the shop has given is not chosen again, nor the end of a telephone number of his."""
        rules.set_pin("600001", rules.pin_stored(PIN), is_first=True)
        rules.save_customer("600001", "李明", "北京", [LI_MING, "13900730461"])
        self.call()
        self.press("1", "3", "1", f"{PIN}#", f"{PIN}#", "730461#", "835217#", "835217#")
        self.until_said("pin-changed")
        self.assertEqual(self.shop.prompts().count("pin-too-easy"), 2)

    def test_no_pin_yet(self) -> None:
        """A customer whom the shop has given no PIN hears that a person can do it, and comes to one."""
        rules.save_customer("700001", "王芳", "上海", ["13700000000"])
        self.call("13700000000")
        self.press("1", "3", "1")
        self.until_said("account-without-pin")
        self.shop.wait(5)
        self.assertEqual(len(self.people.entered), 1)

    def test_slow_judgement(self) -> None:
        """While the PIN is judged in a thread that does not answer, the caller is told, and a person helps."""
        self.call()
        self.press("1", "3", "1")
        self.until_silent()
        with patch.object(identify.rules, "pin_matches", side_effect=lambda *_: self.never()):
            self.press(f"{PIN}#")
            self.shop.wait(20)
        self.assertIn("system-trouble", self.shop.prompts())
        self.assertEqual(len(self.people.entered), 1)

    def order_more(self) -> None:
        """From the main menu to where he is asked how he pays."""
        self.press("1", "1001#", "1", "2#", "2")

    def spy(self) -> None:
        """Know what is said in secret, and whether others were shut out."""
        self.secrets: list[list[str]] = []
        self.were_secret: list[bool] = []
        say = self.voice.say

        async def spying(call, prompts, unless, *, secret, at_once):  # type: ignore[no-untyped-def]
            if secret:
                self.secrets.append([str(prompt) for prompt in prompts])
                self.were_secret.append(call.in_secret)
            return await say(call, prompts, unless, secret=secret, at_once=at_once)

        self.voice.say = spying  # type: ignore[method-assign]
