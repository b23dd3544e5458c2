"""What goes into a fold, and the rows that come out; whole milliseconds, so that sums are exact in any order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

# every zone's clock is set by whole quarters of an hour: rows of one fit any shop's hours and days
QUARTER_MS = 900_000

OF_QUEUE, OF_SHOP, OF_BOTH = 1, 2, 3  # what a wait's row counts for: reports of a queue, of all queues, or both


@dataclass(frozen=True)
class Told:
    """
    One event of the log.

    :param run: of the server; its monotonic clock is one
    """

    run: str
    at_ms: int  # since 1970, UTC
    mono_ms: int
    kind: str
    call_id: str | None
    channel: str | None
    person: str | None
    data: Mapping[str, Any]

    def word(self, key: str) -> str:
        """A text in its data; "" for none."""
        value = self.data.get(key)
        return "" if value is None else str(value)


@dataclass(frozen=True)
class Opened:
    """
    What a call's record says from its beginning on.

    :param is_over: a piece of the log before this one has come to its end
    """

    direction: str
    channel: str
    number: str
    started_ms: int
    is_over: bool = False


@dataclass
class WaitRow:
    """
    One call in one queue, or in all of them together (`queue` "").

    :param entered_ms: when its caller came first; he belongs to that quarter
    :param outcome: a queue's; "" while he waits. Once answered it stays so, whoever has the call later
    :param wait_ms: until then
    :param longest_ms: of several waits in this queue
    """

    call_id: str
    queue: str
    scope: int
    entered_ms: int
    line: str
    outcome: str = ""
    wait_ms: int = 0
    longest_ms: int = 0
    agent: str = ""
    talk_ms: int = 0
    hold_ms: int = 0
    wrap_ms: int = 0
    transferred: int = 0


@dataclass
class PartRow:
    """
    What one agent had of one call; a talk ends for him when he leaves.

    :param queue: he took it from there; "" for a call of his own, or one that was passed on to him
    """

    call_id: str
    agent: str
    began_ms: int
    queue: str = ""
    talk_ms: int = 0
    hold_ms: int = 0
    wrap_ms: int = 0
    transferred: int = 0


@dataclass
class CallRow:
    """
    One call.

    :param menu: the first that served it; "" for none
    :param result: see `callserver.features.statistics.folding.calls`; "" while it lasts
    :param agent: who talked last
    :param rating: points its caller gave; 0 for none
    """

    call_id: str
    began_ms: int
    direction: str
    line: str
    number: str
    menu: str = ""
    result: str = ""
    agent: str = ""
    queue: str = ""
    ended_ms: int = 0
    rating: int = 0


Account = tuple[str, int, str, str]  # agent, quarter, kind, reason
Count = tuple[str, str, str, int]  # what, whose, which, quarter


@dataclass
class Rows:
    """What a piece of the log has changed: rows as they are now, and what is to be added to accounts and counts."""

    calls: dict[str, CallRow] = field(default_factory=dict)
    waits: dict[tuple[str, str], WaitRow] = field(default_factory=dict)
    parts: dict[tuple[str, str], PartRow] = field(default_factory=dict)
    accounts: Counter[Account] = field(default_factory=Counter)
    counts: Counter[Count] = field(default_factory=Counter)
    amounts: Counter[Count] = field(default_factory=Counter)

    def account(self, agent: str, kind: str, reason: str, since_ms: int, until_ms: int) -> None:
        """A span of an agent's time."""
        for quarter, ms in split(since_ms, until_ms):
            self.accounts[agent, quarter, kind, reason] += ms

    def count(self, what: str, whose: str, which: str, at_ms: int, n: int = 1, amount: int = 0) -> None:
        """Something that happened so often; with what it comes to: fen, points."""
        key = what, whose, which, at_ms // QUARTER_MS
        self.counts[key] += n
        self.amounts[key] += amount


def split(since_ms: int, until_ms: int) -> Iterator[tuple[int, int]]:
    """A span by quarters of an hour: which, and how much of it lies there."""
    while since_ms < until_ms:
        quarter = since_ms // QUARTER_MS
        end_ms = min((quarter + 1) * QUARTER_MS, until_ms)
        yield quarter, end_ms - since_ms
        since_ms = end_ms
