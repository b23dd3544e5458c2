"""Who may still try to log in, after how many wrong passwords."""

from twisted.trial.unittest import SynchronousTestCase

from callserver.acd.staff.lockout import Attempt, obstacle

MINUTE, HOUR = 60.0, 3600.0


class LockoutTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.attempts: list[Attempt] = []

    def judged(self, at_s: float, account: str = "801", address: str = "desk", ok: bool = False) -> None:
        self.attempts.append(Attempt(at_s, account, address, ok))

    def obstacle(self, now_s: float, account: str = "801", address: str = "desk") -> str | None:
        concerned = [a for a in self.attempts if a.account == account or a.address == address]
        return obstacle(concerned, account, address, now_s)

    def test_five_wrong_passwords_in_a_quarter_of_an_hour(self) -> None:
        """The fifth locks the account for that address for 15 minutes; from elsewhere its owner still gets in."""
        for n in range(5):
            self.assertIsNone(self.obstacle(n * MINUTE))
            self.judged(n * MINUTE)
        self.assertIsNotNone(self.obstacle(4 * MINUTE + 1))
        self.assertIsNotNone(self.obstacle(19 * MINUTE - 1))
        self.assertIsNone(self.obstacle(19 * MINUTE))
        self.assertIsNone(self.obstacle(5 * MINUTE, address="another desk"))

    def test_five_in_an_hour(self) -> None:
        """Somebody who mistypes now and then is not locked out."""
        for n in range(5):
            self.judged(n * 12 * MINUTE)
        self.assertIsNone(self.obstacle(49 * MINUTE))

    def test_each_lock_is_twice_as_long(self) -> None:
        """15 min, 30 min, 1 h, 2 h, 4 h, and no longer than that."""
        now_s, lengths = 0.0, []
        for _ in range(6):
            for _ in range(5):
                self.judged(now_s)
            end_s = next(s for s in range(int(now_s), int(now_s + 5 * HOUR)) if not self._pair_locked(s))
            lengths.append((end_s - now_s) / MINUTE)
            now_s = end_s
        self.assertEqual(lengths, [15, 30, 60, 120, 240, 240])

    def _pair_locked(self, now_s: float) -> bool:
        return self.obstacle(now_s) == "account locked for this address"

    def test_the_right_password_clears(self) -> None:
        """Four wrong, one right, four wrong: no lock."""
        for n in range(4):
            self.judged(n)
        self.judged(4, ok=True)
        for n in range(5, 9):
            self.judged(n)
        self.assertIsNone(self.obstacle(10))

    def test_the_right_password_forgives(self) -> None:
        """After a lock and then the right password, the next lock is a first one again: 15 min."""
        for _ in range(5):
            self.judged(0)
        self.judged(16 * MINUTE, ok=True)
        for _ in range(5):
            self.judged(2 * HOUR)
        self.assertTrue(self._pair_locked(2 * HOUR + 15 * MINUTE - 1))
        self.assertIsNone(self.obstacle(2 * HOUR + 15 * MINUTE))

    def test_the_right_password_unlocks(self) -> None:
        """The right password that was still being judged when the fifth wrong one came ends the lock."""
        for n in range(5):
            self.judged(n)
        self.assertTrue(self._pair_locked(5))
        self.judged(5, ok=True)
        self.assertIsNone(self.obstacle(6))

    def test_an_account_tried_from_everywhere(self) -> None:
        """After ten failures it is judged once in 5 s, after a hundred in a day not at all."""
        for n in range(10):
            self.judged(n * MINUTE, address=f"bot {n}")
        self.assertIsNotNone(self.obstacle(9 * MINUTE + 4.9, address="bot 11"))
        self.assertIsNone(self.obstacle(9 * MINUTE + 5, address="bot 11"))
        for n in range(10, 100):
            self.judged(n * MINUTE, address=f"bot {n}")
        self.assertEqual(self.obstacle(200 * MINUTE, address="bot 101"), "account locked")
        self.assertIsNone(self.obstacle(200 * MINUTE, account="802", address="desk"))

    def test_an_address_that_tries_everybody(self) -> None:
        """Twenty failures an hour from one address: then it is not listened to, whatever the account."""
        for n in range(20):
            self.judged(n * 2 * MINUTE, account=str(900 + n), address="cellar")
        self.assertEqual(self.obstacle(40 * MINUTE, address="cellar"), "address locked")
        self.assertIsNone(self.obstacle(40 * MINUTE))
        self.assertIsNone(self.obstacle(61 * MINUTE, address="cellar"))
