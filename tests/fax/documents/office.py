"""Documents as an office has them, made by hand: what is wrong with some is exactly what they say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

A4_POINTS = (595.276, 841.89)
ENCRYPTION = b"<< /Filter /Standard /V 1 /R 2 /P -44 /O <" + b"5a" * 32 + b"> /U <" + b"a5" * 32 + b"> >>"


def pdf(contents: list[str], size: tuple[float, float] = A4_POINTS, encrypted: bool = False) -> bytes:
    """A page for each content stream, with the font /F; encrypted with a password that nobody knows."""
    n_pages = len(contents)
    kids = " ".join(f"{4 + 2 * page} 0 R" for page in range(n_pages))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Count {n_pages} /Kids [{kids}] >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for page, content in enumerate(contents):
        box, font = f"[0 0 {size[0]} {size[1]}]", "<< /Font << /F 3 0 R >> >>"
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox {box} /Resources {font} /Contents {5 + 2 * page} 0 R >>".encode()
        )
        objects.append(f"<< /Length {len(content)} >>\nstream\n{content}\nendstream".encode())
    whole, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(whole))
        whole += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    extra = b"/Encrypt " + ENCRYPTION + b" /ID [<00> <00>]" if encrypted else b""
    trailer = b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n"
    n_objects = len(objects) + 1
    return whole + b"xref\n0 %d\n0000000000 65535 f \n" % n_objects + table + trailer % (n_objects, extra, len(whole))


def words(text: str, points: int = 12, x: int = 72, y: int = 700) -> str:
    return f"BT /F {points} Tf {x} {y} Td ({text}) Tj ET"


def box(x: float, y: float, width: float, height: float) -> str:
    """A black rectangle, in points from the lower left corner."""
    return f"{x} {y} {width} {height} re f"


def typed_page(columns: int = 1600, rows: int = 800) -> Image.Image:
    """Black letters, smoothed, on white."""
    picture = Image.new("L", (columns, rows), 255)
    font = ImageFont.load_default(28)
    for top in range(20, rows - 40, 40):
        ImageDraw.Draw(picture).text((20, top), "Pack my box with five dozen liquor jugs. " * 2, font=font, fill=0)
    return picture


def photograph(columns: int = 800, rows: int = 600) -> Image.Image:
    """Greys from dark to light, softly."""
    across, down = np.meshgrid(np.linspace(0, 1, columns), np.linspace(0, 1, rows))
    return Image.fromarray((60 + 140 * (0.5 + 0.5 * np.sin(5 * across) * np.cos(4 * down))).astype(np.uint8))


def saved(path: Path, octets: bytes) -> Path:
    path.write_bytes(octets)
    return path
