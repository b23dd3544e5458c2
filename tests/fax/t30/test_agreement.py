"""What machines tell each other of themselves, in bits, and what comes of it."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from callserver.fax.modulations import Modulation
from callserver.fax.page import WIDTHS, Coding, Resolution
from callserver.fax.t30.agreement import FALL_BACK, ROW_TIME_NUMBERS, Agreement, agree, modulation_of, speeds
from callserver.fax.t30.bits import bits_of, field_of
from callserver.fax.t30.capabilities import V17, V27TER, V29, Capabilities, Length
from callserver.fax.t30.documents import PageShape
from tests.fax.t30.far_end import ALL

MODEMS = st.sampled_from([frozenset({Modulation.V27TER_2400}), V27TER, V27TER | V29, V27TER | V29 | V17])
CAPABILITIES = st.builds(
    Capabilities,
    MODEMS,
    st.sets(st.sampled_from(Coding)).map(lambda some: frozenset(some | {Coding.MH})),
    st.booleans(),
    st.sets(st.sampled_from(Resolution)).map(lambda some: frozenset(some | {Resolution.STANDARD})),
    st.sampled_from(WIDTHS),
    st.sampled_from(Length),
    st.integers(0, 7),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)
SHAPES = st.builds(PageShape, st.sampled_from(WIDTHS), st.sampled_from(Resolution))


class BitsTests(SynchronousTestCase):
    @given(st.sets(st.integers(1, 127).filter(lambda bit: bit % 8 or bit < 24)))
    def test_round_trip(self, bits: set[int]) -> None:
        """As many octets as it takes, each announced by the one before; three at least."""
        field = field_of(bits)
        self.assertEqual(bits_of(field), bits)
        self.assertGreaterEqual(len(field), 3)
        if len(field) > 3:
            self.assertEqual(bits_of(field[:3]), {bit for bit in bits if bit < 24})

    def test_octets_that_nobody_announced(self) -> None:
        """They mean nothing."""
        self.assertEqual(bits_of(bytes.fromhex("00 02 00 44")), {10})

    def test_too_short(self) -> None:
        for field in (b"", bytes(2)):
            self.assertRaises(ValueError, bits_of, field)


class CapabilitiesTests(SynchronousTestCase):
    def test_seen_on_a_line(self) -> None:
        """spandsp's DIS: all modems, MMR, ECM, any length and width."""
        far = Capabilities.from_dis(bytes.fromhex("00 EE FA C4 80 D5 83 80 80 18"))
        self.assertEqual(far.modulations, ALL)
        self.assertEqual((far.codings, far.ecm, far.max_width), (frozenset(Coding), True, 2432))
        self.assertEqual((far.length, far.row_ms(Resolution.FINE)), (Length.UNLIMITED, 0))
        self.assertEqual(far.resolutions, frozenset(Resolution))

    @given(CAPABILITIES)
    def test_round_trip(self, own: Capabilities) -> None:
        """What we say of ourselves is what others understand; MMR goes with ECM only."""
        known = own.codings if own.ecm else own.codings - {Coding.MMR}
        self.assertEqual(Capabilities.from_dis(own.dis()), replace(own, codings=known))

    @given(st.binary(min_size=3, max_size=40))
    def test_any_octets(self, field: bytes) -> None:
        """Whatever a DIS says, there is a speed for it, and a DCS that a machine of that DIS can do."""
        far, own = Capabilities.from_dis(field), Capabilities(ALL)
        agreed = agree(own, far, PageShape(2432, Resolution.SUPERFINE, 4573), speeds(own, far)[0])
        self.assertTrue(agreed.is_within(far))
        self.assertEqual(Agreement.from_dcs(agreed.dcs()), agreed)

    def test_row_times(self) -> None:
        """Twenty, five and ten milliseconds by the finest rows, halved where the machine says so."""
        halving = Capabilities(ALL, row_time=3, half_row_time=True)
        self.assertEqual([halving.row_ms(resolution) for resolution in Resolution], [20, 10, 5])
        self.assertEqual(replace(halving, half_row_time=False).row_ms(Resolution.SUPERFINE), 10)


