"""PNG, JPEG and TIFF pictures, each on a sheet of its own, between the margins."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

from callserver.fax.documents.sheet import Grey, Sheet, centred
from callserver.wire.catalogue import N_, Complaint

_MOST_MILLION_PELS = 100  # A3 at 600 to the inch has 70 million
_SCREEN_DPI = 96.0  # of a picture that does not say
_ENLARGED = 2.0  # at most: a small picture stays small
_FORMATS = ("PNG", "JPEG", "TIFF")


def picture_pages(path: Path, sheet: Sheet) -> Iterator[Grey]:
    """
    One page a picture, so several of a TIFF file.

    :raises Complaint: damaged, or too large
    """
    Image.MAX_IMAGE_PIXELS = _MOST_MILLION_PELS * 10**6
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        with Image.open(path, formats=_FORMATS) as picture:
            picture.draft("L", (sheet.n_rows, sheet.n_rows))  # a large JPEG is decoded smaller at once
            for frame in ImageSequence.Iterator(picture):
                yield _on_a_sheet(frame, sheet)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as problem:
        raise Complaint(
            N_("the picture is too large: more than {most} million pels"), most=_MOST_MILLION_PELS
        ) from problem
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as problem:
        raise Complaint(N_("the picture is damaged: no program can show it")) from problem


def _on_a_sheet(frame: Image.Image, sheet: Sheet) -> Grey:
    upright = ImageOps.exif_transpose(frame)
    across, down = (float(dpi) if dpi and 20 < dpi < 5000 else _SCREEN_DPI for dpi in upright.info.get("dpi", (0, 0)))
    size = sheet.fitted_in_margins(upright.width / across, upright.height / down, _ENLARGED)
    grey = _grey(upright).resize(size, Image.Resampling.LANCZOS if size[0] > upright.width else Image.Resampling.BOX)
    return centred(np.asarray(grey), sheet.margin_rows, sheet.margin_rows)


def _grey(picture: Image.Image) -> Image.Image:
    """On white paper, where it is transparent."""
    if picture.mode.startswith(("I", "F")):  # 16 bits and more
        levels = np.asarray(picture, np.float64)
        darkest, lightest = levels.min(), max(levels.max(), levels.min() + 1)
        return Image.fromarray(((levels - darkest) * 255 / (lightest - darkest)).astype(np.uint8))
    if picture.has_transparency_data:
        coloured = picture.convert("RGBA")
        paper = Image.new("RGBA", coloured.size, "white")
        picture = Image.alpha_composite(paper, coloured)
    return picture.convert("L")
