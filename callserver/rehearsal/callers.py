"""Who calls the shop: drawn shoppers, and telephone scripts."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from random import Random

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.interfaces import IDelayedCall

from callserver.emulator.exchange import Exchange
from callserver.emulator.loop import CallProgress, SubscriberStage
from callserver.emulator.phone import Phone
from callserver.emulator.script_run import ScriptEvent, ScriptRun
from callserver.features.shopping import sample
from callserver.rehearsal.script import SHOPPER, Callers
from callserver.wire.script_words import ScriptError

PAUSE_S = 1.2  # of silence: a question has been asked
LONGEST_PROMPT_S = 90
DIALOGUE_S = 100.0  # about as long as an order takes: a drawn hang-up falls anywhere in it
SHOP = sample.content()
GOODS = [item["number"] for item in SHOP["goods"]]
KNOWN_NUMBERS = [number for customer in SHOP["customers"] for number in customer["telephones"]]
KNOWN_SHARE = 0.3


class Outcome(Enum):
    """How a visit ended, for the caller."""

    DONE = "done"
    BUSY = "busy"
    HUNG_UP = "hung up"  # he did not wait for the end
    CUT_OFF = "cut off"  # the shop hung up before he was through
    NO_ANSWER = "no answer"
    FAILED = "failed"  # what his script waited for did not come


@dataclass
class Visit:
    """One call to the shop, from the caller's end; times on the rehearsal's clock."""

    n: int
    callers: str
    number: str
    began_s: float
    ended_s: float = 0.0
    answered: bool = False
    outcome: Outcome | None = None
    problem: str = ""
    concerned: bool = False  # a fault was there during this call

    @property
    def failed(self) -> bool:
        """Whether the shop is to blame."""
        return self.outcome in (Outcome.FAILED, Outcome.NO_ANSWER) and not self.concerned


class Caller:
    """
    One visit to the shop.

    :param random: of this visit alone, so that leaving another one out changes nothing here
    :param on_event: told what he does, as it happens
    :param recording: WAV file to write: left what he heard, right what he said
    """

    def __init__(
        self,
        visit: Visit,
        callers: Callers,
        phone: Phone,
        random: Random,
        exchange: Exchange,
        on_event: Callable[[ScriptEvent], None],
        recording: Path | None = None,
    ) -> None:
        self.visit = visit
        self._callers, self._phone, self._random, self._exchange = callers, phone, random, exchange
        self._on_event = on_event
        phone.hears_signals = callers.script != SHOPPER
        self._performance = ScriptRun(exchange, self._happened, phone, recording, callers.folder)
        self._had_enough: IDelayedCall | None = None
        self._rang = False

    async def call(self, shop: str) -> Visit:
        """Call the shop, and do what he has in mind; the telephone is on hook afterwards."""
        story = Deferred.fromCoroutine(self._shop(shop) if self._callers.script == SHOPPER else self._script())
        if self._callers.script == SHOPPER and self._random.random() < self._callers.hang_up:
            self._hang_up_in(self._random.uniform(0, DIALOGUE_S), story)
        try:
            await story
            self.visit.outcome = self.visit.outcome or Outcome.DONE
        except CancelledError:
            self.visit.outcome = Outcome.HUNG_UP
        except ScriptError as problem:
            self._came_to_nothing(problem)
        finally:
            if self._had_enough is not None and self._had_enough.active():
                self._had_enough.cancel()
            self._performance.close()
        return self.visit

    def _hang_up_in(self, delay_s: float, story: Deferred[None]) -> None:
        self._had_enough = self._exchange.time.callLater(delay_s, story.cancel)

    def _came_to_nothing(self, problem: ScriptError) -> None:
        self.visit.problem = str(problem)
        if self._phone.ending is CallProgress.BUSY and not self.visit.answered:
            self.visit.outcome = Outcome.NO_ANSWER if self._rang else Outcome.BUSY
        elif self._callers.script == SHOPPER and self._phone.ending is CallProgress.GONE:
            self.visit.outcome = Outcome.CUT_OFF
        else:
            self.visit.outcome = Outcome.FAILED

    def _happened(self, happening: ScriptEvent) -> None:
        self._rang = self._rang or happening.what == CallProgress.RINGBACK.value
        self.visit.answered = self.visit.answered or happening.what == CallProgress.ANSWERED.value
        self._on_event(happening)

    async def _script(self) -> None:
        await self._performance.do(self._callers.text)

    # A drawn shopper

    async def _shop(self, shop: str) -> None:
        await self._performance.do(f"dial {shop}\nwait ringback within 5")
        await self._performance.do("wait answer within 70")
        for keys, wrong in self._wishes():
            await self._after_the_question()
            if self._random.random() < self._callers.wrong_keys:
                await self._performance.do(f"press {wrong}")
                await self._after_the_question()
            await self._performance.do(f"press {keys}")
        if self._random.random() < self._callers.wants_person:
            await self._talk()
        else:
            await self._after_the_question()
        await self._performance.do("hang up")

    def _wishes(self) -> list[tuple[str, str]]:
        """What he presses, question by question, and what he presses instead when he errs."""
        random = self._random
        item = random.choice(GOODS)
        language = "2" if random.random() < self._callers.english else "1"
        wishes = [(language, "7"), ("1", "8"), (f"{item}#", "9999#"), ("1", "5"), (f"{random.randint(1, 3)}#", "000#")]
        if random.random() < 0.2:  # he only asks after an order
            return [*wishes[:1], ("4", "8"), *self._to_numbers(), ("36915840", "11111111")]
        return [*wishes, ("2", "6"), ("1", "8"), ("1", "9")]  # that is all; on delivery, or new here; yes

    def _to_numbers(self) -> list[tuple[str, str]]:
        """Who is known hears of his own orders first."""
        return [("2", "8")] if self.visit.number in KNOWN_NUMBERS else []

    async def _after_the_question(self) -> None:
        await self._performance.do(f"wait silence {PAUSE_S} within {LONGEST_PROMPT_S}")

    async def _talk(self) -> None:
        """He asks for a person, waits, talks; who hangs up is drawn by his patience and the agent's time."""
        await self._after_the_question()
        await self._performance.do("press 0")
        if self._callers.voice:
            await self._performance.do(f'wait silence 1.5 within 600\nspeak "{self._callers.voice}"')
        patience_s = self._callers.patience_s.draw(self._random)
        try:
            await self._performance.do(f"wait hang up within {patience_s:.2f}")
        except ScriptError:
            self.visit.outcome = Outcome.HUNG_UP


def drawn_number(callers: Callers, n: int, random: Random) -> str:
    """Whose telephone rings the shop: a known customer's, or one that nobody else has."""
    if scripted := re.search(r"^\s*caller\s+(\d+)", callers.text, re.MULTILINE):
        return scripted[1]
    if callers.number:
        return str(int(callers.number) + n).zfill(len(callers.number))
    return random.choice(KNOWN_NUMBERS) if random.random() < KNOWN_SHARE else f"139{30_000_000 + n:08}"


def is_free(exchange: Exchange, number: str) -> bool:
    """Whether nobody talks on this telephone."""
    return number not in exchange.phones or exchange.phones[number].stage is SubscriberStage.ON_HOOK
