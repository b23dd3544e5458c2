"""Who wants to work by the telephone he calls from: his staff number and his PIN, secret from the first key on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from twisted.internet.defer import Deferred

from callserver.acd.seats.parts import Person
from callserver.lines.interfaces import Caller
from callserver.wire.refusals import Refusal, Refused

TRIES = 3
NUMBER_DIGITS, PIN_DIGITS = 8, 12
WITHHELD, NOBODY = "withheld", "?"
LOG_IN = "log in"
Complain = Callable[[str, str, str, Refused], None]
"""Called with staff number, address or line, act and refusal, for each act that is refused."""


class Asks(Protocol):
    """The call, as far as it can be asked for something."""

    @property
    def caller(self) -> Caller: ...
    async def play(self, *prompts: str) -> bool:
        """Say prompts."""

    async def collect(self, *prompts: str, max_digits: int) -> str:
        """Say prompts and take keys, to #."""

    async def collect_secret(self, *prompts: str, max_digits: int) -> str:
        """The same, heard by nobody and written down masked."""

    async def wait_for(self, answer: Deferred[Any]) -> Any:
        """What comes of something that may be slow."""

    def forget_keys(self) -> None:
        """What was pressed ahead answers nothing any more."""


class Record(Protocol):
    """What the staff book has of a person."""

    @property
    def phone(self) -> str:
        """The number of the telephone at his seat; "": he has none."""

    @property
    def language(self) -> str:
        """In which he is spoken to; "": he has not said."""


class PinBook(Protocol):
    """The staff book, for telephones."""

    def check_pin(self, number: str, pin: str, address: str) -> Deferred[Any]:
        """Fires with the person, if it is him; fails with Refused LOG_IN; locks out who guesses, as passwords do."""

    def person(self, number: str) -> Record | None:
        """As the book has him now; None: nobody of this number may log in."""


async def log_in(call: Asks, book: PinBook, complain: Complain) -> Person | None:
    """
    Ask for staff number and PIN, three times at most, and say what was wrong.

    :param complain: told of each that was refused, with the number that he calls from
    :return: None: it was nobody
    """
    address = f"telephone {call.caller.known_by or WITHHELD}"
    for _ in range(TRIES):
        number = await call.collect("seat-enter-number", max_digits=NUMBER_DIGITS)
        pin = await call.collect_secret("seat-enter-pin", max_digits=PIN_DIGITS)
        try:
            person: Person = await call.wait_for(book.check_pin(number, pin, address))
            return person
        except Refused as refused:
            complain(number or NOBODY, address, LOG_IN, refused)
            call.forget_keys()
            await call.play("seat-log-in-failed" if refused.code is Refusal.LOG_IN else "system-trouble")
    await call.play("too-many-tries")
    return None
