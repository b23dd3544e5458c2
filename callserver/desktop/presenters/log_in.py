"""The log-in panel: a server and its certificate, a number and a password, until somebody is at work."""

from __future__ import annotations

from collections.abc import Callable

from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger

from callserver.desktop.client import AgentClient
from callserver.desktop.foreign import as_line
from callserver.desktop.listener import AgentListener
from callserver.desktop.model import ShopModel
from callserver.desktop.not_connected import NotConnected
from callserver.desktop.own_settings import OwnSettings
from callserver.desktop.places import place_of
from callserver.desktop.presenters.dial import pasted_number
from callserver.desktop.presenters.log_in_data import Beside, LogInData, Trust, Typed
from callserver.desktop.presenters.server_look import NO_PLACE, NotKept, ServerLook
from callserver.desktop.presenters.ways import Person, Ways
from callserver.wire.catalogue import N_, Complaint, Sentence, text
from callserver.wire.messages import Hello, SeatStatus
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.typed import typed_text

log = Logger()

SERVERS_MAX = 8

NO_NUMBER, NO_PASSWORD = N_("Type your staff number"), N_("Type your password")
NO_TELEPHONE = N_("Type the number of your telephone, as it stands in your staff record")
RULES = N_("Change it now: 8 characters or more (a supervisor's 12), 4 different")
NOT_THE_SAME = N_("The two new passwords are not the same")
LOGGED_IN_ELSEWHERE = N_("{number} is logged in at another window: take over, and that one is closed")
FIRST_CONNECTION = N_("First connection; check the fingerprint with the supervisor")
COMPARE = N_("Compare the fingerprint with the supervisor's, then press “Trust and log in”")
CHANGED = N_("Certificate has changed; not connected. Ask the supervisor whether the server has a new one")


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
        self._server = ServerLook(clock, settings, ways, self.refresh)
        self._coming: Sentence | None = None
        self._problem: Sentence | None = None
        self._beside = Beside.SERVER
        self._must_change = self._is_changed = self._may_take_over = self._is_in = False
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
        self._server.stop()

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
        server, trust = self._server, self._server.trust
        reach = server.reach if server.is_reached else self._coming or server.reach
        certificate = {Trust.FIRST: self.words(FIRST_CONNECTION), Trust.CHANGED: self.words(CHANGED)}.get(trust, "")
        problem = as_line(self._problem, self.language) if self._problem is not None else ""
        return LogInData(
            servers=self._settings.now.servers,
            reach=as_line(reach, self.language) if reach is not None else "",
            is_reachable=server.is_reached,
            is_coming=self._coming is not None and not server.is_reached,
            trust=trust,
            certificate=certificate,
            fingerprints=server.fingerprints,
            must_change=self._must_change,
            is_changed=self._is_changed,
            may_take_over=self._may_take_over,
            is_busy=self._client is not None,
            problem="" if problem == certificate else problem,  # which is said once
            beside=self._beside,
            why_here=as_line(self._why_here, self.language) if self._why_here is not None else "",
        )

    def server_typed(self, server: str, at_once: bool = False) -> None:
        """Another one stands in the field."""
        self._server.look_for(server, at_once)

    def trust(self, fingerprint: str) -> bool:
        """From now on, the certificate with this fingerprint, if it is the one that is shown; whether it is kept."""
        try:
            is_kept = self._server.pin(fingerprint)
        except NotKept as problem:
            self._stop_with(problem, Beside.CERTIFICATE)
            return False
        if is_kept:
            self.refresh()
        return is_kept

    # The person

    def log_in(self, typed: Typed, take_over: bool = False) -> None:
        """With what is typed, or say what is missing there."""
        if self._client is not None:
            return
        is_same = typed_text(typed.number) == typed_text(self._typed.number)
        self._must_change &= is_same  # it was asked of the one who tried before
        missing = self._missing(typed)
        if missing is not None:
            self._stop_with(*missing)
            return
        assert self._server.place is not None
        endpoint = self._ways.endpoint(self._server.place, self._server.certificate_file)
        self._typed, self._problem, self._is_changed = typed, None, False
        self._may_take_over = self._is_in = False
        self._model = ShopModel(self._clock)
        self._unwatch = self._model.watch(self)
        new = typed.new if self._must_change else None
        person = Person(typed_text(typed.number), typed.password, new, take_over and is_same)
        self._client = self._ways.client(endpoint, person, self._model)
        self._client.start()
        self.refresh()

    def _missing(self, typed: Typed) -> tuple[Complaint, Beside] | None:
        if self._server.place is None or self._server.place != place_of(typed.server):
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
        if self._server.trust in (Trust.FIRST, Trust.CHANGED):
            return Complaint(COMPARE if self._server.trust is Trust.FIRST else CHANGED), Beside.CERTIFICATE
        if not self._server.pinned:
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
        self._look_at_password(client)
        client.stop()
        self._stop_with(why, Beside.SERVER)

    def refused(self, why: Refused) -> None:
        if self._client is None:
            return
        client, self._client = self._client, None
        self._look_at_password(client)
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

    def _look_at_password(self, client: AgentClient) -> None:
        """It may have been changed before the log-in failed: then the next try is with the new one."""
        if client.password_is_new:
            self._must_change, self._is_changed = False, True

    def _remember(self) -> None:
        server = str(place_of(self._typed.server))  # another one may be typed by now
        others = tuple(one for one in self._settings.now.servers if one != server)
        self._settings.remember(
            servers=(server, *others)[:SERVERS_MAX],
            number=typed_text(self._typed.number),
            by_telephone=self._typed.by_telephone,
            telephone=pasted_number(self._typed.telephone),
        )


def _nobody(data: LogInData) -> None:
    """No view, no paint."""


def _nothing() -> None:
    """Nothing is watched yet."""
