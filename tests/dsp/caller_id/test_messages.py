"""Caller-ID messages: read as sent, and never when damaged; the keys of DTMF caller ID."""

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from callserver.dsp.caller_id.messages import (
    CallerIdError,
    DtmfCallerId,
    DtmfForm,
    build_mdmf,
    build_sdmf,
    parse_message,
    read_dtmf,
)

MDMF = bytes.fromhex("8016 0108 3033313731363536 020A 32313536343330313434 BA")
SDMF = bytes.fromhex("0412 3039333031323234 36303935353531323132 51")


class MessageTests(SynchronousTestCase):
    def test_mdmf(self) -> None:
        """The verified vector: 17 March, 16:56, 2156430144."""
        message = parse_message(MDMF)
        self.assertEqual((message.date_time, message.number, message.name), ("03171656", "2156430144", None))

    def test_sdmf(self) -> None:
        """The verified vector: 30 September, 12:24, 6095551212."""
        message = parse_message(SDMF)
        self.assertEqual((message.date_time, message.number), ("09301224", "6095551212"))

    def test_building(self) -> None:
        """What we send is byte for byte what others sent."""
        self.assertEqual(build_mdmf({1: b"03171656", 2: b"2156430144"}), MDMF)
        self.assertEqual(build_sdmf("09301224", "6095551212"), SDMF)

    def test_name_in_the_exchange_s_code(self) -> None:
        """A Chinese name in GBK is readable, a name that would move the cursor is made harmless."""
        self.assertEqual(parse_message(build_mdmf({7: "王小明".encode("gbk")})).name_text(), "王小明")
        self.assertEqual(parse_message(build_mdmf({7: b"EVE\x1b[2J\r\n"})).name_text(), "EVE[2J")
        self.assertEqual(parse_message(build_mdmf({7: "Jürgen".encode("latin-1")})).name_text("latin-1"), "Jürgen")

    def test_withheld(self) -> None:
        """A lone letter stands in place of the number."""
        self.assertEqual(parse_message(build_mdmf({1: b"03171656", 4: b"P", 8: b"P"})).absence, "P")
        message = parse_message(build_sdmf("09301224", "O"))
        self.assertEqual((message.number, message.absence), (None, "O"))

    def test_unknown_parameters_in_any_order(self) -> None:
        """Parameters nobody knows are skipped by their length, and kept."""
        message = parse_message(build_mdmf({0x55: b"\0\x02\x07", 2: b"13800138000", 0x0D: b"", 1: b"12312359"}))
        self.assertEqual((message.number, message.date_time), ("13800138000", "12312359"))
        self.assertEqual(message.parameters[0x55], b"\0\x02\x07")

    @given(st.integers(0, len(MDMF) * 8 - 1))
    def test_one_wrong_bit(self, bit: int) -> None:
        """A message with one wrong bit is no message."""
        damaged = bytearray(MDMF)
        damaged[bit // 8] ^= 1 << bit % 8
        with self.assertRaises(CallerIdError):
            parse_message(bytes(damaged))

    @given(st.binary(max_size=300))
    def test_any_bytes(self, raw: bytes) -> None:
        """Whatever comes is a message or is refused as none."""
        try:
            message = parse_message(raw)
        except CallerIdError:
            return
        self.assertEqual(sum(raw) & 0xFF, 0)
        self.assertLessEqual(len(message.number or ""), 24)

    @given(
        st.dictionaries(st.integers(0, 255).filter(lambda kind: kind not in (2, 4, 7, 8)), st.binary(max_size=12)),
        st.text("0123456789*#", min_size=2, max_size=20),
    )
    def test_round_trip(self, others: dict[int, bytes], number: str) -> None:
        """Number and all other parameters come back, as long as they fit."""
        parameters = {**others, 2: number.encode()}
        try:
            raw = build_mdmf(parameters)
        except CallerIdError:
            self.assertGreater(sum(2 + len(value) for value in parameters.values()), 255)
            return
        message = parse_message(raw)
        self.assertEqual((message.number, message.parameters), (number, parameters))


class DtmfTests(SynchronousTestCase):
    def test_forms(self) -> None:
        """Each country's form gives its number."""
        for keys, form in (
            ("D13800138000C", DtmfForm()),
            ("A13800138000C", DtmfForm("A", "C")),
            ("B13800138000#", DtmfForm("B", "#")),
            ("*13800138000*", DtmfForm("*", "*")),
            ("13800138000#", DtmfForm("", "#")),
            ("A13800138000D0755123C", DtmfForm("A", "C")),
        ):
            message = read_dtmf(keys, form)
            self.assertEqual(message and message.number, "13800138000", keys)

    def test_withheld(self) -> None:
        """Codes in place of a number say why there is none."""
        for keys, form, absence in (
            ("AB10C", DtmfForm("A", "C"), "P"),
            ("AB00C", DtmfForm("A", "C"), "O"),
            ("D1#", DtmfForm("A", "#"), "P"),
            ("D3#", DtmfForm("D", "#"), "O"),
        ):
            message = read_dtmf(keys, form)
            self.assertEqual(message and (message.number, message.absence), (None, absence), keys)

    def test_incomplete(self) -> None:
        """Two digits, 21 digits, no start or no end: no caller."""
        for keys in ("D12C", "D" + "1" * 21 + "C", "13800138000C", "D13800138000", "D138A0138000C", ""):
            self.assertIsNone(read_dtmf(keys), keys)

    def collect(self, keys: str, gap_s: float = 0.12, form: DtmfForm | None = None) -> str | None:
        collector, number = DtmfCallerId(form or DtmfForm()), None
        for place, key in enumerate(keys):
            message = collector.key(key, place * gap_s)
            number = message.number if message else number
        return number

    def test_key_by_key(self) -> None:
        """Keys as they come give the number with the end mark; an earlier stray one does not spoil it."""
        self.assertEqual(self.collect("D13800138000C"), "13800138000")
        self.assertEqual(self.collect("55D13800138000C"), "13800138000")
        self.assertEqual(self.collect("D13D13800138000C"), "13800138000")
        self.assertEqual(self.collect("*13800138000*", form=DtmfForm("*", "*")), "13800138000")
        self.assertEqual(self.collect("A13800138000D123C", form=DtmfForm("A", "C")), "13800138000")

    def test_too_slow(self) -> None:
        """Keys that a person presses in half a minute are no caller ID."""
        self.assertIsNone(self.collect("D13800138000C", gap_s=1.0))
