"""
A party is sent to a number outside: it hears music until somebody answers there, then the two lines are joined.

The line that dials has a call of its own until the answer, so neither hears the other before. Whoever ends first, the
party or the call out, ends the other's waiting: `not_reached` is told once, also when it was the party who went, and
then there is nobody left to send back.
"""

from __future__ import annotations

from collections.abc import Callable

from callserver.acd.moves.moved import Moved
from callserver.calls.call import Call
from callserver.calls.calls_out import CallsOut, Dialler
from callserver.calls.operations import join_lines
from callserver.calls.roles import Role
from callserver.calls.stages import Stage
from callserver.wire.causes import Cause, Reason
from callserver.wire.dial_results import DialResult


class Outside:
    """
    One party and one call out for it. Implements DialListener.

    :param from_line: it is at a line, and not one of the house
    :param on_failed: told why nobody was reached, while the party's call lives
    """

    def __init__(self, moved: Moved, on_failed: Callable[[str], None], *, from_line: bool) -> None:
        self._moved, self._on_failed, self._from_line = moved, on_failed, from_line
        self._out: Call | None = None

    def dial(self, number: str, asks: Dialler, out: CallsOut) -> None:
        """
        The call out begins.

        :raises Refused: as `CallsOut.dial`; nothing has changed
        """
        self._out = out.dial(number, asks, self)
        self._out.recording.never()  # once answered it is joined to the party's call, and recorded there
        self._moved.when_over().addCallback(self._party_gone)

    def wait(self) -> None:
        """Nobody has the party any more."""
        self._moved.wait_with_music(Stage.TRANSFER)

    # DialListener

    def rings_there(self) -> None:
        """The party hears music, whatever it is there."""

    def answered_there(self) -> None:
        call, out = self._moved.call, self._out
        assert out is not None
        self._out = None
        if self._from_line:
            join_lines(call, out, self._moved.party)
        else:
            call.enter(Stage.TALK)
            call.move(out)
            call.give(self._moved.party, Role.TALKS)

    def not_reached(self, result: DialResult) -> None:
        self._out = None
        if self._moved.call.ended is None:
            self._on_failed(result.value)

    def _party_gone(self, _: object) -> None:
        out, self._out = self._out, None
        if out is not None:
            out.end("caller", Reason(Cause.GAVE_UP))
