"""
What a feature brings, in one declaration: menus, acts of agents, its part of the card, background services.

A feature is a package of its own with the same file names as every other (`tables`, `rules`, `flow`, `desk`,
`commands`, `declaration`). Its `declaration.declare(shop)` returns a Feature, its `commands.COMMANDS` are those of
bin/callserver. It is named in one line of callserver.server.features; nothing else knows it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from callserver.wire.catalogue import Complaint

if TYPE_CHECKING:  # a child process that makes a report imports this package, and needs neither sound nor calls
    from twisted.application.service import IService
    from twisted.internet.defer import Deferred
    from twisted.internet.interfaces import IReactorTime, IStreamServerEndpoint
    from twisted.internet.ssl import CertificateOptions

    from callserver.acd.routing.settings import QueueSettings
    from callserver.acd.seats.acts import Act
    from callserver.acd.seats.parts import Person
    from callserver.calls.board import ChannelStatus
    from callserver.calls.call import Call
    from callserver.calls.calls_out import CallsOut, Dialler
    from callserver.calls.event_log import EventLog
    from callserver.config import Config
    from callserver.dsp.progress.plans import Plan
    from callserver.ivr.interfaces import ICall, IMenu
    from callserver.ivr.known_text import KnownText
    from callserver.ivr.menu_call import Faxes, Mailboxes
    from callserver.store.database import Store
    from callserver.wire.alarms import Alarm
    from callserver.wire.catalogue import Sentence
    from callserver.wire.messages import CardPart, Identity, MailMark, QueueRow, Said
    from callserver.wire.rights import Right

    class MarkedMailboxes(Mailboxes, Protocol):
        """Mailboxes whose waiting marks are shown."""

        def marks(self, number: str) -> Sequence[MailMark]:
            """Of the boxes that a person of the staff may open."""

        def watch(self, watcher: Callable[[], None]) -> None:
            """Call `watcher` when marks have changed."""


class NotMailed(Complaint):
    """A letter has not gone; the text says why. Another may not go either."""


class LetterRefused(NotMailed):
    """The mail server has refused this letter; others may go."""


class Mail(Protocol):
    """The shop's mail."""

    def send(
        self, to: str, subject: Sentence, text: Sentence, attachment: tuple[str, bytes] | None = None
    ) -> Deferred[Any]:
        """
        One letter, in both languages; fires when the mail server has taken it.

        :param attachment: name and octets of a PDF or a WAV file
        :raises NotMailed: with why, LetterRefused: it alone is refused
        """


class Post(Protocol):
    """Sends documents by fax."""

    def by_fax(self, number: str, title: str, pdf: bytes) -> Coroutine[Any, Any, object]:
        """
        Done when it is on disk, to be dialled; calls out have their rules.

        :raises Complaint: it cannot be drawn as pages
        """


@dataclass(frozen=True)
class Floor:
    """
    How the shop looks at this moment.

    :param queues: as the board shows them, `settings` what is set of each, by name
    :param channels: lines and seats
    :param age_s: how long a channel has been in its state
    """

    queues: Sequence[QueueRow]
    settings: Mapping[str, QueueSettings]
    channels: Collection[ChannelStatus]
    age_s: Callable[[ChannelStatus], float]


@dataclass(frozen=True)
class House:
    """
    What a feature needs that does something with calls of its own.

    :param folder: the shop's
    :param settings: as they are at the moment; most count from the next start on
    :param in_thread: fires with what a job gives that takes more than 5 ms
    :param door: where other programs come in at a host and port, and what encrypts it, where others could listen in
    :param calls_out: by which numbers are dialled; there when calls are answered
    :param rights: of a person of the staff, at this moment
    :param log_in: asks a caller for his staff number and PIN; None: it is nobody, and he has been told
    :param prompt_folders: where recordings are looked for, the shop's own first
    :param known_texts: what is said in calls and was known before
    :param plan: the tones of the shop's exchange
    :param serve: lets a menu, by its name, serve a call that has been answered
    :param members: staff numbers of a group, by its name; none, if there is none
    :param mail: None: nothing is mailed
    :param connect: a caller with a number outside, for who asks; returns when he could not be served there
    :param post: sends documents by fax; None where nothing of this server does
    :param tell: shows a message at the program of a person; False: none is there that reads
    :param telephones: of a customer by his member number, run in `store.read`
    :param floor: queues, lines and seats as they are now
    """

    clock: IReactorTime
    folder: Path
    settings: Callable[[], Config]
    in_thread: Callable[..., Deferred[Any]]
    new_id: Callable[[], str]
    alarm: Alarm
    door: Callable[[str, int], tuple[IStreamServerEndpoint, CertificateOptions | None]]
    calls_out: Callable[[], CallsOut]
    rights: Callable[[str], frozenset[Right]]
    log_in: Callable[[ICall], Coroutine[Any, Any, Person | None]]
    prompt_folders: Callable[[], Sequence[Path]]
    known_texts: Callable[[], Deferred[list[KnownText]]]
    plan: Plan
    serve: Callable[[Call, str], None]
    members: Callable[[str], Collection[str]]
    mail: Mail | None
    connect: Callable[[Call, str, Dialler], Coroutine[Any, Any, None]]
    post: Callable[[], Post | None]
    tell: Callable[[str, Said], bool]
    telephones: Callable[[str], Collection[str]]
    floor: Callable[[], Floor]


@dataclass(frozen=True)
class Shop:
    """What features stand on; `house` is None where only their menus are looked at."""

    config: Config
    store: Store
    events: EventLog
    choice: Callable[[Sequence[Any]], Any]  # one of these that nobody can guess
    house: House | None = None


@dataclass(frozen=True)
class Asked:
    """Whose card an agent is to see; asked in the database's thread."""

    call_id: str
    caller_number: str | None
    now: datetime


@dataclass(frozen=True)
class Share:
    """A feature's share of a card: who it takes the caller for, if it knows, and its lines."""

    identity: Identity | None = None
    part: CardPart | None = None


@dataclass(frozen=True)
class Feature:
    """
    One feature of one shop.

    :param card: its share of a caller's card, run in `store.read`
    :param furnish: demo data for a new shop, run in `store.write`
    :param faxes: sends and receives faxes for menus, in their calls
    :param mailboxes: takes messages in calls, and lets them be heard
    :param post: sends documents of other features by fax
    :param box_numbers: of all mailboxes, run in `store.read`
    :param telephones: of a customer of its books by his member number, run in `store.read`
    :param arrived: told the number of a person whose program has logged in, and shows what it is told
    :param rights_changed: told a staff number and what that person might do before and may now
    :param bare: whether there is nothing to serve callers from, run in `store.read`
    """

    name: str
    menus: tuple[IMenu, ...] = ()
    acts: Mapping[str, Act] = field(default_factory=dict)
    card: Callable[[Asked], Share] | None = None
    furnish: Callable[[datetime], object] | None = None
    bare: Callable[[], bool] | None = None
    services: tuple[IService, ...] = ()
    faxes: Faxes | None = None
    mailboxes: MarkedMailboxes | None = None
    box_numbers: Callable[[], Collection[str]] | None = None
    post: Post | None = None
    telephones: Callable[[str], Collection[str]] | None = None
    arrived: Callable[[str], None] | None = None
    rights_changed: Callable[[str, frozenset[Right], frozenset[Right]], None] | None = None
