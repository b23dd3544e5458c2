"""
What a call was, in one word, from all that its events tell.

TALKED: an agent had its caller, or an office was reached. SELF_SERVICE: the menu has done a transaction or answered,
and nobody asked for a person. TO_CALL: he wants to be called back. MISSED: he came to nobody, or nobody answered the
line. REACHED, NOT_REACHED: of a call out. OTHER: any other, as one who hung up at the greeting, or an internal one.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from callserver.features.statistics.folding.told import CallRow, PartRow, Rows
from callserver.features.statistics.folding.waits import Waits

TALKED, SELF_SERVICE, TO_CALL, MISSED = "talked", "self_service", "to_call", "missed"
REACHED, NOT_REACHED, OTHER = "reached", "not_reached", "other"
SERVED = (TALKED, SELF_SERVICE, REACHED)


@dataclass
class Call:
    """
    One call, as far as the log is read.

    :param asked: for a person: it came to a queue, an office, or was passed on
    :param keyed: something was asked of the menu, and not answered yet
    :param done: by the menu: a transaction, or an answer heard to its end
    :param step: "menu.step" of a menu file, where the caller is
    """

    row: CallRow
    run: str
    waits: Waits = field(default_factory=Waits)
    parts: dict[str, PartRow] = field(default_factory=dict)
    asked: bool = False
    keyed: bool = False
    done: bool = False
    talked: bool = False
    reached: bool = False
    to_call: bool = False
    rang: bool = False
    answered: bool = False
    step: str = ""
    ended: bool = False

    def part(self, agent: str, at_ms: int, rows: Rows) -> PartRow:
        """An agent's, begun now if he has none."""
        part = self.parts.get(agent)
        if part is None:
            part = self.parts[agent] = PartRow(self.row.call_id, agent, at_ms)
        rows.parts[self.row.call_id, agent] = part
        return part

    def result(self) -> str:
        """In one word; the whole call is known."""
        if self.row.direction == "out":
            return REACHED if self.reached else NOT_REACHED
        if self.talked:
            return TALKED
        if self.to_call:
            return TO_CALL
        if self.asked or (self.rang and not self.answered):
            return MISSED
        return SELF_SERVICE if self.done else OTHER

    def end(self, at_ms: int, rows: Rows) -> None:
        """It is over."""
        self.ended, self.row.ended_ms = True, at_ms
        self.row.result = self.result()
        rows.calls[self.row.call_id] = self.row
