"""What a fax page costs: coded, decoded, drawn from a document, beside libtiff on the same pages in the same run.

An A4 page in fine resolution, each way in turn, the best of several rounds, CPU time of one core. Text is PDFium's
drawing of a dense typed page, the photograph is dithered by us, noise is the worst there can be. Also the longest piece
of work that the reactor would do at once. A table, results/fax_pages.json and .png.

    python -m benchmarks.fax_pages
"""

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before numpy: one core

import io
import json
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import click
import matplotlib.pyplot as plt
import numpy as np
from PIL import Image
from rich.console import Console
from rich.table import Table

from callserver.fax.documents.conversion import Conversion
from callserver.fax.documents.drawing import drawn_pages
from callserver.fax.page import Coding, Page, Resolution
from callserver.fax.t4.decoder import Decoder
from callserver.fax.t4.encoding import encode, encode_in_bands
from tests.fax.documents.office import pdf, photograph, words
from tests.fax.pages import dithered

RESULTS = Path(__file__).parent / "results" / "fax_pages.json"
LINE = "Sphinx of black quartz, judge my vow: 0123456789 jumps of the quick brown fox over it"
OCTETS_A_FEED = 256
LIBTIFF = {Coding.MH: ("group3", {}), Coding.MR: ("group3", {292: 1}), Coding.MMR: ("group4", {})}


@dataclass
class Cost:
    """CPU seconds of one page, and the longest piece."""

    page: str
    coding: str
    octets: int
    encode_s: float
    libtiff_encode_s: float
    decode_s: float
    libtiff_decode_s: float
    longest_encode_ms: float
    longest_decode_ms: float


@click.command()
@click.option("--rounds", default=5, show_default=True)
def main(rounds: int) -> None:
    """Measure, show, and write the results."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        costs = [measured(name, page, coding, rounds) for name, page in pages(folder) for coding in Coding]
        documents = dict(drawn(folder, rounds))
    show(costs, documents)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps({"pages": [asdict(cost) for cost in costs], "documents": documents}, indent=1))
    plot(costs)


def pages(folder: Path) -> Iterator[tuple[str, Page]]:
    typed, portrait = documents(folder)
    yield "text", next(drawn_pages(typed, Resolution.FINE, max_pages=10))
    yield "photograph", next(drawn_pages(portrait, Resolution.FINE, max_pages=10))
    yield "noise", dithered(2286)
    yield "white", replace(dithered(1), rows=np.zeros((2286, 216), np.uint8))


def documents(folder: Path) -> tuple[Path, Path]:
    typed, portrait = folder / "typed.pdf", folder / "portrait.jpg"
    typed.write_bytes(pdf(["\n".join(words(LINE, 11, 40, y) for y in range(50, 800, 14))] * 10))
    photograph(2400, 3200).save(portrait)
    return typed, portrait


def measured(name: str, page: Page, coding: Coding, rounds: int) -> Cost:
    octets, tiff = encode(page, coding), saved_by_libtiff(page, coding)
    ways: dict[str, Callable[[], object]] = {
        "encode_s": lambda: encode(page, coding),
        "libtiff_encode_s": lambda: saved_by_libtiff(page, coding),
        "decode_s": lambda: decode(page, coding, octets),
        "libtiff_decode_s": lambda: np.asarray(Image.open(io.BytesIO(tiff))),
    }
    best = {way: min(cpu_s(act) for _ in range(rounds)) for way, act in ways.items()}
    return Cost(
        name,
        coding.value,
        len(octets),
        **best,
        longest_encode_ms=1000 * longest(encode_in_bands(page, coding)),
        longest_decode_ms=1000 * longest(fed_in_pieces(page, coding, octets)),
    )


def saved_by_libtiff(page: Page, coding: Coding) -> bytes:
    compression, tags = LIBTIFF[coding]
    file = io.BytesIO()
    picture = Image.frombytes("1", (page.width, len(page.rows)), np.invert(page.rows).tobytes())
    picture.save(file, "TIFF", compression=compression, tiffinfo=tags)
    return file.getvalue()


def decode(page: Page, coding: Coding, octets: bytes) -> Page:
    decoder = Decoder(page.width, coding)
    decoder.feed(octets)
    decoder.finish()
    return decoder.page(page.resolution)


def fed_in_pieces(page: Page, coding: Coding, octets: bytes) -> Iterator[None]:
    decoder = Decoder(page.width, coding)
    for place in range(0, len(octets), OCTETS_A_FEED):
        yield decoder.feed(octets[place : place + OCTETS_A_FEED])


def cpu_s(act: Callable[[], object]) -> float:
    started = time.process_time()
    act()
    return time.process_time() - started


def longest(pieces: Iterator[object]) -> float:
    """Of the work for one piece: CPU seconds."""
    worst, end = 0.0, object()
    while True:
        started = time.process_time()
        piece = next(pieces, end)
        worst = max(worst, time.process_time() - started)
        if piece is end:
            return worst


def drawn(folder: Path, rounds: int) -> Iterator[tuple[str, float]]:
    """Seconds by the clock for a whole document, with the child's start."""
    for source, n_pages in zip(documents(folder), (10, 1), strict=True):
        target, spans = folder / "out.tif", []
        for _ in range(rounds):
            target.unlink(missing_ok=True)
            started = time.monotonic()
            Conversion(source, target).run()
            spans.append(time.monotonic() - started)
        yield f"{source.name}, pages: {n_pages}", min(spans)


def show(costs: list[Cost], documents: dict[str, float]) -> None:
    names = ("page", "coding", "KB", "coded, ms", "libtiff", "decoded, ms", "libtiff", "longest pieces, ms")
    table = Table(*names, title="An A4 page, fine")
    for cost in costs:
        spans = (cost.encode_s, cost.libtiff_encode_s, cost.decode_s, cost.libtiff_decode_s)
        pieces = f"{cost.longest_encode_ms:.1f} {cost.longest_decode_ms:.1f}"
        table.add_row(cost.page, cost.coding, f"{cost.octets / 1000:.0f}", *(f"{1000 * s:.0f}" for s in spans), pieces)
    Console().print(table)
    for name, span_s in documents.items():
        Console().print(f"drawn and stored: {name}: {span_s:.2f} s")


def plot(costs: list[Cost]) -> None:
    figure, axes = plt.subplots(1, 2, figsize=(11, 4), layout="constrained")
    places, labels = np.arange(len(costs)), [f"{cost.page}\n{cost.coding}" for cost in costs]
    for axis, what in zip(axes, ("encode", "decode"), strict=True):
        for shift, way, label in ((-0.2, f"{what}_s", "ours"), (0.2, f"libtiff_{what}_s", "libtiff")):
            axis.bar(places + shift, [1000 * getattr(cost, way) for cost in costs], 0.4, label=label)
        axis.set_xticks(places, labels, fontsize=7, rotation=60)
        axis.set(title=what, ylabel="ms a page", yscale="log")
        axis.legend()
    figure.savefig(RESULTS.with_suffix(".png"), dpi=110)


if __name__ == "__main__":
    main()
