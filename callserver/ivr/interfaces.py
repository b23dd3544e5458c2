"""What a menu is, and what a call is to a menu."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from twisted.internet.defer import Deferred
from zope.interface import Attribute, Interface

from callserver.calls.vocabulary import Kind
from callserver.dsp.frames import FloatArray
from callserver.lines.interfaces import Caller
from callserver.wire.causes import Reason

T = TypeVar("T")


@dataclass(frozen=True)
class Spoken:
    """
    A name or free text, in the caller's language: its recording if there is one, else the synthesiser's voice.

    `patience_s`: so long the caller may wait for it in silence; then it is left out.
    """

    text: str
    language: str = ""  # "": the caller's
    patience_s: float = 5.0

    def __str__(self) -> str:
        return f"“{self.text}”"


@dataclass(frozen=True, eq=False)
class Sound:
    """What was recorded in the call itself, shape (n,), 8 kHz: played back to whom it is from."""

    samples: FloatArray

    def __str__(self) -> str:
        return "…"


Prompt = str | Spoken | Sound  # a str is a catalogue name, of the caller's language, "main-menu", or "en/main-menu"


class ICall(Protocol):
    """
    One caller, as a menu sees him.

    What is awaited here fails with CallOver once the caller has gone, which no `except Exception` catches. Each act
    takes 20 ms at least. What is to be heard by or taken from a caller who has not been answered answers him first.
    """

    language: str
    """"zh" or "en"; a menu may set it. Anything else is a ValueError."""

    @property
    def language_chosen(self) -> bool:
        """Whether the caller, or a menu for him, has said which; until then it is the server's first."""

    @property
    def id(self) -> str:
        """Names the call in every record."""

    @property
    def caller(self) -> Caller:
        """Who calls, as far as the exchange tells; a claim, no proof."""

    def when_ended(self) -> Deferred[Reason]:
        """Fires with the reason when the call is over, also if that is after this menu."""

    def forget_keys(self) -> None:
        """What the caller has pressed and nobody has taken answers nothing any more: after an error, before a must."""

    def now(self) -> datetime:
        """This moment by the clock on the shop's wall; aware."""

    def save(self, name: str, value: str) -> None:
        """Keep what the caller has said of himself: in the call's record, and on the screen of who talks with him."""

    def note(self, kind: Kind, **data: str | int) -> None:
        """Write into the call's record how he goes through the menu."""

    async def answer(self) -> None:
        """Off hook; nothing is heard before."""

    async def play(self, *prompts: Prompt) -> bool:
        """
        Say prompts one after the other; a key that is pressed meanwhile silences them, and answers the next `collect`.

        :return: whether all was said
        """

    async def play_secret(self, *prompts: Prompt) -> bool:
        """
        As `play`, for what is nobody else's: silence in the recording, and not written down which prompts it was.
        """

    def mark(self, text: str) -> None:
        """Say of this place in the call's recording, if there is one, what is heard here."""

    async def collect(
        self,
        *prompts: Prompt,
        max_digits: int = 1,
        end_key: str | None = "#",
        first_timeout_s: float = 5.0,
        between_timeout_s: float = 3.0,
        full_digits: int | None = None,
    ) -> str:
        """
        Say prompts and take keys; the first key silences them, and keys that wait already leave them unsaid.

        An end key that comes some seconds after an input that needed none belongs to that input. The same question
        more than ten times one after the other brings the caller to a person.

        :param full_digits: so many are a full answer: nothing is waited for but a second in which there may be more
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

        Keys that were pressed before the question belong to it, and are as secret. One that is too long comes whole.
        """

    async def record(self, max_s: float = 180.0, silence_s: float = 10.0) -> str:
        """
        Beep, then record what the caller says, until a key, silence or `max_s`.

        :return: the recording's file name when all of it is on disk; "" if it cannot be kept
        """

    async def wait_for(self, answer: Deferred[T], limit_s: float = 30.0) -> T:
        """
        Wait for something that may be slow; after 3 s the caller is asked for patience, and again every 10 s.

        :raises twisted.internet.defer.TimeoutError: nothing came in `limit_s`
        """

    async def transfer_to_queue(self, queue: str, priority: int | None = None, *, comes_back: bool = False) -> str:
        """
        Hand the caller to people; who is answered stays with them until the call is over.

        :param priority: before whom he is served: higher is earlier; None: as the queue's other callers
        :param comes_back: when the person he talked with has hung up and he has not, he is here again: "answered"
        :return: why nobody served him: "closed", "no_agent", "full", "diverted" (the wait would be too long),
            "left_empty", "timed_out", "key_exit"; he has been told
        :raises LookupError: there is no such queue
        """

    async def transfer_to_office(self, address: str = "", note: str = "", queue: str = "") -> str:
        """
        Connect the caller with the office nearest to him: by his address, his number, the area code he is asked for.

        Who is answered there stays with it until the call is over. Where no office answers he is told so and handed to
        people, who see where he lives and what for; not served by them either, he is as after `transfer_to_queue`.

        :param address: of the customer, if he has proved who he is
        :param note: what the fault is, for the case that is kept; "": the caller's last input
        :param queue: of people; "": the shop's first
        :return: as `transfer_to_queue`
        """

    async def send_to(self, target: str) -> str:
        """
        Connect the caller with an office by its number, or with a number outside: "office 3", "number 02162345678".

        Who is answered there stays there until the call is over. With nobody's rights but the menu's: a number has to
        be one of [menus] may_dial.

        :return: "not_reached"; he has been told nothing
        """

    async def fax_document(self, number: str = "") -> str:
        """
        Send a document of the shop's library to the fax machine from which the caller calls, within this call.

        He is told its title and pages, and to press Start; where it fails he may have it once more, or later at his
        number. All fax engines in use, he waits with music, and may leave by a key.

        :param number: of the document; "": he is asked for it
        :return: "sent", "failed", "later", "no_document" (none, or none chosen), "not_now" (no engine while he waited)
        """

    async def receive_fax(self) -> str:
        """
        Receive the fax that the caller's machine sends, within this call; whatever calls a fax is told nothing.

        :return: "received", "failed", "not_now"
        """

    async def leave_message(self, box: str) -> str:
        """
        Greet the caller in a mailbox and take his message; he may hear it, record it anew, mark it, discard it.

        :param box: its number; "": the shop's general one
        :return: "left" (it is kept, and he has been told); "full", "suspended", "no_box", "not_kept": he has been told;
            "discarded", "heard" (a bulletin box), "opened" (by * he has come to his own box)
        """

    async def open_mailbox(self, box: str = "") -> str:
        """
        Let the caller hear the messages of a box, after its PIN.

        :param box: its number; "": he is asked for it
        :return: "opened", or "refused" after three wrong PINs; he has been told
        """

    async def hang_up(self) -> None:
        """End the call."""


class IMenu(Interface):
    """A menu: one instance at module level of a file in the plugins folder."""

    name = Attribute("What config.ini calls it.")

    async def run(call: ICall) -> None:  # noqa: N805 - zope has no self
        """Serve one call; when it returns, the call is ended."""
