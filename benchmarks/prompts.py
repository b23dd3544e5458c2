"""
How well a recogniser understands the prompts on a telephone line: a table, and results/prompts.json.

    pip install -e '.[recogniser]'
    python -m benchmarks.prompts [--seed 1] [--only "zh order numbers" ...] [--revision 04c3efa]

Order numbers, sums, dates and so on are drawn anew for each seed, put together as a menu does, and sent over a
simulated line (benchmarks.recogniser). Sums are those of orders in the sample shop, most of three figures: of the same
kind as the ones by which the aim (17 % errors) was set, which were heard with 24.8 % errors before; of these it is
21.4 % (commit 04c3efa, seed 1). Sums of any size, half of them below 45 yuan, are harder: the fewer the syllables, the
less a recogniser has to go by, and a lone 元 is written 言 or 人. --revision measures the prompts and the putting
together of an earlier commit too, on the same numbers, and names the sentences that are understood less than then.
"""

import datetime
import json
import os
import subprocess
import sys
import tempfile
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import asdict, dataclass
from pathlib import Path
from zlib import crc32

import click
import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from benchmarks.recogniser import Recogniser, over_the_line
from benchmarks.transcripts import digits_of, english_words, errors, mandarin_signs
from callserver.ivr import spoken
from callserver.ivr.prompts import CATALOGUE, FOLDER, Catalogue, Prompts

TOP = Path(__file__).parent.parent
RESULTS = Path(__file__).parent / "results" / "prompts.json"
SAMPLE = TOP / "callserver" / "features" / "shopping" / "sample.toml"
LANGUAGES = ("zh", "en")
TODAY = datetime.date(2026, 6, 15)
N_NOISES = 4  # in which each single digit is heard
N, N_OTHERS = 30, 10  # of what callers hear most, in Mandarin, and of the rest; of 30, 8 points may be chance
MOST_HEARD = ("order numbers", "sums", "sums of any size", "dates")
PRICES_FEN = [good["price"] for good in tomllib.loads(SAMPLE.read_text("utf-8"))["goods"]]
FREE, DIGITS_ONLY = "free", "digits only"


@dataclass(frozen=True)
class Case:
    """Something said: what it is in words, and the prompts that say it."""

    kind: str
    language: str
    text: str
    names: tuple[str, ...]
    lead: str = ""  # the sentence before it, whose words are not judged
    draw: int = 0  # of the line's noise: the same is heard several times

    @property
    def is_digits(self) -> bool:
        return self.text.isdigit()


@dataclass
class Result:
    """What was heard of one case in one decoding; errors as a share of its signs or words."""

    kind: str
    text: str
    decoding: str
    heard: str
    errors: float


def cases(seed: int) -> Iterator[Case]:
    """All there is to say, drawn by the seed."""
    for language in LANGUAGES:
        yield from numbers(language, np.random.default_rng(seed))
        yield from places_and_durations(language, np.random.default_rng(seed))
        yield from digits_alone(language)
        catalogue = Catalogue.read(FOLDER / language / CATALOGUE)
        for kind, texts in (("names", catalogue.names), ("sentences", catalogue.sentences)):
            for name, text in texts.items():
                yield Case(f"{language} {kind}", language, text, (name,))


