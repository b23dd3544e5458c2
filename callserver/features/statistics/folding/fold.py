"""
The event log, event by event, becomes rows.

What is open, as a caller who waits or an agent at work, is the `State`, which can be written down between two pieces;
so it does not matter how the log is cut. The log tells the order; a run of the server that ended without a word, by a
kill or a power cut, is closed at its last event as soon as the next run tells of itself, or of the call's end.

What happens to a call and is not among HEARD changes no figure. A call that is over stays as it was: a menu that ends
with it, or a reservation that the database keeps a moment later, does not open it again, in whatever piece it is told.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from callserver.calls.vocabulary import Kind
from callserver.features.statistics.folding import happenings
from callserver.features.statistics.folding.accounts import HELD, IN_CALL, TALKING, WRAP_UP, Agent, Span
from callserver.features.statistics.folding.calls import Call
from callserver.features.statistics.folding.told import CallRow, Opened, PartRow, Rows, Told

SEAT = "seat "
OF_SEATS = (Kind.STATE.value, Kind.LOG_IN.value, Kind.LOG_OUT.value)
KILLED = "cut_off"  # what becomes of a wait whose server ended


@dataclass
class State:
    """What is open between two events; `last` is the newest moment of each run that something is open of."""

    agents: dict[str, Agent] = field(default_factory=dict)
    calls: dict[str, Call] = field(default_factory=dict)
    last: dict[str, tuple[int, int]] = field(default_factory=dict)  # wall, monotonic


class Fold:
    """
    Reads on from a state.

    :param opened: a call's record; None: there is none
    """

    def __init__(self, state: State, opened: Callable[[str], Opened | None]) -> None:
        self.state, self.rows = state, Rows()
        self._opened = opened

    def feed(self, told: Told) -> None:
        """One event, the next of the log."""
        if told.kind == Kind.SERVER.value and told.word("state") == "started":
            self._close_others(told.run)
        if told.kind in OF_SEATS and told.channel is not None and told.channel.startswith(SEAT):
            self._seat(told)
        elif told.call_id is not None and told.kind in happenings.HEARD and (call := self._call(told)) is not None:
            if told.kind == Kind.END.value and told.run != call.run:
                self._cut_off(call)
            else:
                happenings.HEARD[told.kind](call, told, self.rows)
                self._after(call, told)
            self.rows.calls[call.row.call_id] = call.row
        elif told.kind in happenings.ANYWHERE:
            happenings.ANYWHERE[told.kind](told, self.rows)
        self.state.last[told.run] = (told.at_ms, told.mono_ms)

    def settle(self) -> None:
        """The rows are complete up to the last event; what is over is forgotten."""
        for agent in self.state.agents.values():
            if agent.is_in and agent.run in self.state.last:
                self._spend(agent, agent.settle(self.state.last[agent.run][1], self.rows))
        needed = {call_id for one in self.state.agents.values() for call_id in (one.call_id, one.last_queued, one.kept)}
        for call_id in [one for one, call in self.state.calls.items() if call.ended and one not in needed]:
            del self.state.calls[call_id]
        runs = {one.run for one in self.state.agents.values() if one.is_in}
        runs |= {one.run for one in self.state.calls.values()}
        newest = next(reversed(self.state.last), "")
        self.state.last = {run: last for run, last in self.state.last.items() if run in runs or run == newest}

    # Seats

    def _seat(self, told: Told) -> None:
        number = (told.channel or "").removeprefix(SEAT)
        agent = self.state.agents.setdefault(number, Agent(number))
        if agent.is_in and agent.run != told.run:
            self._log_out(agent)
        if told.kind == Kind.LOG_IN.value:
            if not agent.is_in:
                agent.log_in(told)
                self.rows.count("log_in", number, "", told.at_ms)
        elif told.kind == Kind.LOG_OUT.value:
            if agent.is_in:
                self._spend(agent, agent.settle(told.mono_ms, self.rows))
                agent.log_out()
        else:
            self._spend(agent, agent.advance(told.mono_ms, self.rows))
            agent.show(told)
            shown = self.state.calls.get(agent.call_id)
            if shown is not None and shown.ended:
                agent.call_id = ""  # told behind its end: as if it were forgotten already

    def _log_out(self, agent: Agent) -> None:
        """His run has ended without a word: as of its last event."""
        if agent.run in self.state.last:
            self._spend(agent, agent.settle(self.state.last[agent.run][1], self.rows))
        agent.log_out()

    def _spend(self, agent: Agent, span: Span | None) -> None:
        """What of an agent's time belongs to a call, goes to his part in it, and to the queue he took it from."""
        if span is None:
            return
        call_id = agent.last_queued if span.kind == WRAP_UP else (agent.kept or span.call_id)
        call = self.state.calls.get(call_id)
        if call is None or span.kind not in (*IN_CALL, WRAP_UP):
            return
        if agent.kept:
            field = "hold_ms"  # his caller waits, whatever the consultation is at
        elif span.kind in (TALKING, HELD, WRAP_UP):
            field = {TALKING: "talk_ms", HELD: "hold_ms", WRAP_UP: "wrap_ms"}[span.kind]
        else:
            return
        part = call.part(agent.number, agent.since_ms - span.ms, self.rows)
        _add(part, field, span.ms)
        if part.queue:
            call.waits.change(part.queue, lambda row: _add(row, field, span.ms), self.rows)

    # Calls

    def _call(self, told: Told) -> Call | None:
        """None: it is over."""
        call_id = str(told.call_id)
        call = self.state.calls.get(call_id)
        if call is not None and call.ended:
            return None
        if call is None:
            opened = self._opened(call_id) or Opened("in", told.channel or "", "", told.at_ms)
            if opened.is_over:
                return None
            row = CallRow(call_id, opened.started_ms, opened.direction, opened.channel, opened.number)
            call = self.state.calls[call_id] = Call(row, told.run)
        return call

    def _after(self, call: Call, told: Told) -> None:
        """What a call's event means to an agent."""
        agent = self.state.agents.get(told.person or "")
        if told.kind == Kind.CONNECT.value and agent is not None and "wait_s" in told.data:
            self._spend(agent, agent.advance(told.mono_ms, self.rows))
            agent.last_queued = call.row.call_id
        elif told.kind == Kind.CONSULT.value:
            agent = self.state.agents.get(told.word("by").removeprefix(SEAT))
            if agent is not None:
                self._spend(agent, agent.advance(told.mono_ms, self.rows))
                agent.kept = call.row.call_id
        elif told.kind == Kind.SWAP.value:
            agent = self.state.agents.get(told.word("by").removeprefix(SEAT))
            if agent is not None and told.word("call") != call.row.call_id:
                self._spend(agent, agent.advance(told.mono_ms, self.rows))
                agent.kept = call.row.call_id

    def _close_others(self, run: str) -> None:
        """Another run tells of itself: nothing of those before it goes on."""
        for agent in self.state.agents.values():
            if agent.is_in and agent.run != run:
                self._log_out(agent)
        for call in self.state.calls.values():
            if call.run != run and not call.ended:
                self._cut_off(call)

    def _cut_off(self, call: Call) -> None:
        """Its run has ended without a word: as of its last event."""
        at_ms, _ = self.state.last.get(call.run, (call.row.began_ms, 0))
        if call.waits.open:
            call.waits.leave(KILLED, max(at_ms - call.waits.entered_ms, 0), self.rows)
        call.end(at_ms, self.rows)


def _add(row: PartRow | object, field: str, ms: int) -> None:
    setattr(row, field, getattr(row, field) + ms)
