"""Caller ID comes from outside: whatever it holds, what is shown is short, printable and a number."""

import re
import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from callserver.modem.caller_id import CallingParty, calling_party


class CallingPartyTests(SynchronousTestCase):
    def test_number_and_name(self) -> None:
        """The usual case; punctuation inside a number is not part of it."""
        self.assertEqual(
            calling_party({"NMBR": b"010-6234 5678", "NAME": b"LI MING"}), CallingParty("01062345678", "LI MING")
        )

    def test_chinese_name(self) -> None:
        """Names come as the exchange codes Chinese."""
        self.assertEqual(calling_party({"NMBR": b"110", "NAME": "王小明".encode("gb18030")}).name, "王小明")

    def test_withheld(self) -> None:
        """P, O and any other word instead of a number count as withheld; no number at all does not."""
        for word in (b"P", b"O", b"PRIVATE", b"OUT OF AREA"):
            self.assertEqual(calling_party({"NMBR": word, "NAME": b"P"}), CallingParty(withheld=True))
        self.assertEqual(calling_party({"NMBR": b""}), CallingParty())
        self.assertEqual(calling_party({}), CallingParty())

    def test_too_long(self) -> None:
        """A number of 25 digits is no number; a long name is cut."""
        self.assertEqual(calling_party({"NMBR": b"1" * 25, "NAME": b"N" * 99}), CallingParty(None, "N" * 32))

    @settings(deadline=None)
    @given(st.binary(max_size=100), st.binary(max_size=100))
    def test_anything(self, number: bytes, name: bytes) -> None:
        """No bytes get past the rules."""
        party = calling_party({"NMBR": number, "NAME": name})
        self.assertTrue(party.number is None or re.fullmatch("[0-9*#]{1,24}", party.number))
        self.assertFalse(party.withheld and party.number)
        if party.name is not None:
            self.assertTrue(0 < len(party.name) <= 32)
            self.assertFalse([c for c in party.name if unicodedata.category(c).startswith("C")])
