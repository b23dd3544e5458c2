"""Words on a terminal's grid of cells, where a Chinese character takes two."""

import re
import shutil
from unicodedata import east_asian_width

UNIT = re.compile(
    r"[\u2e80-\uffef][，。；：！？、）”」]*\s*|[^\s\u2e80-\uffef]+\s*|\s+"
)  # what stays together on a line


def printable(words: str) -> str:
    """What came from elsewhere, such as a caller's name, must not move the cursor."""
    return "".join(character if character.isprintable() else "?" for character in words)


def column(words: str, width: int) -> str:
    """Filled up with blanks to so many cells of the terminal."""
    shown = printable(words)
    return shown + " " * (width - cells(shown))


def cut(words: str, width: int) -> str:
    """On one line of so many cells; what does not fit is left out, with a sign."""
    shown = printable(words)
    if cells(shown) <= width:
        return shown
    while shown and cells(shown) > width - 1:
        shown = shown[:-1]
    return shown + "…"


def wrapped(words: str, width: int) -> list[str]:
    """On lines of at most so many cells, broken at blanks, between Chinese characters, and where nothing else helps."""
    lines = [""]
    for unit in UNIT.findall(printable(words)):
        if cells(lines[-1] + unit.rstrip()) > width and lines[-1]:
            lines[-1] = lines[-1].rstrip()
            lines.append("")
        while cells(unit.rstrip()) > width:
            head = next(n for n in range(len(unit), 0, -1) if cells(unit[:n]) <= width or n == 1)
            lines[-1:] = [unit[:head], ""]
            unit = unit[head:]
        lines[-1] += unit
    return [line.rstrip() for line in lines if line.strip()] or [""]


def columns() -> int:
    """Cells a line of the terminal has."""
    return max(shutil.get_terminal_size().columns, 20)


def cells(words: str) -> int:
    """How many it takes; a Chinese character takes two."""
    return sum(2 if east_asian_width(one) in "WF" else 1 for one in words)
