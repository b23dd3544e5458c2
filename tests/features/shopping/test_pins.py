"""Customers' PINs: nobody guesses one, and nobody is told what was wrong with his guess."""

from callserver.acd.staff import passwords
from callserver.features.shopping import rules
from callserver.features.shopping.rules import Buyer, UnknownMember, WeakPin
from tests.features.shopping.demo_books import LI_MING, LI_MINGS_NUMBER, BooksCase, later

PIN, OTHER = "730462", "600002"
MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0


class PinTests(BooksCase):
    def setUp(self) -> None:
        super().setUp()
        self.patch(passwords, "N", 2)
        self.do(rules.set_pin, LI_MING, rules.pin_stored(PIN))

    def enter(self, pin: str, at_s: float, number: str | None = LI_MINGS_NUMBER, member: str = LI_MING) -> Buyer | None:
        """As the menu does, in three parts."""
        attempt = self.do(rules.begin_pin_try, member, number, later(at_s))
        is_right = rules.pin_matches(pin, attempt.kept)
        found = self.do(rules.end_pin_try, attempt, is_right, later(at_s))
        assert found is None or isinstance(found, Buyer)
        return found

    def fail_often(self, n: int, at_s: float, number: str | None = LI_MINGS_NUMBER) -> None:
        for _ in range(n):
            self.assertIsNone(self.enter("000000", at_s, number))

    def test_right(self) -> None:
        """Who types it is who he says he is."""
        found = self.enter(PIN, 0)
        assert found is not None
        self.assertEqual((found.member_number, found.has_pin, found.must_change_pin), (LI_MING, True, False))

    def test_wrong_unknown_or_none(self) -> None:
        """A wrong PIN, a number that is nobody's and a customer without a PIN give the same answer."""
        self.do(rules.save_customer, "700001", "Zhao", "Chengdu", [])
        for member in (LI_MING, "999999", "700001"):
            self.assertIsNone(self.enter("123123", 0, member=member))

    def test_lock_grows(self) -> None:
        """Three wrong in a row lock it for 15 minutes, three more for 30; then the right one counts again."""
        self.fail_often(3, 0)
        self.assertIsNone(self.enter(PIN, 14 * MINUTE))
        self.assertTrue(self.do(rules.pin_locked, LI_MING, later(14 * MINUTE)))
        self.fail_often(3, 15 * MINUTE, "02011111111")
        self.assertIsNone(self.enter(PIN, 44 * MINUTE, None))
        self.assertIsNotNone(self.enter(PIN, 45 * MINUTE, None))
        self.fail_often(2, 46 * MINUTE, None)
        self.assertIsNotNone(self.enter(PIN, 46 * MINUTE, None), "a right one clears what was counted")

    def test_tries_while_locked_do_not_lengthen_it(self) -> None:
        """Nobody keeps a customer out by calling on and on."""
        self.fail_often(20, 0)
        self.assertIsNotNone(self.enter(PIN, 15 * MINUTE, None))

    def test_ten_a_day(self) -> None:
        """Then only a new PIN, from the shop, opens it again; the person at the shop sees that it is locked."""
        at_s = 0.0
        for n in range(10):
            number = f"0201111{n:04}"
            self.fail_often(1, at_s, number)
            at_s += 2 * HOUR
        self.assertIsNone(self.enter(PIN, at_s + 30 * DAY))
        self.assertTrue(self.do(rules.pin_locked, LI_MING, later(at_s + 30 * DAY)))
        self.do(rules.set_pin, LI_MING, rules.pin_stored("918257"), is_first=True)
        found = self.enter("918257", at_s + 30 * DAY)
        self.assertTrue(found is not None and found.must_change_pin)

    def test_one_number_many_members(self) -> None:
        """Six wrong ones from a number lock it for all members, also if one of them is his own and right."""
        for n in range(3):
            self.assertIsNone(self.enter("000000", 0, "02011111111", f"50000{n}"))
        self.assertIsNotNone(self.enter(PIN, 0, "02011111111"))
        for n in range(2):
            self.assertIsNone(self.enter("000000", 0, "02011111111", f"50000{n}"))
        for _ in range(2):
            self.assertIsNotNone(self.enter(PIN, 0, "02011111111"), "the sixth was right, and locks nothing")
        self.assertIsNone(self.enter("000000", 0, "02011111111", "500003"))
        self.assertIsNone(self.enter(PIN, 0, "02011111111"))
        self.assertIsNotNone(self.enter(PIN, 0), "from his own number he is served")
        self.assertIsNotNone(self.enter(PIN, 15 * MINUTE, "02011111111"))

    def test_a_new_day(self) -> None:
        """A day after the first one that was wrong it is counted from the beginning again, whatever was tried since."""
        for at_s in (0, 12 * HOUR, DAY, DAY + MINUTE):
            self.fail_often(1, at_s, None)
        self.assertIsNotNone(self.enter(PIN, DAY + 2 * MINUTE, None))

    def test_right_one_beside_a_lock(self) -> None:
        """Who has a PIN of his own and two lines cannot use the right one to undo the lock that the others brought."""
        for n in range(4):
            self.assertIsNone(self.enter("000000", 0, "02011111111", f"50000{n}"))
        own = self.do(rules.begin_pin_try, LI_MING, "02011111111", later(0))
        self.assertIsNone(self.enter("000000", 0, "02011111111", "500004"))
        self.assertIsNotNone(self.do(rules.end_pin_try, own, True, later(0)))
        self.assertIsNotNone(self.enter(PIN, 1), "from his own number he is served")
        self.assertIsNone(self.enter(PIN, 1, "02011111111"), "the number is locked on")

    def test_withheld(self) -> None:
        """Who withholds his number is not locked out by six others, but by twenty."""
        for n in range(19):
            self.assertIsNone(self.enter("000000", 0, None, f"5000{n:02}"))
        self.assertIsNotNone(self.enter(PIN, 0, None))
        self.assertIsNone(self.enter("000000", 0, None, "500019"))
        self.assertIsNone(self.enter(PIN, 0, None))

    def test_many_calls_at_once(self) -> None:
        """Twenty calls that all ask before one of them is judged have three tries, as one call."""
        tries = [self.do(rules.begin_pin_try, LI_MING, f"0201111{n:04}", later(0)) for n in range(20)]
        self.assertEqual(sum(attempt.kept is not None for attempt in tries), 3)

    def test_killed(self) -> None:
        """A server that is killed while it judges has counted the try; the lock is there after a restart."""
        for _ in range(3):
            self.do(rules.begin_pin_try, LI_MING, None, later(0))
        self.assertIsNone(self.enter(PIN, MINUTE))

    def test_killed_anywhere(self) -> None:
        """Each of the parts is one transaction."""
        attempt = self.killed_anywhere(rules.begin_pin_try, LI_MING, LI_MINGS_NUMBER, later(0))
        self.killed_anywhere(rules.end_pin_try, attempt, True, later(0))

    def test_clock(self) -> None:
        """What was counted by a clock that was years ahead counts no more; nor what is a day old."""
        self.fail_often(3, 1000 * DAY)
        self.assertIsNotNone(self.enter(PIN, 0, None))
        self.fail_often(2, 0)
        self.fail_often(2, 1.1 * DAY)
        self.assertIsNotNone(self.enter(PIN, 1.1 * DAY))

    def test_stands_nowhere(self) -> None:
        """The PIN itself stands nowhere."""
        self.enter(PIN, 0)
        dump = "\n".join(self.store.database.connection().iterdump())
        self.assertNotIn(PIN, dump)


