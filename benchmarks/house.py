"""A full house for tests and figures: exchange, modems, callers and agents in this process, the server in another."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sys
import time
from collections.abc import Callable, Sequence
from itertools import cycle
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from twisted.internet import reactor
from twisted.internet.defer import CancelledError, Deferred, succeed
from twisted.internet.error import ProcessExitedAlready
from twisted.internet.protocol import ProcessProtocol

from callserver.desktop.client import AgentClient
from callserver.desktop.connection import pinned_endpoint
from callserver.desktop.listener import AgentListener
from callserver.desktop.not_connected import NotConnected
from callserver.desktop.sound import speak
from callserver.emulator.exchange import Exchange
from callserver.emulator.pty_modem import PtyModem
from callserver.server.shop_folder import ShopFolder
from callserver.wire.messages import Card, Hello, QueueRow

TOP = Path(__file__).parents[1]
SERVER = ("-m", "benchmarks.server_child")
VOICE_PROMPTS = TOP / "voice-prompts"

MENUS = """
from zope.interface import implementer
from callserver.ivr.interfaces import ICall, IMenu

@implementer(IMenu)
class Talk:
    name = "talk"
    async def run(self, call: ICall) -> None:
        await call.transfer_to_queue("operator")

@implementer(IMenu)
class Listen:
    name = "listen"
    async def run(self, call: ICall) -> None:
        await call.answer()
        while True:
            await call.collect("welcome", first_timeout_s=0.1)
            await call.collect(first_timeout_s=3.0)

@implementer(IMenu)
class Document:
    name = "document"
    async def run(self, call: ICall) -> None:
        await call.answer()
        await call.fax_document("12")

