"""Places in a recording of which something is to be known, as signs and words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from callserver.desktop.presenters.clocks import stopwatch
from callserver.wire.catalogue import N_, text
from callserver.wire.words import code_text

ORDER = re.compile(r"order ([0-9]{1,9}) is (read back|confirmed)")
ORDERS = {
    "read back": N_("order {number} of the call is read back"),
    "confirmed": N_("order {number} of the call is confirmed"),
}
WORDS = {
    "hold": N_("on hold"),
    "retrieve": N_("talks on"),
    "consult": N_("a colleague is consulted"),
    "transfer": N_("transferred"),
}


@dataclass(frozen=True)
class ShownMark:
    """
    One sign on the picture.

    :param share: where, of all, 0 to 1; `length`: how long it lasts, likewise
    :param words: "0:40 on hold"
    """

    share: float
    length: float
    at_s: float
    words: str


def shown_marks(rows: list[dict[str, Any]], length_s: float, language: str) -> tuple[ShownMark, ...]:
    """Of what `recording_marks` answers."""
    return tuple(
        ShownMark(
            min(1.0, row["at_s"] / length_s),
            min(1.0, row["length_s"] / length_s),
            row["at_s"],
            f"{stopwatch(row['at_s'])} {mark_text(row['text'], language)}",
        )
        for row in rows
        if length_s > 0
    )


def mark_text(mark: str, language: str) -> str:
    """What the server has written down, in words; what is none of ours stays as it is."""
    found = ORDER.fullmatch(mark)
    if found:
        return text(language, ORDERS[found[2]], number=found[1])
    head = mark.split(" ")[0]
    return text(language, WORDS[head]) if head in WORDS else code_text(mark, language)
