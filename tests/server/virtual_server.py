"""A server on virtual time in a folder that a test has prepared: opened, closed, and opened again."""

from pathlib import Path
from random import Random
from typing import Any

from twisted.internet.defer import Deferred
from twisted.trial.unittest import SynchronousTestCase

from callserver.calls.vocabulary import Kind
from callserver.config import LineConfig
from callserver.emulator.loop import SubscriberLine
from callserver.emulator.script_run import run_script
from callserver.lines.memory_line import MemoryLine
from callserver.rehearsal.world import RehearsalWorld
from callserver.server.assembly import CallServer
from callserver.server.shop_folder import ShopFolder
from callserver.store import reading
from callserver.wire.alarms import alarm_text
from callserver.wire.catalogue import Complaint
from callserver.wire.records import CallRecord, EventRecord
from tests.once import begin_quickly

LONGEST_S = 300.0
CONFIG = "[agents]\nport = 0\n[recording]\nannounce = {announce}\n[line 1]\ndevice = {device}\n[server]\n{server}\n"
CALL = 'caller 13912345678 "Li Ming"\ndial 8008\nwait answer\nwait tone busy within 120\nhang up\n'


class NoModemWorld(RehearsalWorld):
    """A line that is not emulated is there, and nobody calls on it."""

    def line(self, name: str, settings: LineConfig, country: str, subscriber: SubscriberLine | None) -> Any:
        if subscriber is None:
            return MemoryLine(name)
        return super().line(name, settings, country, subscriber)


class VirtualServer:
    """Opened at once; `waits` is what its start waits for."""

    def __init__(
        self,
        case: SynchronousTestCase,
        folder: Path,
        *,
        device: str = "emulated",
        server: str = "",
        announce: str = "no",
    ) -> None:
        self._case = case
        begin_quickly(case)
        self.folder = ShopFolder(folder)
        folder.mkdir(exist_ok=True)
        self.folder.config_file.write_text(CONFIG.format(device=device, server=server, announce=announce))
        self.folder.prepare()
        n_recordings = len(list(folder.glob("recordings/*.wav")))  # a later start gives no id a second time
        self.world = NoModemWorld(Random(f"server {n_recordings}"))
        self.events: list[EventRecord] = []
        self.waits: list[str] = []
        self.server = CallServer(self.folder, self.world, on_wait=self._waits)
        self.server.events.watch(self.events.append)
        self.server.startService()
        case.addCleanup(self.close)

    def _waits(self, why: Complaint) -> None:
        self.waits.append(str(why))

    def until(self, answer: Deferred[Any]) -> Any:
        """Time passes until this has fired; what it fired with."""
        found: list[Any] = []
        answer.addBoth(found.append)
        reactor = self.world.reactor
        if not reactor.run_until(lambda: bool(found), reactor.seconds() + LONGEST_S):
            raise AssertionError(f"nothing came of it in {LONGEST_S:g} s")
        if hasattr(found[0], "raiseException"):
            found[0].raiseException()
        return found[0]

    def open(self) -> "VirtualServer":
        """Until it is ready."""
        self.until(self.server.ready)
        return self

    def wait(self, seconds: float) -> None:
        """Time passes."""
        self.world.reactor.run_for(seconds)

    def close(self) -> None:
        """Stop it, if it runs."""
        if self.server.running:
            self.until(self.server.stopService())

    def ask(self, question: Any, *arguments: object) -> Any:
        """What the database says."""
        return self.until(self.server.store.read(question, *arguments))

    def call(self) -> list[str]:
        """Somebody calls and presses nothing; the prompts he was told."""
        assert self.server.exchange is not None
        n_before = len(self.events)
        self.until(run_script(self.server.exchange, CALL))
        told = [event.data["names"] for event in self.events[n_before:] if event.kind == Kind.PROMPT.value]
        return [str(name) for names in told for name in names]  # type: ignore[union-attr]

    def records(self) -> list[CallRecord]:
        self.wait(1)
        return list(self.ask(reading.list_calls, 100))

    def alarms(self) -> list[str]:
        return [alarm_text(event.data, "en") for event in self.events if event.kind == Kind.ALARM.value]