def numbers(language: str, rng: np.random.Generator) -> Iterator[Case]:
    """Order numbers, sums, dates, counts, times of day."""

    def drawn(kind: str, lead: str, draw: Callable[[], tuple[str, Sequence[str]]]) -> Iterator[Case]:
        for _ in range(N if language == "zh" and kind in MOST_HEARD else N_OTHERS):
            text, names = draw()
            yield Case(f"{language} {kind}", language, text, tuple(names), lead)

    def order() -> tuple[str, Sequence[str]]:
        digits = "".join(str(figure) for figure in rng.integers(0, 10, 8))
        return digits, spoken.digits(language, digits)

    def total() -> tuple[str, Sequence[str]]:
        """Of an order in the sample shop: one to three of its goods, one to three pieces of each."""
        wanted = rng_of_totals.choice(PRICES_FEN, int(rng_of_totals.integers(1, 4)), replace=False)
        fen = int(wanted @ rng_of_totals.integers(1, 4, wanted.size))
        return _words(language, spoken.money(language, fen))

    def amount() -> tuple[str, Sequence[str]]:
        """1 to 2000 yuan; half of them whole, most others with jiao only."""
        yuan, jiao, fen = int(np.exp(rng.uniform(0, np.log(2000)))), int(rng.integers(1, 10)), int(rng.integers(1, 10))
        rest = (0, 0, 0, 10 * jiao, 10 * jiao, 10 * jiao + fen)[int(rng.integers(6))]
        return _words(language, spoken.money(language, yuan * 100 + rest))

    def day() -> tuple[str, Sequence[str]]:
        this_year = TODAY.replace(month=1, day=1) + datetime.timedelta(int(rng.integers(365)))
        return _words(language, spoken.date(language, this_year, TODAY))

    def other_year() -> tuple[str, Sequence[str]]:
        other = TODAY + datetime.timedelta(int(rng.choice([-1, 1]) * rng.integers(367, 1500)))
        return _words(language, spoken.date(language, other, TODAY))

    def pieces() -> tuple[str, Sequence[str]]:
        return _words(language, spoken.count(language, int(rng.integers(1, 130))))

    def time() -> tuple[str, Sequence[str]]:
        minute = int(rng.integers(24 * 60))
        return _words(language, spoken.time_of_day(language, datetime.time(minute // 60, minute % 60)))

    yield from drawn("order numbers", "order-taken", order)
    rng_of_totals = deepcopy(rng)  # this draw came later: the others stay what they were when first measured
    yield from drawn("sums", "total-is", total)
    yield from drawn("sums of any size", "total-is", amount)
    yield from drawn("dates", "order-paid", day)
    yield from drawn("dates of other years", "order-paid", other_year)
    yield from drawn("counts", "item-in-stock", pieces)
    yield from drawn("times of day", "", time)


def places_and_durations(language: str, rng: np.random.Generator) -> Iterator[Case]:
    """Places in a row, durations, large numbers, telephone numbers."""

    def place() -> tuple[str, Sequence[str]]:
        return _words(language, spoken.ordinal(language, int(np.exp(rng.uniform(0, np.log(1000))))))

    def duration() -> tuple[str, Sequence[str]]:
        return _words(language, spoken.duration(language, int(np.exp(rng.uniform(np.log(20), np.log(300_000))))))

    def large() -> tuple[str, Sequence[str]]:
        return _words(language, spoken.number(language, int(np.exp(rng.uniform(np.log(1000), np.log(1e9))))))

    def telephone() -> tuple[str, Sequence[str]]:
        """Of Shanghai, of Hangzhou, a mobile one."""
        area, n = (("021", 8), ("0571", 8), ("139", 8))[int(rng.integers(3))]
        number = area + str(rng.integers(6, 9)) + "".join(str(one) for one in rng.integers(0, 10, n - 1))
        return number, spoken.telephone(language, number)

    for kind, lead, draw in (
        ("places in a row", "", place),
        ("durations", "wait-is-about", duration),
        ("large numbers", "", large),
        ("telephone numbers", "your-number-is", telephone),
    ):
        for _ in range(N_OTHERS):
            text, names = draw()
            yield Case(f"{language} {kind}", language, text, tuple(names), lead)


def digits_alone(language: str) -> Iterator[Case]:
    """Each digit by itself, as it is said among others, and as the number it is; and where menus say such a number."""
    for figure in range(1, 10):
        for kind, names in (("number", spoken.number(language, figure)), ("place", spoken.place(language, figure))):
            text, _ = _words(language, names)
            yield Case(f"{language} {kind} after a sentence", language, text, tuple(names), "your-place-in-queue-is")
        for draw in range(N_NOISES):
            said = spoken.digits(language, str(figure))
            yield Case(f"{language} digits alone", language, str(figure), tuple(said), draw=draw)
            said = spoken.number(language, figure)
            yield Case(f"{language} numbers alone", language, str(figure), tuple(said), draw=draw)


def _words(language: str, names: Sequence[str]) -> tuple[str, Sequence[str]]:
    texts = Catalogue.read(FOLDER / language / CATALOGUE).texts
    return ("" if language == "zh" else " ").join(texts[name] for name in names), names


def measure(case: Case, prompts: Prompts, recogniser: Recogniser, seed: int) -> Iterator[Result]:
    """Freely, after the leading sentence; Mandarin digits also with nothing else allowed."""
    texts = Catalogue.read(FOLDER / case.language / CATALOGUE).texts
    lead = [case.lead] if case.lead in texts else []
    rng = np.random.default_rng([seed, crc32(case.text.encode()), *[case.draw] * bool(case.draw)])
    sound = np.concatenate(prompts.sounds(case.language, *lead, *case.names))
    heard = recogniser.listen(over_the_line(sound, rng))
    written = {FREE: recogniser.freely(case.language, heard)}
    if case.is_digits and case.language == "zh":  # English ones are heard right as they are
        written[DIGITS_ONLY] = recogniser.digits_only(case.language, heard, "".join(texts[name] for name in lead))
    signs = digits_of if case.is_digits else mandarin_signs if case.language == "zh" else english_words
    for decoding, text in written.items():
        wrong = errors(signs(case.text), signs(text), after_lead=bool(lead) and decoding == FREE)
        yield Result(case.kind, case.text, decoding, text, wrong)


def run(seed: int, only: Sequence[str]) -> list[Result]:
    """All cases, or those of some kinds."""
    prompts, recogniser = Prompts(), Recogniser()
    prompts.load()
    wanted = [case for case in cases(seed) if not only or case.kind in only]
    return [
        result
        for case in track(wanted, description="listening", console=Console(stderr=True))
        for result in measure(case, prompts, recogniser, seed)
    ]


def run_at(revision: str, seed: int, only: Sequence[str]) -> list[Result]:
    """The same with the prompts, and the putting together, of another commit."""
    with tempfile.TemporaryDirectory() as folder:
        tree = subprocess.run(
            ["git", "archive", revision, "callserver", "voice-prompts"], cwd=TOP, check=True, stdout=subprocess.PIPE
        )
        subprocess.run(["tar", "-x", "-C", folder], input=tree.stdout, check=True)
        output = Path(folder) / "results.json"
        options = [f"--seed={seed}", f"--output={output}", *(f"--only={kind}" for kind in only)]
        # -m searches the folder it is started in first: its callserver, but this benchmark
        command = [sys.executable, "-m", "benchmarks.prompts", *options]
        subprocess.run(
            command, cwd=folder, env={**os.environ, "PYTHONPATH": str(TOP)}, check=True, stdout=subprocess.DEVNULL
        )
        return [Result(**result) for result in json.loads(output.read_text("utf-8"))["now"]]


def show(results: dict[str, list[Result]]) -> None:
    """A row a kind and decoding; the columns are the revisions."""
    heads = [f"{revision}: {head}" for revision in results for head in ("errors", "right")]
    table = Table("what", "decoding", "n", *heads, title="What a recogniser understands")
    rows: dict[tuple[str, str], dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for revision, heard in results.items():
        for result in heard:
            rows[result.kind, result.decoding][revision].append(result.errors)
    for (kind, decoding), by_revision in rows.items():
        cells: list[str] = []
        for revision in results:
            wrong = by_revision[revision]
            cells += [f"{np.mean(wrong):.1%}", f"{wrong.count(0.0)} of {len(wrong)}"] if wrong else ["-", "-"]
        table.add_row(kind, decoding, str(len(next(iter(by_revision.values())))), *cells)
    console = Console()
    console.print(table)
    if len(results) == 2:
        before, now = ({(r.kind, r.text): r for r in heard if r.decoding == FREE} for heard in results.values())
        for key in sorted(before.keys() & now.keys()):
            if key[0].endswith(("sentences", "names")) and now[key].errors > before[key].errors:
                console.print(f"{key[0]}: {key[1]}: {before[key].errors:.0%} before, now {now[key].errors:.0%}")


@click.command(help=__doc__)
@click.option("--seed", default=1, show_default=True)
@click.option("--only", multiple=True, help="Only this row of the table.")
@click.option("--revision", help="Also the prompts of this commit.")
@click.option("--output", type=click.Path(path_type=Path), default=RESULTS, show_default=True)
def main(seed: int, only: tuple[str, ...], revision: str | None, output: Path) -> None:
    results = {revision: run_at(revision, seed, only)} if revision else {}
    results["now"] = run(seed, only)
    show(results)
    output.parent.mkdir(exist_ok=True)
    content = {name: [asdict(result) for result in heard] for name, heard in results.items()}
    output.write_text(json.dumps(content, ensure_ascii=False, indent=1), "utf-8")


if __name__ == "__main__":
    main()
