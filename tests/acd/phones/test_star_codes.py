"""Star codes: what is keyed, and what an act is given for it."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from callserver.acd.phones.star_codes import (
    CODES,
    ONE_DIGIT,
    Began,
    Event,
    Keyed,
    Numbers,
    Plain,
    StarCodeReader,
    Unknown,
    arguments,
)

NUMBERS = Numbers(
    is_seat={"802"}.__contains__,
    group={"90": "service"}.get,
    queue={"91": "repair"}.get,
    menu={"92": "balance"}.get,
    is_office={"3"}.__contains__,
    is_box={"12", "802"}.__contains__,
    waiting=lambda: ["call-1", "call-2"],
)
CODE = {code.act: code for code in reversed(CODES) if not code.gives}  # of two of one act the first


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
        self.assertEqual(keyed("*122"), [Began(), Keyed(CODE["pause"], ("2",))])
        self.assertEqual(keyed("*30802#"), [Began(), Keyed(CODE["transfer"], ("802",))])
        self.assertEqual(keyed("*42#"), [Began(), Keyed(CODE["grab"], ("",))])

    def test_one_thing_after_the_other(self) -> None:
        """Some take two things, and either may be empty where that means something."""
        self.assertEqual(keyed("*768023"), [Began()])
        self.assertEqual(keyed("*76802#3"), [Began(), Keyed(CODE["force_pause"], ("802", "3"))])
        self.assertEqual(keyed("*74802#91#"), [Began(), Keyed(CODE["break_off"], ("802", "91"))])
        self.assertEqual(keyed("*74802##"), [Began(), Keyed(CODE["break_off"], ("802", ""))])

    def test_written(self) -> None:
        """As a timeline has it."""
        self.assertEqual([str(one) for one in keyed("*74802#91#")[1:]], ["*74802#91"])

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
        for code in CODES:
            with self.subTest(code=code.keys):
                *_, last = keyed(code.keys + "".join("1" if one in ONE_DIGIT else "12#" for one in code.takes))
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
    def given(self, keys: str) -> tuple[str | int, ...] | None:
        *_, last = keyed(keys)
        assert isinstance(last, Keyed)
        return arguments(last, NUMBERS)

    def test_targets(self) -> None:
        """A number is a seat's or a group's, a queue's, a menu's, a mailbox's, an office's; else it is one outside."""
        self.assertEqual(self.given("*30802#"), ("seat 802",))
        self.assertEqual(self.given("*3090#"), ("seat 90",))
        self.assertEqual(self.given("*3091#"), ("queue repair",))
        self.assertEqual(self.given("*3092#"), ("menu balance",))
        self.assertEqual(self.given("*3012#"), ("box 12",))
        self.assertEqual(self.given("*37802#"), ("box 802",))
        self.assertIsNone(self.given("*37#"))
        self.assertEqual(self.given("*303#"), ("office 3",))
        self.assertEqual(self.given("*36"), ("office",))
        self.assertEqual(self.given("*3101012345678#"), ("number 01012345678",))
        self.assertIsNone(self.given("*30#"))

    def test_waiting(self) -> None:
        """Who is grabbed is counted from the front; without a place it is the first."""
        self.assertEqual(self.given("*42#"), ("call-1",))
        self.assertEqual(self.given("*422#"), ("call-2",))
        self.assertIsNone(self.given("*423#"))
        self.assertIsNone(self.given("*420#"))

    def test_supervisors(self) -> None:
        """Whose call is broken off and where its caller goes; who pauses and why; who waits and how soon."""
        self.assertEqual(self.given("*74802##"), ("seat 802", "hang up"))
        self.assertEqual(self.given("*74802#91#"), ("seat 802", "queue repair"))
        self.assertIsNone(self.given("*74802#90#"))
        self.assertIsNone(self.given("*74##"))
        self.assertEqual(self.given("*76802#3"), ("802", "meal"))
        self.assertIsNone(self.given("*76802#9"))
        self.assertEqual(self.given("*432#7#"), ("call-2", 7))
        self.assertEqual(self.given("*43#7#"), ("call-1", 7))
        self.assertIsNone(self.given("*43##"))

    def test_minutes(self) -> None:
        """Wrap-up is prolonged by minutes."""
        self.assertEqual(self.given("*135"), (300,))

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
