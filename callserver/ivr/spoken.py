"""Numbers, money, dates and strings of digits as names of recorded pieces, for either language."""

import datetime

LIMIT = 1_000_000_000  # beyond, nobody listens


def digits(language: str, text: str) -> list[str]:
    """A number said sign by sign: telephone, order or tracking number; A-Z are letters, other signs are not said."""
    one = "yao" if language == "zh" else "number-1"  # 一 and 七 sound alike on a bad line
    signs = [sign for sign in text.lower() if sign.isascii() and sign.isalnum()]
    return [one if sign == "1" else f"number-{sign}" if sign.isdigit() else f"letter-{sign}" for sign in signs]


def number(language: str, n: int) -> list[str]:
    """
    A whole number, the way one counts.

    :raises ValueError: below 0, or a thousand millions and more
    """
    if not 0 <= n < LIMIT:
        raise ValueError(f"no words for {n}: whole numbers from 0 to {LIMIT - 1}")
    return _mandarin(n) if language == "zh" else _english(n)


def count(language: str, n: int) -> list[str]:
    """A number of pieces: 两件, one piece, two pieces."""
    if language == "zh":
        return [*_quantity(n), "pieces"]
    return [*number(language, n), "piece" if n == 1 else "pieces"]


def money(language: str, fen: int) -> list[str]:
    """An amount in fen, as a cashier says it: 十二元五角; twelve yuan fifty; twelve yuan and five fen."""
    yuan, rest = divmod(fen, 100)
    return _mandarin_money(yuan, rest) if language == "zh" else _english_money(yuan, rest)


def date(language: str, day: datetime.date, today: datetime.date) -> list[str]:
    """A day as seen from today: the neighbouring days by name, another year with its number."""
    near = {-1: "yesterday", 0: "today", 1: "tomorrow"}.get((day - today).days)
    if near:
        return [near]
    month_and_day = [f"month-{day.month}", f"day-{day.day}"]
    if day.year == today.year:
        return month_and_day
    if language == "zh":
        return [*(f"number-{figure}" for figure in str(day.year)), "year", *month_and_day]
    return [*month_and_day, *_english_year(day.year)]


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


def _mandarin(n: int) -> list[str]:
    if n < 100:
        return [f"number-{n}"]
    hundred_millions, rest = divmod(n, 100_000_000)
    ten_thousands, rest = divmod(rest, 10_000)
    said: list[str] = []
    for group, unit in ((hundred_millions, ["hundred-million"]), (ten_thousands, ["ten-thousand"]), (rest, [])):
        if group:
            said += ["number-0"] * (bool(said) and group < 1000) + _group(group, bool(said), bool(unit)) + unit
    return said


def _group(n: int, follows: bool, unit: bool) -> list[str]:
    """1 to 9999, after a higher group or not, before a unit or not: 十二万 at the beginning, 零一十二 within."""
    thousands, rest = divmod(n, 1000)
    hundreds, tens = divmod(rest, 100)
    said = [f"thousand-{thousands}"] * bool(thousands)
    if rest and not hundreds and thousands:
        said.append("number-0")
    said += [f"hundred-{hundreds}"] * bool(hundreds)
    if tens and tens < 10 and hundreds:
        said.append("number-0")
    if n == 2 and unit and not follows:
        return ["liang"]
    if 10 <= tens < 20 and (said or follows):
        said.append("number-1")
    return [*said, f"number-{tens}"] if tens else said


def _mandarin_money(yuan: int, rest: int) -> list[str]:
    jiao, fen = divmod(rest, 10)
    said = [*_quantity(yuan), "yuan"] if yuan or not rest else []
    said += [f"jiao-{jiao}"] if jiao else ["number-0"] * bool(yuan and fen)
    return [*said, f"fen-{fen}"] if fen else said


# English: one thousand two hundred and three; groups of three figures


def _english(n: int) -> list[str]:
    if n < 100:
        return [f"number-{n}"]
    millions, rest = divmod(n, 1_000_000)
    thousands, rest = divmod(rest, 1000)
    said: list[str] = []
    for group, unit in ((millions, ["million"]), (thousands, ["thousand"]), (rest, [])):
        hundreds, tens = divmod(group, 100)
        said += [f"number-{hundreds}", "hundred"] if hundreds else []
        said += ["and"] * bool(tens and (hundreds or (said and not unit)))
        said += [f"number-{tens}"] if tens else []
        said += unit if group else []
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
