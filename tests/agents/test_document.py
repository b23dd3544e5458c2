"""docs/agents-channel.md: all acts and messages of the code are there and nothing else, and its example works."""

import re
import sys
from pathlib import Path
from typing import Any

from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import TCP4ServerEndpoint
from twisted.internet.protocol import ProcessProtocol
from twisted.trial.unittest import SynchronousTestCase, TestCase

from callserver.acd.seats.acts import CHANNEL_ACTS
from callserver.desktop.client import Mind
from callserver.desktop.script_acts import ACTS
from tests.agents.small_centre import PASSWORD, SmallCentre, certificate, channel
from tests.run import TOP
from tools.channel_document import DOCUMENT, acts_of_the_server, updated

TEXT = DOCUMENT.read_text("utf-8")


def part(head: str) -> str:
    """A section of the document, without what was made from the code."""
    text = re.split(r"^## ", TEXT, flags=re.MULTILINE)
    found = next(one for one in text if one.startswith(head))
    return re.sub(r"<!-- \w+ -->.*?<!-- end -->", "", found, flags=re.DOTALL)


def first_cells(text: str) -> set[str]:
    """What the tables name in their first columns."""
    return set(re.findall(r"^\| `(\w+)", text, re.MULTILINE))


class CompleteTests(SynchronousTestCase):
    def test_made_parts(self) -> None:
        """Acts, their arguments and rights, shapes, refusals, states and causes are those of the code."""
        acts = acts_of_the_server()
        self.assertEqual(TEXT, updated(TEXT, acts), "run python -m tools.channel_document")
        told = [line for line in TEXT.splitlines() if re.match(r"\| `\w+` \|[^|]*\|[^|]*\|\s*\|[^|]*\|[^|]*\|$", line)]
        self.assertEqual(told, [], "an act without a docstring")

    def test_arguments_are_told(self) -> None:
        """Every argument of an act says what fits."""
        silent = [check for act in acts_of_the_server().values() for check in act.takes if not check.__doc__]
        self.assertEqual(silent, [])

    def test_acts_of_the_channel(self) -> None:
        """Those that no feature may have."""
        self.assertEqual(first_cells(part("Acts")), CHANNEL_ACTS)

    def test_log_in(self) -> None:
        """The two calls that a stranger can make."""
        self.assertEqual(first_cells(part("Log-in")), {"login", "take_over", "change_password"})

    def test_messages(self) -> None:
        """What the server tells is what programs understand."""
        understood = {name.removeprefix("remote_") for name in dir(Mind) if name.startswith("remote_")}
        self.assertEqual(first_cells(part("Messages")), understood)

    def test_scripts(self) -> None:
        """The words of agents' scripts are in their document."""
        text = (TOP / "docs/agent-scripts.md").read_text("utf-8")
        self.assertEqual([words for words in ACTS if f"`{words}" not in text], [])


class Example(ProcessProtocol):
    """The example of the document, running; `lines`: what it has printed."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.complaints = b""
        self.ended: Deferred[None] = Deferred()
        self._waiting: list[Deferred[None]] = []

    def line(self) -> Deferred[None]:
        """Fires with its next one, or its end."""
        waiting: Deferred[None] = Deferred()
        self._waiting.append(waiting)
        return waiting

    def end(self) -> Deferred[None]:
        """Over, whatever it does."""
        if not self.ended.called:
            self.transport.signalProcess("KILL")  # type: ignore[union-attr]
        return self.ended

    def outReceived(self, data: bytes) -> None:
        self.lines += data.decode().splitlines()
        self._fire()

    def errReceived(self, data: bytes) -> None:
        self.complaints += data

    def processEnded(self, reason: Any) -> None:
        self._fire()
        self.ended.callback(None)

    def _fire(self) -> None:
        waiting, self._waiting = self._waiting, []
        for one in waiting:
            one.callback(None)


class ExampleTests(TestCase):
    timeout = 60

    def example(self, *arguments: str) -> Example:
        """A program of nothing but the document's text and Python's own library."""
        file = Path(self.mktemp())
        file.write_text(TEXT.split("```python\n")[1].split("```")[0], "utf-8")
        running = Example()
        reactor.spawnProcess(  # type: ignore[attr-defined]
            running, sys.executable, [sys.executable, "-I", str(file), "127.0.0.1", *arguments], env={}
        )
        self.addCleanup(running.end)
        return running

    async def open(self) -> tuple[str, str]:
        """A real server on loopback: its port and its certificate."""
        self.centre = SmallCentre(reactor)  # type: ignore[arg-type]
        self.own = certificate(self.mktemp())
        endpoint = TCP4ServerEndpoint(reactor, 0, interface="127.0.0.1")
        self.channel = channel(reactor, self.centre, self.own, endpoint)  # type: ignore[arg-type]
        await self.channel.startService()
        self.addCleanup(self.channel.stopService)
        return str(self.channel.port_number), str(self.own.file)

    async def test_a_call(self) -> None:
        """It logs in, pauses, is ready, sees who rings, answers, speaks, hangs up, and leaves."""
        running = self.example(*await self.open(), "801", PASSWORD)
        await running.line()
        self.assertEqual(running.lines, ["Li Mei [2, 3]"], running.complaints)
        offer = self.centre.ring("801")
        await running.ended
        self.assertEqual(running.complaints, b"")
        self.assertEqual(running.lines[1:], ["rings: 13812345678", "left OFF logged_out"])
        self.assertEqual(offer.end, "agent_hung_up")

    async def test_refused(self) -> None:
        """A wrong password is told as the document says."""
        running = self.example(*await self.open(), "801", "wrong")
        await running.ended
        self.assertEqual(running.complaints, b"log-in\n")
