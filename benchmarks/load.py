"""
What a full house costs: 20 lines, the emulated exchange and the agents in this process, the server in another.

    python -m benchmarks.load [--seconds 30] [--scene 2]

Prints a table and writes benchmarks/results/load.json. For each scene: the server's share of one core (its own user and
system time over the wall time), how late its 20-ms tick was, gaps in the modems' streams; then, where a scene has it,
from a key pressed to the prompt silent at the caller's ear, from the caller's mouth to the agent's program, and from a
seat that becomes free to the next caller's ring at its program.
"""

import contextlib
import json
import os
import platform
import shutil
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from itertools import cycle
from pathlib import Path
from statistics import median
from tempfile import mkdtemp
from typing import Any

import click
import numpy as np
from rich.console import Console
from rich.table import Table
from twisted.internet import reactor
from twisted.internet.defer import CancelledError, Deferred, gatherResults, succeed
from twisted.internet.error import ProcessExitedAlready
from twisted.internet.protocol import ProcessProtocol
from twisted.internet.task import LoopingCall, deferLater, react

from callserver.commands.demo import AGENT_VOICE, CALLER_VOICE, voice
from callserver.desktop.client import AgentClient
from callserver.desktop.connection import pinned_endpoint
from callserver.desktop.listener import AgentListener
from callserver.desktop.sound import SILENCE, read_blocks, speak
from callserver.dsp.frames import FloatArray
from callserver.dsp.sound.files import read_wav, write_wav
from callserver.dsp.tones import tone
from callserver.emulator.exchange import Exchange
from callserver.emulator.loop import SubscriberStage
from callserver.emulator.phone import PhoneListener
from callserver.emulator.pty_modem import PtyModem
from callserver.server.shop_folder import ShopFolder
from callserver.wire.messages import Card, Hello, QueueRow
from callserver.wire.states import SeatState

RESULTS = Path(__file__).parent / "results" / "load.json"
N_LINES = 20
VOICE_PROMPTS = Path(__file__).parents[1] / "voice-prompts"
SETTLE_S = 3.0
GONE_S = 12.0  # the first caller's line is free again by then
TRIES = 20
FREE_TRIES, FREE_PACE_S, REDIAL_S = 100, 0.7, 3.0
THREES, LISTENED = 8, 4
PROMPT_HZ = 600.0
CHIRP = np.asarray(tone([1500.0], 800, -6.0), np.float32)

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

