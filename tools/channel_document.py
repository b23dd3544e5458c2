"""
Bring docs/agents-channel.md up to date with the code: `python -m tools.channel_document`.

What stands there between `<!-- NAME -->` and `<!-- end -->` is made from the code: acts with what they take, the right
they need and what their docstrings say; the fields of messages with their comments; rights, states, refusals, causes.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import click

from callserver.acd.seats.acts import Act
from callserver.rehearsal.world import RehearsalWorld
from callserver.server.assembly import CallServer
from callserver.server.shop_folder import ShopFolder
from callserver.wire import messages
from callserver.wire.causes import Cause
from callserver.wire.refusals import TEXTS, Refusal
from callserver.wire.states import LineState, SeatState
from callserver.wire.words import CAUSE_WORDS, LINE_WORDS, RIGHT_WORDS, SEAT_WORDS

DOCUMENT = Path(__file__).parents[1] / "docs" / "agents-channel.md"
PART = re.compile(r"(<!-- ([a-z ]+) -->\n)(.*?)(<!-- end -->)", re.DOTALL)
COMMENT = re.compile(r"^\s*(\w+)\s*[:=][^#\n]*(?:#\s*(.*))?$", re.MULTILINE)
RAISES = re.compile(r":raises Refused:\s*(.*?)(?=\n\s*:|\Z)", re.DOTALL)
RETURN = re.compile(r":return:\s*(.*?)(?=\n\s*:|\Z)", re.DOTALL)
ON_THE_WIRE = (
    ("frozenset[Right]", "list of numbers"),
    ("Mapping[str, str | int]", "dict of texts and numbers"),
    ("SeatState", "text: a state's name"),
    ("float", "thousandths"),
    ("bool", "boolean"),
    ("int", "number"),
    ("str", "text"),
)


def updated(text: str, acts: Mapping[str, Act]) -> str:
    """The document with its made parts as the code has them."""
    makers: dict[str, Callable[[], Iterator[str]]] = {
        "acts": lambda: _acts(acts),
        "arguments": lambda: _arguments(acts),
        "shapes": _shapes,
        "rights": lambda: _table(
            ("right", "what it is"), [(str(int(right)), words) for right, words in RIGHT_WORDS.items()]
        ),
        "states": _states,
        "refusals": _refusals,
        "causes": lambda: _table(("cause", "in words"), [(f"`{one.value}`", CAUSE_WORDS[one]) for one in Cause]),
    }
    return PART.sub(lambda found: found[1] + "\n".join(makers[found[2]]()) + "\n" + found[4], text)


def acts_of_the_server() -> dict[str, Act]:
    """All that agents can ask for at a shop with every feature."""
    with TemporaryDirectory() as folder:
        shop = ShopFolder(Path(folder))
        shop.prepare()
        return dict(CallServer(shop, RehearsalWorld(Random(1), 0.0)).acts)


def _acts(acts: Mapping[str, Act]) -> Iterator[str]:
    rows = []
    for name, act in sorted(acts.items()):
        said = inspect.getdoc(act.do) or ""
        takes = ", ".join([f"`{one.__name__}`" for one in act.takes] + [f"[`{one.__name__}`]" for one in act.optional])
        right = str(int(act.right)) if act.right is not None else ""
        rows.append((f"`{name}`", takes, right, _summary(said), _found(RETURN, said), _found(RAISES, said)))
    return _table(("act", "takes", "right", "what it does", "answers", "refused besides"), rows)


def _arguments(acts: Mapping[str, Act]) -> Iterator[str]:
    checks = {check.__name__: inspect.getdoc(check) or "" for act in acts.values() for check in _checks(act)}
    return _table(("argument", "what fits"), [(f"`{name}`", _summary(said)) for name, said in sorted(checks.items())])


def _checks(act: Act) -> tuple[Callable[..., bool], ...]:
    return *act.takes, *act.optional


def _shapes() -> Iterator[str]:
    for shape in vars(messages).values():
        if not is_dataclass(shape) or shape.__module__ != messages.__name__:
            continue
        assert isinstance(shape, type)
        comments = _comments(shape)
        yield f"\n**{shape.__name__}**: {_summary(inspect.getdoc(shape) or '')}\n"
        rows = [(f"`{one.name}`", _on_the_wire(str(one.type)), comments.get(one.name, "")) for one in fields(shape)]
        yield from _table(("field", "type", ""), rows)


def _states() -> Iterator[str]:
    for what, words in (("line", LINE_WORDS), ("seat", SEAT_WORDS)):
        yield from _table((what, "in a refusal", "in words"), [_state(state, word) for state, word in words.items()])
        yield ""


def _state(state: LineState | SeatState, word: str) -> tuple[str, ...]:
    return f"`{state.name}`", state.value, word


def _refusals() -> Iterator[str]:
    comments = _comments(Refusal)
    rows = [(f"`{one.value}`", TEXTS[one].replace("{detail}", "..."), comments.get(one.name, "")) for one in Refusal]
    return _table(("code", "in words", ""), rows)


def _comments(shape: type) -> dict[str, str]:
    """What stands behind the names of a class."""
    return {name: comment or "" for name, comment in COMMENT.findall(inspect.getsource(shape))}


def _on_the_wire(kind: str) -> str:
    for python, wire in ON_THE_WIRE:
        kind = kind.replace(python, wire)
    return re.sub(r"tuple\[(.*), \.\.\.\]", r"list of \1", kind).replace(" | ", " or ")


def _summary(said: str) -> str:
    """The first paragraph of a docstring, on one line."""
    return " ".join(said.split("\n\n")[0].split())


def _found(pattern: re.Pattern[str], said: str) -> str:
    found = pattern.search(said)
    return " ".join(found[1].split()) if found else ""


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', 'or') for cell in row)} |"


@click.command()
def main() -> None:
    """Write the made parts of the document anew."""
    DOCUMENT.write_text(updated(DOCUMENT.read_text("utf-8"), acts_of_the_server()), "utf-8")
    click.echo(str(DOCUMENT))


if __name__ == "__main__":
    main()
