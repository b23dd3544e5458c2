"""Voice mail whole, on a database in memory, for callers who do one thing after the other."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NoReturn

import numpy as np
from twisted.internet.defer import Deferred, maybeDeferred, succeed
from twisted.internet.task import Clock
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase

from callserver.acd.staff import passwords
from callserver.calls.dial_guard import classify
from callserver.calls.event_log import EventLog
from callserver.config import Config, RecordingConfig, VoicemailConfig
from callserver.dsp.frames import RATE_HZ
from callserver.dsp.progress.plans import plan
from callserver.dsp.sound.files import read_wav, write_wav
from callserver.features import Shop
from callserver.features.voicemail import rules
from callserver.features.voicemail.declaration import declare
from callserver.features.voicemail.rules import Box, Message, Sounding
from callserver.ivr.dialogue import WantsPerson
from callserver.ivr.interfaces import Prompt, Sound, Spoken
from callserver.ivr.menu_call import MenuCall
from callserver.ivr.prompts import FOLDER
from callserver.ivr.running import CallOver
from callserver.lines.interfaces import Caller
from callserver.wire.rights import Right
from tests.alarms import Alarms
from tests.shop import MemoryBook
from tests.store.inline import InlineStore

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
GUEST, OWNER, PIN = "13912345678", "13700000001", "730462"
GOES, PERSON, HUNG_UP_ON = "goes", "person", "hung up on"


class OneRecording:
    """A recording that is over; `on_disk`: when the recorder is through with it."""

    def __init__(self, file_name: str, on_disk: Deferred[None] | None = None) -> None:
        self.file_name, self._on_disk = file_name, on_disk

    def stop(self) -> Deferred[None]:
        return self._on_disk or succeed(None)


class ListedCall(MenuCall):
    """
    A caller who does what stands in a list, one thing at each question; behind the last he hangs up.

    Keys, "" for silence; "!7" for a key while a sound is played, "?7" while something else is said; "say 5" and "say 5
    goes" at a recording.
    """

    id = "call-1"

    def __init__(self, room: MailRoom, does: Sequence[str], number: str | None, language: str) -> None:
        self.clock, self._room, self._does = room.clock, room, deque(does)
        self.told: list[str] = []
        self.asked: list[str] = []  # the last prompt of each question
        self.heard_s: list[float] = []  # of each sound
        self.waits_s: list[float] = []  # for the first key
        self.keeps_keys = False
        self._language, self._caller = language, Caller(number)
        self.pressed: list[str] = []
        self.call: Any = SimpleNamespace(keys=self.pressed)

    @property
    def caller(self) -> Caller:
        return self._caller

    @property
    def language(self) -> str:
        return self._language

    @language.setter
    def language(self, language: str) -> None:
        self._language = language

    def now(self) -> datetime:
        return self._room.now()

    def forget_keys(self) -> None: ...

    async def play(self, *prompts: Prompt) -> bool:
        self._tell(prompts)
        is_sound = any(isinstance(one, Sound) for one in prompts)
        if self._does and self._does[0].startswith("!" if is_sound else "?"):
            self.pressed.append(self._does.popleft()[1:])
            return False
        return True

    async def collect(self, *prompts: Prompt, **about: Any) -> str:
        self._tell(prompts)
        self.asked += [str(prompt) for prompt in prompts[-1:]]
        self.waits_s.append(about.get("first_timeout_s", 5.0))
        return self.pressed.pop(0) if self.pressed else self._next()

    async def collect_secret(self, *prompts: Prompt, **about: Any) -> str:
        self._tell(prompts)
        return self._next()

    async def record(self, max_s: float = 180.0, silence_s: float = 10.0, on_begun: Any = None) -> str:
        said, length_s, *goes = self._next().split()
        assert said == "say", said
        file = f"raw-{next(self._room.numbers)}.wav"
        if self._room.no_room:
            return ""
        self._room.words(self._room.recordings / file, min(float(length_s), max_s))
        on_begun(OneRecording(file, self._room.on_disk))
        self.clock.advance(min(float(length_s), max_s))  # type: ignore[attr-defined]
        if goes:
            raise CallOver
        return file

    async def wait_for(self, answer: Deferred[Any], limit_s: float = 30.0) -> Any:
        if not answer.called:
            answer.addTimeout(limit_s, self.clock)
            self.clock.advance(limit_s)  # type: ignore[attr-defined]
        return await answer

    async def hang_up(self) -> NoReturn:
        self.told.append(HUNG_UP_ON)
        raise CallOver

    def _next(self) -> str:
        if not self._does:
            raise CallOver
        return self._does.popleft()

    def _tell(self, prompts: Sequence[Prompt]) -> None:
        """What is said to him is there, in his language."""
        for one in prompts:
            if isinstance(one, Sound):
                self.heard_s.append(one.samples.size / RATE_HZ)
            elif not isinstance(one, Spoken) and not (FOLDER / self._language / f"{one}.wav").exists():
                raise AssertionError(f"{one} in {self._language}")
        self.told += map(str, prompts)


class MailRoom:
    """
    :param case: closes it
    `language`: of who calls.
    """

    def __init__(self, case: SynchronousTestCase, language: str = "zh") -> None:
        self.language, self.numbers = language, count(1)
        case.patch(passwords, "N", 4)  # what takes a thief long takes a test long
        self.store = InlineStore()
        case.addCleanup(self.store.database.close)
        self.clock, self.book, self.alarms = Clock(), MemoryBook(), Alarms()
        self.folder = Path(case.mktemp()).absolute()
        self.recordings = self.folder / "recordings"
        self.recordings.mkdir(parents=True)
        self.rights: dict[str, frozenset[Right]] = {}
        self.members: dict[str, tuple[str, ...]] = {}
        self.settings = VoicemailConfig()
        self.no_room, self.on_disk = False, None
        self.connected: list[str] = []
        self.who: Any = None  # logs in
        self.events = EventLog(self.book, self.clock, "test", self.now)
        self.said = read_wav(FOLDER / "zh" / "reservation-expired.wav")
        config = Config(RecordingConfig(announce=False), voicemail=self.settings)
        self.house: Any = self._house(config)
        self.feature = declare(Shop(config, self.store, self.events, lambda options: options[0], self.house))  # type: ignore[arg-type]
        self.mailboxes: Any = self.feature.mailboxes
        self.intake: Any = self.mailboxes.guest.intake
        self.intake.sounds.prepare()

    def _house(self, config: Config) -> Any:
        async def log_in(call: Any) -> Any:
            return self.who

        async def connect(call: Any, number: str, asks: Any) -> None:
            self.connected.append(number)

        return SimpleNamespace(
            clock=self.clock,
            folder=self.folder,
            settings=lambda: config,
            in_thread=maybeDeferred,
            new_id=lambda: f"m{next(self.numbers)}",
            alarm=self.alarms,
            rights=lambda number: self.rights.get(number, frozenset()),
            members=lambda name: self.members.get(name, ()),
            log_in=log_in,
            connect=connect,
            calls_out=lambda: SimpleNamespace(classify=classify),
            plan=plan("cn"),
            mail=None,
        )

    def now(self) -> datetime:
        return NOW + timedelta(seconds=self.clock.seconds())

    def words(self, path: Path, seconds: float) -> None:
        """Somebody speaks so long."""
        write_wav(path, np.resize(self.said, round(seconds * RATE_HZ)))

    def add_box(self, number: str = "12", pin: str = PIN, **settings: Any) -> Box:
        self.store.run(rules.add_box, Box(number, settings.pop("name", f"Box {number}"), **settings))
        if pin:
            self.store.run(rules.set_pin, number, rules.pin_stored(pin))
        return self.look(number)

    def look(self, number: str = "") -> Any:
        """What was written counts now."""
        Deferred.fromCoroutine(self.mailboxes.directory.follow())
        return self.mailboxes.directory.box(number)

    def put(self, box: str = "12", seconds: float = 2.0, **about: Any) -> Message:
        """A message that came a minute after the one before."""
        nth = next(self.numbers)
        id_ = about.pop("id", f"m{nth}")
        about = {"number": GUEST, "came": NOW + timedelta(minutes=nth)} | about
        sound = np.resize(self.said, round(seconds * RATE_HZ))
        message = Message(id_, box, Sounding(id_, self.intake.sounds.keep(id_, sound)), **about)
        self.store.run(rules.put, [message])
        self.look()
        return message

    def messages(self, box: str = "12") -> list[Message]:
        return self.store.run(rules.messages, box)  # type: ignore[no-any-return]

    def files(self) -> list[str]:
        """All that lies on the disk."""
        return sorted(path.name for path in self.folder.rglob("*") if path.is_file())

    def happened(self, kind: str) -> list[dict[str, Any]]:
        return [dict(event.data) for event in self.book.events if event.kind == kind]

    # Who calls

    def guest(self, *does: str, box: str = "12", number: str | None = GUEST, busy: bool = False) -> tuple[str, Any]:
        """What came of it, and his call; GOES if he has hung up, PERSON if he wants one."""
        call = ListedCall(self, does, number, self.language)
        return self._told(self.mailboxes.leave_message(call, box, busy=busy)), call

    def owner(self, *does: str, box: str = "12", pin: str = PIN, number: str | None = OWNER) -> Any:
        """His call; he comes in by his PIN."""
        call = ListedCall(self, (box, pin, *does), number, self.language)
        self._told(self.mailboxes.open_mailbox(call))
        return call

    def _told(self, talk: Any) -> str:
        found: list[Any] = []
        Deferred.fromCoroutine(talk).addBoth(found.append)
        if not found:
            raise AssertionError("the caller is left in silence")
        if isinstance(found[0], Failure):
            return {CallOver: GOES, WantsPerson: PERSON}[found[0].trap(CallOver, WantsPerson)]  # type: ignore[no-untyped-call]
        return str(found[0])
