"""What callers hear of numbers, money and dates, judged by cn2an and num2words."""

import datetime
import re

import cn2an
from hypothesis import given
from hypothesis import strategies as st
from num2words import num2words
from twisted.trial.unittest import SynchronousTestCase

from callserver.ivr import spoken
from callserver.ivr.prompts import CATALOGUE, FOLDER, LANGUAGES, Catalogue

TEXTS = {language: Catalogue.read(FOLDER / language / CATALOGUE).texts for language in LANGUAGES}

LARGE_AND_SMALL = st.integers(0, 8).flatmap(lambda figures: st.integers(0, 10**figures))
NUMBERS = LARGE_AND_SMALL | st.integers(0, spoken.LIMIT - 1)
FEN = st.integers(0, 7).flatmap(lambda figures: st.integers(0, 10**figures)) | st.integers(0, 99_999_999)
DAYS = st.dates(datetime.date(2000, 1, 1), datetime.date(2099, 12, 31))
MANDARIN_CAPITALS = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰仟", "一二三四五六七八九十百千")


def mandarin(pieces: list[str]) -> str:
    return "".join(TEXTS["zh"][piece] for piece in pieces)


def english(pieces: list[str]) -> str:
    return " ".join(TEXTS["en"][piece] for piece in pieces)


def mandarin_number(n: int) -> str:
    """cn2an's words, with 两 for the 2 that counts thousands or begins and counts 万 or 亿."""
    text = cn2an.an2cn(n)
    return re.sub("^二(?=[万亿])", "两", text.replace("二千", "两千"))


def english_number(n: int, **kind: str) -> str:
    return str(num2words(n, **kind)).replace(",", "").replace("-", " ")


class NumberTests(SynchronousTestCase):
    @given(NUMBERS)
    def test_mandarin(self, n: int) -> None:
        """Every number is said as cn2an writes it."""
        self.assertEqual(mandarin(spoken.number("zh", n)), mandarin_number(n))

    @given(NUMBERS)
    def test_english(self, n: int) -> None:
        """Every number is said as num2words writes it."""
        self.assertEqual(english(spoken.number("en", n)), english_number(n))

    def test_known(self) -> None:
        """Zeros inside, tens inside, and 两."""
        self.assertEqual(mandarin(spoken.number("zh", 1203)), "一千二百零三")
        self.assertEqual(mandarin(spoken.number("zh", 100_005)), "十万零五")
        self.assertEqual(mandarin(spoken.number("zh", 2010)), "两千零一十")
        self.assertEqual(english(spoken.number("en", 100_005)), "one hundred thousand and five")

    def test_out_of_range(self) -> None:
        """What has no words is a mistake of the menu, not a silence."""
        for n in (-1, spoken.LIMIT):
            with self.assertRaises(ValueError):
                spoken.number("zh", n)

    def test_few_seams(self) -> None:
        """The fewer pieces, the better it sounds: a price below a hundred yuan has at most four."""
        self.assertEqual(spoken.number("zh", 99), ["number-99"])
        self.assertLessEqual(max(len(spoken.money("zh", fen)) for fen in range(10_000)), 4)


class CountTests(SynchronousTestCase):
    def test_two(self) -> None:
        """Two pieces are 两件, twelve are 十二件."""
        self.assertEqual(mandarin(spoken.count("zh", 2)), "两件")
        self.assertEqual(mandarin(spoken.count("zh", 12)), "十二件")

    def test_one_and_many(self) -> None:
        """One piece, but no pieces and two pieces."""
        counts = [english(spoken.count("en", n)) for n in (0, 1, 2)]
        self.assertEqual(counts, ["zero pieces", "one piece", "two pieces"])