talk, listen = Talk(), Listen()
"""


@dataclass
class Scene:
    """One setting and what was measured in it."""

    what: str
    menu: str
    n_agents: int
    recorded: bool = True
    threes: bool = False  # eight of the agents talk, each with a third party; four of those calls are listened to
    cpu_share: float = 0.0
    late_p999_ms: float = 0.0
    late_max_ms: float = 0.0
    gaps: int = 0
    start_s: float = 0.0  # from exec to the first answered ring


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
        for line in lines:
            self.words |= json.loads(line)
        for word, waiting in tuple(self._waiting):
            if word in self.words:
                self._waiting.remove((word, waiting))
                waiting.callback(None)

    def errReceived(self, data: bytes) -> None:
        sys.stderr.write(data.decode("utf-8", "replace"))

    def processEnded(self, reason: object) -> None:
        self.ended.callback(None)

    def when(self, word: str) -> Deferred[None]:
        waiting: Deferred[None] = Deferred()
        self._waiting.append((word, waiting))
        return waiting

    @property
    def cpu_s(self) -> float:
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
        self.client.answer()

    def talking(self, card: Card) -> None:
        while self._talks:
            self._talks.pop().callback(None)
        speech = speak(cycle(self.blocks), self.client.send_audio, reactor)
        self._speaking = Deferred.fromCoroutine(speech).addErrback(lambda failure: failure.trap(CancelledError))

    def ended(self, cause: str) -> None:
        self._speaking.cancel()

    def audio(self, block: bytes) -> None:
        self.on_block(block)


@click.command()
@click.option("--seconds", default=30.0, show_default=True, help="How long each scene is measured.")
@click.option("--scene", "only", type=int, help="Only this one, counted from 1.")
def main(seconds: float, only: int | None) -> None:
    """Measure the server under a full house of emulated calls."""
    reactor.seconds = time.monotonic
    react(lambda _: Deferred.fromCoroutine(measure(seconds, only)))


async def measure(seconds: float, only: int | None) -> None:
    """All scenes, one after the other."""
    scenes = [
        Scene("20 lines hear a prompt and speak, recorded", "listen", 0),
        Scene("4 agents talk, 16 lines hear music, recorded", "talk", 4),
        Scene("20 lines talk with 20 agents, recorded", "talk", 20),
        Scene("8 calls of three parties, 4 listened to, 12 lines hear music, recorded", "talk", 20, threes=True),
    ]
    scenes = scenes[only - 1 : only] if only else scenes
    figures: dict[str, Any] = {"machine": platform.platform(), "python": platform.python_version()}
    for scene in scenes:
        print(f"{scene.what} ...", file=sys.stderr, flush=True)
        figures |= await play(scene, seconds)
    figures["scenes"] = [asdict(scene) for scene in scenes]
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(figures, indent=1))
    show(scenes, figures)


class House:
    """Exchange, modems, a server on them, callers and agents."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.folder = ShopFolder(Path(mkdtemp(prefix="callserver-load-")))
        self.exchange = Exchange(reactor)
        self.modems = [PtyModem(self.exchange.add_line(f"8008{n:02}"), reactor) for n in range(1, N_LINES + 1)]
        self.exchange.hunt("8008", [modem.line for modem in self.modems])
        self.phones = [self.exchange.add_phone(f"139123456{n:02}") for n in range(N_LINES)]
        self.agents: list[Answering] = []
        self.server = ServerProcess()

    async def open(self) -> None:
        """Start the server, seat the agents, call on all lines; fires when every line is answered."""
        self._furnish()
        self.exchange.start()
        began_s = time.monotonic()
        command = [sys.executable, "-m", "benchmarks.server_child", str(self.folder.path)]
        reactor.spawnProcess(self.server, sys.executable, command, env=os.environ)
        await self.server.when("port")
        self.phones[0].dial("800801")
        await self.phones[0].when(lambda: self.phones[0].stage is SubscriberStage.TALKING)
        self.scene.start_s = time.monotonic() - began_s
        self.phones[0].hang_up()
        await self._seat_agents()
        if self.scene.threes:
            await gatherResults([agent.client.pause("third party") for agent in self.agents[THREES:]])
        await deferLater(reactor, GONE_S)
        for phone in self.phones:
            phone.dial("8008")
        await gatherResults(
            [phone.when(lambda phone=phone: phone.stage is SubscriberStage.TALKING) for phone in self.phones]
        )
        sentence = read_wav(voice(CALLER_VOICE))
        self.talking = [LoopingCall(phone.say, sentence) for phone in self.phones]
        for loop in self.talking:
            loop.start(sentence.size / 8000)
        if self.scene.threes:
            await self._bring_third_parties()

    async def close(self) -> None:
        """Ask the server for its figures and end it."""
        for agent in self.agents:
            agent.client.stop()
        with contextlib.suppress(ProcessExitedAlready):
            self.server.transport.signalProcess("TERM")
        await self.server.ended
        self.quiet()
        self.exchange.stop()
        for modem in self.modems:
            modem.close()

    def quiet(self) -> None:
        """Nobody says anything any more."""
        for loop in self.talking:
            if loop.running:
                loop.stop()

    def _furnish(self) -> None:
        plugins, prompts = self.folder.path / "plugins", self.folder.path / "prompts"
        plugins.mkdir(parents=True)
        shutil.copytree(VOICE_PROMPTS, prompts)
        (plugins / "load.py").write_text(MENUS)
        write_wav(prompts / "zh" / "welcome.wav", np.asarray(tone([PROMPT_HZ], 8000 * 300, -15.0), np.float32))
        lines = "\n".join(
            f"[line {n}]\ndevice = {modem.path}\nmenu = {self.scene.menu}" for n, modem in enumerate(self.modems, 1)
        )
        self.folder.path.joinpath("config.ini").write_text(
            f"[server]\nplugins = {plugins}\nprompts = {prompts}\n[agents]\nport = 0\nseats = {N_LINES}\n"
            f"[queue operator]\nwrap_up_s = 0\n[recording]\nannounce = no\n{lines}\n"
        )
        self.folder.prepare()

    async def _bring_third_parties(self) -> None:
        """Each of the first eight agents talks with a caller; a colleague joins them; supervisors listen to four."""
        while any(agent.client.seat.state is not SeatState.TALKING for agent in self.agents[:THREES]):
            await deferLater(reactor, 0.2)
        for agent, third in zip(self.agents, self.agents[THREES:], strict=False):
            if agent is self.agents[THREES]:
                break
            talks = third.when_talks()
            await agent.client.ask("consult", f"seat {third.client.seat.number}")
            await talks
            await agent.client.ask("three_way")
        for agent, ear in zip(self.agents, self.agents[2 * THREES :], strict=False):
            await ear.client.ask("listen", f"seat {agent.client.seat.number}")

    async def _seat_agents(self) -> None:
        """One after the other: the server lets few strangers in at a time."""
        blocks = read_blocks(voice(AGENT_VOICE)) + [SILENCE] * 25
        certificate = self.folder.path / "agents.certificate.pem"
        endpoint = pinned_endpoint(reactor, "127.0.0.1", self.server.words["port"], certificate)
        for n in range(self.scene.n_agents):
            agent = Answering(blocks)
            agent.client = AgentClient(
                reactor, endpoint, f"{801 + n}", self.folder.first_password("801" if n > 3 else f"{801 + n}"), agent
            )
            agent.client.start()
            await agent.at_desk
            self.agents.append(agent)


