"""The shapes that server and desktop program exchange; `callserver.wire.convert` puts them on the wire."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from callserver.wire.catalogue import Sentence
from callserver.wire.rights import Right
from callserver.wire.states import SeatState

PORT = 8787
AUDIO_BLOCK_BYTES = 320  # 20 ms at 8 kHz, 16-bit little-endian, one channel
AUDIO_BLOCK_S = 0.02
CERTIFICATE_NAME = "localhost"  # in every server's own certificate; clients trust the certificate, not the name


@dataclass(frozen=True)
class Identity:
    """Who the caller is in the shop's books; proved by a PIN or only claimed by his number."""

    number: str
    name: str
    proved: bool = False


@dataclass(frozen=True)
class Phrase:
    """A sentence of the catalogue with its data, so that each screen shows it in its own language."""

    msgid: str
    details: Mapping[str, str | int] = field(default_factory=dict)  # `callserver.wire.catalogue.fill`: what names mean

    @classmethod
    def of(cls, sentence: Sentence) -> Phrase:
        """Any sentence; a detail that is no number becomes text, in English if it is a sentence itself."""
        return cls(
            sentence.msgid, {name: one if type(one) is int else str(one) for name, one in sentence.details.items()}
        )


@dataclass(frozen=True)
class CardPart:
    """What one feature knows of the caller, a line each."""

    feature: str
    rows: tuple[Phrase, ...] = ()


@dataclass(frozen=True)
class Partner:
    """One more who is in a call: a colleague by his staff number, or somebody who was called outside."""

    number: str
    name: str = ""
    supervises: bool = False  # a supervisor who has barged in


@dataclass(frozen=True)
class Card:
    """What an agent sees of a call while it rings and while he talks."""

    call_id: str
    caller_number: str | None = None
    caller_name: str | None = None
    queue: str | None = None  # None: not a queued call
    waited_s: int = 0
    language: str = "zh"  # the caller's choice
    identity: Identity | None = None
    parts: tuple[CardPart, ...] = ()
    path: tuple[str, ...] = ()  # menus and steps the caller has come through, in words
    earlier_s: int = 0  # of what he has waited, so much before this call: the place he had then was kept for him
    region: str = ""  # of the shop's, by the code of his number, the widest first: "Guangdong Shenzhen"
    beside: tuple[Partner, ...] = ()  # who is in this call, too, beside the agent and the one whom the card is about
    gone: str = ""  # why the one whom the call was with has left it, a `Reason`; the card is of who is still there

    def waited(self, seconds: int) -> Card:
        """The same card after some more waiting."""
        return replace(self, waited_s=seconds)


@dataclass(frozen=True)
class SeatStatus:
    """All that a screen shows of one seat; a newer one replaces an older one, so only the newest need arrive."""

    number: str  # staff number
    name: str = ""
    state: SeatState = SeatState.OFF
    reason: str = ""  # of a pause: "wrap-up", "missed", "client lost" or the agent's own word; or one of SUPERVISES
    cause: str = ""  # what brought this state about: a `Reason`, as its `str` gives it
    call: Card | None = None  # rings or is in hand
    kept: Card | None = None  # a second call, kept held while another is consulted
    pause_wanted: bool = False  # takes effect after the call
    wrap_up_s: int = 0  # length of the wrap-up that begins with this status
    client_here: bool = True  # the desktop program answers
    hidden: bool = False  # who he talks with keys in a secret: silence is no fault, and a sign says so
    since_s: float = field(
        default=0.0, compare=False
    )  # so long in this state, for this reason, with this call, when it was sent
    rings_for_s: float = field(default=0.0, compare=False)  # so long it still rings, when it was sent; 0: nothing rings
    wrap_up_left_s: float = field(default=0.0, compare=False)  # of the wrap-up, prolonging included, when it was sent

    @property
    def wrap_up(self) -> bool:
        """Whether the pause is the time after a call."""
        return self.state is SeatState.PAUSED and self.reason == WRAP_UP

    @property
    def supervises(self) -> bool:
        """Whether the call is somebody else's, whom a supervisor listens to."""
        return self.state is SeatState.TALKING and self.reason in SUPERVISES


