"""The sentences of menu files, each under the name by which it can be recorded: front.main, front.main.again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from callserver.ivr.known_text import KnownText
from callserver.ivr.menu_files.steps import Piece, Slot, Text, WrittenMenu


def menu_texts(menu: WrittenMenu) -> Iterator[KnownText]:
    """A sentence with a place for what is known in the call is several, front.night and front.night.2."""
    for step in menu.steps.values():
        text = getattr(step, "text", None)
        if isinstance(text, Text):
            name = f"{menu.name}.{step.name}".replace("?", "").replace(" ", "-")
            yield from _texts(name, text.said)
            yield from _texts(f"{name}.again", text.again)


def _texts(name: str, said: Mapping[str, tuple[Piece, ...]]) -> Iterator[KnownText]:
    for language, pieces in said.items():
        spoken = [piece for piece in pieces if not isinstance(piece, Slot)]
        for n, piece in enumerate(spoken, 1):
            yield KnownText(name if n == 1 else f"{name}.{n}", language, piece)
