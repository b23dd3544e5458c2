"""A log-in panel without a server: the test is the server, and sees what was asked of it."""

from __future__ import annotations

from dataclasses import astuple
from pathlib import Path
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from callserver.desktop.client import AgentClient
from callserver.desktop.first_look import ShownCertificate
from callserver.desktop.model import ShopModel
from callserver.desktop.not_connected import REFUSED, NotConnected
from callserver.desktop.own_settings import OwnSettings
from callserver.desktop.pinning import fingerprint_of
from callserver.desktop.places import Place
from callserver.desktop.presenters.life import Life
from callserver.desktop.presenters.log_in import LogIn
from callserver.desktop.presenters.log_in_data import LogInData, Typed
from callserver.desktop.presenters.question import Question
from callserver.desktop.presenters.ways import Person
from callserver.desktop.presenters.workplace import Workplace
from callserver.wire.messages import Access, Hello, SeatStatus
from callserver.wire.refusals import Refused
from callserver.wire.rights import Right
from callserver.wire.states import SeatState
from tests.desktop.presenters.work_case import AskedClient

SERVER = "shop.example:8787"
TYPED = Typed(SERVER, "801", "secret-words")
ONE, OTHER = (
    f"-----BEGIN CERTIFICATE-----\n{letters}\n-----END CERTIFICATE-----\n".encode() for letters in ("AAAA", "BBBB")
)


class FakeServer:
    """The ways to a server that the test answers for."""

    def __init__(self, clock: Clock, folder: Path) -> None:
        self._clock, self._folder = clock, folder
        self.looks: list[tuple[Place, Deferred[ShownCertificate]]] = []
        self.clients: list[AskedClient] = []
        self.asked: list[tuple[Any, ...]] = []  # number, password, new password, take over

    def look(self, place: Place) -> Deferred[ShownCertificate]:
        looking: Deferred[ShownCertificate] = Deferred()
        self.looks.append((place, looking))
        return looking

    def endpoint(self, place: Place, certificate_file: Path) -> Any:
        return place

    def client(self, endpoint: Any, person: Person, model: ShopModel) -> AgentClient:
        self.asked.append(astuple(person))
        self.clients.append(StartedClient(self._clock, model))
        return self.clients[-1]

    def shows(self, pem: bytes = ONE) -> str:
        """Its certificate, to the newest look; returns the fingerprint."""
        file = self._folder / "shown.pem"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(pem)
        fingerprint = fingerprint_of(file)
        self._clock.advance(0.012)
        self.looks[-1][1].callback(ShownCertificate(pem, fingerprint))
        return fingerprint

    def is_off(self) -> None:
        """Nobody answers the newest look."""
        self.looks[-1][1].errback(NotConnected(REFUSED, host="shop.example", port=8787))

    def lets_in(self, state: SeatState = SeatState.IDLE_PC, **more: Any) -> None:
        """Number and password were right."""
        seat = SeatStatus("801", "王芳", state, **more)
        model = self.model
        model.logged_in(Hello("801", "王芳", frozenset(Right), seat))
        model.access(Access(frozenset(Right)))
        self.seat(state, **more)

    def seat(self, state: SeatState, **more: Any) -> None:
        """The seat looks so."""
        self.clients[-1].seat = status = SeatStatus("801", "王芳", state, **more)
        self.model.status(status)

    def refuses(self, why: Refused) -> None:
        """The newest log-in, or him who is logged in."""
        self.model.refused(why)

    @property
    def model(self) -> ShopModel:
        return self.clients[-1].model


class StartedClient(AskedClient):
    """Knows whether it was started and stopped."""

    def __init__(self, clock: Clock, model: ShopModel) -> None:
        super().__init__(clock, model)
        self.model, self.is_started, self.is_stopped = model, False, False

    def start(self) -> None:
        self.is_started = True

    def stop(self) -> Deferred[None]:
        self.is_stopped = True
        return super().stop()


class FakeStage:
    """What the window shows, and whether it is closed."""

    def __init__(self) -> None:
        self.log_in: LogIn | None = None
        self.typed = Typed()
        self.data: LogInData | None = None
        self.work: Workplace | None = None
        self.question: Question | None = None
        self.problem, self.drafts, self.is_closed, self.n_closed = "", False, False, 0

    def show_log_in(self, log_in: LogIn, typed: Typed) -> None:
        self.log_in, self.typed, self.work = log_in, typed, None
        log_in.start(self._show, typed.server)

    def show_work(self, work: Workplace) -> None:
        self.work, self.log_in = work, None

    def show_question(self, question: Question | None) -> None:
        self.question = question

    def show_problem(self, words: str) -> None:
        self.problem = words

    def has_drafts(self) -> bool:
        return self.drafts

    def close_for_good(self) -> None:
        self.is_closed = True
        self.n_closed += 1

    def _show(self, data: LogInData) -> None:
        self.data = data


class LogInCase(SynchronousTestCase):
    """The panel is shown; the server is shop.example, and nothing is remembered of it."""

    def setUp(self) -> None:
        self.clock = Clock()
        self.clock.advance(1000)
        self.settings = OwnSettings(Path(self.mktemp()))
        self.server = FakeServer(self.clock, Path(self.mktemp()))
        self.stage = FakeStage()
        self.life = Life(self.clock, self.settings, self.server, self.stage, "en", Typed(SERVER))
        self.life.start()

    @property
    def panel(self) -> LogIn:
        assert self.life.log_in is not None
        return self.life.log_in

    @property
    def shown(self) -> LogInData:
        """What the panel shows."""
        assert self.stage.data is not None
        return self.stage.data

    def pin(self, pem: bytes = ONE) -> None:
        """The server's certificate is trusted already, and shown."""
        self.settings.pin("shop.example", 8787, pem)
        self.server.shows(pem)

    def enter(self) -> None:
        """He is at work."""
        self.pin()
        self.panel.log_in(TYPED)
        self.server.lets_in()
