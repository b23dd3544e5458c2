"""
The font of charts and of paper: one with Chinese characters, whatever the language of a report, since names have them.

matplotlib draws boxes for what a font has not, and says so only in its log; so it is asked for beforehand.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from callserver.wire.catalogue import N_, Complaint

FAMILIES = (
    "WenQuanYi Micro Hei",
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "WenQuanYi Zen Hei",
    "Microsoft YaHei",
    "PingFang SC",
    "SimHei",
)
DEBIAN = Path("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc")  # installed after matplotlib has made its list
LATIN = "DejaVu Sans"  # comes with matplotlib
NO_FONT = N_("there is no font with Chinese characters here: apt install fonts-wqy-microhei")
SETTINGS = {
    "text.parse_math": False,  # a name with $ is no formula
    "svg.fonttype": "path",  # shown alike where no such font is
    "pdf.fonttype": 42,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.unicode_minus": False,
    "font.size": 9,
}


@contextmanager
def as_we_draw(language: str) -> Iterator[None]:
    """
    Our settings for what is drawn within; a sign that no font has is a box there, and no warning at the terminal.

    :raises Complaint: as `settings`
    """
    import matplotlib

    with matplotlib.rc_context(settings(language)), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph ")
        yield


def settings(language: str) -> dict[str, Any]:
    """
    For `matplotlib.rc_context`.

    :raises Complaint: a Chinese report, and no font for it
    """
    from matplotlib import font_manager

    known = {one.name for one in font_manager.fontManager.ttflist}
    if not known.intersection(FAMILIES) and DEBIAN.exists():
        with suppress(OSError, RuntimeError):
            font_manager.fontManager.addfont(DEBIAN)
            known.add(FAMILIES[0])
    found = [family for family in FAMILIES if family in known]
    if not found and language == "zh":
        raise Complaint(NO_FONT)
    return SETTINGS | {"font.family": [*found[:1], LATIN]}
