"""A rehearsal's world: virtual time, chance from one seed, lines and agents in memory, faults where life has them."""

from __future__ import annotations

import errno
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from threading import Event
from typing import Any, TypeVar
from uuid import UUID

import numpy as np
from peewee import OperationalError, SqliteDatabase
from twisted.application.service import IService, Service
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.internet.protocol import ProcessProtocol

from callserver.config import AgentsConfig, LineConfig
from callserver.dsp.frames import RATE_HZ
from callserver.dsp.sound.files import write_wav
from callserver.dsp.tones import tone
from callserver.emulator.exchange import Exchange
from callserver.emulator.loop import SubscriberLine
from callserver.lines.interfaces import DialPermit
from callserver.lines.modem_line import ModemLine
from callserver.media.disk_room import DiskRoom, Room
from callserver.media.wav_file import WavFile
from callserver.rehearsal.exchange_line import ExchangeLine
from callserver.rehearsal.memory_modem import MemoryModem
from callserver.rehearsal.network import Network
from callserver.rehearsal.virtual_time import InlineThreads, VirtualReactor
from callserver.server.stalls import Stalls
from callserver.server.world import ILineService, World
from callserver.store.opening import database_at

T = TypeVar("T")

MORNING = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # a Monday, nine o'clock in China
REHEARSED = "(rehearsed)"  # marks what a fault has said itself: no error of the server
THREAD_S = (0.0005, 0.004)  # what a job in a thread takes: a commit, a write, a hash
FREE_BYTES = 100 * 10**9
CHILD_S = (0.2, 1.5)  # the synthesiser
LETTERS_A_SECOND = 6


class RehearsalWorld(World):
    """
    :param random: all chance of the rehearsal
    :param byte_share: of the lines that run through a whole emulated modem, byte by byte
    `wall_ahead_s`: the wall clock has been set forward by so much; `disk_full`, `failing_statements`: faults
    """

    def __init__(self, random: Random, byte_share: float = 0.0) -> None:
        self._random, self._byte_share = random, byte_share
        self.reactor: VirtualReactor
        super().__init__(VirtualReactor(lambda: random.uniform(*THREAD_S), self._spawn))
        self.network, self.programs = Network(self.reactor), Network(self.reactor)
        self.lines: dict[str, ExchangeLine | MemoryModem] = {}
        self.threads: dict[str, InlineThreads] = {}
        self.files: dict[Path, RehearsedFile] = {}  # open recordings
        self.permits: set[str] = set()  # numbers that were dialled with one
        self.wall_ahead_s = 0.0
        self.disk_full = False
        self.failing_statements = 0

    def now(self) -> datetime:
        since = timedelta(seconds=round(self.reactor.seconds() + self.wall_ahead_s, 6))
        return MORNING + since

    def local_now(self) -> datetime:
        return (self.now() + timedelta(hours=8)).replace(tzinfo=None)

    def new_id(self) -> str:
        return str(UUID(int=self._random.getrandbits(128), version=4))

    def choice(self, options: Sequence[T]) -> T:
        return self._random.choice(options)

    def apart(self, job: Callable[..., T], *args: object) -> Deferred[T]:
        return self.in_thread(job, *args)

    def one_thread(self, name: str) -> Any:
        random = self._random
        self.threads[name] = InlineThreads(self.reactor, lambda: random.uniform(*THREAD_S), name)
        return self.threads[name]

    def database(self, where: str, tick_over: Event) -> Any:
        database = database_at(where)
        return RehearsedDatabase(self, where) if isinstance(database, SqliteDatabase) else database

    def disk_room(self, folder: Path) -> DiskRoom:
        return RehearsedDisk(self, folder)

    def recording_file(self, path: Path, n_tracks: int) -> WavFile:
        return RehearsedFile(self, path, n_tracks)

    def natural_voice(self, folder: Path) -> None:
        """What a rehearsal's callers hear does not depend on the machine's extras."""

    def watchdog(self, stalls: Stalls, stacks: Path) -> IService:
        return Service()  # nothing takes time here

    def open_to_status(self, folder: Path, snapshot: Callable[[], bytes]) -> IService:
        return Service()

    def line(self, name: str, settings: LineConfig, country: str, subscriber: SubscriberLine | None) -> ILineService:
        if subscriber is None:
            raise ValueError(f"{name}: a rehearsal has emulated lines only, not {settings.device}")
        subscriber.takes_flash = settings.flash_transfer
        if settings.keys == "modem" or self._random.random() < self._byte_share:
            modem = self.lines[name] = MemoryModem(subscriber)
            return WatchedModemLine(
                self.permits.add,
                name,
                f"{name}'s modem",
                self.reactor,
                country=country,
                reports_keys=settings.keys == "modem",
                flash=settings.flash_transfer,
                connect_port=modem.open,
            )
        line = self.lines[name] = ExchangeLine(name, subscriber, self.reactor, self.permits.add)
        return line

    def open_to_telephones(self, exchange: Exchange, socket: Path) -> IService:
        return Service()  # the telephones are those of the script

    def agents_endpoint(self, settings: AgentsConfig, folder: Path) -> tuple[Network, None]:
        return self.network, None

    def programs_endpoint(self, folder: Path, host: str, port: int) -> tuple[Network, None]:
        return self.programs, None

    def _spawn(self, protocol: ProcessProtocol, *command: object, **options: object) -> SynthesisChild:
        return SynthesisChild(protocol, self.reactor, self._random)


