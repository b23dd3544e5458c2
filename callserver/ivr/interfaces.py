"""What a menu is, and what a call is to a menu."""

from dataclasses import dataclass
from typing import Protocol

from twisted.internet.defer import Deferred
from zope.interface import Attribute, Interface

from callserver.lines.interfaces import Caller
from callserver.wire.causes import Reason


@dataclass(frozen=True)
class Spoken:
    """A name or free text, in the caller's language: its recording if there is one, else the synthesiser's voice."""

    text: str

    def __str__(self) -> str:
        return f"“{self.text}”"


Prompt = str | Spoken  # a catalogue name, "main-menu", of the caller's language, or "en/main-menu"; or a spoken text


class ICall(Protocol):
    """One caller, as a menu sees him. Every method ends with CancelledError once the caller has gone."""

    language: str  # "zh" or "en"; a menu may set it

    @property
    def id(self) -> str:
        """Names the call in every record."""

    @property
    def caller(self) -> Caller:
        """Who calls, as far as the exchange tells; a claim, no proof."""

    def when_ended(self) -> Deferred[Reason]:
        """Fires with the reason when the call is over, also if that is after this menu."""

    async def answer(self) -> None:
        """Off hook; nothing is heard before."""

    async def play(self, *prompts: Prompt) -> None:
        """Say prompts one after the other, to the end; keys pressed meanwhile wait for the next `collect`."""

    async def collect(
        self,
        *prompts: Prompt,
        max_digits: int = 1,
        end_key: str | None = "#",
        first_timeout_s: float = 5.0,
        between_timeout_s: float = 3.0,
    ) -> str:
        """
        Say prompts and take keys; the first key silences them, and keys that wait already leave them unsaid.

        :return: the keys without the end key; "" after silence
        """

    async def collect_secret(
        self,
        *prompts: Prompt,
        max_digits: int,
        end_key: str | None = "#",
        first_timeout_s: float = 8.0,
        between_timeout_s: float = 5.0,
    ) -> str:
        """
        As `collect`, for a PIN: heard by nobody, silence in the recording, and masked wherever it is written down.

        Keys that were pressed before the question belong to it, and are as secret.
        """

    async def record(self, max_s: float = 180.0, silence_s: float = 10.0) -> str:
        """
        Beep, then record what the caller says, until a key, silence or `max_s`.

        :return: the recording's file name when all of it is on disk; "" if it cannot be kept
        """

    async def transfer_to_queue(self, queue: str) -> None:
        """Hand the caller to people; returns when their talk is over."""

    async def hang_up(self) -> None:
        """End the call."""


class IMenu(Interface):
    """A menu: one instance at module level of a file in the plugins folder."""

    name = Attribute("What config.ini calls it.")

    async def run(call: ICall) -> None:  # noqa: N805 - zope has no self
        """Serve one call; when it returns, the call is ended."""
