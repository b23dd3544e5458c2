"""
What a full house costs: 20 lines, the emulated exchange and the agents in this process, the server in another.

    python -m benchmarks.load [--seconds 30] [--scene 2]

Prints a table and writes benchmarks/results/load.json. For each scene: the server's share of one core (its own user and
system time over the wall time), how late its 20-ms tick was, gaps in the modems' streams, what the reactor did in one
piece of 2 ms and more (its own time on the processor, which others cannot lengthen); then, where a scene has it,
from a key pressed to the prompt silent at the caller's ear, from the caller's mouth to the agent's program, and from a
seat that becomes free to the next caller's ring at its program.
"""

from __future__ import annotations

import json
import platform
import shutil
import signal
import sys
import time
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from statistics import median
from typing import Any

import click
import numpy as np
from rich.console import Console
from rich.table import Table
from twisted.internet import reactor
from twisted.internet.defer import Deferred, gatherResults
from twisted.internet.task import LoopingCall, deferLater, react

from benchmarks import fax_callers
from benchmarks.fax_callers import DOCUMENT_LINE, FAX_LINE
from benchmarks.house import House
from callserver.commands.demo import AGENT_VOICE, CALLER_VOICE, voice
from callserver.desktop.sound import SILENCE, read_blocks
from callserver.dsp.frames import FloatArray
from callserver.dsp.sound.files import read_wav, write_wav
from callserver.dsp.tones import tone
from callserver.emulator.loop import SubscriberStage
from callserver.emulator.phone import PhoneListener
from callserver.fax.t30.results import Outcome
from callserver.wire.states import SeatState
from tests.fax.pages import text_like

RESULTS = Path(__file__).parent / "results" / "load.json"
N_LINES, N_FAXES = 20, 4
PAGES = [text_like(2200, seed=seed) for seed in range(3)]  # 15 s each at 14 400 bit/s
TRAINED_S = 10.0  # the measure begins with the first page, or before
SETTLE_S = 3.0
GONE_S = 12.0  # the first caller's line is free again by then
TRIES = 20
FREE_TRIES, FREE_PACE_S, REDIAL_S = 100, 0.7, 3.0
THREES, LISTENED = 8, 4
PROMPT_HZ = 600.0
CHIRP = np.asarray(tone([1500.0], 800, -6.0), np.float32)


class Faxes(StrEnum):
    """What the last four lines do."""

    RECEIVED = "received"
    SENT = "sent"


@dataclass
class Scene:
    """One setting and what was measured in it."""

    what: str
    menu: str
    n_agents: int
    recorded: bool = True
    threes: bool = False  # eight of the agents talk, each with a third party; four of those calls are listened to
    faxes: Faxes | None = None
    cpu_share: float = 0.0
    late_p99_ms: float = 0.0
    late_p999_ms: float = 0.0
    late_max_ms: float = 0.0
    gaps: int = 0
    start_s: float = 0.0  # from exec to the first answered ring
    fax_results: list[str] = field(default_factory=list)
    longest: list[tuple[str, int, float, float]] = field(default_factory=list)  # see `benchmarks.longest`

    @property
    def n_faxes(self) -> int:
        """On so many of the lines."""
        return N_FAXES if self.faxes else 0


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
        Scene("16 of 20 lines talk with 16 agents, recorded", "talk", 16),
        Scene("4 faxes are received; 16 lines talk with 16 agents, recorded", "talk", 16, faxes=Faxes.RECEIVED),
        Scene("4 faxes are sent; 16 lines talk with 16 agents, recorded", "talk", 16, faxes=Faxes.SENT),
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


