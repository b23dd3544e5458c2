"""Pages as pictures for a screen."""

from __future__ import annotations

import zlib
from struct import pack

import numpy as np

from callserver.fax.page import Page, PelRows, Resolution

_ENLARGED = {Resolution.STANDARD: 2, Resolution.FINE: 1, Resolution.SUPERFINE: 1}  # so that pels are square, nearly


def page_png(page: Page) -> bytes:
    """A page as PNG, its rows about as high as its pels are wide; for a thread."""
    return png(square(page))


def png(rows: PelRows) -> bytes:
    """Packed pels, 1 is black, as a PNG of one bit a pel."""
    n_rows, n_octets = rows.shape
    lines = np.concatenate([np.zeros((n_rows, 1), np.uint8), ~rows], axis=1)  # no filter; in a PNG 1 is white
    header = pack(">IIBBBBB", n_octets * 8, n_rows, 1, 0, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(lines.tobytes(), 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        pack(">I", len(data)) + kind + data + pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    )


def square(page: Page) -> PelRows:
    """Rows repeated or left out, so that pels are square, nearly."""
    rows = page.rows.repeat(_ENLARGED[page.resolution], axis=0)
    return rows[::2] if page.resolution is Resolution.SUPERFINE else rows
