"""
Bring the catalogues of words up to date with the code: `python -m tools.catalogue`.

New sentences are added without a translation, those that are no longer used dropped.
"""

from pathlib import Path

import click
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

from callserver.wire.catalogue import FOLDER

TOP = Path(__file__).parents[1]
KEYWORDS = {"N_": None, "text": (2,), "plural": (2, 3), "here": (1,), "both": (1,), "Phrase": (1,)}
SPEAKS = "callserver.wire"  # a file without it says nothing by the catalogue, whatever its functions are called


def sentences(sources: Path = TOP / "callserver") -> Catalog:
    """All that the code says to people, with the places where it does."""
    catalog = Catalog(project="callserver", domain="callserver", charset="utf-8")
    for file in sorted(sources.rglob("*.py")):
        if SPEAKS in file.read_text("utf-8"):
            for line, message, comments, context in extract_from_file("python", file, KEYWORDS, ["In the catalogue:"]):
                place = (file.relative_to(sources.parent).as_posix(), line)
                catalog.add(message, locations=[place], auto_comments=comments, context=context)
    return catalog


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
