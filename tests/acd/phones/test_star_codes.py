"""Star codes: what is keyed, and what an act is given for it."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from callserver.acd.phones.star_codes import (
    CODES,
    Began,
    Event,
    Keyed,
    Numbers,
    Plain,
    StarCodeReader,
    Takes,
    Unknown,
    arguments,
)

NUMBERS = Numbers({"802"}.__contains__, {"90": "service"}.get, lambda: ["call-1", "call-2"])
CODE = {code.act: code for code in CODES}


def keyed(keys: str) -> list[Event]:
    """What comes of these keys."""
    reader = StarCodeReader()
    return [event for key in keys if (event := reader.feed(key)) is not None]


class ReaderTests(SynchronousTestCase):
    def test_alone(self) -> None:
        """A code that takes nothing is whole with its second digit."""
        self.assertEqual(keyed("*21"), [Began(), Keyed(CODE["hold"])])

    def test_with_digits(self) -> None:
        """Others take one digit, or digits to the hash, or nothing but the hash."""
        self.assertEqual(keyed("*122"), [Began(), Keyed(CODE["pause"], "2")])
        self.assertEqual(keyed("*30802#"), [Began(), Keyed(CODE["transfer"], "802")])
        self.assertEqual(keyed("*42#"), [Began(), Keyed(CODE["grab"])])

    def test_begins_anew(self) -> None:
        """A star in the middle of a code begins another."""
        self.assertEqual(keyed("*308*22"), [Began(), Began(), Keyed(CODE["retrieve"])])

    def test_no_code(self) -> None:
        """There is no such code; what follows is plain again."""
        self.assertEqual(keyed("*995"), [Began(), Unknown(), Plain("5")])
        self.assertEqual(keyed("*#1"), [Began(), Unknown()])

    def test_too_long(self) -> None:
        """Digits without an end are none."""
        self.assertEqual(keyed("*90" + "1" * 25), [Began(), Unknown()])

    def test_each_can_be_keyed(self) -> None:
        """Every line of the table can be keyed, and no code is the beginning of another."""
        follows = {Takes.NOTHING: "", Takes.REASON: "1"}
        for code in CODES:
            with self.subTest(code=code.keys):
                *_, last = keyed(code.keys + follows.get(code.takes, "12#"))
                self.assertIsInstance(last, Keyed)
                assert isinstance(last, Keyed)
                self.assertIs(last.code, code)

    def test_each_is_told(self) -> None:
        """Every code stands in the table that agents are given."""
        told = (Path(__file__).parents[3] / "docs" / "staff.md").read_text("utf-8")
        self.assertEqual([code.keys for code in CODES if f"`{code.keys}" not in told], [])

    @given(st.text("0123456789*#ABCD", max_size=60))
    def test_anything(self, keys: str) -> None:
        """Whatever is keyed, a code ends within a bound, and a fresh star is always heard."""
        reader = StarCodeReader()
        length = 0
        for key in keys:
            event = reader.feed(key)
            length = length + 1 if reader.is_keying else 0
            self.assertLess(length, 30)
            self.assertEqual(key == "*", event == Began())
            if isinstance(event, Keyed):
                arguments(event, NUMBERS)


class ArgumentsTests(SynchronousTestCase):
    def given(self, keys: str) -> tuple[str, ...] | None:
        *_, last = keyed(keys)
        assert isinstance(last, Keyed)
        return arguments(last, NUMBERS)

    def test_targets(self) -> None:
        """A staff number is a seat, everything else a number outside."""
        self.assertEqual(self.given("*30802#"), ("seat 802",))
        self.assertEqual(self.given("*3101012345678#"), ("number 01012345678",))
        self.assertIsNone(self.given("*30#"))

    def test_waiting(self) -> None:
        """Who is grabbed is counted from the front; without a place it is the first."""
        self.assertEqual(self.given("*42#"), ("call-1",))
        self.assertEqual(self.given("*422#"), ("call-2",))
        self.assertIsNone(self.given("*423#"))
        self.assertIsNone(self.given("*420#"))

    def test_groups(self) -> None:
        """A group has a number; without one it is the whole house."""
        self.assertEqual(self.given("*4190#"), ("service",))
        self.assertEqual(self.given("*41#"), ("",))
        self.assertIsNone(self.given("*4191#"))

    def test_reasons(self) -> None:
        """A pause has a reason that there is."""
        self.assertEqual(self.given("*125"), ("meeting",))
        self.assertIsNone(self.given("*129"))

    def test_letters(self) -> None:
        """A telephone with more keys than others can key nothing with them."""
        self.assertIsNone(self.given("*40A#"))
