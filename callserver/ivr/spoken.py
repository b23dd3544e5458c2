"""Numbers, money and dates as the pieces that were recorded: names of the catalogue, in the order they are said."""

import datetime
import re

from cn2an import an2cn, cn2an
from num2words import num2words

ZH_PARTS = re.compile("(?P<thousand>.)千|(?P<hundred>.)百|(?P<zero>零)|(?P<scale>[万亿])|(?P<number>[^千百零万亿]+)")
ZH_SCALES = {"万": "ten-thousand", "亿": "hundred-million"}
EN_WORDS = {num2words(n).replace("-", " "): str(n) for n in range(100)}
FEN_A_YUAN, FEN_A_JIAO = 100, 10
RELATIVE_DAYS = {-1: "yesterday", 0: "today", 1: "tomorrow"}


def digits(language: str, text: str) -> list[str]:
    """One by one, as order and telephone numbers are said: zh says yao for 1; letters too; other characters are not."""
    return [piece for character in text if (piece := _character(language, character))]


def number(language: str, n: int) -> list[str]:
    """A whole number from 0 to 10**12: "一千二百零三", "one thousand two hundred and three"."""
    return _zh_number(n) if language == "zh" else _en_number(n)


def count(language: str, n: int) -> list[str]:
    """So many pieces of goods: "两件", "two pieces"."""
    if language == "zh":
        return [*(["liang"] if n == 2 else number("zh", n)), "pieces"]
    return [*number("en", n), "piece" if n == 1 else "pieces"]


def money(language: str, fen: int) -> list[str]:
    """A price: 1250 fen are "十二元五角", "twelve yuan fifty fen"."""
    yuan, rest = divmod(fen, FEN_A_YUAN)
    said = [*number(language, yuan), "yuan"] if yuan or not rest else []
    if not rest:
        return said
    return said + (_zh_small_change(rest, bool(yuan)) if language == "zh" else [*number("en", rest), "fen"])


def date(language: str, day: datetime.date, today: datetime.date) -> list[str]:
    """A day near `today`: by its name if it is next to it, else month and day, with the year if it is another."""
    near = RELATIVE_DAYS.get((day - today).days)
    if near:
        return [near]
    month_and_day = [f"month-{day.month}", f"day-{day.day}"]
    if day.year == today.year:
        return month_and_day
    return [*_zh_year(day.year), *month_and_day] if language == "zh" else [*month_and_day, *_en_year(day.year)]


def _character(language: str, character: str) -> str | None:
    if character in "0123456789":
        return "yao" if (language, character) == ("zh", "1") else f"number-{character}"
    return f"letter-{character.lower()}" if character.isascii() and character.isalpha() else None


def _zh_number(n: int) -> list[str]:
    return [piece for part in ZH_PARTS.finditer(an2cn(n, "low")) for piece in _zh_part(part, n)]


def _zh_part(part: re.Match[str], n: int) -> list[str]:
    word = part.group()
    if part["thousand"] or part["hundred"]:
        return [f"{part.lastgroup}-{int(cn2an(word[0]))}"]
    if part["scale"]:
        return [ZH_SCALES[word]]
    if part["zero"]:
        return ["number-0"]
    if word == "二" and n >= 10_000 and part.end() < len(part.string):
        return ["liang"]  # 两万, but 十二
    tens = f"number-{int(cn2an(word, 'smart'))}"
    return ["number-1", tens] if word.startswith("一十") and part.start() else [tens]  # 一百一十二, but 十二


def _en_number(n: int) -> list[str]:
    said: list[str] = []
    waiting: list[str] = []  # "thirty" that may go on with "four"
    words = num2words(n).replace(",", "").replace("-", " ").split()
    for word in [*words, ""]:
        if " ".join([*waiting, word]) in EN_WORDS:
            waiting.append(word)
            continue
        if waiting:
            said.append(f"number-{EN_WORDS[' '.join(waiting)]}")
        waiting = [word] if word in EN_WORDS else []
        if word and not waiting:
            said.append(word)
    return said


def _zh_small_change(fen: int, after_yuan: bool) -> list[str]:
    jiao, rest = divmod(fen, FEN_A_JIAO)
    said = [f"jiao-{jiao}"] if jiao else (["number-0"] if after_yuan else [])
    return [*said, f"fen-{rest}"] if rest else said


def _zh_year(year: int) -> list[str]:
    return [*(f"number-{digit}" for digit in str(year)), "year"]


def _en_year(year: int) -> list[str]:
    century, rest = divmod(year, 100)
    return [f"number-{century}", f"number-{rest}"] if rest >= 10 else number("en", year)
