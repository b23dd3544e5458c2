"""Callers' names as exchanges code them: each country its own way, and nowhere is it said which."""

import codecs
import unicodedata

LONGEST_NAME = 32
CHINESE = ("gb18030", "big5", "big5hkscs", "cp932")
CHARACTER_SETS = {"cn": "gb18030", "sg": "gb18030", "tw": "big5", "hk": "big5hkscs", "jp": "cp932", "ru": "cp1251"}
WESTERN = "cp1252"  # Latin-1, and what some write where that has control characters
FIRST_OF_EUROPE = b"\xc2\xc3\xc4\xc5"  # of the two bytes that Latin letters with accents have in UTF-8
FIRST_OF_THREE_BYTES = "\u0800"


def read_name(raw: bytes, country: str) -> str:
    """
    UTF-8 where it is valid, else the character set of the country, without control characters, at most 32 characters.

    A name is cut by bytes: half a character at its end is left out; what cannot be read elsewhere is replaced.
    """
    character_set = CHARACTER_SETS.get(country, WESTERN)
    text = _utf_8(raw)
    if text is None or (character_set in CHINESE and not _can_be_utf_8(text)):
        text = _all_but_half_a_character(raw, character_set)
    shown = "".join(char for char in text if unicodedata.category(char)[0] != "C")
    return shown.strip()[:LONGEST_NAME].strip()


def _utf_8(raw: bytes) -> str | None:
    """
    As UTF-8, without half a character at its end; None if it cannot be.

    One strange byte behind nothing but ASCII is a letter of the country (José, Weiß), unless it begins those of Europe.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        text = decoder.decode(raw)
    except UnicodeDecodeError:
        return None
    kept_back, _ = decoder.getstate()
    is_letter = text.isascii() and len(kept_back) == 1 and kept_back not in FIRST_OF_EUROPE
    return None if is_letter else text


def _can_be_utf_8(text: str) -> bool:
    """
    Where names are Chinese or Japanese, two bytes may be one of their characters and valid UTF-8 too ("Ã©", 茅): then
    it is UTF-8 only beside Latin letters.
    """
    return text.isascii() or any(char >= FIRST_OF_THREE_BYTES for char in text) or any(map(_is_latin, text))


def _is_latin(char: str) -> bool:
    return char.isascii() and char.isalpha()


def _all_but_half_a_character(raw: bytes, character_set: str) -> str:
    return codecs.getincrementaldecoder(character_set)("replace").decode(raw)