talk, listen, document = Talk(), Listen(), Document()
"""


class ServerProcess(ProcessProtocol):
    """The server of one scene."""

    def __init__(self) -> None:
        self.words: dict[str, Any] = {}
        self.ended: Deferred[None] = Deferred()
        self._waiting: list[tuple[str, Deferred[None]]] = []
        self._text = b""

    def outReceived(self, data: bytes) -> None:
        self._text += data
        *lines, self._text = self._text.split(b"\n")
        said = [json.loads(line) for line in lines]
        for words in said:
            self.words |= words
        for word, waiting in tuple(self._waiting):
            if any(word in words for words in said):
                self._waiting.remove((word, waiting))
                waiting.callback(None)

    def errReceived(self, data: bytes) -> None:
        sys.stderr.write(data.decode("utf-8", "replace"))

    def processEnded(self, reason: object) -> None:
        self.ended.callback(None)
        for word, waiting in self._waiting:
            waiting.errback(RuntimeError(f"the server has ended without saying {word}"))

    def when(self, word: str) -> Deferred[None]:
        """Fires the next time it says a line with this word."""
        waiting: Deferred[None] = Deferred()
        self._waiting.append((word, waiting))
        return waiting

    async def asked(self, signal: int, word: str) -> Any:
        """What it says to a signal by this word."""
        said = self.when(word)
        self.transport.signalProcess(signal)
        await said
        return self.words[word]

    @property
    def cpu_s(self) -> float:
        """Of the processor, so far."""
        user, system = Path(f"/proc/{self.transport.pid}/stat").read_text().rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


class Answering(AgentListener):
    """An agent who answers at once and talks without a pause."""

    client: AgentClient

    def __init__(self, blocks: list[bytes]) -> None:
        self.on_block: Callable[[bytes], None] = lambda block: None
        self.blocks = blocks
        self.at_desk: Deferred[None] = Deferred()
        self.n_waiting = 0
        self._speaking: Deferred[None] = succeed(None)
        self._talks: list[Deferred[None]] = []
        self._rings: list[Deferred[float]] = []

    def logged_in(self, hello: Hello) -> None:
        if not self.at_desk.called:  # else the connection was lost, and is made again
            self.at_desk.callback(None)

    def when_rings(self) -> Deferred[float]:
        """Fires with the moment at which the next call rings."""
        self._rings.append(Deferred())
        return self._rings[-1]

    def when_talks(self) -> Deferred[None]:
        """Fires when he has the next call in hand."""
        self._talks.append(Deferred())
        return self._talks[-1]

    def queue(self, row: QueueRow) -> None:
        self.n_waiting = row.length

    def offered(self, card: Card) -> None:
        while self._rings:
            self._rings.pop().callback(time.monotonic())
        self.client.answer().addErrback(lambda failure: failure.trap(NotConnected))  # the server stops meanwhile

    def talking(self, card: Card) -> None:
        while self._talks:
            self._talks.pop().callback(None)
        speech = speak(cycle(self.blocks), self.client.send_audio, reactor)
        self._speaking = Deferred.fromCoroutine(speech).addErrback(lambda failure: failure.trap(CancelledError))

    def ended(self, cause: str) -> None:
        self._speaking.cancel()

    def audio(self, block: bytes) -> None:
        self.on_block(block)


class House:
    """
    Line n has the number 8008nn, and a caller 139123456nn of its own.

    :param lines: what stands in config.ini of each
    :param seats: so many agents may be here, and are on the staff
    """

    def __init__(self, lines: Sequence[str], seats: int) -> None:
        self.lines, self.seats = lines, seats
        self.folder = ShopFolder(Path(mkdtemp(prefix="callserver-load-")))
        self.exchange = Exchange(reactor)
        numbers = range(1, len(lines) + 1)
        self.modems = [PtyModem(self.exchange.add_line(f"8008{n:02}"), reactor) for n in numbers]
        self.phones = [self.exchange.add_phone(f"139123456{n:02}") for n in range(len(lines))]
        self.agents: list[Answering] = []
        self.server = ServerProcess()

    def furnish(self) -> None:
        """Its folder, before the server starts."""
        plugins, prompts = self.folder.path / "plugins", self.folder.path / "prompts"
        plugins.mkdir(parents=True)
        shutil.copytree(VOICE_PROMPTS, prompts)
        (plugins / "load.py").write_text(MENUS)
        lines = "\n".join(
            f"[line {n}]\ndevice = {modem.path}\n{text}"
            for n, (modem, text) in enumerate(zip(self.modems, self.lines, strict=True), 1)
        )
        self.folder.path.joinpath("config.ini").write_text(
            f"[server]\nplugins = {plugins}\nprompts = {prompts}\n[agents]\nport = 0\nseats = {self.seats}\n"
            f"[queue operator]\nwrap_up_s = 0\n[recording]\nannounce = no\n{lines}\n"
        )
        self.folder.prepare()

    async def start(self) -> None:
        """Fires when the agents' port is open."""
        self.exchange.start()
        await self.start_server()

    async def start_server(self) -> None:
        """The same; also after it was killed."""
        self.server = ServerProcess()
        command = [sys.executable, *SERVER, str(self.folder.path)]
        environment = os.environ | {"PYTHONPATH": str(TOP)}
        reactor.spawnProcess(self.server, sys.executable, command, env=environment)
        await self.server.when("port")

    async def seat_agents(self, n: int, blocks: list[bytes]) -> None:
        """One after the other: the server lets few strangers in at a time. They speak these 20-ms blocks for ever."""
        certificate = self.folder.path / "agents.certificate.pem"
        endpoint = pinned_endpoint(reactor, "127.0.0.1", self.server.words["port"], certificate)
        for number in range(801, 801 + n):
            agent = Answering(blocks)
            password = self.folder.first_password("801" if number > 804 else f"{number}")
            agent.client = AgentClient(reactor, endpoint, f"{number}", password, agent)
            agent.client.start()
            await agent.at_desk
            self.agents.append(agent)

    @property
    def gaps(self) -> list[int]:
        """Of each modem's streams, so far: sound that came too late, either way."""
        return [modem.underruns + modem.overruns for modem in self.modems]

    async def close(self) -> None:
        """Ask the server for its figures and end it."""
        for agent in self.agents:
            agent.ended("closed")
            agent.client.stop()
        with contextlib.suppress(ProcessExitedAlready):
            self.server.transport.signalProcess("TERM")
        await self.server.ended
        self.exchange.stop()
        for modem in self.modems:
            modem.close()