class MoneyTests(SynchronousTestCase):
    @given(FEN)
    def test_mandarin(self, fen: int) -> None:
        """Every amount is said as cn2an writes it on a cheque, but for 两."""
        cheque = cn2an.an2cn(f"{fen // 100}.{fen % 100:02}", "rmb").translate(MANDARIN_CAPITALS)
        expected = re.sub("^一十", "十", cheque).removesuffix("整").replace("二角", "两角").replace("二分", "两分")
        expected = re.sub("^二(?=[元万亿])", "两", expected.replace("二千", "两千"))
        self.assertEqual(mandarin(spoken.money("zh", fen)), expected)

    @given(FEN)
    def test_english(self, fen: int) -> None:
        """Yuan and fen in words."""
        yuan, rest = divmod(fen, 100)
        words = english(spoken.money("en", fen))
        if yuan or not rest:
            self.assertTrue(words.startswith(f"{english_number(yuan)} yuan"), words)
        if rest:
            self.assertIn(english_number(rest), words.removeprefix(f"{english_number(yuan)} yuan"))

    def test_known(self) -> None:
        """As a cashier says it."""
        amounts = (0, 5, 50, 200, 1200, 1205, 1250, 1222)
        self.assertEqual(
            [mandarin(spoken.money("zh", fen)) for fen in amounts],
            ["零元", "五分", "五角", "两元", "十二元", "十二元零五分", "十二元五角", "十二元两角两分"],
        )
        self.assertEqual(
            [english(spoken.money("en", fen)) for fen in (0, 5, 50, 1200, 1205, 1250)],
            ["zero yuan", "five fen", "fifty fen", "twelve yuan", "twelve yuan and five fen", "twelve yuan fifty"],
        )


class DigitsTests(SynchronousTestCase):
    def test_telephone_number(self) -> None:
        """In Mandarin a 1 among digits is 幺."""
        self.assertEqual(mandarin(spoken.digits("zh", "139 0010")), "幺三九零零幺零")
        self.assertEqual(english(spoken.digits("en", "1390")), "one three nine zero")

    def test_tracking_number(self) -> None:
        """Letters are said by name, dashes not at all."""
        self.assertEqual(english(spoken.digits("en", "sf-20")), "S F two zero")

    @given(st.text())
    def test_anything(self, text: str) -> None:
        """Whatever a database holds, only recorded pieces come out."""
        for language in LANGUAGES:
            self.assertLessEqual(set(spoken.digits(language, text)), TEXTS[language].keys())


class DateTests(SynchronousTestCase):
    today = datetime.date(2026, 3, 5)

    def test_near(self) -> None:
        """Yesterday, today, tomorrow by name, also over the end of a month."""
        self.assertEqual(mandarin(spoken.date("zh", self.today, self.today)), "今天")
        first = datetime.date(2026, 3, 1)
        self.assertEqual(spoken.date("en", first - datetime.timedelta(1), first), ["yesterday"])
        self.assertEqual(spoken.date("en", first, first - datetime.timedelta(1)), ["tomorrow"])

    def test_known(self) -> None:
        """The year only when it is another one."""
        same, other = datetime.date(2026, 10, 31), datetime.date(2025, 2, 3)
        self.assertEqual(mandarin(spoken.date("zh", same, self.today)), "十月三十一号")
        self.assertEqual(mandarin(spoken.date("zh", other, self.today)), "二零二五年二月三号")
        self.assertEqual(english(spoken.date("en", same, self.today)), "October thirty-first")
        self.assertEqual(english(spoken.date("en", other, self.today)), "February third twenty twenty five")

    @given(DAYS, DAYS)
    def test_any_day(self, day: datetime.date, today: datetime.date) -> None:
        """Every day of the century is recorded, in English as num2words says the year."""
        mandarin(spoken.date("zh", day, today))
        words = english(spoken.date("en", day, today))
        if day.year != today.year and abs((day - today).days) > 1:
            self.assertTrue(words.endswith(english_number(day.year, to="year")), words)

    @given(DAYS, st.times())
    def test_weekday_and_time(self, day: datetime.date, time: datetime.time) -> None:
        """Every weekday and minute is recorded in both languages."""
        for language in LANGUAGES:
            pieces = spoken.weekday(day) + spoken.time_of_day(language, time)
            self.assertLessEqual(set(pieces), TEXTS[language].keys())

    def test_time_of_day(self) -> None:
        """The clock of twelve hours, with noon and midnight."""
        times = [datetime.time(0, 30), datetime.time(2, 5), datetime.time(12), datetime.time(21, 15)]
        self.assertEqual(
            [mandarin(spoken.time_of_day("zh", time)) for time in times],
            ["上午零点三十分", "上午两点零五分", "下午十二点", "下午九点十五分"],
        )
        self.assertEqual(
            [english(spoken.time_of_day("en", time)) for time in times],
            ["twelve thirty AM", "two oh five AM", "twelve PM", "nine fifteen PM"],
        )