class AgreementTests(SynchronousTestCase):
    def test_seen_on_a_line(self) -> None:
        """14 400 bit/s, fine, A4, MMR with ECM, as efax and HylaFAX saw it."""
        agreed = Agreement(Modulation.V17_14400, Coding.MMR, 1728, Resolution.FINE)
        self.assertEqual(agreed.dcs(), bytes.fromhex("00 62 F8 44"))
        self.assertEqual(Agreement.from_dcs(bytes.fromhex("00 62 F8 44")), agreed)

    @given(
        st.builds(
            Agreement,
            st.sampled_from(FALL_BACK),
            st.sampled_from(Coding),
            st.sampled_from(WIDTHS),
            st.sampled_from(Resolution),
            st.sampled_from(Length),
            st.just(True),
            st.sampled_from(sorted(ROW_TIME_NUMBERS)),
            st.sampled_from([64, 256]),
        )
    )
    def test_round_trip(self, agreed: Agreement) -> None:
        self.assertEqual(Agreement.from_dcs(agreed.dcs()), agreed)

    @given(st.binary(max_size=40))
    def test_any_octets(self, field: bytes) -> None:
        """A DCS is understood, or is an error that says why."""
        try:
            agreed = Agreement.from_dcs(field)
        except ValueError as wrong:
            self.assertTrue(str(wrong))
        else:
            self.assertIn(agreed.modulation, FALL_BACK)

    def test_foreign(self) -> None:
        """What no machine here does is refused by its bits: JBIG, 300 dpi, a modulation that there is not."""
        for bits in ({10, 78}, {10, 42}, {10, 13}):
            self.assertRaises(ValueError, Agreement.from_dcs, field_of(bits))
        self.assertRaises(ValueError, modulation_of, frozenset({11, 13}))

    @given(CAPABILITIES, CAPABILITIES, SHAPES)
    def test_best_of_both(self, own: Capabilities, far: Capabilities, page: PageShape) -> None:
        """The agreement is what both can, never finer or wider than the page, and its rows last long enough."""
        agreed = agree(own, far, page, speeds(own, far)[0])
        self.assertTrue(agreed.is_within(own) and agreed.is_within(far))
        self.assertLessEqual(agreed.resolution.value, page.resolution.value)
        self.assertLessEqual(agreed.width, page.width)
        self.assertEqual(agreed.ecm, own.ecm and far.ecm)
        needed = 0 if agreed.ecm else agreed.modulation.bit_rate * far.row_ms(agreed.resolution) // 1000
        self.assertEqual(agreed.form.min_row_bits, needed)
        self.assertEqual(speeds(own, far)[-1], Modulation.V27TER_2400)

    def test_more_than_was_offered(self) -> None:
        """Each thing that a sender may want and was not offered: a page in it could not be kept, or not be right."""
        own = Capabilities(ALL - V17, frozenset({Coding.MH, Coding.MMR}), max_width=2048)
        offered = Agreement(Modulation.V29_9600, Coding.MMR, 2048, Resolution.FINE)
        self.assertTrue(offered.is_within(own))
        plain = replace(offered, ecm=False)
        for wanted in (
            replace(offered, modulation=Modulation.V17_9600),
            replace(offered, coding=Coding.MR),
            replace(offered, width=2432),
            plain,  # MMR has no way back from a wrong bit
        ):
            self.assertFalse(wanted.is_within(own), wanted)
        self.assertFalse(replace(offered, coding=Coding.MH).is_within(replace(own, ecm=False)))
        self.assertFalse(offered.is_within(replace(own, resolutions=frozenset({Resolution.STANDARD}))))
        self.assertTrue(replace(plain, coding=Coding.MH).is_within(replace(own, ecm=False)))

    def test_told(self) -> None:
        plain = Agreement(Modulation.V29_9600, Coding.MR, 2048, Resolution.STANDARD, ecm=False, row_ms=20)
        self.assertEqual(str(plain), "V.29 9600, MR, 2048 pels, standard, 20 ms a row")
