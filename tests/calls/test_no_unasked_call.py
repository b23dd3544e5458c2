"""G8: no digits leave a line but through the guard, whatever caused them; and every line is free again (G5)."""

import ast
from functools import cache
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from twisted.trial.unittest import SynchronousTestCase

import callserver
from callserver.calls.call import Call
from callserver.calls.calls_out import Dialler
from callserver.calls.dial_guard import DialGuard
from callserver.lines.interfaces import Caller, DialPermit
from callserver.wire.causes import Cause, Reason
from callserver.wire.refusals import Refused
from callserver.wire.rights import Right
from callserver.wire.states import LineState
from tests.dsp.progress.test_answer import voice
from tests.shop import Told, VirtualShop

TOP = Path(callserver.__file__).parent
NUMBERS = ("120", "62345678", "01062345678", "0014155550123", "*57*62345678#", "16812345", "")
ON_HOOK_S = 30.0
DIALS = ("dial", "_dial", "flash_transfer", "flash_and_dial")


@cache
def all_calls() -> dict[str, list[tuple[str, str]]]:
    """By name, every call of a function or method in the server that is asked about: its file and its text."""
    found: dict[str, list[tuple[str, str]]] = {name: [] for name in ("DialPermit", "replace", "may_dial", *DIALS)}
    for file in sorted(TOP.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                called = node.func
                name = called.id if isinstance(called, ast.Name) else getattr(called, "attr", "")
                if name in found:  # texts: half a million nodes would stay, and be looked through for rubbish, for ever
                    found[name].append((str(file.relative_to(TOP)), ast.unparse(node)))
    return found


class OneWayOutTests(SynchronousTestCase):
    """What the program's text says."""

    def test_permits_are_made_by_the_guard(self) -> None:
        """Nobody else makes one, or one out of another."""
        self.assertEqual({file for file, _ in all_calls()["DialPermit"]}, {"calls/dial_guard.py"})
        for file, text in all_calls()["replace"]:
            self.assertNotIn("permit", text, file)

    def test_only_the_guards_asker_uses_them(self) -> None:
        """The guard is asked in one place, and what dials on a line there is the permit it gave."""
        self.assertEqual([file for file, _ in all_calls()["may_dial"]], ["calls/calls_out.py"])
        takers = {file for name in DIALS for file, text in all_calls()[name] if "permit" in text}
        lines = {"lines/hook.py", "lines/modem_line.py", "rehearsal/exchange_line.py", "rehearsal/world.py"}
        self.assertEqual(takers - lines, {"calls/calls_out.py", "calls/line.py", "calls/outgoing.py"})

    def test_the_modem_dials_in_one_place(self) -> None:
        """No other command of ours holds digits for the exchange."""
        dialling = [file for file in sorted(TOP.rglob("*.py")) if "ATDT" in file.read_text("utf-8")]
        ours = [str(file.relative_to(TOP)) for file in dialling if "emulator" not in file.parts]
        self.assertEqual(ours, ["modem/commands.py"])


class RememberingGuard(DialGuard):
    """Knows every permit it has made."""

    def __init__(self, guard: DialGuard) -> None:
        vars(self).update(vars(guard))
        self.made: list[DialPermit] = []

    def may_dial(self, *arguments: object) -> DialPermit:
        permit = super().may_dial(*arguments)  # type: ignore[arg-type]
        self.made.append(permit)
        return permit


class Day(RuleBasedStateMachine):
    """People dial, callers ring, exchanges play tones, cables are pulled, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.shop = VirtualShop(n_lines=2)
        self.shop.guard = self.shop.calls_out._guard = RememberingGuard(self.shop.guard)
        self.dialled: list[tuple[Call, Told]] = []
        self.lines_saw: list[str] = []
        for line in self.shop.lines:
            line.far_end.dialled = self.lines_saw

    @rule(number=st.sampled_from(NUMBERS), rights=st.frozensets(st.sampled_from(Right)), line=st.booleans())
    def dial(self, number: str, rights: frozenset[Right], line: bool) -> None:
        told = Told()
        try:
            self.dialled.append((self.shop.calls_out.dial(number, Dialler("801", rights), told), told))
        except Refused:
            assert told.of == []

    @rule(
        tone=st.sampled_from(("dial", "ringback", "busy")), seconds=st.sampled_from((0.5, 2.5)), line=st.integers(0, 1)
    )
    def exchange(self, tone: str, seconds: float, line: int) -> None:
        self.shop.exchange(tone, seconds, line)

    @rule(line=st.integers(0, 1))
    def somebody_speaks(self, line: int) -> None:
        self.shop.hear(voice(1.2), line)

    @rule(line=st.integers(0, 1), number=st.sampled_from((None, "13912345678")))
    def ring(self, line: int, number: str | None) -> None:
        self.shop.lines[line].far_end.ring(Caller(number) if number else None)

    @rule(line=st.integers(0, 1))
    def hang_up(self, line: int) -> None:
        self.shop.lines[line].far_end.hang_up()

    @rule(line=st.integers(0, 1))
    def pull_out_and_back(self, line: int) -> None:
        self.shop.lines[line].far_end.unplug()
        self.shop.lines[line].far_end.plug_in()

    @rule(seconds=st.sampled_from((0.1, 1.5, 7.0)))
    def time_passes(self, seconds: float) -> None:
        self.shop.wait(seconds)

    @rule()
    def give_up(self) -> None:
        if self.dialled:
            self.dialled[-1][0].end("agent", Reason(Cause.GAVE_UP))

    @invariant()
    def only_what_was_permitted(self) -> None:
        permitted = [permit.digits for permit in self.shop.guard.made]
        for digits in self.lines_saw:
            assert digits in permitted, digits
        assert len(self.lines_saw) <= len(permitted)

    @invariant()
    def at_most_one_result(self) -> None:
        for call, told in self.dialled:
            results = [one for one in told.of if one != "rings"]
            assert len(results) <= 1, results
            assert call.ended is None or len(results) == 1

    @invariant()
    def no_line_off_hook_without_a_call(self) -> None:
        for line, in_service in zip(self.shop.lines, self.shop.in_service, strict=True):
            assert not line.off_hook or in_service.call is not None

    def teardown(self) -> None:
        for call in self.shop.calls:
            call.end("server", Reason(Cause.SERVER_STOPPED))
        self.shop.clock.advance(ON_HOOK_S)
        for line in range(2):
            assert self.shop.state(line) is LineState.IDLE, self.shop.state(line)
        assert all(len([one for one in told.of if one != "rings"]) == 1 for _, told in self.dialled)


class AnyOrderTests(SynchronousTestCase):
    """What happens when it runs."""

    def test_any_order(self) -> None:
        """Whatever happens: only permitted digits, one result each, no line left off hook."""
        run_state_machine_as_test(Day, settings=settings(max_examples=25, stateful_step_count=25, deadline=None))