class NewPinTests(BooksCase):
    def test_weak(self) -> None:
        """Refused: what others try first, and what is not four to six digits."""
        for pin in (
            "111111",
            "1234",
            "987654",
            "2580",
            "1987",
            "2026",
            "0001",
            "600001",
            "5678",
            "123",
            "1234567",
            "12a4",
            "",
        ):
            self.refusal(WeakPin, rules.check_new_pin, pin, LI_MING, [LI_MINGS_NUMBER])
        for pin in ("7304", "730462", "19873"):
            rules.check_new_pin(pin, LI_MING, [LI_MINGS_NUMBER])

    def test_first(self) -> None:
        """The shop's first PINs are good ones, and not the same."""
        pins = {rules.first_pin(LI_MING) for _ in range(30)}
        self.assertGreater(len(pins), 25)
        for pin in pins:
            self.assertEqual(len(pin), 6)
            rules.check_new_pin(pin, LI_MING)

    def test_nobody(self) -> None:
        """Who is no customer has no PIN."""
        self.refusal(UnknownMember, rules.set_pin, "999999", "scrypt")

    def test_demo(self) -> None:
        """The demo customers' PINs are those that stand in the file."""
        kept = self.do(rules.begin_pin_try, OTHER, None, later(0)).kept
        self.assertTrue(rules.pin_matches("918257", kept))
