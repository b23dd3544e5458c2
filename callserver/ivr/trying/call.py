"""A call that is none: it does what a script says, and writes down what a caller would hear."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from twisted.internet.defer import Deferred, TimeoutError
from twisted.internet.task import Clock

from callserver.calls.vocabulary import Kind
from callserver.ivr.interfaces import Prompt
from callserver.ivr.running import CallOver, GoesRound
from callserver.ivr.trying.keys import Act, Script
from callserver.ivr.trying.outcomes import TAKEN
from callserver.lines.interfaces import Caller
from callserver.wire.catalogue import LANGUAGES
from callserver.wire.causes import Cause, Reason

T = TypeVar("T")

KEY_AFTER_S = 1.0  # into its question
LETTERS_S = {"zh": 4.6, "en": 17.0}  # of our prompts, a second
ACT_S = 0.02
ACTS_MAX = 2000
ROUNDS = 10
WAIT_STEP_S = 0.1
LEFT_OUT = "…"
UNKNOWN = Caller()


@dataclass(frozen=True)
class Heard:
    """One thing that happened: `kind` is said, keys, silence, recorded, handed, or a Kind that the menu noted."""

    at_s: float
    kind: str
    data: Mapping[str, object] = field(default_factory=dict)


class TryCall:
    """
    An ICall.

    :param at: when it begins, on the shop's wall; aware
    :param outcomes: what becomes of hand-overs, "queue operator" -> "no_agent"; not named, they are taken
    :param queues: all there are; None: any
    :param text_of: what a prompt says in a language
    :param sentence_of: the same, "" where it is none of the sentences that each language has, but a piece or a name
    `trace`: all that happened; `ended`: what ended the call, "" while it goes on
    """

    def __init__(
        self,
        script: Script,
        at: datetime,
        caller: Caller = UNKNOWN,
        outcomes: Mapping[str, str] | None = None,
        queues: Collection[str] | None = None,
        text_of: Callable[[str, Prompt], str] = lambda language, prompt: str(prompt),
        sentence_of: Callable[[str, Prompt], str] = lambda language, prompt: "",
    ) -> None:
        self.id, self.caller, self.clock = "try", caller, Clock()
        self.trace: list[Heard] = []
        self.ended = ""
        self._script, self._at, self._outcomes = script, at, outcomes or {}
        self._queues, self._text_of, self._sentence_of = queues, text_of, sentence_of
        self._language, self._ahead = LANGUAGES[0], ""
        self.language_chosen = False
        self._asked: tuple[Prompt, ...] = ()
        self._rounds = self._acts = 0
        self._waiters: list[Deferred[Reason]] = []

    @property
    def language(self) -> str:
        return self._language

    @language.setter
    def language(self, language: str) -> None:
        if language not in LANGUAGES:
            raise ValueError(f"call.language = {language!r}: there are {', '.join(map(repr, LANGUAGES))}")
        if language != self._language:
            self._write("language", language=language)
        self._language, self.language_chosen = language, True

    def when_ended(self) -> Deferred[Reason]:
        self._waiters.append(Deferred())
        return self._waiters[-1]

    def now(self) -> datetime:
        return self._at + timedelta(seconds=self.clock.seconds())

    def save(self, name: str, value: str) -> None:
        self._write(Kind.SAVED.value, name=name, value=value)

    def note(self, kind: Kind, **data: str | int) -> None:
        self._write(kind.value, **data)

    def mark(self, text: str) -> None:
        self._write(Kind.RECORDING_MARK.value, text=text)

    def forget_keys(self) -> None:
        self._ahead = ""

    async def answer(self) -> None:
        self._act()

    async def play(self, *prompts: Prompt) -> bool:
        self._act()
        self._say(prompts, whole=True)
        return True

    async def play_secret(self, *prompts: Prompt) -> bool:
        return await self.play(*prompts)

    async def collect(
        self,
        *prompts: Prompt,
        max_digits: int = 1,
        end_key: str | None = "#",
        first_timeout_s: float = 5.0,
        between_timeout_s: float = 3.0,
        full_digits: int | None = None,
    ) -> str:
        return self._collect(prompts, max_digits, end_key, (first_timeout_s, between_timeout_s), secret=False)

    async def collect_secret(
        self,
        *prompts: Prompt,
        max_digits: int,
        end_key: str | None = "#",
        first_timeout_s: float = 8.0,
        between_timeout_s: float = 5.0,
    ) -> str:
        return self._collect(prompts, max(max_digits, 32), end_key, (first_timeout_s, between_timeout_s), secret=True)

    async def record(self, max_s: float = 180.0, silence_s: float = 10.0) -> str:
        self._act()
        act = self._next(message=True)
        self._pass(min(act.speaks_s, max_s) + (0 if act.keys else silence_s))
        self._ahead = ""
        self._write("recorded", seconds=act.speaks_s)
        return "tried.wav"

    async def wait_for(self, answer: Deferred[T], limit_s: float = 30.0) -> T:
        self._act()
        waited_s = 0.0
        while not answer.called and waited_s < limit_s:
            self._pass(WAIT_STEP_S)
            waited_s += WAIT_STEP_S
        if not answer.called:
            raise TimeoutError
        return await answer

    async def transfer_to_queue(self, queue: str, priority: int | None = None, *, comes_back: bool = False) -> str:
        if queue and self._queues is not None and queue not in self._queues:
            raise LookupError(f"no queue {queue!r}; there are {', '.join(self._queues)}")
        name = queue or next(iter(self._queues or ()), "")  # the shop's first
        return self._hand_over("queue", name, ends=not comes_back)

    async def transfer_to_office(self, address: str = "", note: str = "", queue: str = "") -> str:
        return self._hand_over("office", "nearest")

    async def send_to(self, target: str) -> str:
        return self._hand_over(*target.split(maxsplit=1))

    async def fax_document(self, number: str = "") -> str:
        return self._hand_over("document", number, ends=False)

    async def leave_message(self, box: str) -> str:
        return self._hand_over("mailbox", box, ends=False)

    async def open_mailbox(self, box: str = "") -> str:
        self._hand_over("mailbox", box, ends=False)
        return "opened"

    async def receive_fax(self) -> str:
        self._act()
        return "received"

    async def hang_up(self) -> None:
        self._act()
        self.end("hangup")

    def end(self, how: str) -> None:
        """The call is over, and whoever waits for it is told."""
        self.ended = self.ended or how
        waiters, self._waiters = self._waiters, []
        for waiter in waiters:
            waiter.callback(Reason(Cause.MENU_OVER))

    # What an act needs

    def _act(self) -> None:
        if self.ended:
            raise CallOver("the call is over")
        self._acts += 1
        if self._acts > ACTS_MAX:
            raise GoesRound(f"{ACTS_MAX} acts in one call")
        self._pass(ACT_S)

    def _pass(self, seconds: float) -> None:
        self.clock.advance(seconds)

    def _write(self, kind: str, **data: object) -> None:
        self.trace.append(Heard(self.clock.seconds(), kind, data))

    def _say(self, prompts: tuple[Prompt, ...], *, whole: bool) -> None:
        if not prompts:
            return
        texts = [self._text_of(self._language, prompt) for prompt in prompts]
        other = [text for one in LANGUAGES if one != self._language for text in self._in_other(one, prompts)]
        self._write("said", prompts=prompts, texts=texts, other=other)
        if whole:
            self._pass(sum(map(len, texts)) / LETTERS_S[self._language])

    def _in_other(self, language: str, prompts: tuple[Prompt, ...]) -> Iterator[str]:
        """Numbers, sums and dates are put together otherwise there: a sign stands for each, and for names."""
        texts = [self._sentence_of(language, prompt) for prompt in prompts]
        return (text or LEFT_OUT for n, text in enumerate(texts) if text or n == 0 or texts[n - 1])

    def _next(self, question: str = "", *, message: bool = False) -> Act:
        act = self._script.message() if message else self._script.next(question)
        if act.hangs_up:
            self._write("hangs up")
            self.end("caller")
            raise CallOver("the caller has hung up")
        return act

    def _collect(
        self,
        prompts: tuple[Prompt, ...],
        max_digits: int,
        end_key: str | None,
        timeouts_s: tuple[float, float],
        *,
        secret: bool,
    ) -> str:
        self._act()
        self._count_round(prompts)
        asked = str(prompts[-1]) if prompts else "-"
        if not self._ahead:
            self._say(prompts, whole=False)
            act = self._next(asked)
            if not act.keys:
                self._say_to_end(prompts, timeouts_s[0])
                return ""
            self._pass(KEY_AFTER_S)
            self._ahead = act.keys
        digits = self._taken(max_digits, end_key, timeouts_s[1])
        self._write("keys", keys="?" * len(digits) if secret else digits, asked=asked)
        return digits

    def _say_to_end(self, prompts: tuple[Prompt, ...], timeout_s: float) -> None:
        letters = sum(len(self._text_of(self._language, prompt)) for prompt in prompts)
        self._pass(letters / LETTERS_S[self._language] + timeout_s)
        self._write("silence", asked=str(prompts[-1]) if prompts else "-")

    def _taken(self, max_digits: int, end_key: str | None, between_s: float) -> str:
        digits = ""
        while self._ahead and len(digits) < max_digits:
            key, self._ahead = self._ahead[0], self._ahead[1:]
            if key == end_key:
                return digits
            digits += key
        if len(digits) < max_digits:
            self._pass(between_s)
        elif end_key and self._ahead.startswith(end_key):
            self._ahead = self._ahead[1:]  # it belongs to this input, which did not need it
        return digits

    def _count_round(self, question: tuple[Prompt, ...]) -> None:
        self._rounds = self._rounds + 1 if question and question == self._asked else 1
        self._asked = question
        if self._rounds > ROUNDS:
            raise GoesRound(f"the same question {ROUNDS} times")

    def _hand_over(self, kind: str, name: str, *, ends: bool = True) -> str:
        self._act()
        target = f"{kind} {name}".strip()
        outcome = self._outcomes.get(target, TAKEN[kind])
        self._write("handed", target=target, outcome=outcome)
        if ends and outcome == "answered":
            self.end(target)
            raise CallOver("somebody has the caller")
        return outcome
