"""How far what a recogniser wrote is from what was said."""

import re
import unicodedata
from collections.abc import Sequence

import cn2an
import numpy as np
from num2words import num2words

DIGITS = str.maketrans("零〇幺要一二三四五六七八九", "0011123456789")
MONEY = re.compile(r"(\d+)\.(\d)(\d?)(?:元|块)")
YEAR = re.compile(r"(\b\d+(?:st|nd|rd|th)),?\s+(\d{4})\b")  # March 5th, 2027: as a year is said
UNITS = str.maketrans("块塊圆號個", "元元元号个")


def digits_of(text: str) -> str:
    """The digits in a text, in whatever signs: 零, 〇, zero and 0; 幺, 要 and 1."""
    for figure in range(10):
        text = re.sub(rf"\b{num2words(figure)}\b", str(figure), text, flags=re.IGNORECASE)
    return "".join(sign for sign in unicodedata.normalize("NFKC", text).translate(DIGITS) if sign in "0123456789")


def mandarin_signs(text: str) -> list[str]:
    """A Mandarin text sign by sign, without punctuation, figures in characters: 请按1 is 请按一, 2.5元 两元五角."""
    text = unicodedata.normalize("NFKC", text).translate(UNITS)
    text = re.sub(r"(?<=\d),(?=\d{3})", "", text)
    text = MONEY.sub(lambda m: f"{m[1]}元{_jiao_and_fen(m[2], m[3])}", text)
    text = re.sub(r"\d+", lambda m: _in_characters(m[0], is_year=text[m.end() :].startswith("年")), text)
    return [sign for sign in text.lower().replace("两", "二") if sign.isalnum()]


def english_words(text: str) -> list[str]:
    """An English text word by word, figures in words."""
    text = re.sub(r"(?<=\d),(?=\d{3})", "", unicodedata.normalize("NFKC", text).lower())
    text = re.sub(r"\b([ap])\.\s?m\b", r"\1m", text)
    text = YEAR.sub(lambda m: f"{m[1]} {num2words(int(m[2]), to='year')}", text)
    text = re.sub(r"(\d+)(st|nd|rd|th)\b", lambda m: f" {num2words(int(m[1]), to='ordinal')} ", text)
    text = re.sub(r"\d+", lambda m: f" {_in_words(m[0])} ", text)
    return re.findall(r"[a-z]+", text.replace("'", "").replace("’", ""))


def errors(said: Sequence[str], heard: Sequence[str], after_lead: bool = False) -> float:
    """
    Edits that make one of the other, as a share of what was said, at most 1 (a recogniser may loop).

    :param after_lead: what was heard before the best match is not counted: the sentence that leads in
    """
    row = np.zeros(len(heard) + 1) if after_lead else np.arange(len(heard) + 1.0)
    for n, sign in enumerate(said, 1):
        above, row = row, np.full(len(heard) + 1, float(n))
        for m, other in enumerate(heard, 1):
            row[m] = min(above[m] + 1, row[m - 1] + 1, above[m - 1] + (sign != other))
    return min(1.0, float(row[-1]) / len(said))


def _jiao_and_fen(jiao: str, fen: str) -> str:
    if fen > "0":
        return f"{jiao}角{fen}分" if jiao > "0" else f"0{fen}分"
    return f"{jiao}角" if jiao > "0" else ""


def _in_characters(figures: str, is_year: bool) -> str:
    """A year, and a string of digits that begins with 0, is said digit by digit."""
    if is_year or figures.startswith("0") or len(figures) > 9:
        return "".join("零一二三四五六七八九"[int(figure)] for figure in figures)
    return str(cn2an.an2cn(int(figures)))


def _in_words(figures: str) -> str:
    return str(num2words(int(figures))) if len(figures) < 10 else " ".join(figures)
