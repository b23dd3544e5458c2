"""Numbers, money, dates and strings of digits as names of recorded pieces, for either language."""

import datetime
import re
from unicodedata import category, normalize

from twisted.logger import Logger

log = Logger()

LIMIT = 1_000_000_000_000  # beyond, nobody listens
GROUPS = re.compile(r"(?:[a-z]*[0-9]){1,4}|[a-z]+")  # a listener writes down four digits and waits for more
MOBILE = re.compile(r"(1[3-9]\d)(\d{4})(\d{4})")  # everybody in China groups it so


def digits(language: str, text: str) -> list[str]:
    """
    A number said sign by sign, with a pause after every fourth digit: telephone, order or tracking number.

    A mobile number is grouped 3-4-4. A-Z are letters; full-width signs and other scripts' digits count as ours; blanks
    and punctuation, which are not said, begin a new group. Any other sign cannot be said: it is left out, and the log
    tells.
    """
    figure = "digit" if language == "zh" else "number"
    said: list[str] = []
    for group in _groups(text):
        said += ["pause"] * bool(said)
        said += [f"{figure}-{sign}" if sign.isdigit() else f"letter-{sign}" for sign in group]
    return said


def _groups(text: str) -> list[str]:
    plain = "".join(str(int(sign)) if sign.isdecimal() else sign for sign in normalize("NFKC", text).lower())
    if unsaid := "".join(sign for sign in plain if not _has_prompt(sign)):
        log.warn("no prompts for {signs} of {text}: left out", signs=repr(unsaid), text=repr(text))
    sayable = "".join(sign for sign in plain if _has_prompt(sign)).strip()
    mobile = MOBILE.fullmatch(sayable)
    return [*mobile.groups()] if mobile else GROUPS.findall(sayable)


def _has_prompt(sign: str) -> bool:
    """Or needs none."""
    return (sign.isascii() and sign.isprintable()) or sign.isspace() or category(sign)[0] in "PZ"


def number(language: str, n: int) -> list[str]:
    """
    A whole number, the way one counts.

    :raises ValueError: more than a million millions, or as far below 0
    """
    if abs(n) > LIMIT:
        raise ValueError(f"no words for {n}: whole numbers from {-LIMIT} to {LIMIT}")
    said = _mandarin(abs(n)) if language == "zh" else _english(abs(n))
    return ["minus", *said] if n < 0 else said


def count(language: str, n: int) -> list[str]:
    """A number of pieces: 两件, one piece, two pieces."""
    if language == "zh":
        return _joined(_quantity(n), "pieces")
    return [*number(language, n), "piece" if n == 1 else "pieces"]


def minutes(language: str, n: int) -> list[str]:
    """How long somebody will wait: 两分钟, one minute, two minutes."""
    said = _quantity(n) if language == "zh" else number(language, n)
    return [*said, "waiting-minute" if n == 1 else "waiting-minutes"]


def money(language: str, fen: int) -> list[str]:
    """
    An amount in fen, as a cashier says it: 十二元五角; twelve yuan fifty; twelve yuan and five fen; 负五分.

    :raises ValueError: more than a million millions of yuan, or as far below 0
    """
    yuan, rest = divmod(abs(fen), 100)
    said = _mandarin_money(yuan, rest) if language == "zh" else _english_money(yuan, rest)
    return ["minus", *said] if fen < 0 else said


def date(language: str, day: datetime.date, today: datetime.date) -> list[str]:
    """A day as seen from today: the neighbouring days by name, another year with its number."""
    near = {-1: "yesterday", 0: "today", 1: "tomorrow"}.get((day - today).days)
    if near:
        return [near]
    if language == "zh":
        return [*(_mandarin_year(day.year) if day.year != today.year else []), f"date-{day.month}-{day.day}"]
    return [f"month-{day.month}", f"day-{day.day}", *(_english_year(day.year) if day.year != today.year else [])]


def weekday(day: datetime.date) -> list[str]:
    """Monday is weekday-1, in both languages."""
    return [f"weekday-{day.isoweekday()}"]


