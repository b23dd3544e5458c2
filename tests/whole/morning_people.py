"""The staff of a morning: at programs and at telephones, doing what the test says."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from callserver.acd.phones.star_codes import CODES
from callserver.desktop.client import AgentClient
from callserver.desktop.listener import AgentListener
from callserver.desktop.not_connected import NotConnected
from callserver.rehearsal.script import Agent
from callserver.wire.messages import Hello
from callserver.wire.refusals import Refused
from callserver.wire.states import SeatState
from tests.whole.test_telephone_seat import Telephone

if TYPE_CHECKING:
    from tests.whole.morning import Morning

KEYED = {code.keys: code.act for code in CODES}


class Clerk(AgentListener):
    """One of the staff at a program, which does what the test says. Implements Rehearsed."""

    client: AgentClient

    def __init__(self, morning: Morning, number: str, password: str) -> None:
        self.agent, self.number = Agent(number), number
        self.is_here = self.is_connected = False
        self.password = password
        self._morning = morning
        self.way = morning.shop.world.network.way(f"10.0.0.{number[-1]}")

    def start(self) -> None:
        """His program is started, and he logs in; time passes."""
        self.client = AgentClient(self._morning.shop.world.reactor, self.way, self.number, self.password, self)
        self.client.start()
        self._morning.until(lambda: self.is_connected, "he is logged in")

    def does(self, act: str, *arguments: object) -> Any:
        """
        What comes of an act.

        :raises Refused: it was refused; then it does not count as done
        """
        answer = self._morning.shop.until(self.client.ask(act, *arguments))
        self._morning.acts[act] += 1
        return answer

    def says(self, seconds: float) -> None:
        """Something, into his headset."""
        for _ in range(round(seconds / 0.02)):
            self.client.send_audio(b"\x00\x08\x00\xf8" * 80)
            self._morning.shop.wait(0.02)
        self._morning.acts["audio"] += 1

    def freeze(self) -> Callable[[], None]:
        """His program reads and answers nothing; what mends it."""
        assert self.way.wire is not None
        self.way.wire.cut()
        return self.way.wire.mend

    def kill(self) -> None:
        self.is_connected = False
        assert self.way.wire is not None
        self.way.wire.kill()
        self.client.stop()

    def restart(self) -> None:
        self.start()

    def leave(self) -> None:
        self.does("log_out")

    def stop(self) -> None:
        self.client.stop()

    # What he is told

    def logged_in(self, hello: Hello) -> None:
        self.is_here = self.is_connected = True
        self._morning.acts["hello"] += 1

    def logged_out(self, cause: str) -> None:
        self.is_here = self.is_connected = False

    def lost(self, why: NotConnected | Refused) -> None:
        self.is_connected = False


class AtTelephone(Telephone):
    """One of the staff who keys star codes."""

    def __init__(self, morning: Morning, number: str) -> None:
        super().__init__(morning.shop)
        self.number, self._morning = number, morning

    def keys(self, *codes: str) -> None:
        """Each with time for what comes of it."""
        for code in codes:
            self.does(f"press {code}\nwait 2")
            if code[:3] in KEYED:
                self._morning.acts_by_keys[KEYED[code[:3]]] += 1

    def takes_it(self) -> None:
        """The call that is announced to him."""
        self._morning.rings(self.number)
        self.does("wait 1\npress 1\nwait 2")
        self._morning.is_in(self.number, SeatState.TALKING)
