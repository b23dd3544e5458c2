"""One number is one, however exchanges, gateways and people write it."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from callserver.wire.numbers import beginning, normal, spellings

WRITTEN = {  # country: normal form, and other ways to write it
    "cn": {
        "13800138000": ("+8613800138000", "8613800138000", "008613800138000", "013800138000", "+86 138-0013-8000"),
        "01062345678": ("+861062345678", "86 10 6234 5678", "1062345678", "0086-10-62345678", "(010) 6234 5678"),
        "0085221234567": ("+85221234567", "00852 2123 4567"),
        "4008001234": ("400-800-1234",),
        "10086": ("10086",),
        "62345678": ("6234 5678",),  # without its area code it is no other number
        "110": ("110",),
    },
    "de": {
        "0305550142": ("030/5550142", "+49 30 5550142", "49305550142", "0049305550142", "+49 (0)30 5550142"),
        "015123456789": ("+4915123456789", "0151/23456789"),
    },
    "us": {"2025550142": ("+12025550142", "12025550142", "(202) 555-0142"), "011442079460018": ("+442079460018",)},
    "gb": {"02079460018": ("+442079460018", "442079460018", "00442079460018", "020 7946 0018")},
    "it": {"0612345678": ("+390612345678", "06 1234 5678")},
    "hk": {"21234567": ("+85221234567", "85221234567", "2123 4567")},
    "tw": {"0912345678": ("+886912345678", "886912345678", "0912-345-678")},
    "ru": {"84951234567": ("+74951234567", "74951234567", "8 (495) 123-45-67")},
}


class NumbersTests(SynchronousTestCase):
    def test_normal(self) -> None:
        """Each way to write a number gives the one by which it is known."""
        for country, numbers in WRITTEN.items():
            for known, ways in numbers.items():
                for written in (known, *ways):
                    self.assertEqual(normal(written, country), known, (country, written))

    def test_spellings(self) -> None:
        """A number in the shop's books is found by any other way to write it without blanks."""
        for country, numbers in WRITTEN.items():
            for known, ways in numbers.items():
                for in_books in (way for way in (known, *ways) if re.fullmatch(r"\+?\d+", way)):
                    for written in (known, *ways):
                        self.assertIn(in_books, spellings(written, country), (country, written))

    def test_two_are_two(self) -> None:
        """Numbers that differ stay apart."""
        for one, other in (
            ("13800138000", "13800138001"),
            ("01062345678", "02062345678"),
            ("*57", "57"),
            ("110", "0110"),
        ):
            self.assertNotIn(other, spellings(one, "cn"))

    @settings(deadline=None)
    @given(st.text(alphabet="0123456789+*#/() -PO;ext=一", max_size=60), st.sampled_from(sorted(WRITTEN)))
    def test_anything(self, written: str, country: str) -> None:
        """Whatever stands there, nothing but what can be dialled comes out."""
        known = normal(written, country)
        self.assertRegex(known, r"^[0-9*#]*$")
        self.assertIn(written, spellings(written, country))

    def test_beginnings(self) -> None:
        """A number that is typed in part is looked for without what dials its country."""
        for typed, digits in (("+86 139", "139"), ("0086-139", "139"), ("139 1", "1391"), ("+86", "86"), ("86", "86")):
            self.assertEqual(beginning(typed, "cn"), digits, typed)
