"""A shop in virtual time: real channels, patch bay, detectors, menus and queue; lines in memory, short prompts."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import numpy as np
from twisted.internet.defer import Deferred, succeed
from twisted.internet.task import Clock

from callserver.acd.queues.entry import Entry
from callserver.acd.queues.house import House
from callserver.acd.queues.queues import Queues
from callserver.acd.queues.wait import Speaking
from callserver.acd.routing.settings import QueueSettings
from callserver.acd.seats.seat import Seat
from callserver.acd.seats.seats import Seats
from callserver.calls.board import Board
from callserver.calls.call import Call
from callserver.calls.calls_out import CallsOut, Dialler
from callserver.calls.dial_caps import DialCaps
from callserver.calls.dial_guard import DialGuard, classify
from callserver.calls.event_log import EventLog
from callserver.calls.line import LineInService
from callserver.calls.line_choice import Trunk
from callserver.calls.live_calls import LiveCalls
from callserver.config import DiallingConfig
from callserver.dsp.codecs import MU_LAW, Codec
from callserver.dsp.ear import Ear
from callserver.dsp.frames import BLOCK_SAMPLES, FloatArray
from callserver.dsp.progress.plans import plan
from callserver.dsp.tones import dtmf, play, tone
from callserver.ivr.voice import Voice
from callserver.lines.interfaces import Caller
from callserver.lines.memory_line import MemoryLine
from callserver.media.patch_bay import PatchBay
from callserver.media.sound_bank import Detectors
from callserver.wire.alarms import alarm_text
from callserver.wire.dial_results import DialResult
from callserver.wire.messages import Card
from callserver.wire.records import CallRecord, EventRecord
from callserver.wire.rights import Right
from callserver.wire.states import LineState
from tests.dsp.progress.test_answer import voice

BLOCK_S = 0.02
CHINA = plan("cn")
ANYBODY = Dialler("801", frozenset(Right))  # with every right
PROMPT_S = 1.0


class MemoryBook:
    """A CallBook that keeps everything in memory; `locked` keeps records waiting for the disk."""

    def __init__(self) -> None:
        self.calls: dict[str, dict[str, Any]] = {}
        self.events: list[EventRecord] = []
        self.locked = False
        self._waiting: list[Deferred[None]] = []

    def open_call(self, record: CallRecord) -> Deferred[None]:
        self.calls[record.id] = asdict(record)
        if not self.locked:
            return succeed(None)
        self._waiting.append(Deferred())
        return self._waiting[-1]

    def unlock(self) -> None:
        """The disk has taken it all."""
        self.locked = False
        for waiting in self._waiting:
            waiting.callback(None)

    def change_call(self, call_id: str, **fields: object) -> None:
        self.calls[call_id].update(fields)

    def write(self, event: EventRecord) -> None:
        self.events.append(event)


class FewPrompts:
    """Prompts and Speech in one: every name is a second of its own quiet hum, so that what was heard can be told."""

    def sounds(self, language: str, *names: str) -> list[FloatArray]:
        return [np.full(int(PROMPT_S * 8000), 0.01, np.float32) for _ in names]

    def say(self, language: str, text: str) -> Deferred[FloatArray]:
        return succeed(self.sounds(language, text)[0])


class StaffOfThree:
    """Who may do what, changed as a test wishes."""

    def __init__(self) -> None:
        self.held: dict[str, frozenset[Right]] = {}

    def rights(self, number: str) -> frozenset[Right]:
        return self.held.get(number, frozenset(Right))


class Told:
    """A DialListener that remembers."""

    def __init__(self) -> None:
        self.of: list[str] = []

    def rings_there(self) -> None:
        self.of.append("rings")

    def answered_there(self) -> None:
        self.of.append("answered")

    def not_reached(self, result: DialResult) -> None:
        self.of.append(result.value)


class VirtualShop:
    """Lines that ring when told, time that passes when told."""

    def __init__(
        self,
        n_lines: int = 1,
        n_seats: int = 4,
        recorder: Any = None,
        codec: Codec = MU_LAW,
        ear: Callable[[int], Detectors] = Ear,
        **line: Any,
    ) -> None:
        self.clock, self.book = Clock(), MemoryBook()
        self.events = EventLog(self.book, self.clock, "test")
        self.board = Board(self.events, self.clock.seconds)
        self.bay = PatchBay(self.clock, n_lines + n_seats, ear)
        ids = count(1)
        self.calls = LiveCalls(self.clock, self.bay, self.events, lambda: f"call-{next(ids)}", recorder)
        self.calls.music = np.full(4000, 0.02, np.float32)
        self.staff = StaffOfThree()
        self.groups: dict[str, list[str]] = {}  # staff numbers by the group's internal number
        self.seats = Seats(
            self.clock,
            board=self.board,
            events=self.events,
            bay=self.bay,
            rights=self.staff,
            n_seats=n_seats,
            group=lambda number: self.groups.get(number, ()),
        )
        self.calls.watch_cards(self.seats.card_changed)
        self.calls.watch(self.seats.parts_changed)
        self.dialling = DiallingConfig(reserve=0)  # a test may set others
        self.guard = DialGuard(classify, self.events.alarm)
        self.caps = DialCaps(lambda: self.dialling, self.clock.seconds, self.local_now)
        self.calls_out = CallsOut(
            self.clock, self.events, self.guard, self.caps, lambda: self.trunks, lambda: self.dialling
        )
        self.incoming: list[Call] = []
        self.lines = [MemoryLine(f"line {number}", codec) for number in range(1, n_lines + 1)]
        self.in_service = [
            LineInService(
                one,
                clock=self.clock,
                board=self.board,
                calls=self.calls,
                on_call=self.incoming.append,
                **line,
            )
            for one in self.lines
        ]
        for one, in_service in zip(self.lines, self.in_service, strict=True):
            in_service.load("shop")
            in_service.enable()
            one.startService()
        self.trunks = [Trunk(number, one) for number, one in enumerate(self.in_service, 1)]

    def local_now(self) -> datetime:
        """A Monday, from nine o'clock on."""
        return datetime(2026, 3, 2, 9) + timedelta(seconds=self.clock.seconds())

    def wait(self, seconds: float) -> None:
        """Time passes, 20 ms at a time; lines that nobody speaks on are silent."""
        for _ in range(round(seconds / BLOCK_S)):
            for line in self.lines:
                line.far_end.speak(line.codec.silence * BLOCK_SAMPLES)
            self.pass_block()

    def hear(self, sound: FloatArray, line: int = 0) -> None:
        """This comes from the far end of one line, in real blocks; the others are silent."""
        for start in range(0, len(sound) - BLOCK_SAMPLES + 1, BLOCK_SAMPLES):
            for each in self.lines:
                block = sound[start : start + BLOCK_SAMPLES] if each is self.lines[line] else np.zeros(BLOCK_SAMPLES)
                each.far_end.speak(each.codec.encode(block.astype(np.float32)).tobytes())
            self.pass_block()

    def exchange(self, tone_name: str, seconds: float, line: int = 0) -> None:
        """The exchange plays one of its tones on a line: "ringback", "busy" ..."""
        self.hear(play(CHINA.tones[tone_name], seconds, -15), line)

    def call_out(self, number: str = "62345678", line: int = 0, who: Dialler = ANYBODY) -> tuple[Call, Told]:
        """Somebody dials a number, and it rings there."""
        told = Told()
        call = self.calls_out.dial(number, who, told)
        self.dial_tone(line)
        self.exchange("ringback", 6, line)
        return call, told

    def dial_tone(self, line: int = 0) -> None:
        """The exchange asks a seized line for the number, and gets it."""
        self.wait(0.1)
        self.exchange("dial", 2, line)
        self.wait(1)

    def answer_there(self, line: int = 0) -> None:
        """The called party lifts in the pause, and says a word."""
        self.hear(voice(1.5), line)

    def pass_block(self) -> None:
        self.bay.tick()
        self.clock.advance(BLOCK_S)

    def answered_call(self, line: int = 0, number: str = "13912345678") -> Call:
        """A caller with a number rings and is answered."""
        self.lines[line].far_end.ring(Caller(number))
        self.wait(0.1)
        call = self.incoming[-1]
        answered: list[object] = []
        self.answering(call).addBoth(answered.append)
        assert answered == [None], answered
        return call

    def answering(self, call: Call) -> Deferred[None]:
        """Somebody, as a menu, lets the line go off hook for its caller."""
        return Deferred.fromCoroutine(call.answer())

    def agent(self, number: str = "801") -> Seat:
        """Somebody logs in, with a headset."""
        agent = Agent(number)
        return self.seats.log_in(agent, agent)

    def press(self, keys: str, line: int = 0) -> None:
        """The caller presses keys, 80 ms each."""
        sound = self.lines[line].codec.encode(dtmf(keys)).tobytes()
        step = BLOCK_SAMPLES * self.lines[line].codec.bytes_per_sample
        for start in range(0, len(sound), step):
            self.lines[line].far_end.speak(sound[start : start + step])
            self.pass_block()

    def state(self, line: int = 0) -> LineState:
        status = self.board.statuses[self.lines[line].name]
        assert isinstance(status.state, LineState)
        return status.state

    def hears(self, line: int, seat: Seat) -> bool:
        """Whether the caller on a line hears what this agent says now."""
        seat.station.receive(b"\x00\x20" * BLOCK_SAMPLES * 6)
        self.lines[line].far_end.heard.clear()
        self.wait(0.3)
        return self.loudest(line) > 0.2

    def line_hears(self, listener: int, speaker: int) -> bool:
        """Whether the one at a line hears what the one at another says now."""
        sound = self.lines[speaker].codec.encode(tone([420.0], BLOCK_SAMPLES, -6.0)).tobytes()
        self.lines[listener].far_end.heard.clear()
        for _ in range(15):
            for number, line in enumerate(self.lines):
                line.far_end.speak(sound if number == speaker else line.codec.silence * BLOCK_SAMPLES)
            self.pass_block()
        return self.loudest(listener) > 0.2

    def loudest(self, line: int) -> float:
        """The largest sample in what the caller on a line has heard since `hears`."""
        heard = np.frombuffer(bytes(self.lines[line].far_end.heard), np.uint8)
        return float(np.abs(self.lines[line].codec.decode(heard)).max())

    def happened(self, *kinds: str) -> list[tuple[str, dict[str, Any]]]:
        """The events of these kinds so far, in order."""
        return [(event.kind, dict(event.data)) for event in self.book.events if event.kind in kinds]

    def alarms(self) -> list[str]:
        """What a person should see to, in English."""
        return [alarm_text(data, "en") for _, data in self.happened("alarm")]

    def prompts(self) -> list[str]:
        """What callers were told so far."""
        return [name for _, data in self.happened("prompt") for name in names(data["names"])]