@dataclass(frozen=True)
class ChannelRow:
    """One line or seat on the board."""

    channel: str  # "line 3", "seat 801"
    state: str  # name of a LineState or a SeatState
    sub: str = ""  # what the state says more exactly: a pause's reason, a menu's name
    since_s: float = 0.0  # age of the state when it was sent, seconds
    call_id: str | None = None
    person: str | None = None  # staff number
    name: str | None = None  # of the person
    caller: str | None = None  # number; None: there is none, or it is not for the eyes of who is told
    reason: Phrase | None = None  # why a line cannot be used
    kept: bool = False  # a seat holds a second call beside the one in hand
    draining: bool = False  # a line will be disabled when its call is over
    menu: str = ""  # of a line, with its version
    notes: tuple[Phrase, ...] = ()  # its call is on an older version; hours are switched by hand; a notice is read out


@dataclass(frozen=True)
class Waiter:
    """Somebody who waits in a queue: a caller, or one who will be called back."""

    call_id: str  # what `grab` takes
    caller: str | None = None  # number; None: withheld, or not for the eyes of who is told
    since_s: float = 0.0  # how long he had waited when it was sent, seconds
    priority: int = 0
    call_back: bool = False
    rings_at: str | None = None  # staff number of the seat that is offered to him


@dataclass(frozen=True)
class QueueRow:
    """One queue on the board."""

    queue: str
    length: int = 0  # who waits, those who will be called back with them
    oldest_s: float = 0.0  # the longest wait when it was sent, seconds; 0 if nobody waits
    waiters: tuple[Waiter, ...] = ()  # in the order in which they will be served


@dataclass(frozen=True)
class AlarmNotice:
    """Something a supervisor should see to, told once, and once more when it is over, in the same words."""

    phrase: Phrase
    channel: str = ""  # "line 3", if it is about one
    over: bool = False


@dataclass(frozen=True)
class MailMark:
    """What is in one mailbox: the waiting mark; a newer one replaces it, one of nothing takes it away."""

    box: str
    name: str = ""
    new: int = 0
    urgent: int = 0  # of the new ones
    old: int = 0


@dataclass(frozen=True)
class Said:
    """What a colleague has written to this person."""

    id: int  # grows from message to message
    sender: str  # staff number
    name: str  # of the sender
    text: str
    at: str  # ISO 8601, with offset
    to: str = ""  # "": to this person; else "group NAME" or "everybody"


@dataclass(frozen=True)
class Access:
    """What a person may do, and all that he may see, from now on: sent when his rights change; replaces all before."""

    rights: frozenset[Right]
    board: tuple[ChannelRow, ...] = ()
    queues: tuple[QueueRow, ...] = ()


@dataclass(frozen=True)
class Hello:
    """What a desktop program is told when it has logged in."""

    number: str
    name: str
    rights: frozenset[Right]
    seat: SeatStatus
    languages: tuple[str, ...] = ("zh", "en")  # that the server speaks
    board: tuple[ChannelRow, ...] = ()  # of whom this person may see
    demo: bool = False  # goods, customers and orders are made up: said on every screen
    queues: tuple[QueueRow, ...] = ()
    mail: tuple[MailMark, ...] = ()  # of the boxes that this person may open
    version: str = ""  # of the server
    channel: int = 0  # the number of what is said on this channel; a program of another one does not go on


WRAP_UP, MISSED, CLIENT_LOST, TELEPHONE_LOST = "wrap-up", "missed", "client lost", "telephone lost"
LISTENS, WHISPERS, BARGED_IN = SUPERVISES = "listens", "whispers", "barged in"
