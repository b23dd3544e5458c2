"""Caller ID comes from outside: whatever it holds, what is shown is short, printable and a number."""

import re
import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from callserver.dsp.caller_id.messages import build_mdmf, build_sdmf
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

    def test_numbers_as_exchanges_write_them(self) -> None:
        """The digits as received, and beside them the number as one dials it here."""
        for country, written, number, normal in (
            ("cn", b"+8613800138000", "8613800138000", "13800138000"),
            ("cn", b"8613912345678", "8613912345678", "13912345678"),
            ("cn", b"0086 139 1234 5678", "008613912345678", "13912345678"),
            ("cn", b"013912345678", "013912345678", "13912345678"),
            ("de", b"030/5550142", "0305550142", "0305550142"),
            ("de", b"+49 (30) 555.0142", "49305550142", "0305550142"),
            ("us", b"2025550142", "2025550142", "2025550142"),
            ("us", b'"(202) 555-0142"\0', "2025550142", "2025550142"),
            ("cn", "１３８－００１３－８０００".encode(), "13800138000", "13800138000"),
            ("cn", "+86\u00a0138–0013\u20118000".encode(), "8613800138000", "13800138000"),
        ):
            party = calling_party({"NMBR": written}, country)
            self.assertEqual((party.number, party.normal), (number, normal), written)

    def test_no_number(self) -> None:
        """A plus alone, plus signs inside, and words with digits are no numbers, and do not count as withheld."""
        for nothing in (b"+", b"++86", b"8+6", b"()", b"/", b"12x", b"-", b"\xff"):
            self.assertEqual(calling_party({"NMBR": nothing}), CallingParty(), nothing)

    def test_message_in_hex(self) -> None:
        """What the modem passes on in hex is read: whole messages of both forms, and a single parameter."""

        def party(raw: bytes, **fields: bytes) -> CallingParty:
            return calling_party({"MESG": raw.hex().upper().encode()} | fields)

        both = {1: b"06130905", 2: b"13912345678", 7: "王小明".encode("gb18030")}
        self.assertEqual(party(build_mdmf(both)), CallingParty("13912345678", "王小明"))
        self.assertEqual(party(build_sdmf("06130905", "13912345678")), CallingParty("13912345678"))
        self.assertEqual(party(build_sdmf("06130905", "P")), CallingParty(withheld=True))
        self.assertEqual(party(build_mdmf({4: b"O", 8: b"O"})), CallingParty(withheld=True))
        self.assertEqual(party(b"\x03\x0b13912345678"), CallingParty("13912345678"))
        self.assertEqual(party(b"\x07\x05LI MI", NMBR=b"110"), CallingParty("110", "LI MI"))
        self.assertEqual(party(build_mdmf(both), NMBR=b"110"), CallingParty("110", "王小明"))
        for odd in (b"", b"\x03", b"\x03\xff1", b"\x0b\x01\x80", bytes(300)):
            self.assertEqual(party(odd), CallingParty())
        for odd in (b"XYZ", b"0", b"\xff"):
            self.assertEqual(calling_party({"MESG": odd}), CallingParty())

    def test_names_by_country(self) -> None:
        """A name as the country's exchanges code it."""
        self.assertEqual(calling_party({"NAME": "Jürgen".encode("latin-1")}, "de").name, "Jürgen")
        self.assertEqual(calling_party({"NAME": "陳大文".encode("big5")}, "tw").name, "陳大文")

    def test_too_long(self) -> None:
        """A number of 25 digits is no number; a long name is cut."""
        self.assertEqual(calling_party({"NMBR": b"1" * 25, "NAME": b"N" * 99}), CallingParty(None, "N" * 32))

    @settings(deadline=None)
    @given(st.binary(max_size=100), st.binary(max_size=100), st.binary(max_size=100))
    def test_anything(self, number: bytes, name: bytes, message: bytes) -> None:
        """No bytes get past the rules."""
        party = calling_party({"NMBR": number, "NAME": name, "MESG": message.hex().encode()})
        self.assertTrue(party.number is None or re.fullmatch("[0-9*#]{1,24}", party.number))
        self.assertFalse(party.withheld and party.number)
        if party.name is not None:
            self.assertTrue(0 < len(party.name) <= 32)
            self.assertFalse([c for c in party.name if unicodedata.category(c).startswith("C")])