async def play(scene: Scene, seconds: float) -> dict[str, Any]:
    """One scene, measured; the delays, where it has them."""
    house = House(scene)
    await house.open()
    try:
        await deferLater(reactor, SETTLE_S)
        gaps = sum(modem.underruns + modem.overruns for modem in house.modems)
        os.kill(house.server.transport.pid, signal.SIGUSR1)
        began_s, cpu_s = time.monotonic(), house.server.cpu_s
        await deferLater(reactor, seconds)
        scene.cpu_share = (house.server.cpu_s - cpu_s) / (time.monotonic() - began_s)
        scene.gaps = sum(modem.underruns + modem.overruns for modem in house.modems) - gaps
        figures = await delays(house)
    finally:
        await house.close()
    scene.late_p999_ms, scene.late_max_ms = house.server.words["late_p999_ms"], house.server.words["late_max_ms"]
    return figures


async def delays(house: House) -> dict[str, Any]:
    if house.scene.menu == "listen":
        return {"key_to_silence_ms": [await key_to_silence(house, n) for n in range(TRIES)]}
    if house.scene.n_agents == 4:
        return {"free_to_ring_ms": await free_to_ring(house)}
    if house.scene.n_agents == N_LINES and not house.scene.threes:
        return {"mouth_to_ear_ms": [await mouth_to_ear(house, n) for n in range(TRIES)]}
    return {}


async def key_to_silence(house: House, n: int) -> float:
    """
    Milliseconds from a key pressed (its tone is given to the mouth) until the prompt is silent at the caller's ear.

    The prompt is a tone of 600 Hz, so that it can be told from the echo of the caller's own key.
    """
    phone = house.phones[n % N_LINES]
    house.quiet()
    await phone.when(lambda: phone.transmitter.is_empty)
    await deferLater(reactor, 0.5)
    last_s = float("-inf")

    def hear(block: FloatArray) -> None:
        nonlocal last_s
        if heard_at(block, PROMPT_HZ) > 0.02:
            last_s = time.monotonic()

    listener = PhoneListener(on_sound=hear)
    phone.attach(listener)
    await phone.when(lambda: heard_since(last_s))
    pressed_s = time.monotonic()
    phone.press("5")
    await deferLater(reactor, 1.0)
    phone.detach(listener)
    return round(1000 * (last_s - pressed_s), 1)