class WatchedModemLine(ModemLine):
    """
    :param on_permit: told the digits of each permit that is used
    """

    def __init__(self, on_permit: Callable[[str], None], *of_the_line: Any, **more: Any) -> None:
        super().__init__(*of_the_line, **more)
        self._on_permit = on_permit

    def dial(self, permit: DialPermit) -> Deferred[None]:
        self._on_permit(permit.digits)
        return super().dial(permit)


class RehearsedDatabase(SqliteDatabase):
    """Its statements fail when they are told to; nothing waits for the disk."""

    def __init__(self, world: RehearsalWorld, where: str) -> None:
        pragmas = {"journal_mode": "wal", "synchronous": 0, "foreign_keys": 1}
        super().__init__(where, pragmas=pragmas, autoconnect=False, timeout=0)
        self._world = world

    def execute_sql(self, sql: str, *arguments: Any, **options: Any) -> Any:
        if self._world.failing_statements and sql.startswith(("INSERT", "UPDATE", "SELECT", "DELETE")):
            self._world.failing_statements -= 1
            raise OperationalError(f"disk I/O error {REHEARSED}")
        return super().execute_sql(sql, *arguments, **options)  # type: ignore[no-untyped-call]


class RehearsedDisk(DiskRoom):
    """As much room as the script says."""

    def __init__(self, world: RehearsalWorld, folder: Path) -> None:
        super().__init__(folder)
        self._world = world

    def check(self) -> tuple[Room, int]:
        return (Room.FULL, 0) if self._world.disk_full else (Room.ENOUGH, FREE_BYTES)

    def drop_ballast(self) -> bool:
        return False


class RehearsedFile(WavFile):
    """A recording on a disk that may be full; known while it is open."""

    def __init__(self, world: RehearsalWorld, path: Path, n_tracks: int) -> None:
        super().__init__(path, n_tracks)
        self._world = world

    def open(self) -> None:
        super().open()
        self._world.files[self.path] = self

    def append(self, sound: bytes) -> None:
        if self._world.disk_full and not self.error:
            self.error = OSError(errno.ENOSPC, f"no space left on device {REHEARSED}")
            self._break_off()
            raise self.error
        super().append(sound)

    def sync(self) -> None:
        """The rehearsal's files are for once."""

    def close(self) -> None:
        super().close()
        self._world.files.pop(self.path, None)


class SynthesisChild:
    """Stands for callserver.media.speech_child: a low hum, as long as the text would take."""

    def __init__(self, protocol: ProcessProtocol, clock: IReactorTime, random: Random) -> None:
        self._protocol, self._clock, self._random = protocol, clock, random
        self._gone = False
        protocol.makeConnection(self)  # type: ignore[no-untyped-call]

    def write(self, data: bytes) -> None:
        """One job a line."""
        for line in data.splitlines():
            self._clock.callLater(self._random.uniform(*CHILD_S), self._speak, json.loads(line))

    def signalProcess(self, signal: str) -> None:
        if not self._gone:
            self._gone = True
            self._clock.callLater(0, self._protocol.processEnded, None)

    def _speak(self, job: dict[str, str]) -> None:
        if not self._gone:
            n_samples = max(1, len(job["text"])) * RATE_HZ // LETTERS_A_SECOND
            write_wav(Path(job["path"]), tone([180.0, 240.0], n_samples, -18.0).astype(np.float32))
            self._protocol.outReceived(b'{"problem": ""}\n')
