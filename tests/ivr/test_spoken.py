"""Numbers, money and dates, put together from recorded pieces."""

from datetime import date

from cn2an import cn2an
from hypothesis import given
from hypothesis import strategies as st
from num2words import num2words
from twisted.trial.unittest import SynchronousTestCase

from callserver.ivr import spoken
from callserver.ivr.prompts import CATALOGUE, FOLDER, Catalogue

TEXTS = {language: Catalogue.read(FOLDER / language / CATALOGUE).texts for language in ("zh", "en")}
LANGUAGES = st.sampled_from(["zh", "en"])


def said(language: str, pieces: list[str]) -> str:
    """What a caller hears, as text."""
    return ("" if language == "zh" else " ").join(TEXTS[language][piece] for piece in pieces)


class SpokenTests(SynchronousTestCase):
    def test_numbers(self) -> None:
        """Numbers as people say them."""
        for n, zh, en in (
            (0, "零", "zero"),
            (10, "十", "ten"),
            (12, "十二", "twelve"),
            (110, "一百一十", "one hundred and ten"),
            (1203, "一千二百零三", "one thousand two hundred and three"),
            (100005, "十万零五", "one hundred thousand and five"),
            (22034, "两万两千零三十四", "twenty two thousand and thirty four"),
            (112, "一百一十二", "one hundred and twelve"),
        ):
            self.assertEqual(said("zh", spoken.number("zh", n)), zh)
            self.assertEqual(said("en", spoken.number("en", n)), en)

    def test_counts(self) -> None:
        """Two pieces are liang; one piece is a piece."""
        self.assertEqual(said("zh", spoken.count("zh", 2)), "两件")
        self.assertEqual(said("zh", spoken.count("zh", 12)), "十二件")
        self.assertEqual(said("en", spoken.count("en", 1)), "one piece")
        self.assertEqual(said("en", spoken.count("en", 2)), "two pieces")

    def test_money(self) -> None:
        """Prices with yuan, jiao and fen; nothing that is nought is said, but for the gap."""
        for fen, zh, en in (
            (1250, "十二元五角", "twelve yuan fifty fen"),
            (6800, "六十八元", "sixty eight yuan"),
            (1205, "十二元零五分", "twelve yuan five fen"),
            (99, "九角九分", "ninety nine fen"),
            (0, "零元", "zero yuan"),
        ):
            self.assertEqual(said("zh", spoken.money("zh", fen)), zh)
            self.assertEqual(said("en", spoken.money("en", fen)), en)

    def test_digits(self) -> None:
        """Digits one by one, yao for 1 in Mandarin; letters of tracking numbers; nothing else."""
        self.assertEqual(said("zh", spoken.digits("zh", "139-0")), "幺三九零")
        self.assertEqual(said("en", spoken.digits("en", "SF12")), "S F one two")

    def test_dates(self) -> None:
        """A day next to today by its name, another year with the year."""
        today = date(2026, 11, 24)
        self.assertEqual(said("zh", spoken.date("zh", date(2026, 11, 23), today)), "昨天")
        self.assertEqual(said("zh", spoken.date("zh", date(2026, 3, 8), today)), "三月八号")
        self.assertEqual(said("zh", spoken.date("zh", date(2025, 12, 31), today)), "二零二五年十二月三十一号")
        self.assertEqual(said("en", spoken.date("en", date(2026, 11, 2), today)), "November second")
        self.assertEqual(
            said("en", spoken.date("en", date(2025, 12, 31), today)), "December thirty-first twenty twenty five"
        )
        self.assertEqual(said("en", spoken.date("en", date(2005, 1, 1), today)), "January first two thousand and five")

    @given(st.integers(0, 10**8))
    def test_any_number(self, n: int) -> None:
        """Every number can be said, in the words that the libraries give."""
        zh = said("zh", spoken.number("zh", n))
        self.assertEqual(cn2an(zh, "smart"), n, zh)
        en = num2words(n).replace(",", "").replace("-", " ")
        self.assertEqual(said("en", spoken.number("en", n)).replace("-", " "), en)

    @given(LANGUAGES, st.integers(0, 99_999_999), st.dates(date(1990, 1, 1), date(2099, 12, 31)))
    def test_everything_is_recorded(self, language: str, n: int, day: date) -> None:
        """Whatever is composed, each piece is in the catalogue."""
        pieces = [
            *spoken.money(language, n),
            *spoken.count(language, n),
            *spoken.digits(language, str(n)),
            *spoken.date(language, day, date(2026, 11, 24)),
        ]
        self.assertEqual([piece for piece in pieces if piece not in TEXTS[language]], [])
