"""
Bring the catalogues of words up to date with the code: `python -m tools.catalogue`.

New sentences are added without a translation, those that are no longer used dropped.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import click
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from callserver.wire.catalogue import FOLDER

TOP = Path(__file__).parents[1]
SOURCES = TOP / "callserver"
KEYWORDS = {
    "N_": (0,),
    "text": (1,),
    "plural": (1, 2),
    "here": (0,),
    "words": (0,),
    "both": (0,),
    "Phrase": (0,),
    "Sentence": (0,),
    "Complaint": (0,),
}
CLASS = re.compile(r"^class (\w+)\((\w+)", re.MULTILINE)  # with its first base


def keywords(sources: Path = SOURCES) -> dict[str, tuple[int, ...]]:
    """Functions and classes that are given sentences, and which of their arguments they are."""
    return KEYWORDS | dict.fromkeys(sorted(complaints(sources)), (0,))


def complaints(sources: Path = SOURCES) -> set[str]:
    """The classes that are made with a sentence, and what is derived from them."""
    bases = [found for file in sources.rglob("*.py") for found in CLASS.findall(file.read_text("utf-8"))]
    known = {"Complaint", "Sentence"}
    while new := {name for name, base in bases if base in known} - known:
        known |= new
    return known


def sentences(sources: Path = SOURCES) -> Catalog:
    """All that the code says to people, with the files where it does."""
    catalog = Catalog(project="callserver", domain="callserver", charset="utf-8")
    places = keywords(sources)
    # other files have functions of such names that are about other things
    speaks = re.compile("|".join((r"callserver\.wire", "Workplace", *complaints(sources))))
    for file in sorted(sources.rglob("*.py")):
        text = file.read_text("utf-8")
        for line, message in said(text, places) if speaks.search(text) else ():
            catalog.add(message, locations=[(file.relative_to(sources.parent).as_posix(), line)])
    return catalog


def said(text: str, places: Mapping[str, tuple[int, ...]]) -> Iterator[tuple[int, str | tuple[str, ...]]]:
    """
    The sentences of one module, each with its line.

    Babel's own reading of Python stumbles over `Sentence("...", value=repr(text))`: `text` takes sentences too.
    """
    for node in ast.walk(ast.parse(text)):
        name = called(node.func) if isinstance(node, ast.Call) else ""
        if isinstance(node, ast.Call) and name in places and len(node.args) > max(places[name]):
            given = [getattr(node.args[place], "value", None) for place in places[name]]
            words = tuple(one for one in given if isinstance(one, str) and one)
            if len(words) == len(given):
                yield node.lineno, words if len(words) > 1 else words[0]


def called(function: ast.expr) -> str:
    """By its name; of methods only `work.words` is given sentences."""
    if isinstance(function, ast.Attribute):
        return function.attr if function.attr == "words" else ""
    return function.id if isinstance(function, ast.Name) else ""


def read(file: Path) -> Catalog:
    """A language's catalogue."""
    with file.open("rb") as source:
        return read_po(source, locale=file.parts[-3], domain="callserver")


@click.command()
def main() -> None:
    """Add what is new to each catalogue, drop what is gone, and say what is still to be translated."""
    said = sentences()
    for file in sorted(FOLDER.glob("*/LC_MESSAGES/callserver.po")):
        catalog = read(file)
        made = catalog.creation_date
        catalog.update(said, no_fuzzy_matching=True, update_header_comment=False)
        catalog.creation_date = made  # else each run would change the file
        with file.open("wb") as target:
            write_po(target, catalog, width=100, sort_output=True, include_lineno=False, ignore_obsolete=True)
        wanting = [message.id for message in catalog if message.id and (message.fuzzy or not _translated(message))]
        click.echo(f"{file}: {len(catalog)} sentences, to be translated: {len(wanting)}")
        for msgid in wanting:
            click.echo(f"    {msgid}")


def _translated(message: object) -> bool:
    words = message.string  # type: ignore[attr-defined]
    return all(words) if isinstance(words, (tuple, list)) else bool(words)


if __name__ == "__main__":
    main()
