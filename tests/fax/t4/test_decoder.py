"""What a decoder makes of a stream that the line has spoilt, and of one that means harm."""

import re

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from callserver.fax.page import MAX_ROWS, Coding, Page, Resolution
from callserver.fax.t4.codes import BLACK_RUNS, EOL, WHITE_RUNS
from callserver.fax.t4.decoder import Decoder
from callserver.fax.t4.encoding import encode
from tests.fax.pages import any_pages, blank, dithered, text_like
from tests.fax.t4.test_coding import bits_of

WHITE_100, WHITE_1628, WHITE_1728 = (WHITE_RUNS[n_pels] for n_pels in (100, 1628, 1728))
BLACK_0 = BLACK_RUNS[0]


def fed(octets: bytes, coding: Coding, width: int = 1728, step: int = 256) -> Decoder:
    decoder = Decoder(width, coding)
    for place in range(0, len(octets), step):
        decoder.feed(octets[place : place + step])
    decoder.finish()
    return decoder


def octets_of(bits: str) -> bytes:
    """In the order of the line."""
    bits += "0" * (-len(bits) % 8)
    return bytes(int(bits[place : place + 8][::-1], 2) for place in range(0, len(bits), 8))


def flipped(octets: bytes, first_bit: int, n_bits: int) -> bytes:
    spoilt = bytearray(octets)
    for bit in range(first_bit, first_bit + n_bits):
        spoilt[bit // 8] ^= 1 << bit % 8
    return bytes(spoilt)


def figures(decoder: Decoder) -> tuple[object, ...]:
    return (
        decoder.n_rows,
        decoder.bad_rows,
        decoder.longest_bad_run,
        decoder.broken,
        decoder.page(Resolution.FINE).rows.tobytes(),
    )


class DecoderTests(SynchronousTestCase):
    @settings(max_examples=150, deadline=None)
    @given(any_pages(), st.sampled_from(Coding), st.data())
    def test_any_cut(self, page: Page, coding: Coding, data: st.DataObject) -> None:
        """However the stream is cut into pieces, the page is the same; also if bits of it are wrong."""
        octets = encode(page, coding)
        for place in data.draw(st.lists(st.integers(0, len(octets) * 8 - 1), max_size=4)):
            octets = flipped(octets, place, 1)
        step = data.draw(st.integers(1, 40))
        self.assertEqual(figures(fed(octets, coding, page.width, step)), figures(fed(octets, coding, page.width, 4096)))

    @settings(max_examples=300, deadline=None)
    @given(st.binary(max_size=2000), st.sampled_from(Coding))
    def test_garbage(self, octets: bytes, coding: Coding) -> None:
        """Any octets are some page, within the bounds, and no error."""
        decoder = fed(octets, coding)
        self.assertLessEqual(decoder.n_rows, MAX_ROWS)
        self.assertLessEqual(decoder.bad_rows, decoder.n_rows)

    def test_wrong_bits_in_mh(self) -> None:
        """Twenty wrong bits spoil one row or two, not the page: the rows after the next EOL are right again."""
        page = text_like(300)
        octets = encode(page, Coding.MH)
        decoder = fed(flipped(octets, len(octets) * 4, 20), Coding.MH)
        self.assertIn(decoder.bad_rows, (1, 2))
        rows = decoder.page(Resolution.FINE).rows
        np.testing.assert_array_equal(rows[:100], page.rows[:100])
        np.testing.assert_array_equal(rows[-100:], page.rows[-100:])

    def test_wrong_bits_in_mr(self) -> None:
        """In MR the rows until the next one-dimensional one are lost with it, and no more."""
        page = text_like(300)
        octets = encode(page, Coding.MR)
        decoder = fed(flipped(octets, len(octets) * 4, 10), Coding.MR)
        self.assertGreaterEqual(decoder.bad_rows, 1)
        self.assertLessEqual(decoder.bad_rows, 8)
        np.testing.assert_array_equal(decoder.page(Resolution.FINE).rows[-100:], page.rows[-100:])

    def test_bad_row_is_the_row_above(self) -> None:
        """A bad row is shown as a copy of the row above; the total and the longest run of them are counted."""
        page = dithered(20)
        eols = [place.start() for place in re.finditer("0{11}1", bits_of(encode(page, Coding.MH)))]
        octets = encode(page, Coding.MH)
        for row in (7, 8, 12):
            octets = flipped(octets, eols[row] + 100, 3)
        decoder = fed(octets, Coding.MH)
        rows = decoder.page(Resolution.FINE).rows
        self.assertEqual((decoder.n_rows, decoder.bad_rows, decoder.longest_bad_run), (20, 3, 2))
        for row, shown in enumerate(rows):
            np.testing.assert_array_equal(shown, page.rows[{7: 6, 8: 6, 12: 11}.get(row, row)])

    def test_lost_burst(self) -> None:
        """Where a second of the line is noise, the page goes on after it."""
        page = text_like(400)
        octets = bytearray(encode(page, Coding.MH))
        third = len(octets) // 3
        octets[third : third + 1800] = np.random.default_rng(3).integers(0, 256, 1800, dtype=np.uint8).tobytes()
        decoder = fed(bytes(octets), Coding.MH)
        self.assertGreater(decoder.longest_bad_run, 1)
        np.testing.assert_array_equal(decoder.page(Resolution.FINE).rows[-100:], page.rows[-100:])

    def test_no_rtc(self) -> None:
        """The end of the carrier ends a page without RTC, and its last row is there."""
        page = text_like(40)
        octets = encode(page, Coding.MH)
        without = octets[: -(6 * 12) // 8]
        decoder = fed(without, Coding.MH)
        np.testing.assert_array_equal(decoder.page(Resolution.FINE).rows, page.rows)

    def test_noise_around(self) -> None:
        """What the modem gives before the first EOL and after RTC is no part of the page."""
        page = text_like(40)
        decoder = fed(b"\xa5\x5a\x33" + encode(page, Coding.MH) + b"\xa5\x5a\x33", Coding.MH)
        np.testing.assert_array_equal(decoder.page(Resolution.FINE).rows, page.rows)
        self.assertEqual((decoder.over, decoder.bad_rows), (True, 0))

    def test_mmr_broken(self) -> None:
        """After a wrong code of MMR nothing can be read: the rows before it are kept, and that it broke is said."""
        page = dithered(40)
        octets = encode(page, Coding.MMR)
        decoder = fed(octets[: len(octets) // 2] + bytes(20) + octets[len(octets) // 2 :], Coding.MMR)
        self.assertTrue(decoder.broken)
        self.assertGreater(decoder.n_rows, 5)
        np.testing.assert_array_equal(decoder.page(Resolution.FINE).rows[:5], page.rows[:5])

    def test_no_code(self) -> None:
        """Codes that there are not, or not here: each ends an MMR page where it stands, after the rows before it."""
        row = "001" + WHITE_RUNS[0] + BLACK_RUNS[1728]
        for wrong in (
            "0000001" + "1" * 20,  # extensions, which nobody offers
            "0001" + "1" * 20,  # pass, where above there is nothing to pass
            "010" + "1" * 20,  # left of the beginning
            "001" + WHITE_100 + BLACK_0 + "001" + WHITE_1728 + BLACK_0 + "1" * 20,  # more pels than a row has
            "001" + "0" * 9 + "1" * 20,  # no run
        ):
            decoder = fed(octets_of(row * 2 + wrong), Coding.MMR)
            self.assertEqual((decoder.n_rows, decoder.broken, decoder.over), (2, True, True), wrong)

    def test_runs_of_nothing(self) -> None:
        """A run of no pels within a row is no change of colour, also for the row below."""
        nothing = "001" + WHITE_100 + BLACK_0 + "001" + WHITE_1628 + BLACK_0
        decoder = fed(octets_of(nothing + "1" + EOL * 2), Coding.MMR)
        self.assertEqual((decoder.n_rows, decoder.broken), (2, False))
        self.assertFalse(decoder.page(Resolution.FINE).rows.any())

    def test_too_wide(self) -> None:
        """A row of MH with a pel too many, or too few, is a bad one."""
        for wrong in (WHITE_RUNS[1729], WHITE_RUNS[1727]):
            decoder = fed(octets_of((EOL + WHITE_1728) * 2 + EOL + wrong + (EOL + WHITE_1728) + EOL * 6), Coding.MH)
            self.assertEqual((decoder.n_rows, decoder.bad_rows), (4, 1), wrong)

    def test_code_into_the_eol(self) -> None:
        """A broken code that goes on in the zeros of the EOL makes a bad row, also where nothing has come after it."""
        rest_of_white_12 = "001"  # its other three zeros are the EOL's
        for fill in range(8):
            row = (EOL + WHITE_1728) * 2 + "0" * fill + EOL + rest_of_white_12 + EOL + WHITE_1728 + EOL * 6
            decoder = fed(octets_of(row), Coding.MH, step=1)
            self.assertEqual((decoder.n_rows, decoder.bad_rows, decoder.over), (4, 1, True), fill)

    def test_mmr_cut(self) -> None:
        """A stream of MMR that ends in a row is broken; one that ends after a row, without EOFB, is not."""
        octets = encode(dithered(40), Coding.MMR)
        self.assertTrue(fed(octets[:-40], Coding.MMR).broken)
        self.assertFalse(fed(b"\xff" * 10, Coding.MMR).broken)
        self.assertFalse(fed(b"\xff" * 10 + bytes(300), Coding.MMR).broken)
        self.assertTrue(fed(b"\xff" * 10 + bytes(300) + b"\xff", Coding.MMR).broken)

    def test_bomb(self) -> None:
        """30 KB that stand for 240,000 rows give 10,000, packed, and the rest is not looked at."""
        decoder = fed(b"\xff" * 30_000, Coding.MMR, 2432)
        self.assertEqual((decoder.n_rows, decoder.too_long, decoder.over), (MAX_ROWS, True, True))
        self.assertEqual(decoder.page(Resolution.FINE).rows.nbytes, MAX_ROWS * 304)

    def test_row_without_end(self) -> None:
        """A row that never ends is given up after what the longest fill may be, not kept for ever."""
        for coding in (Coding.MH, Coding.MR):
            octets = encode(blank(4), coding)
            decoder = Decoder(1728, coding)
            for _ in range(400):
                decoder.feed(b"\x55" * 256)
            self.assertGreater(decoder.bad_rows, 0)
            decoder.feed(octets)
            self.assertTrue(decoder.over)
        # in MMR: horizontal mode with two runs of nothing, again and again
        nothing = "001" + "00110101" + "0000110111"
        decoder = Decoder(1728, Coding.MMR)
        decoder.feed(octets_of(nothing * 8) * 200)
        self.assertEqual((decoder.broken, decoder.over), (True, True))

    def test_eol_after_a_row_without_end(self) -> None:
        """The EOL whose zeros are the last that was kept of it is one: the row after it is right."""
        decoder = Decoder(1728, Coding.MH)
        decoder.feed(octets_of((EOL + WHITE_1728) * 2 + EOL))
        for _ in range(46):
            decoder.feed(b"\x55" * 256)
        decoder.feed(b"\x55" * 240 + b"\x15\x00")  # 12,000 octets are over; 11 zeros
        self.assertEqual((decoder.n_rows, decoder.bad_rows), (3, 1))
        decoder.feed(octets_of("1" + WHITE_1728 + EOL * 6))
        self.assertEqual((decoder.n_rows, decoder.bad_rows, decoder.over), (5, 2, True))

    def test_runs_into_the_eol(self) -> None:
        """A row whose last code would need zeros of the EOL after it has lost something."""
        whole = WHITE_RUNS[0] + BLACK_RUNS[1665] + WHITE_RUNS[63]
        for row, n_bad in ((whole, 0), (whole[:-2], 1)):
            decoder = fed(octets_of(EOL + WHITE_1728 + EOL + row + EOL + WHITE_1728 + EOL * 6), Coding.MH)
            self.assertEqual((decoder.n_rows, decoder.bad_rows), (3, n_bad))

    def test_below_a_bad_row(self) -> None:
        """In MR a row that is coded against a bad one is bad, though its codes make sense."""
        flat, below = EOL + "1", EOL + "0"
        bits = flat + WHITE_1728 + flat + "1" * 30 + below + "1" + flat + WHITE_1728 + below + "1" + flat * 6
        decoder = fed(octets_of(bits), Coding.MR)
        self.assertEqual((decoder.n_rows, decoder.bad_rows), (5, 2))

    def test_end_of_a_page(self) -> None:
        """One EOL too many is a row that is lost; three are the end of the page, also if the others are not heard."""
        decoder = Decoder(1728, Coding.MH)
        decoder.feed(octets_of((EOL + WHITE_1728) * 2 + EOL + (EOL + WHITE_1728) * 2 + EOL))
        self.assertEqual((decoder.n_rows, decoder.bad_rows, decoder.over), (5, 1, False))
        decoder.feed(octets_of((EOL + WHITE_1728) + EOL * 3 + "0" * 8))
        self.assertTrue(decoder.over)

    def test_tag_and_zeros(self) -> None:
        """A wrong tag with zeros after it is not taken for an EOL, wherever the stream is cut."""
        eol, white = "0" * 11 + "1", "010011011" + "00110101"
        bits = (eol + "1" + white) * 2 + eol + "0" + "0" * 10 + "1" + white + (eol + "1" + white) * 2 + (eol + "1") * 6
        octets = bytes(int(bits[place : place + 8][::-1], 2) for place in range(0, len(bits), 8))
        for step in (1, 2, 3, 100):
            decoder = fed(octets, Coding.MR, step=step)
            self.assertEqual((decoder.n_rows, decoder.bad_rows), (5, 1))

    def test_five_seconds_of_fill(self) -> None:
        """A sender may fill a row for five seconds."""
        octets = encode(text_like(60), Coding.MH, min_row_bits=0)
        slow = encode(blank(3), Coding.MH, min_row_bits=72_000)
        self.assertEqual(fed(slow, Coding.MH, step=36).n_rows, 3)
        self.assertEqual(fed(octets, Coding.MH).bad_rows, 0)
