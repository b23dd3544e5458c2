"""The log-in panel: a server and its certificate, a number and a password, until somebody is at work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum, auto
from pathlib import Path
from typing import Protocol

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.interfaces import IDelayedCall, IReactorTime, IStreamClientEndpoint
from twisted.logger import Logger
from twisted.python.failure import Failure

from callserver.desktop.client import AgentClient
from callserver.desktop.first_look import ShownCertificate
from callserver.desktop.listener import AgentListener
from callserver.desktop.model import ShopModel
from callserver.desktop.not_connected import NotConnected
from callserver.desktop.own_settings import OwnSettings
from callserver.desktop.pinning import fingerprint_of
from callserver.desktop.places import Place, place_of
from callserver.desktop.presenters.dial import pasted_number
from callserver.wire.catalogue import N_, Complaint, Sentence, text, told
from callserver.wire.messages import Hello, SeatStatus
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.typed import typed_text

log = Logger()

TYPING_S = 0.4  # a server that is being typed is not looked for at each letter
AGAIN_S, STILL_THERE_S = 5.0, 30.0
SERVERS_MAX = 8
RECONNECT_S = (1.0, 2.0, 5.0, 10.0)

NO_PLACE = N_("A server is written as shop.example:8787 or 192.168.1.5:8787")
NO_NUMBER, NO_PASSWORD = N_("Type your staff number"), N_("Type your password")
NO_TELEPHONE = N_("Type the number of your telephone, as it stands in your staff record")
RULES = N_("Change it now: 8 characters or more (a supervisor's 12), 4 different")
NOT_THE_SAME = N_("The two new passwords are not the same")
LOGGED_IN_ELSEWHERE = N_("{number} is logged in at another window: take over, and that one is closed")
FIRST_CONNECTION = N_("First connection; check the fingerprint with the supervisor")
CHANGED = N_("Certificate has changed; not connected. Ask the supervisor whether the server has a new one")
CANNOT_KEEP = N_("The certificate cannot be kept in {file}: {problem}")


def reconnect_s(failures: int) -> float:
    """How long to wait before the next try."""
    return RECONNECT_S[min(failures, len(RECONNECT_S) - 1)]


class Ways(Protocol):
    """How to reach a server."""

    def look(self, place: Place) -> Deferred[ShownCertificate]:
        """Whether it answers, and with which certificate."""

    def endpoint(self, place: Place, certificate_file: Path) -> IStreamClientEndpoint:
        """To the one that has this certificate."""

    def client(
        self,
        endpoint: IStreamClientEndpoint,
        number: str,
        password: str,
        model: ShopModel,
        new_password: str | None,
        take_over: bool,
    ) -> AgentClient:
        """Who talks with it."""


@dataclass(frozen=True)
class Typed:
    """What stands in the fields."""

    server: str = ""
    number: str = ""
    password: str = ""
    new: str = ""
    again: str = ""
    by_telephone: bool = False
    telephone: str = ""


class Beside(Enum):
    """Which field a line is about."""

    SERVER = auto()
    CERTIFICATE = auto()
    PERSON = auto()
    NEW_PASSWORD = auto()
    TELEPHONE = auto()


class Trust(Enum):
    """How the server's certificate stands to what is remembered."""

    UNSEEN = auto()
    KNOWN = auto()
    FIRST = auto()
    CHANGED = auto()


@dataclass(frozen=True)
class LogInData:
    """
    :param certificate: a sentence, while the certificate has to be judged
    :param fingerprints: the one that is shown; before it the one that is trusted, if that is another one
    """

    servers: tuple[str, ...]
    reach: str
    is_reachable: bool
    is_coming: bool  # not there yet, and that is as it should be
    trust: Trust
    certificate: str
    fingerprints: tuple[str, ...]
    must_change: bool
    may_take_over: bool
    is_busy: bool
    problem: str
    beside: Beside
    why_here: str  # why one has been logged out