def heard_at(block: FloatArray, frequency_hz: float) -> float:
    """Amplitude of one frequency in a block."""
    phasor = np.exp(-2j * np.pi * frequency_hz / 8000 * np.arange(block.size))
    return float(2 * abs(block @ phasor) / block.size)


def heard_since(last_s: float) -> bool:
    return time.monotonic() - last_s < 0.1


async def mouth_to_ear(house: House, n: int) -> float:
    """Milliseconds from a chirp given to one caller's mouth until an agent's program has it."""
    house.quiet()
    await house.phones[7].when(lambda: house.phones[7].transmitter.is_empty)
    await deferLater(reactor, 0.5 + 0.3 * (n % 4))  # chirps in equal measure would be a busy tone
    heard: Deferred[float] = Deferred()

    def listen(block: bytes) -> None:
        samples = np.frombuffer(block, "<i2").astype(np.float32) / 32768
        if heard_at(samples, 1500.0) > 0.1 and not heard.called:
            heard.callback(time.monotonic())

    for agent in house.agents:
        agent.on_block = listen
    said_s = time.monotonic()
    house.phones[7].say(CHIRP)
    return round(1000 * (await heard.addTimeout(2.0, reactor) - said_s), 1)


async def free_to_ring(house: House) -> list[float]:
    """
    Milliseconds from an agent who hangs up, and is free by it, until the next caller rings at his program.

    The act's own way to the server is part of it. Callers who have been served call again, so that somebody waits.
    """
    again = LoopingCall(call_again, house)
    again.start(0.5)
    took_ms = []
    while len(took_ms) < FREE_TRIES:
        agent = house.agents[len(took_ms) % len(house.agents)]
        await deferLater(reactor, FREE_PACE_S)
        if agent.n_waiting < 2 or agent.client.seat.state is not SeatState.TALKING:
            continue
        rings, asked_s = agent.when_rings(), time.monotonic()
        await agent.client.hang_up()
        took_ms.append(round(1000 * (await rings.addTimeout(5.0, reactor) - asked_s), 1))
    again.stop()
    return took_ms


def call_again(house: House) -> None:
    """Who hears that the other side is gone hangs up, and dials once more when a line is free."""
    for phone in house.phones:
        if phone.stage is SubscriberStage.TONE:
            phone.hang_up()
            reactor.callLater(REDIAL_S, phone.dial, "8008")


def percentile(values: list[float], share: float) -> float:
    """So many of them are not larger."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def show(scenes: list[Scene], figures: dict[str, Any]) -> None:
    """The table."""
    table = Table("scene", "CPU of one core", "tick late p99.9", "max", "gaps", "start to first answer")
    for scene in scenes:
        table.add_row(
            scene.what,
            f"{scene.cpu_share:.1%}",
            f"{scene.late_p999_ms:.0f} ms",
            f"{scene.late_max_ms:.0f} ms",
            str(scene.gaps),
            f"{scene.start_s:.1f} s",
        )
    console = Console(width=120)
    console.print(table)
    for name, aim in (("key_to_silence_ms", 150), ("mouth_to_ear_ms", 150)):
        values = figures.get(name)
        if values:
            console.print(f"{name}: median {median(values):.0f}, worst {max(values):.0f} of {len(values)} (aim {aim})")
    if took_ms := figures.get("free_to_ring_ms"):
        p99 = percentile(took_ms, 0.99)
        console.print(f"free_to_ring_ms: median {median(took_ms):.0f}, p99 {p99:.0f} of {len(took_ms)} (aim 50)")
    console.print(f"written to {RESULTS}")


if __name__ == "__main__":
    main()
