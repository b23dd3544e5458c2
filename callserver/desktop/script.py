"""
An agent's script: what he does at his program, a step a line.

    log in
    repeat 3                        # the lines as far as `end`; without a number, for ever
        wait ring within 60         # any wait may end with: within SECONDS
        answer
        say greeting.wav
        hold 5                      # music for five seconds
        consult seat 802
        wait state talking
        join
        wait end
    end
    transfer queue service
    expect refused no-call          # what the line above came to
    pause lunch
    ask prolong_wrap_up 30          # any act of the server by its name; "30" would be text
    log out

Waits: seconds, `ring`, `talk`, `end` (no call rings or is in hand), `state STATE [REASON]`, `event CAUSE`,
`caller NUMBER`, `seat NUMBER STATE` and `line N STATE` (as the board shows them), `queue NAME N` (so many wait),
`sound`, `silence SECONDS`.
`expect` takes the same, but must be true already, and `refused CODE [DETAIL]` and `answer VALUE` of the act before.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from callserver.desktop.script_acts import ACTS, ANSWER, LastAnswer, Misfit, act_of
from callserver.wire.catalogue import Complaint
from callserver.wire.causes import Cause
from callserver.wire.refusals import Refusal
from callserver.wire.script_words import ScriptError, Word, likest, words_of
from callserver.wire.states import LineState, SeatState

WITHIN_S, SECONDS_MAX, TIMES_MAX = 30.0, 36_000.0, 1_000_000
STATES: dict[str, dict[str, tuple[str, ...]]] = {
    "seat": {"idle": ("IDLE_PC", "IDLE_PHONE")} | {one.name.lower(): (one.name,) for one in SeatState},
    "line": {one.name.lower(): (one.name,) for one in LineState},
}
FOREVER = 0


@dataclass(frozen=True)
class Step:
    """
    One line of a script, or a block of them.

    `word`: "act" (arguments: its name and what it takes), "hold" (seconds), "wait", "expect", "say", "log in",
    "log out", "close" (the program, without a log-out), "repeat".
    """

    line: int
    text: str  # as it stands there
    word: str
    arguments: tuple[Any, ...] = ()
    within_s: float = WITHIN_S
    refused: str = ""  # the act before it must be refused with this: a code, or "code: detail"
    steps: tuple[Step, ...] = ()


def read_script(text: str) -> tuple[Step, ...]:
    """
    The steps of a script.

    :raises ScriptError: naming line and column, and the nearest known word
    """
    lines = [(number, words_of(number, line)) for number, line in enumerate(text.splitlines(), 1)]
    reading = _Reading([(number, words) for number, words in lines if words])
    steps = reading.block(None)
    if not steps or steps[0].word != "log in":
        raise ScriptError(steps[0].line if steps else 1, Complaint("a script begins with: log in"))
    return steps


class AgentScriptError(Complaint):
    """A script of an agent that cannot be read or done; names file, line, what was to happen and what is."""


def read_file(file: Path) -> tuple[Step, ...]:
    """
    The steps of a script in UTF-8.

    :raises AgentScriptError: it cannot be read
    """
    try:
        return read_script(file.read_text("utf-8-sig"))
    except OSError as error:
        raise AgentScriptError("{file}: {problem}", file=str(file), problem=error.strerror) from None
    except UnicodeDecodeError:
        raise AgentScriptError("{file}: {problem}", file=str(file), problem=Complaint("not UTF-8 text")) from None
    except ScriptError as problem:
        raise in_file(file, problem) from None


def in_file(file: Path, problem: ScriptError) -> AgentScriptError:
    """The same, with the file in which it is."""
    return AgentScriptError("{file}, {problem}", file=str(file), problem=problem)


def all_steps(steps: Sequence[Step]) -> Iterator[Step]:
    """Those in blocks too."""
    for step in steps:
        yield step
        yield from all_steps(step.steps)


class _Reading:
    """The lines that are still to be read."""

    def __init__(self, lines: list[tuple[int, list[Word]]]) -> None:
        self._lines = lines[::-1]

    def block(self, opened: Step | None) -> tuple[Step, ...]:
        """As far as its `end`; the whole script has none."""
        steps: list[Step] = []
        while self._lines:
            line, words = self._lines.pop()
            if words[0].text == "end":
                return self._closed(line, words, opened, steps)
            step = _step(line, words)
            if step.word == "repeat":
                step = replace(step, steps=self.block(step))
            if step.word == "expect" and step.arguments[0] == "refused":
                self._refuse(step, words, steps)
            else:
                steps.append(step)
        if opened is not None:
            raise ScriptError(opened.line, Complaint("no end of this {text}", text=repr(opened.text)))
        return tuple(steps)

    def _closed(self, line: int, words: list[Word], opened: Step | None, steps: list[Step]) -> tuple[Step, ...]:
        if opened is None:
            raise ScriptError(line, Complaint("nothing is open that could end here"), words[0].column)
        if len(words) > 1:
            raise ScriptError(line, Complaint("end: {problem}", problem=Complaint("stands alone")), words[1].column)
        if not steps:
            raise ScriptError(
                opened.line, Complaint("nothing stands between this {text} and its end", text=opened.text)
            )
        return tuple(steps)

    def _refuse(self, step: Step, words: list[Word], steps: list[Step]) -> None:
        if not steps or steps[-1].word not in ("act", "log in", "log out"):
            raise ScriptError(step.line, Complaint("there is no act in the line above that could be refused"))
        steps[-1] = replace(steps[-1], refused=step.arguments[1])


def _step(line: int, words: list[Word]) -> Step:
    texts = [word.text for word in words]
    said = " ".join(texts)
    try:
        if texts[0] in _READERS:
            return _READERS[texts[0]](Step(line, said, texts[0]), words[1:])
        return Step(line, said, "act", act_of(words))
    except Misfit as problem:
        if problem.nth is None:
            hint = likest(texts[0], {*_READERS, *(name.split()[0] for name in ACTS)})
            unknown = Complaint("no command {command}; {hint}", command=repr(texts[0]), hint=hint)
            raise ScriptError(line, unknown, words[0].column) from None
        column = words[min(problem.nth, len(words) - 1)].column
        complaint = Complaint("{command}: {problem}", command=problem.command or texts[0], problem=problem)
        raise ScriptError(line, complaint, column) from None


def _log(step: Step, words: list[Word]) -> Step:
    if [word.text for word in words] not in (["in"], ["out"]):
        raise Misfit("is written: log in, or: log out", 1)
    return replace(step, word=f"log {words[0].text}")


def _close(step: Step, words: list[Word]) -> Step:
    if words:
        raise Misfit("stands alone", 1)
    return step


def _say(step: Step, words: list[Word]) -> Step:
    if len(words) != 1:
        raise Misfit("needs one WAV file, as in: say greeting.wav", 1)
    return replace(step, arguments=(words[0].text,))


def _hold(step: Step, words: list[Word]) -> Step:
    if not words:
        return replace(step, word="act", arguments=("hold",))
    if len(words) > 1:
        raise Misfit("is written: {example}", 2, example="hold 5")
    return replace(step, arguments=(_seconds(words[0].text, 1),))


def _repeat(step: Step, words: list[Word]) -> Step:
    if not words:
        return replace(step, arguments=(FOREVER,))
    text = words[0].text
    if len(words) > 1 or not text.isdecimal() or not 0 < int(text) <= TIMES_MAX:
        raise Misfit("needs how often, as in: repeat 3", 1)
    return replace(step, arguments=(int(text),))


def _ask(step: Step, words: list[Word]) -> Step:
    if not words or not words[0].text.isidentifier():
        raise Misfit("needs the name of an act, and what it takes, as in: ask pause lunch", 1)
    return replace(step, word="act", arguments=(words[0].text, *map(_value, words[1:], range(2, 2 + len(words)))))


def _value(word: Word, nth: int) -> Any:
    """What an act is sent: "text", a number, 'JSON', $ for the last answer, any other bare word as text."""
    if word.text == ANSWER and not word.quoted:
        return LastAnswer()
    if word.quoted == '"' or (not word.quoted and not word.text.isdecimal()):
        return word.text
    try:
        return json.loads(word.text)
    except ValueError:
        raise Misfit("needs JSON between these quotation marks", nth) from None


def _wait(step: Step, words: list[Word]) -> Step:
    within_s = WITHIN_S
    if len(words) > 2 and words[-2].text == "within":
        within_s = _seconds(words[-1].text, len(words))
        words = words[:-2]
    if words and words[0].text[0].isdigit():
        if len(words) > 1:
            raise Misfit("{words} after {what} means nothing", 2, words=repr(words[1].text), what=words[0].text)
        return replace(step, arguments=("seconds", _seconds(words[0].text, 1)))
    return replace(step, arguments=_condition(words, CONDITIONS), within_s=within_s)


def _expect(step: Step, words: list[Word]) -> Step:
    return replace(step, arguments=_condition(words, CONDITIONS | EXPECTED))


def _condition(words: list[Word], known: dict[str, Callable[[list[str]], tuple[Any, ...]]]) -> tuple[Any, ...]:
    if not words:
        raise Misfit("for what? There are {names}", 1, names=", ".join(known))
    what, *rest = [word.text for word in words]
    if what not in known:
        raise Misfit("{value}: nothing to wait for; {hint}", 1, value=repr(what), hint=likest(what, known))
    return (what, *known[what](rest))


def _nothing(rest: list[str]) -> tuple[()]:
    if rest:
        raise Misfit("stands alone", 2)
    return ()


def _state(rest: list[str]) -> tuple[Any, ...]:
    if not rest:
        raise Misfit("which state? {hint}", 2, hint=likest("", STATES["seat"]))
    return _names("seat", rest[0], 2), " ".join(rest[1:])


def _names(kind: str, text: str, nth: int) -> tuple[str, ...]:
    if text not in STATES[kind]:
        raise Misfit("no state {value}; {hint}", nth, value=repr(text), hint=likest(text, STATES[kind]))
    return STATES[kind][text]


def _event(rest: list[str]) -> tuple[str]:
    known = {cause.value for cause in Cause}
    if len(rest) != 1 or rest[0] not in known:
        raise Misfit("no such event: {hint}", 2, hint=likest(" ".join(rest), known))
    return (rest[0],)


def _number(rest: list[str]) -> tuple[str]:
    if len(rest) != 1 or not rest[0].isdecimal():
        raise Misfit("needs a number", 2)
    return (rest[0],)


def _channel(kind: str) -> Callable[[list[str]], tuple[Any, ...]]:
    def read(rest: list[str]) -> tuple[Any, ...]:
        if len(rest) != 2 or not rest[0].isdecimal():
            raise Misfit("needs a number and a state", 2)
        return f"{kind} {rest[0]}", _names(kind, rest[1], 3)

    return read


def _queue(rest: list[str]) -> tuple[str, int]:
    if len(rest) != 2 or not rest[1].isdecimal():
        raise Misfit("needs a queue and how many wait, as in: queue service 2", 2)
    return rest[0], int(rest[1])


def _silence(rest: list[str]) -> tuple[float]:
    if len(rest) != 1:
        raise Misfit("needs seconds", 2)
    return (_seconds(rest[0], 2),)


def _refused(rest: list[str]) -> tuple[str]:
    known = {refusal.value for refusal in Refusal}
    if not rest or rest[0] not in known:
        raise Misfit("no such refusal: {hint}", 2, hint=likest(" ".join(rest[:1]), known))
    return (": ".join(filter(None, (rest[0], " ".join(rest[1:])))),)


def _answer(rest: list[str]) -> tuple[str]:
    return (" ".join(rest),)


def _seconds(text: str, nth: int) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 < seconds <= SECONDS_MAX:
        span = {"value": repr(text), "most": f"{SECONDS_MAX:g}"}
        raise Misfit("{value}: needs seconds, more than 0 and at most {most}", nth, **span)
    return seconds


CONDITIONS: dict[str, Callable[[list[str]], tuple[Any, ...]]] = {
    "ring": _nothing,
    "talk": _nothing,
    "end": _nothing,
    "sound": _nothing,
    "state": _state,
    "event": _event,
    "caller": _number,
    "seat": _channel("seat"),
    "line": _channel("line"),
    "queue": _queue,
    "silence": _silence,
}
EXPECTED: dict[str, Callable[[list[str]], tuple[Any, ...]]] = {"refused": _refused, "answer": _answer}
_READERS: dict[str, Callable[[Step, list[Word]], Step]] = {
    "log": _log,
    "close": _close,
    "say": _say,
    "repeat": _repeat,
    "ask": _ask,
    "hold": _hold,
    "wait": _wait,
    "expect": _expect,
}
