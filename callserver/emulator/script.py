"""
A telephone script: what a caller does, one step a line.

    caller 13912345678 "Li Ming"   # who calls; add `withheld` to hide the number
    dial 8008
    wait ringback                  # any wait may end with: within 20
    wait answer
    wait sound
    wait silence 1.2               # 1.2 seconds of it
    press 1001#                    # a # after a space begins a comment
    speak order.wav
    wait tone busy
    wait 0.5
    hang up

Who is called: `wait ring`, `answer`. Who wants dial tone and dials by keys: `lift`, `press 8008`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from callserver.config import Sentence, Unfit, nearest
from callserver.dsp.tones import KEY_TONES_HZ
from callserver.wire.catalogue import N_, Complaint

WITHIN_S = 30.0
SECONDS_MAX = 3600.0
HEARD_TONES = ("dial", "ringback", "busy", "congestion", "unobtainable")
WAITS = ("answer", "hang up", "ring", "ringback", "silence", "sound", "tone")


class ScriptError(Complaint):
    """A script that cannot be read, or a step that came to nothing; the text names the line."""

    def __init__(self, line: int, complaint: Sentence | Exception) -> None:
        super().__init__(N_("line {line}: {complaint}"), line=line, complaint=complaint)
        self.line, self.complaint = line, complaint


@dataclass(frozen=True)
class Step:
    """One line of a script: `word` with its arguments; `within_s` of waits."""

    line: int
    word: str
    arguments: tuple[str, ...] = ()
    within_s: float = WITHIN_S

    def __str__(self) -> str:
        return " ".join(filter(None, (self.word, *self.arguments)))


def read_script(text: str) -> list[Step]:
    """
    The steps of a script.

    :raises ScriptError: naming the line, and the nearest known command
    """
    steps = []
    for number, line in enumerate(text.splitlines(), 1):
        words = _words(number, line)
        if words:
            steps.append(_step(number, words))
    return steps


def _words(number: int, line: str) -> list[str]:
    """The words of a line to its comment; `press #` has none, its # is a key."""
    words = re.findall(r"\"[^\"]*\"|'[^']*'|\S+", line)
    first = 2 if words[:1] == ["press"] else 0
    end = next((at for at, word in enumerate(words) if at >= first and word.startswith("#")), len(words))
    for word in words[:end]:
        if word[0] in "\"'" and (len(word) < 2 or word[-1] != word[0]):
            raise ScriptError(number, Sentence("a quotation mark is missing: {word}", word=word))
    return [word[1:-1] if word[0] in "\"'" else word for word in words[:end]]


def _step(line: int, words: list[str]) -> Step:
    word, *arguments = words
    if word not in _READERS:
        hint = nearest(word, _READERS)
        raise ScriptError(line, Sentence("no command {command}; {hint}", command=repr(word), hint=hint))
    try:
        return _READERS[word](line, arguments)
    except Unfit as problem:
        raise ScriptError(line, Sentence("{command}: {problem}", command=word, problem=problem)) from problem


def _caller(line: int, arguments: list[str]) -> Step:
    withheld = arguments[-1:] == ["withheld"]
    number, *name = arguments[:-1] if withheld else arguments or [""]
    if not number.isdecimal() or len(name) > 1:
        raise Unfit('needs a number and perhaps a name, as in: caller 13912345678 "Li Ming"')
    return Step(line, "caller", (number, name[0] if name else "", "withheld" if withheld else ""))


def _dial(line: int, arguments: list[str]) -> Step:
    if len(arguments) != 1 or not set(arguments[0]) <= set("0123456789*#"):
        raise Unfit("needs one number, as in: dial 8008")
    return Step(line, "dial", tuple(arguments))


def _press(line: int, arguments: list[str]) -> Step:
    keys = "".join(arguments)
    if not keys or not set(keys) <= KEY_TONES_HZ.keys():
        raise Unfit("needs keys (0-9 * # A-D), as in: press 1001#")
    return Step(line, "press", (keys,))


def _speak(line: int, arguments: list[str]) -> Step:
    if len(arguments) != 1:
        raise Unfit("needs one WAV file, as in: speak order.wav")
    return Step(line, "speak", tuple(arguments))


def _hang(line: int, arguments: list[str]) -> Step:
    if arguments not in ([], ["up"]):
        raise Unfit("is written: hang up")
    return Step(line, "hang up")


def _alone(word: str) -> Callable[[int, list[str]], Step]:
    def read(line: int, arguments: list[str]) -> Step:
        if arguments:
            raise Unfit("stands alone")
        return Step(line, word)

    return read


def _wait(line: int, arguments: list[str]) -> Step:
    within_s = WITHIN_S
    if len(arguments) > 2 and arguments[-2] == "within":
        within_s = _seconds(arguments.pop())
        arguments.pop()
    what = " ".join(arguments[:2]) if arguments[:1] == ["hang"] else (arguments or [""])[0]
    if what in WAITS:
        return Step(line, "wait", _checked_wait(what, arguments), within_s)
    if len(arguments) != 1 or what[:1].isalpha():
        raise Unfit("for what? {hint}, or seconds", hint=nearest(what, WAITS))
    return Step(line, "wait", (str(_seconds(what)),), within_s)


def _checked_wait(what: str, arguments: list[str]) -> tuple[str, ...]:
    rest = arguments[len(what.split()) :]
    if what == "silence":
        return what, str(_seconds(rest[0] if len(rest) == 1 else ""))
    if what == "tone":
        if len(rest) != 1 or rest[0] not in HEARD_TONES:
            tone = " ".join(rest)
            raise Unfit("tone {tone}: {hint}", tone=repr(tone), hint=nearest(tone, HEARD_TONES))
        return what, rest[0]
    if rest:
        raise Unfit("{words} after {what} means nothing", words=repr(" ".join(rest)), what=what)
    return (what,)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 < seconds <= SECONDS_MAX:
        raise Unfit("{value}: needs seconds, more than 0 and at most {most}", value=repr(text), most=f"{SECONDS_MAX:g}")
    return seconds


_READERS: dict[str, Callable[[int, list[str]], Step]] = {
    "caller": _caller,
    "dial": _dial,
    "wait": _wait,
    "press": _press,
    "speak": _speak,
    "hang": _hang,
    "answer": _alone("answer"),
    "lift": _alone("lift"),
}
