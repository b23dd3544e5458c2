"""Lists as tables of so many columns of the terminal."""

from collections.abc import Collection, Iterable, Sequence

from callserver.commands.calls import list_width
from callserver.wire.catalogue import N_, text
from callserver.wire.cells import cells, column, cut

GAP = "  "
NARROWEST = 8  # cells of what is cut


def table(
    titles: Sequence[str],
    rows: Iterable[Sequence[object]],
    language: str,
    *,
    cut_first: Sequence[int] = (),
    right: Collection[int] = (),
) -> list[str]:
    """
    A line a row under the titles, none wider than the terminal.

    :param titles: sentences of the catalogue
    :param cut_first: places of what is made shorter where there is no room, in this order
    :param right: places of numbers, which end under each other
    """
    shown = [[text(language, one) for one in titles], *([str(one) for one in row] for row in rows)]
    widths = [max(map(cells, entries)) for entries in zip(*shown, strict=True)]
    over = sum(widths) + len(GAP) * (len(widths) - 1) - list_width()
    for n in cut_first:
        less = min(max(over, 0), max(widths[n] - NARROWEST, 0))
        widths[n], over = widths[n] - less, over - less
    lines = []
    for row in shown:
        fitted = ((cut(one, wide), wide, n in right) for n, (one, wide) in enumerate(zip(row, widths, strict=True)))
        lines.append(GAP.join(_aligned(one, wide, to_right=to_right) for one, wide, to_right in fitted).rstrip())
    return lines


def marked(words: str, language: str, *, is_sample: bool) -> str:
    """What belongs to the first start's sample says so."""
    return f"{words} {text(language, N_('(sample)'))}".lstrip() if is_sample else words


def _aligned(words: str, wide: int, *, to_right: bool) -> str:
    return " " * (wide - cells(words)) + words if to_right else column(words, wide)
