"""What callers hear of numbers, money and dates, judged by the rules of writing, cn2an and num2words."""

import datetime
import re
from itertools import groupby

import cn2an
from babel.dates import format_time
from hypothesis import assume, given
from hypothesis import strategies as st
from num2words import num2words
from twisted.logger import capturedLogs
from twisted.trial.unittest import SynchronousTestCase

from callserver.ivr import spoken
from callserver.ivr.prompts import CATALOGUE, FOLDER, LANGUAGES, Catalogue

TEXTS = {language: Catalogue.read(FOLDER / language / CATALOGUE).texts for language in LANGUAGES}

NUMBERS = st.integers(0, 12).flatmap(lambda figures: st.integers(0, 10**figures))
FIGURES_AND_ZEROS = st.text("00000125", min_size=1, max_size=12).map(int)  # 100_005_000 and its like
NUMBERS |= FIGURES_AND_ZEROS | st.sampled_from([10**n for n in range(13)])
FEN = st.integers(0, 14).flatmap(lambda figures: st.integers(0, 10**figures)) | FIGURES_AND_ZEROS
DAYS = st.dates(datetime.date(2000, 1, 1), datetime.date(2099, 12, 31))


def mandarin(pieces: list[str]) -> str:
    return "".join(TEXTS["zh"][piece] for piece in pieces)


def english(pieces: list[str]) -> str:
    return " ".join(TEXTS["en"][piece] for piece in pieces)


