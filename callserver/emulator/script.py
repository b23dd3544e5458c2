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
    fax receive page.png           # Start is pressed; a picture of each page that comes
    fax send offer.pdf             # Start, with paper: PDF, picture or text
    hang up

Who is called: `wait ring`, `answer`. Who wants dial tone and dials by keys: `lift`, `press 8008`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from callserver.config import Sentence, Unfit, nearest
from callserver.dsp.tones import KEY_TONES_HZ
from callserver.wire.script_words import ScriptError, Word, words_of

WITHIN_S = 30.0
SECONDS_MAX = 3600.0
HEARD_TONES = ("dial", "ringback", "busy", "congestion", "unobtainable")
FAXES = ("receive", "send")
WAITS = ("answer", "hang up", "ring", "ringback", "silence", "sound", "tone")


class UnfitWord(Exception):
    """What is wrong with one of the words after a command; `nth` counts them from 0."""

    def __init__(self, nth: int, complaint: Unfit) -> None:
        super().__init__(nth, complaint)
        self.nth, self.complaint = nth, complaint


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

    :raises ScriptError: naming line and column, and the nearest known command
    """
    steps = []
    for number, line in enumerate(text.splitlines(), 1):
        words = words_of(number, line, keys=("press",))
        if words:
            steps.append(_step(number, words))
    return steps


def _step(line: int, words: list[Word]) -> Step:
    command, *arguments = words
    word = command.text
    if word not in _READERS:
        said = Sentence("no command {command}; {hint}", command=repr(word), hint=nearest(word, _READERS))
        raise ScriptError(line, said, command.column)
    try:
        return _READERS[word](line, [argument.text for argument in arguments])
    except UnfitWord as problem:
        nth, complaint = problem.nth, problem.complaint
    except Unfit as problem:
        nth, complaint = 0, problem
    column = words[min(nth + 1, len(words) - 1)].column
    raise ScriptError(line, Sentence("{command}: {problem}", command=word, problem=complaint), column)


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


def _fax(line: int, arguments: list[str]) -> Step:
    if len(arguments) != 2 or arguments[0] not in FAXES:
        raise Unfit("needs receive and a PNG file, or send and a document, as in: fax receive page.png")
    return Step(line, "fax", tuple(arguments))


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
        within_s = _seconds(arguments[-1], nth=len(arguments) - 1)
        arguments = arguments[:-2]
    what = " ".join(arguments[:2]) if arguments[:1] == ["hang"] else (arguments or [""])[0]
    if what in WAITS:
        return Step(line, "wait", _checked_wait(what, arguments), within_s)
    if not what:
        raise Unfit("for what? As in: wait answer, or for seconds: wait 0.5")
    if what[0].isalpha():
        raise Unfit("{value}: nothing to wait for; {hint}", value=repr(what), hint=nearest(what, WAITS))
    seconds = _seconds(what)
    if len(arguments) > 1:
        raise _means_nothing(arguments[1:], what)
    return Step(line, "wait", (str(seconds),), within_s)


def _checked_wait(what: str, arguments: list[str]) -> tuple[str, ...]:
    rest = arguments[len(what.split()) :]
    if what == "silence":
        return what, str(_seconds(" ".join(rest), nth=1))
    if what == "tone":
        if len(rest) != 1 or rest[0] not in HEARD_TONES:
            tone = " ".join(rest)
            raise UnfitWord(1, Unfit("tone {tone}: {hint}", tone=repr(tone), hint=nearest(tone, HEARD_TONES)))
        return what, rest[0]
    if rest:
        raise _means_nothing(rest, what)
    return (what,)


def _means_nothing(rest: list[str], what: str) -> UnfitWord:
    words = {"words": repr(" ".join(rest)), "what": what}
    return UnfitWord(len(what.split()), Unfit("{words} after {what} means nothing", **words))


def _seconds(text: str, nth: int = 0) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 < seconds <= SECONDS_MAX:
        span = {"value": repr(text), "most": f"{SECONDS_MAX:g}"}
        raise UnfitWord(nth, Unfit("{value}: needs seconds, more than 0 and at most {most}", **span))
    return seconds


_READERS: dict[str, Callable[[int, list[str]], Step]] = {
    "caller": _caller,
    "dial": _dial,
    "wait": _wait,
    "press": _press,
    "speak": _speak,
    "fax": _fax,
    "hang": _hang,
    "answer": _alone("answer"),
    "lift": _alone("lift"),
}
