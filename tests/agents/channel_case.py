"""Agents at their programs, in virtual time: what tests of the agents' channel begin with."""

from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from callserver.desktop.client import AgentClient
from callserver.desktop.listener import AgentListener
from callserver.desktop.not_connected import NotConnected
from callserver.wire.messages import Access, AlarmNotice, Card, ChannelRow, Hello, QueueRow, SeatStatus
from callserver.wire.refusals import Refused
from callserver.wire.states import SeatState
from tests.agents.small_centre import PASSWORD, SmallCentre, certificate, channel
from tests.agents.wires import Wires

BLOCK = bytes(range(160)) * 2


class Diary(AgentListener):
    """Writes down what a program is told; `shown` is the board as its window would show it."""

    def __init__(self) -> None:
        self.lines: list[Any] = []
        self.hellos: list[Hello] = []
        self.accesses: list[Access] = []
        self.rows: list[ChannelRow] = []
        self.queues: list[QueueRow] = []
        self.statuses: list[SeatStatus] = []
        self.alarms: list[AlarmNotice] = []
        self.sound: list[bytes] = []
        self.shown: dict[str, str] = {}

    def logged_in(self, hello: Hello) -> None:
        self.lines.append(("logged in", hello.name))
        self.hellos.append(hello)

    def logged_out(self, cause: str) -> None:
        self.lines.append(("logged out", cause))

    def access(self, access: Access) -> None:
        self.accesses.append(access)
        self.shown = {row.channel: row.state for row in access.board}

    def row(self, row: ChannelRow) -> None:
        self.rows.append(row)
        self.shown[row.channel] = row.state

    def queue(self, row: QueueRow) -> None:
        self.queues.append(row)

    def alarm(self, alarm: AlarmNotice) -> None:
        self.alarms.append(alarm)

    def status(self, status: SeatStatus) -> None:
        self.statuses.append(status)

    def offered(self, card: Card) -> None:
        self.lines.append(("offered", card))

    def offer_gone(self, cause: str) -> None:
        self.lines.append(("offer gone", cause))

    def talking(self, card: Card) -> None:
        self.lines.append(("talking", card.call_id))

    def ended(self, cause: str) -> None:
        self.lines.append(("ended", cause))

    def audio(self, block: bytes) -> None:
        self.sound.append(block)

    def lost(self, why: NotConnected | Refused) -> None:
        self.lines.append(("lost", why.text("en")))

    def refused(self, why: Refused) -> None:
        self.lines.append(("refused", why.code))


class ChannelCase(SynchronousTestCase):
    demo = False

    def setUp(self) -> None:
        self.clock = Clock()
        self.open(SmallCentre(self.clock))

    def open(self, centre: SmallCentre) -> None:
        """A call centre whose agents' channel can be reached."""
        self.centre, self.wires = centre, Wires(self.clock)
        self.open_channel()

    def open_channel(self) -> None:
        """The agents' channel can be reached, for the first time or again."""
        self.channel = channel(self.clock, self.centre, certificate(self.mktemp()), demo=self.demo)
        self.wires.factory, self.wires.up = self.channel.factory.wrappedFactory, True

    def program(
        self,
        number: str = "801",
        password: str = PASSWORD,
        new_password: str | None = None,
        *,
        take_over: bool = True,
    ) -> tuple[AgentClient, Diary]:
        """A desktop program that has connected; the newest one of a person has his seat, if not told otherwise."""
        diary = Diary()
        client = AgentClient(
            self.clock,
            self.wires,
            number,
            password,
            diary,
            delay_s=lambda tries: 1.0,
            new_password=new_password,
            take_over=take_over,
        )
        client.start()
        self.wires.settle()
        self.addCleanup(client.stop)
        return client, diary

    def ask(self, asked: Deferred[Any]) -> Any:
        """What comes of a command."""
        self.wires.settle()
        return self.successResultOf(asked)

    def refusal(self, asked: Deferred[Any]) -> Refused:
        """Why a command is refused."""
        self.wires.settle()
        refused = self.failureResultOf(asked, Refused).value
        assert isinstance(refused, Refused)
        return refused

    def pass_blocks(self, n: int) -> None:
        """So many times 20 ms pass, and the sound goes round."""
        for _ in range(n):
            self.wires.settle()
            self.centre.bay.tick()
            self.clock.advance(0.02)
        self.wires.settle()

    def reach(self, number: str = "801") -> list[bytes]:
        """What comes from a program to its seat's station from now on."""
        blocks: list[bytes] = []
        self.patch(self.centre.seats[number].station, "receive", blocks.append)
        return blocks

    def state(self, number: str = "801") -> SeatState:
        return self.centre.seats[number].status.state

    def is_here(self, number: str = "801") -> bool:
        """Whether the seat's program counts as there."""
        return self.centre.seats[number].status.client_here