def mandarin_number(n: int) -> str:
    """
    As it is written: figure by figure with its unit, a group of four with its own; zeros become one, the last none.

    Not cn2an's writing, which leaves out the zero of 一亿零五千.
    """
    higher = mandarin_number(n // 10**8) + "亿" if n >= 10**8 else ""
    groups = ((n // 10**4 % 10**4, "万"), (n % 10**4, ""))
    text = higher + "".join(in_figures(group) + unit if group else "零" for group, unit in groups)
    text = re.sub("零+(?=[万亿]|$)", "", re.sub("零+", "零", text if higher else text.lstrip("零")))
    text = re.sub("^一十", "十", text).replace("二千", "两千")
    return re.sub("^二(?=[万亿])", "两", text) or "零"


def in_figures(group: int) -> str:
    """1 to 9999: 0105 is 零一百零五."""
    return "".join(
        "零一二三四五六七八九"[int(figure)] + (unit if figure != "0" else "")
        for figure, unit in zip(f"{group:04}", ("千", "百", "十", ""), strict=True)
    )


def english_number(n: int, **kind: str) -> str:
    return str(num2words(n, **kind)).replace(",", "").replace("-", " ")


class NumberTests(SynchronousTestCase):
    @given(NUMBERS)
    def test_mandarin(self, n: int) -> None:
        """Every number is said as it is written, and cn2an reads what was said as that number."""
        said = mandarin(spoken.number("zh", n))
        self.assertEqual(said, mandarin_number(n))
        self.assertEqual(cn2an.cn2an(said.replace("两", "二"), "normal"), n)

    @given(NUMBERS)
    def test_english(self, n: int) -> None:
        """Every number is said as num2words writes it."""
        self.assertEqual(english(spoken.number("en", n)), english_number(n))

    def test_known(self) -> None:
        """Zeros inside, tens inside, and 两."""
        self.assertEqual(mandarin(spoken.number("zh", 1203)), "一千二百零三")
        self.assertEqual(mandarin(spoken.number("zh", 100_005)), "十万零五")
        self.assertEqual(mandarin(spoken.number("zh", 100_005_000)), "一亿零五千")
        self.assertEqual(mandarin(spoken.number("zh", 3_000_001_020)), "三十亿零一千零二十")
        self.assertEqual(mandarin(spoken.number("zh", 210_012)), "二十一万零一十二")
        self.assertEqual(mandarin(spoken.number("zh", 10**12)), "一万亿")
        self.assertEqual(mandarin(spoken.number("zh", 2010)), "两千零一十")
        self.assertEqual(english(spoken.number("en", 100_005)), "one hundred thousand and five")

    def test_out_of_range(self) -> None:
        """What has no words is a mistake of the menu, not a silence."""
        for language in LANGUAGES:
            for n in (-spoken.LIMIT - 1, spoken.LIMIT + 1):
                with self.assertRaises(ValueError):
                    spoken.number(language, n)
                with self.assertRaises(ValueError):
                    spoken.money(language, n * 100)

    @given(NUMBERS)
    def test_below_zero(self, n: int) -> None:
        """A balance may be below zero: 负 or minus, then the amount."""
        if n:
            self.assertEqual(mandarin(spoken.number("zh", -n)), "负" + mandarin(spoken.number("zh", n)))
            self.assertEqual(english(spoken.money("en", -n)), "minus " + english(spoken.money("en", n)))

    def test_few_seams(self) -> None:
        """The fewer pieces, the better it sounds: a price below a hundred yuan has at most four."""
        self.assertEqual(spoken.number("zh", 99), ["number-99"])
        self.assertEqual(spoken.money("zh", 2500), ["number-25-yuan"])
        self.assertLessEqual(max(len(spoken.money("zh", fen)) for fen in range(10_000)), 3)
        self.assertLessEqual(max(len(spoken.money("zh", yuan * 100)) for yuan in range(1000)), 2)


class OrdinalTests(SynchronousTestCase):
    @given(NUMBERS.filter(bool))
    def test_mandarin(self, n: int) -> None:
        """第 and the number, of which it is not 两 that comes first: the second is 第二."""
        self.assertEqual(mandarin(spoken.ordinal("zh", n)), "第" + mandarin_number(n))

    @given(NUMBERS.filter(bool))
    def test_english(self, n: int) -> None:
        """Every place is said as num2words writes it."""
        said = english(spoken.ordinal("en", n)).replace("-", " ")
        self.assertEqual(said, english_number(n, to="ordinal"))

    def test_known(self) -> None:
        """The places that are often got wrong."""
        places = (1, 2, 10, 12, 20, 103, 200, 1000, 2000, 20_000)
        self.assertEqual(
            [mandarin(spoken.ordinal("zh", n)) for n in places],
            ["第一", "第二", "第十", "第十二", "第二十", "第一百零三", "第二百", "第一千", "第两千", "第两万"],
        )
        self.assertEqual(
            [english(spoken.ordinal("en", n)) for n in (2, 12, 21, 103, 1000)],
            ["second", "twelfth", "twenty-first", "one hundred and third", "one thousandth"],
        )

    def test_no_place(self) -> None:
        """There is no place before the first."""
        for n in (0, -1, spoken.LIMIT + 1):
            self.assertRaises(ValueError, spoken.ordinal, "zh", n)

    def test_place_in_a_queue(self) -> None:
        """Your place is 第三; your place in line is number three."""
        self.assertEqual(mandarin(spoken.place("zh", 3)), "第三")
        self.assertEqual(english(spoken.place("en", 3)), "three")

    def test_one_breath(self) -> None:
        """第 is never a piece by itself: one syllable is hardly understood."""
        self.assertEqual(spoken.ordinal("zh", 99), ["ordinal-99"])
        self.assertEqual(spoken.ordinal("zh", 103), ["ordinal-hundred-1", "after-3"])


MINUTE_S, HOUR_S, DAY_S = 60, 3600, 86_400


class DurationTests(SynchronousTestCase):
    def test_known(self) -> None:
        """The two largest units, 两 before each, a zero before what is below ten."""
        table = {
            0: ("零秒", "zero seconds"),
            1: ("一秒", "one second"),
            2 * MINUTE_S: ("两分钟", "two minutes"),
            2 * MINUTE_S + 2: ("两分钟零二秒", "two minutes and two seconds"),
            90.9: ("一分钟三十秒", "one minute and thirty seconds"),
            2 * HOUR_S: ("两小时", "two hours"),
            2 * HOUR_S + 5 * MINUTE_S: ("两小时零五分钟", "two hours and five minutes"),
            2 * HOUR_S + 9: ("两小时", "two hours"),
            DAY_S + 2 * HOUR_S: ("一天两小时", "one day and two hours"),
            22 * DAY_S: ("二十二天", "twenty two days"),
            99 * DAY_S + 23 * HOUR_S: ("九十九天二十三小时", "ninety nine days and twenty three hours"),
        }
        for seconds, (chinese, other) in table.items():
            self.assertEqual(mandarin(spoken.duration("zh", seconds)), chinese)
            self.assertEqual(english(spoken.duration("en", seconds)), other)

    @given(st.floats(0, 100 * DAY_S, exclude_max=True))
    def test_any(self, seconds: float) -> None:
        """Whatever it is, it is recorded, and what is said is not longer than it, nor much shorter."""
        words = mandarin(spoken.duration("zh", seconds)).replace("两", "二").replace("零", "")
        units = {"天": DAY_S, "小时": HOUR_S, "分钟": MINUTE_S, "秒": 1}
        parts = re.findall(f"([一二三四五六七八九十]+)({'|'.join(units)})", words)
        said = sum(cn2an.cn2an(n, "normal") * units[unit] for n, unit in parts)
        self.assertLessEqual(said, seconds)
        self.assertLessEqual(seconds - said, max(1, seconds / 20))
        english(spoken.duration("en", seconds))

    def test_no_duration(self) -> None:
        """What nobody counts in days any more is a mistake of the menu."""
        for seconds in (-1, 100 * DAY_S, float("nan")):
            self.assertRaises(ValueError, spoken.duration, "en", seconds)


class CountTests(SynchronousTestCase):
    def test_two(self) -> None:
        """Two pieces are 两件, twelve are 十二件."""
        self.assertEqual(mandarin(spoken.count("zh", 2)), "两件")
        self.assertEqual(mandarin(spoken.count("zh", 12)), "十二件")

    def test_minutes(self) -> None:
        """A wait of 两分钟, of twenty-two 二十二分钟; one minute, two minutes."""
        said = [mandarin(spoken.minutes("zh", n)) for n in (1, 2, 12, 22)]
        self.assertEqual(said, ["一分钟", "两分钟", "十二分钟", "二十二分钟"])
        self.assertEqual([english(spoken.minutes("en", n)) for n in (1, 2)], ["one minute", "two minutes"])

    def test_one_and_many(self) -> None:
        """One piece, but no pieces and two pieces."""
        counts = [english(spoken.count("en", n)) for n in (0, 1, 2)]
        self.assertEqual(counts, ["zero pieces", "one piece", "two pieces"])


class MoneyTests(SynchronousTestCase):
    @given(FEN)
    def test_mandarin(self, fen: int) -> None:
        """Every amount is said as a cashier says it; the zero stands for missing jiao between yuan and fen."""
        yuan, jiao, rest = fen // 100, fen // 10 % 10, fen % 10
        figures = "零一两三四五六七八九"
        expected = f"{'两' if yuan == 2 else mandarin_number(yuan)}元" if yuan or not fen else ""
        expected += f"{figures[jiao]}角" if jiao else "零" * bool(yuan and rest)
        expected += f"{figures[rest]}分" * bool(rest)
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
    def test_order_number(self) -> None:
        """In Mandarin a 1 among digits is 幺; after every fourth digit the caller has time to write."""
        self.assertEqual(mandarin(spoken.digits("zh", "20260001")), "二零二六，零零零幺")
        self.assertEqual(english(spoken.digits("en", "1390")), "one three nine zero")
        self.assertEqual(mandarin(spoken.digits("zh", "202600011")), "二零二六，零零零幺，幺")

    def test_written_in_groups(self) -> None:
        """Who writes a number in groups hears it so."""
        for text in ("138 0013 8000", "138-0013-8000", "(138)　0013—8000", "-138.0013.8000-"):
            self.assertEqual(mandarin(spoken.digits("zh", text)), "幺三八，零零幺三，八零零零")

    def test_mobile_number(self) -> None:
        """A mobile number is grouped as everybody groups it, a longer number that begins so is not."""
        self.assertEqual(mandarin(spoken.digits("zh", "13800138000")), "幺三八，零零幺三，八零零零")
        self.assertEqual(mandarin(spoken.digits("zh", "138001380001")), "幺三八零，零幺三八，零零零幺")

    def test_tracking_number(self) -> None:
        """Letters are said by name, dashes not at all; only digits are counted into groups."""
        self.assertEqual(english(spoken.digits("en", "sf-20")), "S F , two zero")
        self.assertEqual(mandarin(spoken.digits("zh", "SF12345")), "SF幺二三四，五")

    def test_full_width(self) -> None:
        """Full-width letters, digits and blanks, and other scripts' digits, are said like ours."""
        self.assertEqual(spoken.digits("zh", "ＳＦ１２３４"), spoken.digits("zh", "SF1234"))
        self.assertEqual(spoken.digits("en", "１３９　００１０"), spoken.digits("en", "139 0010"))
        self.assertEqual(spoken.digits("en", "١٢③"), spoken.digits("en", "123"))
        self.assertEqual(self.flushLoggedErrors(), [])

    def test_left_out(self) -> None:
        """What has no prompt is left out, and the log says what of which number."""
        with capturedLogs() as logs:
            self.assertEqual(spoken.digits("zh", "运12🙂é"), ["digit-1", "digit-2"])
            self.assertEqual(spoken.digits("zh", "1-2"), ["digit-1", "pause", "digit-2"])
            self.assertEqual(spoken.digits("zh", " -　"), [])
        self.assertEqual(
            [log["log_format"].format(**log) for log in logs], ["no prompts for '运🙂é' of '运12🙂é': left out"]
        )

    def test_telephone(self) -> None:
        """A telephone number is grouped as people there write it, with 幺; a foreign one is said as it is dialled."""
        table = {
            "02188881234": "零二幺，八八八八，幺二三四",
            "057188881234": "零五七幺，八八八八，幺二三四",
            "13800138000": "幺三八，零零幺三，八零零零",
            "+8613800138000": "幺三八，零零幺三，八零零零",
            "4008218220": "四零零，八二幺，八二二零",
            "95588": "九五五八，八",
            "8001": "八零零幺",
            "+442079460958": "零零，四四，二零，七九四六，零九五八",
        }
        for number, said in table.items():
            self.assertEqual(mandarin(spoken.telephone("zh", number)), said)
        self.assertEqual(english(spoken.telephone("en", "02079460958", "gb")[:4]), "zero two zero ,")
        self.assertEqual(spoken.telephone("zh", "not one"), spoken.digits("zh", "not one"))

    @given(st.text("0123456789+ ", max_size=16), st.sampled_from(["CN", "gb", "US"]))
    def test_any_telephone(self, number: str, country: str) -> None:
        """Whatever calls, only recorded pieces come out."""
        for language in LANGUAGES:
            said = spoken.telephone(language, number, country)
            self.assertLessEqual(set(said), TEXTS[language].keys())
        if not number.startswith("+"):
            self.assertEqual(
                [one for one in said if one != "pause"], [f"number-{one}" for one in number if one.isdigit()]
            )

    @given(st.text())
    def test_anything(self, text: str) -> None:
        """Whatever a database holds, only recorded pieces come out, and no pause at either end or beside another."""
        for language in LANGUAGES:
            said = spoken.digits(language, text)
            self.assertLessEqual(set(said), TEXTS[language].keys())
            groups = [list(group) for pause, group in groupby(said, lambda piece: piece == "pause") if not pause]
            self.assertEqual(said.count("pause"), max(0, len(groups) - 1))
            self.assertLessEqual(max([sum("letter" not in piece for piece in group) for group in groups], default=0), 4)


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

    @given(st.times())
    def test_part_of_the_day(self, time: datetime.time) -> None:
        """凌晨, 早上, 上午, 中午, 下午, 晚上 begin when the Unicode CLDR says so, but for 午夜 at the stroke of it."""
        assume(time.hour or time.minute)
        said = mandarin(spoken.time_of_day("zh", time))
        self.assertTrue(said.startswith(format_time(time, "B", locale="zh")), said)

    def test_moment(self) -> None:
        """A day and a time, as it is said."""
        now = datetime.datetime(2026, 3, 5, 12, 30)
        later = datetime.datetime(2026, 3, 7, 9)
        self.assertEqual(mandarin(spoken.moment("zh", later, now)), "后天上午九点")
        self.assertEqual(english(spoken.moment("en", later, now)), "March seventh at nine AM")
        self.assertEqual(mandarin(spoken.moment("zh", now, later)), "前天中午十二点三十分")

    def test_time_of_day(self) -> None:
        """The clock of twelve hours, with noon and midnight."""
        times = [datetime.time(0, 30), datetime.time(2, 5), datetime.time(12), datetime.time(21, 15)]
        self.assertEqual(
            [mandarin(spoken.time_of_day("zh", time)) for time in times],
            ["凌晨零点三十分", "凌晨两点零五分", "中午十二点", "晚上九点十五分"],
        )
        self.assertEqual(
            [english(spoken.time_of_day("en", time)) for time in times],
            ["twelve thirty AM", "two oh five AM", "twelve noon", "nine fifteen PM"],
        )
