"""A workplace without a server: the test is the server, and sees what was asked of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase

from callserver.desktop.client import AgentClient
from callserver.desktop.listener import tell
from callserver.desktop.model import ShopModel
from callserver.desktop.own_settings import OwnSettings
from callserver.desktop.presenters.desk import Desk
from callserver.desktop.presenters.workplace import Workplace
from callserver.wire.messages import Access, Card, ChannelRow, Hello, QueueRow, SeatStatus
from callserver.wire.refusals import Refused
from callserver.wire.rights import Right
from callserver.wire.states import SeatState
from tests.desktop.headset.fakes import FakeSound

EVERY_RIGHT = frozenset(Right)


class AskedClient(AgentClient):
    """
    Every act is kept, with the Deferred that waits for its answer; `meant`: for which call each was, "" for any.

    An answer that breaks what waits for it fails the test that gives it, and not another one when rubbish is collected.
    """

    def __init__(self, clock: Clock, model: ShopModel) -> None:
        super().__init__(clock, None, "801", "secret", model)  # type: ignore[arg-type]
        self.asked: list[tuple[Any, ...]] = []
        self.meant: list[str] = []
        self.waiting: list[Deferred[Any]] = []
        self._acts: dict[Deferred[Any], str] = {}

    def ask(self, act: str, *args: object, call_id: str = "") -> Deferred[Any]:
        answer: Deferred[Any] = Deferred()
        self.asked.append((act, *args))
        self.meant.append(call_id)
        self.waiting.append(answer)
        self._acts[answer] = act
        return answer

    def answers(self, answer: Any = None, act: str = "") -> None:
        """To the oldest act that waits, or the oldest of this name; an exception refuses it."""
        waiting = next(one for one in self.waiting if act in ("", self._acts.get(one)))
        self.waiting.remove(waiting)
        waiting.errback(answer) if isinstance(answer, Exception) else waiting.callback(answer)
        broken: list[Failure] = []
        waiting.addErrback(broken.append)
        if broken:
            broken[0].raiseException()


class WorkCase(SynchronousTestCase):
    """Wang Fang, 801, has logged in, with every right, in English unless `language` says otherwise."""

    language = "en"
    rights = EVERY_RIGHT

    def setUp(self) -> None:
        self.clock = Clock()
        self.clock.advance(1000)
        self.model = ShopModel(self.clock)
        self.client = AskedClient(self.clock, self.model)
        settings, self.sound = OwnSettings(Path(self.mktemp())), FakeSound()
        desk = Desk(self.clock, settings, self.sound, lambda phrase: self.work.voice.tell(phrase))
        self.work = Workplace(self.clock, self.language, self.client, self.model, settings, desk)
        self.work.voice.begin(self.model.seat, by_telephone=False)
        self.addCleanup(self.work.voice.stop)
        self.log_in()

    def log_in(self, board: tuple[ChannelRow, ...] = (), queues: tuple[QueueRow, ...] = (), demo: bool = False) -> None:
        """The server says who he is and how everything looks."""
        seat = SeatStatus("801", "王芳", SeatState.IDLE_PC)
        self.model.logged_in(Hello("801", "王芳", self.rights, seat, board=board, demo=demo, queues=queues))
        self.model.access(Access(self.rights, board, queues))
        self.seat(SeatState.IDLE_PC)

    def seat(self, state: SeatState, call: Card | None = None, **more: Any) -> None:
        """The server says how his seat looks."""
        before, after = self.model.seat, SeatStatus("801", "王芳", state, call=call, **more)
        tell(self.model, before, after)
        self.model.status(after)

    def refuses(self, refused: Refused) -> None:
        """The oldest act that waits is not done."""
        self.client.answers(refused)
