"""What a menu is, and what a call is to a menu."""

from typing import Protocol

from zope.interface import Attribute, Interface

from callserver.lines.interfaces import Caller


class ICall(Protocol):
    """One caller, as a menu sees him. Every method ends with CancelledError once the caller has gone."""

    id: str
    caller: Caller
    language: str  # "zh" or "en"; a menu may set it

    async def answer(self) -> None:
        """Off hook; nothing is heard before."""

    async def play(self, *prompts: str) -> None:
        """Play recorded prompts by name, one after the other, to the end; a key does not stop them."""

    async def collect(
        self,
        *prompts: str,
        max_digits: int = 1,
        end_key: str | None = "#",
        first_timeout_s: float = 5.0,
        between_timeout_s: float = 3.0,
    ) -> str:
        """
        Play prompts and take keys; the first key silences them.

        Keys pressed before the call of `collect` count. Returns the keys without the end key, "" after silence.
        """

    async def record(self, max_s: float = 180.0, silence_s: float = 10.0) -> str:
        """Record what the caller says until #, silence or `max_s`; returns the recording's file name."""

    async def transfer_to_queue(self, queue: str) -> None:
        """Hand the caller to people; returns when their talk is over."""

    async def hang_up(self) -> None:
        """End the call."""


class IMenu(Interface):
    """A menu: one instance at module level of a file in the plugins folder."""

    name = Attribute("What config.ini calls it.")

    async def run(call: ICall) -> None:  # type: ignore[misc]  # zope methods have no self
        """Serve one call; when it returns, the call is ended."""