class SceneHouse(House):
    """Callers and agents of one scene."""

    def __init__(self, scene: Scene) -> None:
        lines = [f"menu = {scene.menu}"] * (N_LINES - scene.n_faxes)
        lines += [FAX_LINE if scene.faxes is Faxes.RECEIVED else DOCUMENT_LINE] * scene.n_faxes
        super().__init__(lines, seats=N_LINES)
        self.scene = scene
        self.talking: list[LoopingCall] = []
        self.callers = self.phones[: N_LINES - scene.n_faxes]
        self.exchange.hunt("8008", [modem.line for modem in self.modems[: len(self.callers)]])

    async def open(self) -> None:
        """Start the server, seat the agents, call on all lines; fires when every line is answered."""
        self.furnish()
        write_wav(
            self.folder.path / "prompts" / "zh" / "welcome.wav",
            np.asarray(tone([PROMPT_HZ], 8000 * 300, -15.0), np.float32),
        )
        fax_callers.lay_out(self, PAGES if self.scene.n_faxes else ())
        began_s = time.monotonic()
        await self.start()
        self.phones[0].dial("800801")
        await self.phones[0].when(lambda: self.phones[0].stage is SubscriberStage.TALKING)
        self.scene.start_s = time.monotonic() - began_s
        self.phones[0].hang_up()
        await self.seat_agents(self.scene.n_agents, read_blocks(voice(AGENT_VOICE)) + [SILENCE] * 25)
        if self.scene.threes:
            await gatherResults([agent.client.pause("third party") for agent in self.agents[THREES:]])
        await deferLater(reactor, GONE_S)
        for phone in self.callers:
            phone.dial("8008")
        await gatherResults(
            [phone.when(lambda phone=phone: phone.stage is SubscriberStage.TALKING) for phone in self.callers]
        )
        sentence = read_wav(voice(CALLER_VOICE))
        self.talking = [LoopingCall(phone.say, sentence) for phone in self.callers]
        for loop in self.talking:
            loop.start(sentence.size / 8000)
        if self.scene.threes:
            await self._bring_third_parties()

    def begin_faxes(self) -> Deferred[list[Outcome]]:
        """On the last lines, all at once; what comes of them."""
        lines = range(len(self.callers), N_LINES)
        if self.scene.faxes is Faxes.RECEIVED:
            return gatherResults([Deferred.fromCoroutine(fax_callers.send(self, n, PAGES)) for n in lines])
        fetching = [Deferred.fromCoroutine(fax_callers.fetch(self, n)) for n in lines]
        return gatherResults([one.addCallback(lambda came: came[0]) for one in fetching])

    def quiet(self) -> None:
        """Nobody says anything any more."""
        for loop in self.talking:
            if loop.running:
                loop.stop()

    async def close(self) -> None:
        self.quiet()
        await super().close()
        shutil.rmtree(self.folder.path)

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


async def play(scene: Scene, seconds: float) -> dict[str, Any]:
    """One scene, measured; the delays, where it has them."""
    house = SceneHouse(scene)
    await house.open()
    try:
        faxes = house.begin_faxes()
        await deferLater(reactor, TRAINED_S if scene.n_faxes else SETTLE_S)
        gaps = sum(house.gaps)
        await house.server.asked(signal.SIGUSR1, "counting")
        began_s, cpu_s = time.monotonic(), house.server.cpu_s
        await deferLater(reactor, seconds)
        scene.cpu_share = (house.server.cpu_s - cpu_s) / (time.monotonic() - began_s)
        scene.gaps = sum(house.gaps) - gaps
        measured = await house.server.asked(signal.SIGUSR2, "so_far")
        scene.fax_results = [f"{one.result.value}, {one.n_confirmed} pages, {one.seconds:.0f} s" for one in await faxes]
        figures = await delays(house)
    finally:
        await house.close()
    scene.late_p99_ms, scene.late_p999_ms = measured["late_p99_ms"], measured["late_p999_ms"]
    scene.late_max_ms, scene.longest = measured["late_max_ms"], measured["longest"]
    return figures


async def delays(house: SceneHouse) -> dict[str, Any]:
    if house.scene.menu == "listen":
        return {"key_to_silence_ms": [await key_to_silence(house, n) for n in range(TRIES)]}
    if house.scene.n_agents == 4:
        return {"free_to_ring_ms": await free_to_ring(house)}
    if house.scene.n_agents == N_LINES and not house.scene.threes:
        return {"mouth_to_ear_ms": [await mouth_to_ear(house, n) for n in range(TRIES)]}
    return {}


async def key_to_silence(house: SceneHouse, n: int) -> float:
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


async def mouth_to_ear(house: SceneHouse, n: int) -> float:
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


async def free_to_ring(house: SceneHouse) -> list[float]:
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


def call_again(house: SceneHouse) -> None:
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
    table = Table("scene", "CPU of one core", "tick late p99", "p99.9", "max", "gaps", "start to first answer")
    for scene in scenes:
        table.add_row(
            scene.what,
            f"{scene.cpu_share:.1%}",
            f"{scene.late_p99_ms:.0f} ms",
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
    for scene in scenes:
        for result in scene.fax_results:
            console.print(f"{scene.what}: {result}")
        for name, n, own_ms, wall_ms in scene.longest:
            console.print(f"{scene.what}: {name}: {n} over 2 ms, longest {own_ms:.1f} ms ({wall_ms:.1f} on the wall)")
    console.print(f"written to {RESULTS}")


if __name__ == "__main__":
    main()