class LogIn(AgentListener):
    """
    Looks for the server while the panel is shown, and logs in to it.

    Sentences are kept, not words, so that another language tells them anew.

    :param entered: called with the client that is logged in, its model, and what was typed
    """

    def __init__(
        self,
        clock: IReactorTime,
        settings: OwnSettings,
        ways: Ways,
        language: str,
        entered: Callable[[AgentClient, ShopModel, Typed], None],
        why_here: Sentence | None = None,
    ) -> None:
        self.language = language
        self._clock, self._settings, self._ways, self._entered = clock, settings, ways, entered
        self._why_here = why_here
        self._show: Callable[[LogInData], None] = _nobody
        self._place: Place | None = None
        self._looking: Deferred[None] | None = None
        self._next_look: IDelayedCall | None = None
        self._shown: ShownCertificate | None = None
        self._reach: Complaint | None = None
        self._reached = False
        self._coming: Sentence | None = None
        self._problem: Sentence | None = None
        self._beside = Beside.SERVER
        self._must_change = self._may_take_over = self._is_in = False
        self._client: AgentClient | None = None
        self._model: ShopModel | None = None
        self._unwatch: Callable[[], None] = _nothing
        self._typed = Typed()

    def start(self, show: Callable[[LogInData], None], server: str) -> None:
        """Show, and look for this server; once more when another view takes over."""
        self._show = show
        self.server_typed(server, at_once=True)

    def stop(self) -> None:
        """Look no more, show no more."""
        self._show = _nobody
        self._stop_looking()

    def expect(self, coming: Sentence) -> None:
        """The server is on its way: until it is there this is said, and not that it cannot be reached."""
        self._coming = coming
        self.refresh()

    def words(self, msgid: str) -> str:
        """In the language of the panel."""
        return text(self.language, msgid)

    def refresh(self) -> None:
        """Show it all."""
        self._show(self.data())

    def data(self) -> LogInData:
        trust, reach = self._trust(), self._reach if self._reached else self._coming or self._reach
        return LogInData(
            servers=self._settings.now.servers,
            reach=told(reach, self.language) if reach is not None else "",
            is_reachable=self._reached,
            is_coming=self._coming is not None and not self._reached,
            trust=trust,
            certificate={Trust.FIRST: self.words(FIRST_CONNECTION), Trust.CHANGED: self.words(CHANGED)}.get(trust, ""),
            fingerprints=self._fingerprints(trust),
            must_change=self._must_change,
            may_take_over=self._may_take_over,
            is_busy=self._client is not None,
            problem=told(self._problem, self.language) if self._problem is not None else "",
            beside=self._beside,
            why_here=told(self._why_here, self.language) if self._why_here is not None else "",
        )

    # The server

    def server_typed(self, server: str, at_once: bool = False) -> None:
        """Another one stands in the field."""
        place = place_of(server)
        if place == self._place and self._looking is not None:
            self.refresh()
            return
        self._stop_looking()
        self._place, self._shown, self._reached, self._reach = place, None, False, None
        if place is None:
            self._reach = Complaint(NO_PLACE)
        elif at_once:
            self._look()
        else:
            self._next_look = self._clock.callLater(TYPING_S, self._look)
        self.refresh()

    def _look(self) -> None:
        assert self._place is not None
        self._next_look, began_s = None, self._clock.seconds()
        self._reach = self._reach or Complaint("Looking for the server …")
        self._looking = looking = self._ways.look(self._place).addCallback(self._seen, began_s)
        looking.addErrback(self._not_seen)
        self.refresh()

    def _seen(self, shown: ShownCertificate, began_s: float) -> None:
        took_ms = max(1, round(1000 * (self._clock.seconds() - began_s)))
        self._shown, self._reached = shown, True
        self._reach = Complaint("Reachable, {ms} ms", ms=took_ms)
        self._look_again(STILL_THERE_S)

    def _not_seen(self, failure: Failure) -> None:
        if failure.check(CancelledError):  # type: ignore[no-untyped-call]
            return
        problem = failure.value
        if not isinstance(problem, NotConnected):
            log.failure("the look for the server broke", failure)
        self._shown, self._reached = None, False
        self._reach = Complaint("Server not reached: {problem}", problem=problem)
        self._look_again(AGAIN_S)

    def _look_again(self, after_s: float) -> None:
        self._looking, self._next_look = None, self._clock.callLater(after_s, self._look)
        self.refresh()

    def _stop_looking(self) -> None:
        looking, self._looking = self._looking, None
        if looking is not None:
            looking.cancel()
        if self._next_look is not None and self._next_look.active():
            self._next_look.cancel()
        self._next_look = None

    # Its certificate

    def _pinned(self) -> str:
        return "" if self._place is None else fingerprint_of(self._settings.certificate_file(*self._place))

    def _trust(self) -> Trust:
        if self._shown is None:
            return Trust.UNSEEN
        pinned = self._pinned()
        if not pinned:
            return Trust.FIRST
        return Trust.KNOWN if pinned == self._shown.fingerprint else Trust.CHANGED

    def _fingerprints(self, trust: Trust) -> tuple[str, ...]:
        if self._shown is None or trust is Trust.KNOWN:
            return ()
        return (self._shown.fingerprint,) if trust is Trust.FIRST else (self._pinned(), self._shown.fingerprint)

    def trust(self, fingerprint: str) -> bool:
        """From now on, the certificate with this fingerprint, if it is the one that is shown; whether it is kept."""
        if self._place is None or self._shown is None or self._shown.fingerprint != fingerprint:
            return False
        try:
            self._settings.pin(*self._place, self._shown.pem)
        except OSError as problem:
            file = self._settings.certificate_file(*self._place)
            self._stop_with(
                Complaint(CANNOT_KEEP, file=str(file), problem=problem.strerror or str(problem)), Beside.CERTIFICATE
            )
            return False
        self.refresh()
        return True

    # The person

    def log_in(self, typed: Typed, take_over: bool = False) -> None:
        """With what is typed, or say what is missing there."""
        if self._client is not None:
            return
        missing = self._missing(typed)
        if missing is not None:
            self._stop_with(*missing)
            return
        assert self._place is not None
        endpoint = self._ways.endpoint(self._place, self._settings.certificate_file(*self._place))
        self._typed, self._problem, self._may_take_over, self._is_in = typed, None, False, False
        self._model = ShopModel(self._clock)
        self._unwatch = self._model.watch(self)
        number, new = typed_text(typed.number), typed.new or None
        self._client = self._ways.client(endpoint, number, typed.password, self._model, new, take_over)
        self._client.start()
        self.refresh()

    def _missing(self, typed: Typed) -> tuple[Complaint, Beside] | None:
        if self._place is None or self._place != place_of(typed.server):
            return Complaint(NO_PLACE), Beside.SERVER
        if not typed_text(typed.number):
            return Complaint(NO_NUMBER), Beside.PERSON
        if not typed.password:
            return Complaint(NO_PASSWORD), Beside.PERSON
        if typed.by_telephone and not pasted_number(typed.telephone):
            return Complaint(NO_TELEPHONE), Beside.TELEPHONE
        if self._must_change and typed.new != typed.again:
            return Complaint(NOT_THE_SAME), Beside.NEW_PASSWORD
        if self._must_change and not typed.new:
            return Complaint(RULES), Beside.NEW_PASSWORD
        if self._trust() in (Trust.FIRST, Trust.CHANGED):
            return Complaint(FIRST_CONNECTION if self._trust() is Trust.FIRST else CHANGED), Beside.CERTIFICATE
        if not self._pinned():
            return Complaint("Server not reached"), Beside.SERVER
        return None

    def _stop_with(self, problem: Sentence, beside: Beside) -> None:
        self._problem, self._beside = problem, beside
        self.refresh()

    # What the client tells

    def logged_in(self, hello: Hello) -> None:
        self._is_in = True

    def status(self, status: SeatStatus) -> None:
        """The last of what is told after a log-in."""
        client, model = self._client, self._model
        if not self._is_in or client is None or model is None:
            return
        self._client = self._model = None
        self._unwatch()
        self._remember()
        self.stop()
        self._entered(client, model, self._typed)

    def lost(self, why: NotConnected | Refused) -> None:
        """It did not come to a log-in: the person decides what to try."""
        if self._client is None:
            return
        client, self._client = self._client, None
        client.stop()
        self._stop_with(why, Beside.SERVER)

    def refused(self, why: Refused) -> None:
        if self._client is None:
            return
        self._client = None
        if why.code is Refusal.MUST_CHANGE:
            self._must_change = True
            self._stop_with(Complaint(RULES), Beside.NEW_PASSWORD)
        elif why.code is Refusal.WEAK_PASSWORD:
            self._stop_with(why, Beside.NEW_PASSWORD)
        elif why.code is Refusal.ELSEWHERE:
            self._may_take_over = True
            self._stop_with(Complaint(LOGGED_IN_ELSEWHERE, number=typed_text(self._typed.number)), Beside.PERSON)
        else:
            self._stop_with(why, Beside.PERSON)

    def _remember(self) -> None:
        server = str(self._place)
        others = tuple(one for one in self._settings.now.servers if one != server)
        self._settings.remember(
            servers=(server, *others)[:SERVERS_MAX],
            number=typed_text(self._typed.number),
            by_telephone=self._typed.by_telephone,
            telephone=pasted_number(self._typed.telephone),
        )


def first_typed(settings: OwnSettings, server: str = "", number: str = "") -> Typed:
    """What stands in the fields at first: what is given, else what was there the last time."""
    now = settings.now
    return Typed(
        server=server or next(iter(now.servers), ""),
        number=number or now.number,
        by_telephone=now.by_telephone,
        telephone=now.telephone,
    )


def without_secrets(typed: Typed) -> Typed:
    """For the next log-in at this window."""
    return replace(typed, password="", new="", again="")


def _nobody(data: LogInData) -> None:
    """No view, no paint."""


def _nothing() -> None:
    """Nothing is watched yet."""
