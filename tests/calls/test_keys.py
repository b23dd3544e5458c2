"""Keys that wait for whoever takes them."""

from twisted.trial.unittest import SynchronousTestCase

from callserver.calls.keys import KEYS_MAX, Key, Keys


def key(digit: str, at_s: float = 0.0) -> Key:
    return Key(digit, "sound", at_s)


class KeysTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.written: list[str] = []
        self.keys = Keys(lambda key, shown: self.written.append(shown))

    def press(self, digits: str) -> None:
        for digit in digits:
            self.keys.press(key(digit))

    def test_in_order(self) -> None:
        """Keys are taken in the order in which they were pressed, and written down when they are."""
        self.press("12")
        self.assertEqual(self.written, [])
        self.assertEqual(self.keys.take() + self.keys.take(), "12")
        self.assertEqual(self.written, ["1", "2"])

    def test_secret(self) -> None:
        """A PIN typed ahead of its question is nowhere written down."""
        self.press("4711")
        self.assertEqual("".join(self.keys.take(secret=True) for _ in range(4)), "4711")
        self.assertEqual(self.written, ["?"] * 4)

    def test_dropped(self) -> None:
        """What nobody takes may have been a secret: written down masked."""
        self.press("89")
        self.keys.drop()
        self.assertEqual((self.written, len(self.keys)), (["?", "?"], 0))

    def test_bounded(self) -> None:
        """A modem that reports keys without end fills no memory; the oldest go."""
        self.press("1" + "2" * KEYS_MAX)
        self.assertEqual(len(self.keys), KEYS_MAX)
        self.assertEqual(self.keys.take(), "2")

    def test_everybody_who_waits_is_told(self) -> None:
        """Several may wait for the next key; one that has stopped waiting is left out."""
        first, second, third = (self.keys.when_pressed() for _ in range(3))
        second.cancel()
        self.failureResultOf(second)
        self.press("1")
        self.successResultOf(first)
        self.successResultOf(third)
        self.successResultOf(self.keys.when_pressed())

    def test_key_of_a_secret_is_not_shown(self) -> None:
        """A key that ends up in a log line by accident does not say which it was."""
        self.assertNotIn("7", repr(key("7")))

    def test_since(self) -> None:
        """When the oldest one that waits was pressed."""
        self.assertIsNone(self.keys.first_at_s())
        self.keys.press(key("1", 2.5))
        self.keys.press(key("2", 3.5))
        self.assertEqual(self.keys.first_at_s(), 2.5)


class TypedTests(SynchronousTestCase):
    """Keys that mean something together, whoever takes keys at the moment."""

    def setUp(self) -> None:
        self.keys = Keys(lambda key, shown: None)
        self.typed = self.keys.when_typed("*#")

    def press(self, *keys: tuple[str, float]) -> None:
        for digit, at_s in keys:
            self.keys.press(key(digit, at_s))

    def test_typed(self) -> None:
        """One after the other, also after others and when each was taken at once; the last is no input."""
        self.press(("5", 1.0), ("*", 1.5))
        self.keys.take()
        self.keys.take()
        self.assertNoResult(self.typed)
        self.press(("#", 2.0))
        self.successResultOf(self.typed)
        self.assertEqual(len(self.keys), 0)

    def test_not_typed(self) -> None:
        """Too slow, or with another between, they are keys like all others."""
        self.press(("*", 1.0), ("#", 3.5), ("*", 4.0), ("1", 4.2), ("#", 4.4))
        self.assertNoResult(self.typed)
        self.assertEqual(len(self.keys), 5)

    def test_once(self) -> None:
        """Who waited for them has been told once; then they are keys like all others."""
        self.press(("*", 1.0), ("#", 1.2), ("*", 1.4), ("#", 1.6))
        self.successResultOf(self.typed)
        self.assertEqual(len(self.keys), 3)