def names(value: object) -> Sequence[str]:
    assert isinstance(value, list)
    return [str(name) for name in value]


class Agent:
    """Somebody at a seat, with a headset. A Person and a Headset."""

    def __init__(self, number: str = "801") -> None:
        self.number, self.name = number, f"agent {number}"
        self.heard = bytearray()

    def send_audio(self, block: bytes) -> None:
        self.heard += block


class People:
    """The shop's queue for callers who want a person, `queues` what it belongs to."""

    def __init__(self, queues: Queues, name: str) -> None:
        self.queues, self.name = queues, name

    @property
    def waiting(self) -> list[Entry]:
        """Who waits, the first in front."""
        return self.queues.by_name[self.name].in_order()

    def change(self, **settings: Any) -> None:
        """The shop sets this queue otherwise."""
        old = {name: queue.settings for name, queue in self.queues.by_name.items()}
        self.queues.set(old | {self.name: replace(old[self.name], **settings)})

    async def enter(self, call: Call) -> str:
        return await self.queues.enter(self.name, call)


def people(shop: VirtualShop, card: Any = None, **settings: Any) -> People:
    """The shop's one queue; what it says is short, and cards are bare."""
    house = {name: settings.pop(name) for name in ("send",) if name in settings}
    settings = {"place_s": 0} | settings
    return queues(shop, QueueSettings("operator", **settings), card=card, **house)


def queues(
    shop: VirtualShop, *settings: QueueSettings, card: Any = None, call_backs: Any = None, **house: Any
) -> People:
    """All its queues; callers enter the first."""
    voice = Voice(FewPrompts(), FewPrompts(), shop.clock)  # type: ignore[arg-type]
    found = Queues(
        shop.clock,
        shop.seats,
        Speaking(
            say=lambda call, prompts: Deferred.fromCoroutine(voice.say(call, prompts)).addCallback(lambda _: None),
            counted=lambda language, n: [f"number-{n}"],
            place=lambda language, n: [f"place-{n}"],
            minutes=lambda language, n: [f"minutes-{n}"],
        ),
        House(card=card or (lambda call, queue: succeed(Card(call.id, call.caller.number, queue=queue))), **house),
        call_backs,
    )
    found.set({one.name: one for one in settings})
    return People(found, settings[0].name)
