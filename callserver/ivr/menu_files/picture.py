"""A menu as a picture (SVG), for people who would rather look: steps in rows, the further from the start the lower."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from textwrap import wrap

from callserver.ivr.menu_files.steps import (
    Choice,
    ChooseLanguage,
    Digits,
    Go,
    Say,
    Slot,
    Step,
    Target,
    To,
    When,
    WrittenMenu,
)
from callserver.ivr.menu_files.ways import Way, ways

WIDE, HIGH, GAP_X, GAP_Y, EDGE = 210, 62, 36, 64, 24  # pixels
TEXT_CELLS = 24
COLOURS = {"choice": "#d6e8ff", "digits": "#d6e8ff", "language": "#d6e8ff", "when": "#fff0c2", "go": "#dff3dd"}
TARGET, OTHER = "#e7e7e7", "#ffffff"
SAME_ROW_BEND = 26
LABEL_Y = 13  # labels of neighbours stand at different heights


class Picture:
    """
    Of one menu.

    :param language: of the texts
    """

    def __init__(self, menu: WrittenMenu, language: str) -> None:
        self._menu, self._language = menu, language
        self._ways = {step.name: _joined(ways(step, menu)) for step in menu.steps.values()}
        self._places: dict[str, tuple[int, int]] = {}
        self._targets: dict[str, Target] = {}
        self._lay_out()

    def svg(self) -> str:
        """The file's text."""
        columns = max(x for x, _ in self._places.values()) + 1
        rows = max(y for _, y in self._places.values()) + 1
        wide, high = columns * (WIDE + GAP_X) + 2 * EDGE, rows * (HIGH + GAP_Y) + 2 * EDGE
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" height="{high}" viewBox="0 0 {wide} {high}" '
            'font-family="sans-serif" font-size="13"><defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" '
            'markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z" fill="#555"/></marker></defs>'
            f"<title>{escape(self._menu.name)}</title>"
        )
        body = [*self._arrows(), *self._boxes()]
        return "\n".join([head, '<rect width="100%" height="100%" fill="white"/>', *body, "</svg>", ""])

    def _lay_out(self) -> None:
        """Rows by the shortest way from the start; what no way leads to stands below all."""
        row, placed = [self._menu.start], {self._menu.start}
        y = 0
        while row:
            for x, name in enumerate(row):
                self._places[name] = (x, y)
            following = [self._key(way.target) for name in row for way in self._ways.get(name, ())]
            row = [name for name in dict.fromkeys(following) if name not in placed]
            placed |= set(row)
            y += 1
            if not row:
                row = [name for name in self._menu.steps if name not in placed][:4]
                placed |= set(row)

    def _key(self, target: Target) -> str:
        if target.to is To.STEP:
            return target.name
        self._targets[f"→ {target}"] = target
        return f"→ {target}"

    def _boxes(self) -> Iterator[str]:
        for name, place in self._places.items():
            x, y = _corner(place)
            step = self._menu.steps.get(name)
            fill, round_ = (COLOURS.get(step.kind, OTHER), 4) if step is not None else (TARGET, HIGH // 2)
            yield f'<rect x="{x}" y="{y}" width="{WIDE}" height="{HIGH}" rx="{round_}" fill="{fill}" stroke="#555"/>'
            lines = [f"{step.kind} {name} :{step.line}", *self._text(step)] if step is not None else [name]
            for n, line in enumerate(lines):
                weight = ' font-weight="bold"' if n == 0 else ""
                yield f'<text x="{x + 10}" y="{y + 19 + 17 * n}"{weight}>{escape(line)}</text>'

    def _text(self, step: Step) -> list[str]:
        """Its first two lines."""
        if isinstance(step, When):
            return [f"[hours {step.hours.name}]"]
        text = step.text if isinstance(step, Say | Choice | Digits | Go | ChooseLanguage) else None
        pieces = text.said.get(self._language, text.play) if text is not None else ()
        said = " ".join(f"{{{piece}}}" if isinstance(piece, Slot) else piece for piece in pieces)
        cells = TEXT_CELLS if said.isascii() else TEXT_CELLS * 3 // 5
        return wrap(said, cells, max_lines=2, placeholder="…")

    def _arrows(self) -> Iterator[str]:
        for name, found in self._ways.items():
            for n, way in enumerate(found):
                yield from self._arrow(self._places[name], self._places[self._key(way.target)], way.on, n, len(found))

    def _arrow(self, from_: tuple[int, int], to: tuple[int, int], label: str, n: int, of: int) -> Iterator[str]:
        x, y = _corner(from_)
        x += round(WIDE * (n + 1) / (of + 1))
        to_x, to_y = _corner(to)
        to_x += WIDE // 2
        if to[1] > from_[1]:
            y += HIGH
            bend = f"C{x} {y + GAP_Y // 2} {to_x} {to_y - GAP_Y // 2} {to_x} {to_y}"
        else:  # back up, or in the same row
            y, to_y = y + HIGH, to_y + HIGH
            bend = f"C{x} {y + SAME_ROW_BEND} {to_x} {to_y + SAME_ROW_BEND} {to_x} {to_y}"
        yield f'<path d="M{x} {y}{bend}" fill="none" stroke="#555" marker-end="url(#tip)"/>'
        yield f'<text x="{x + 4}" y="{y + 14 + LABEL_Y * (n % 3)}" fill="#a02020">{escape(label)}</text>'


def _joined(found: Iterator[Way]) -> list[Way]:
    """One arrow to each target; what leads nowhere else (a question once more) is left out."""
    on: dict[str, list[str]] = {}
    targets: dict[str, Target] = {}
    for way in found:
        if way.target.to not in (To.REPEAT, To.BACK):
            targets.setdefault(str(way.target), way.target)
            labels = on.setdefault(str(way.target), [])
            labels += [way.on] if way.on not in labels else []
    return [Way(target, by_caller=False, on=" ".join(filter(None, on[name]))) for name, target in targets.items()]


def _corner(place: tuple[int, int]) -> tuple[int, int]:
    return EDGE + place[0] * (WIDE + GAP_X), EDGE + place[1] * (HIGH + GAP_Y)
