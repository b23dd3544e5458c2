"""A font that has the characters: one that comes with Debian, the Chinese one first."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from PIL import ImageFont

from callserver.wire.catalogue import N_, Complaint

_DEBIAN = Path("/usr/share/fonts")
_CHINESE = (  # file, number of the face whose Latin letters are all half as wide as a Chinese one
    (_DEBIAN / "truetype/wqy/wqy-microhei.ttc", 1),  # fonts-wqy-microhei
    (_DEBIAN / "opentype/noto/NotoSansCJK-Regular.ttc", 7),  # fonts-noto-cjk: Noto Sans Mono CJK SC
)
_LATIN = (_DEBIAN / "truetype/dejavu/DejaVuSansMono.ttf", 0)


@cache
def font(column_pels: int, needs_chinese: bool, wide: bool = False) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """
    For Latin text there is always one: Pillow's own at the last, in which not all letters are of one width.

    :param column_pels: the width of a Latin letter, half that of a Chinese one
    :param wide: for the Chinese ones, which in these fonts are less than twice as wide as its Latin letters
    :raises Complaint: none has Chinese characters
    """
    for path, face in _CHINESE if needs_chinese else (*_CHINESE, _LATIN):
        if path.exists():
            size = 2 * column_pels
            width = ImageFont.truetype(path, size, index=face).getlength("\N{IDEOGRAPHIC SPACE}" if wide else "0")
            return ImageFont.truetype(path, size * column_pels * (1 + wide) / width, index=face)
    if needs_chinese:
        raise Complaint(N_("no font for Chinese is installed: apt-get install fonts-wqy-microhei"))
    return ImageFont.load_default(2 * column_pels)


def is_chinese(text: str) -> bool:
    """Beyond the alphabets that every font has."""
    return any(ord(character) > 0x2E7F for character in text)