def time_of_day(language: str, time: datetime.time) -> list[str]:
    """Hours and minutes on a clock of twelve hours: 下午两点零五分, two oh five p.m."""
    hour = time.hour - 12 if time.hour > 12 else time.hour
    if language == "zh":
        zero = ["number-0"] if time.minute < 10 else []
        minutes = [*zero, *_mandarin(time.minute), "minutes"] if time.minute else []
        return ["morning" if time.hour < 12 else "afternoon", *_quantity(hour), "oclock", *minutes]
    half_day = "am" if time.hour < 12 else "pm"
    minutes = ["oh"] * (0 < time.minute < 10) + _english(time.minute) if time.minute else []
    return [*_english(hour or 12), *minutes, half_day]


# Mandarin: 一千二百零三; groups of four figures


def _quantity(n: int) -> list[str]:
    return ["liang"] if n == 2 else number("zh", n)


def _joined(number: list[str], unit: str) -> list[str]:
    """The last piece of a number is recorded with its unit: one syllable alone is hardly understood."""
    return [*number[:-1], f"{number[-1]}-{unit}"]


def _mandarin(n: int) -> list[str]:
    if n < 100:
        return [f"number-{n}"]
    hundred_millions, rest = divmod(n, 100_000_000)
    ten_thousands, rest = divmod(rest, 10_000)
    said = [*_quantity(hundred_millions), "hundred-million"] if hundred_millions else []
    if ten_thousands == 2 and not said:
        said += ["liang", "ten-thousand"]
    elif ten_thousands:
        said += [*_group(ten_thousands, bool(said), skipped=False), "ten-thousand"]
    return said + _group(rest, bool(said), skipped=not ten_thousands)


def _group(n: int, follows: bool, skipped: bool) -> list[str]:
    """
    0 to 9999: 一十二 after something higher, else 十二; a zero for whatever is missing between two figures.

    :param follows: a higher group was said before
    :param skipped: but the next higher one was not: 一亿零五千
    """
    hundreds, tens = divmod(n, 100)
    thousands, hundreds = divmod(hundreds, 10)
    above = follows or n >= 100
    said: list[str] = []
    if thousands:
        said += ["number-0"] * (follows and skipped) + [f"thousand-{thousands}"]
    if hundreds:
        said += ["number-0"] * (follows and not thousands) + [f"hundred-{hundreds}"]
    if tens >= 10 and above and not hundreds:
        said.append("number-0")
    if tens:
        said.append(f"after-{tens}" if above and tens < 20 else f"number-{tens}")  # after-5 is 零五
    return said


def _mandarin_money(yuan: int, rest: int) -> list[str]:
    jiao, fen = divmod(rest, 10)
    said = _joined(_quantity(yuan), "yuan") if yuan or not rest else []
    said += [f"jiao-{jiao}"] if jiao else ["number-0"] * bool(yuan and fen)
    return [*said, f"fen-{fen}"] if fen else said


def _mandarin_year(year: int) -> list[str]:
    return _joined([f"number-{figure}" for figure in str(year)], "year")


# English: one thousand two hundred and three; groups of three figures


def _english(n: int) -> list[str]:
    if n < 100:
        return [f"number-{n}"]
    said: list[str] = []
    for power, unit in ((12, ["trillion"]), (9, ["billion"]), (6, ["million"]), (3, ["thousand"]), (0, [])):
        hundreds, tens = divmod(n // 10**power % 1000, 100)
        said += [f"number-{hundreds}", "hundred"] if hundreds else []
        said += ["and"] * bool(tens and (hundreds or (said and not unit)))
        said += [f"number-{tens}"] if tens else []
        said += unit if hundreds or tens else []
    return said


def _english_money(yuan: int, rest: int) -> list[str]:
    if rest and not yuan:
        return [*_english(rest), "fen"]
    said = [*number("en", yuan), "yuan"]
    if 0 < rest < 10:
        return [*said, "and", *_english(rest), "fen"]
    return said + _english(rest) * bool(rest)


def _english_year(year: int) -> list[str]:
    century, rest = divmod(year, 100)
    return _english(year) if rest < 10 else [*_english(century), *_english(rest)]
