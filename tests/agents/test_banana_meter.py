"""The banana meter agrees with banana about every stream, and stops what is too much before banana sees it."""

import itertools
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.spread.banana import Banana, encode
from twisted.trial.unittest import SynchronousTestCase

from callserver.agents.banana_meter import BananaMeter, Limits, TooMuch

WIDE = Limits(message_bytes=10**6, message_items=10**4)
SMALL = Limits(message_bytes=100, message_items=20, depth=4, total_bytes=300)

values: st.SearchStrategy[Any] = st.recursive(
    st.integers(-(2**400), 2**400) | st.binary(max_size=40) | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=5),
    max_leaves=20,
)


def cut(data: bytes, places: list[int]) -> list[bytes]:
    edges = sorted({0, len(data), *(place % (len(data) + 1) for place in places)})
    return [data[a:b] for a, b in itertools.pairwise(edges)]


class BananaMeterTests(SynchronousTestCase):
    @settings(deadline=None)
    @given(st.lists(values, max_size=5), st.lists(st.integers(0, 10**6), max_size=12))
    def test_counts_messages(self, messages: list[Any], places: list[int]) -> None:
        """What banana takes for so many messages the meter does too, wherever the stream is cut."""
        data = b"".join(map(encode, messages))
        meter = BananaMeter(WIDE)
        self.assertEqual(sum(meter.feed(piece) for piece in cut(data, places)), len(messages))

    def test_all_that_is_allowed(self) -> None:
        """Just as many bytes as a stranger may send are taken, in any pieces; the next one is too much."""
        meter = BananaMeter(SMALL)
        message = bytes(encode(b"x" * 8))
        for _ in range(300 // len(message)):
            meter.feed(message)
        meter.feed(message[: 300 % len(message)])
        self.assertRaises(TooMuch, meter.feed, b"x")

    @settings(deadline=None)
    @given(st.binary(max_size=300), st.lists(st.integers(0, 300), max_size=8))
    def test_any_bytes(self, data: bytes, places: list[int]) -> None:
        """Any bytes end in a verdict, the same for every cut."""

        def verdict(pieces: list[bytes]) -> object:
            meter, messages = BananaMeter(Limits(10**6, 50, depth=4)), 0
            try:
                for piece in pieces:
                    messages += meter.feed(piece)
            except TooMuch as too_much:
                return str(too_much)
            return messages

        self.assertEqual(verdict([data]), verdict(cut(data, places)))

    def test_limits(self) -> None:
        """Each limit holds, and what keeps within it passes."""
        deep: list[Any] = []
        for _ in range(4):
            deep = [deep]
        for name, data in {
            "items": encode([1] * 20),
            "bytes": encode([b"x" * 60, b"y" * 60]),
            "deep": encode([deep]),
            "a list that claims to be long": b"\x7f\x7f\x80",
            "a string that claims to be long": b"\x7f\x7f\x7f\x82",
            "prefix": b"\x01" * 65,
            "type byte": b"\x01\x88",
        }.items():
            with self.subTest(name):
                self.assertRaises(TooMuch, BananaMeter(SMALL).feed, data)
        self.assertEqual(BananaMeter(SMALL).feed(encode([1] * 19) + encode(b"x" * 90)), 2)

    def test_total(self) -> None:
        """Who may send so much in all may not send it in small pieces either."""
        meter = BananaMeter(SMALL)
        for _ in range(100):
            meter.feed(encode(7))
        self.assertRaises(TooMuch, meter.feed, encode(b"x" * 99) + encode(b"x" * 99))

    def test_refused_before_it_came(self) -> None:
        """A message too long is known by its announcement, not when memory is full of it."""
        meter = BananaMeter(SMALL)
        self.assertRaises(TooMuch, meter.feed, encode(b"x" * 101)[:2])

    def test_same_limits_as_banana(self) -> None:
        """The numbers that banana's own constants have."""
        self.assertEqual(BananaMeter(WIDE).feed(b"\x01" * 64 + b"\x81"), 1)
        self.assertRaises(TooMuch, BananaMeter(WIDE).feed, b"\x01" * 65 + b"\x81")
        banana = Banana(isClient=False)
        banana.setPrefixLimit(64)
        self.assertEqual(banana.prefixLimit, 64)
