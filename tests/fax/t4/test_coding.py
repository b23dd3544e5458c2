"""Pages through T.4 and T.6 and back."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from callserver.fax.page import Coding, Page, Resolution
from callserver.fax.t4.decoder import Decoder
from callserver.fax.t4.encoding import encode, encode_in_bands
from tests.fax.pages import any_pages, blank, dithered, text_like

EOL = "000000000001"


def bits_of(octets: bytes) -> str:
    """In the order of the line."""
    return "".join(f"{octet:08b}"[::-1] for octet in octets)


def decoded(octets: bytes, page: Page, coding: Coding) -> Decoder:
    decoder = Decoder(page.width, coding)
    decoder.feed(octets)
    decoder.finish()
    return decoder


class CodingTests(SynchronousTestCase):
    def assert_comes_back(self, page: Page, coding: Coding, octets: bytes) -> None:
        decoder = decoded(octets, page, coding)
        self.assertEqual((decoder.broken, decoder.too_long, decoder.bad_rows), (False, False, 0))
        np.testing.assert_array_equal(decoder.page(page.resolution).rows, page.rows)

    @settings(max_examples=300, deadline=None)
    @given(any_pages(), st.sampled_from(Coding), st.sampled_from([0, 48, 576]))
    def test_any_page(self, page: Page, coding: Coding, min_row_bits: int) -> None:
        """Every page comes back as it was, whatever the coding and the fill."""
        self.assert_comes_back(page, coding, encode(page, coding, 0 if coding is Coding.MMR else min_row_bits))

    def test_office_pages(self) -> None:
        """Text, a dithered photograph and an empty page come back as they were."""
        for page in (text_like(), text_like(100, 2432), dithered(), dithered(40, 2048), blank()):
            for coding in Coding:
                self.assert_comes_back(page, coding, encode(page, coding))

    def test_bits_of_a_row(self) -> None:
        """A black row in MH by hand: no white, 1728 black as make-up and terminating code, and RTC after it."""
        octets = encode(Page(1728, Resolution.FINE, np.full((1, 216), 0xFF, np.uint8)), Coding.MH)
        row = "00110101" + "0000001100101" + "0000110111"
        self.assertEqual(bits_of(octets).rstrip("0"), EOL + row + 6 * EOL)

    def test_tags_of_mr(self) -> None:
        """The first row is one-dimensional, at fine resolution three two-dimensional ones follow, then again."""
        octets = encode(blank(6), Coding.MR)
        white = "010011011" + "00110101"  # 1728 + 0
        tagged = [EOL + "1" + white, *3 * [EOL + "01"], EOL + "1" + white, EOL + "01", *6 * [EOL + "1"]]
        self.assertEqual(bits_of(octets).rstrip("0"), "".join(tagged))

    def test_scan_line_time(self) -> None:
        """At 14 400 bit/s and 20 ms a row and its EOL last at least 288 bits; the fill is in front of the EOL."""
        for coding, tag in ((Coding.MH, ""), (Coding.MR, "1")):
            bits = bits_of(encode(blank(8), coding, min_row_bits=288))
            first_row = bits.index(EOL, 1 + len(EOL))
            self.assertEqual(first_row + len(EOL + tag), len(EOL + tag) + 288)

    def test_in_bands(self) -> None:
        """Coded piece by piece it is the same stream, and no piece is more than a band."""
        page = text_like(200)
        pieces = list(encode_in_bands(page, Coding.MMR))
        self.assertEqual(b"".join(pieces), encode(page, Coding.MMR))
        self.assertGreaterEqual(len(pieces), 200 // 32)

    def test_sizes(self) -> None:
        """Two dimensions pay: MMR is smaller than MR, and MR than MH."""
        page = text_like(600)
        mh, mr, mmr = (len(encode(page, coding)) for coding in Coding)
        self.assertLess(mmr, mr)
        self.assertLess(mr, mh)
