"""One rehearsal from its start to its end: the shop opens, callers come, things go wrong, the house is looked over."""

from __future__ import annotations

import gc
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random
from tempfile import mkdtemp
from time import perf_counter, process_time
from typing import IO, Any, cast

from twisted.internet.defer import Deferred
from twisted.logger import (
    FileLogObserver,
    ILogObserver,
    LogEvent,
    LogLevel,
    formatEvent,
    formatEventAsClassicLogText,
    globalLogPublisher,
)
from twisted.python.failure import Failure

from callserver.calls.vocabulary import Kind
from callserver.features.shopping.rules import move_stock
from callserver.rehearsal.agents import Rehearsed, RehearsedAgent
from callserver.rehearsal.arrivals import Arrivals
from callserver.rehearsal.callers import GOODS, Visit
from callserver.rehearsal.faults import Faults, Injected
from callserver.rehearsal.invariants import AT_END, QUIET, WATCHED, Broken, Seen, check, read_rows
from callserver.rehearsal.script import Script
from callserver.rehearsal.scripted_agents import ScriptedAgent
from callserver.rehearsal.world import REHEARSED, RehearsalWorld
from callserver.server.assembly import CallServer
from callserver.server.first_start import FIRST_STAFF, settle_in
from callserver.server.shop_folder import ShopFolder
from callserver.wire.records import EventRecord

FAST_DISK = Path("/dev/shm")  # memory, where there is such: recordings are many and short-lived
PASSWORD = "rehearsal-of-the-shop"
SCRIPTS = "agents_do_their_scripts"  # beside the invariants
WATCH_S = 0.1
OPENING_S, SETTLING_S, QUIET_S = 60.0, 300.0, 60.0
SETTLED_LOCK_S = 5.0  # after a lock: for the journal to bring in its spool
LONGEST_S = 1000 * 3600.0


@dataclass(frozen=True)
class Happened:
    """A line of the rehearsal's own log."""

    at_s: float
    who: str
    what: str


@dataclass
class Result:
    """What a rehearsal has shown."""

    script: Script
    visits: list[Visit] = field(default_factory=list)
    events: list[EventRecord] = field(default_factory=list)
    faults: list[Injected] = field(default_factory=list)
    broken: list[Broken] = field(default_factory=list)
    happened: list[Happened] = field(default_factory=list)
    virtual_s: float = 0.0
    wall_s: float = 0.0
    n_visits: int = 0  # with those that were left out
    n_faults: int = 0
    cpu_s: float = 0.0  # of this process: what the rehearsal costs, whatever else the machine does

    @property
    def failed_visits(self) -> list[Visit]:
        return [visit for visit in self.visits if visit.failed]

    @property
    def passed(self) -> bool:
        return not self.broken and not self.failed_visits

    def event_lines(self) -> list[str]:
        """The server's event log, a JSON object an event."""
        return [event_line(event) for event in self.events]


def _empty(path: Path) -> None:
    """Its sound is needed no more; the server finds the file where it has written it."""
    if path.exists():
        os.truncate(path, 0)


def event_line(event: EventRecord) -> str:
    """One event, always written in the same way."""
    plain: Mapping[str, Any] = vars(event) | {
        "at": event.at.isoformat(timespec="milliseconds"),
        "uptime_s": round(event.uptime_s, 6),
        "data": dict(event.data),
    }
    return json.dumps(plain, ensure_ascii=False, sort_keys=True)


class Rehearsal:
    """
    :param keep: folder for recordings, what callers and agents heard, the shop's files; None: nothing is kept
    :param without, without_faults: numbers of visits and faults that do not take place
    :param on_progress: told the visits so far, and virtual and real seconds
    """

    def __init__(
        self,
        script: Script,
        *,
        keep: Path | None = None,
        without: frozenset[int] = frozenset(),
        without_faults: frozenset[int] = frozenset(),
        on_progress: Callable[[int, float, float], None] = lambda n, virtual_s, wall_s: None,
    ) -> None:
        self.script, self.result = script, Result(script)
        self.world = RehearsalWorld(Random(f"{script.seed} world"), script.byte_modems)
        self._keep, self._without_faults = keep, without_faults
        self._on_progress = on_progress
        self._clock = self.world.reactor
        self._scratch = Path(mkdtemp(prefix="rehearsal-", dir=FAST_DISK if FAST_DISK.is_dir() else None))
        self._folder = ShopFolder(keep / "shop" if keep else self._scratch)
        self._prepare_shop()
        self.server = CallServer(self._folder, self.world)
        self.seen = Seen(self.server, self.world, (PASSWORD,), self.result.events, logged=[])
        self._agents: list[Rehearsed] = []
        self.seen.agents = self._agents
        self._faults: Faults | None = None
        self._arrivals = Arrivals(script, self.server, keep, without, self._note, self._caller_broke)
        self._began_wall_s = 0.0

    def run(self) -> Result:
        """All of it; the result is the same for the same script."""
        self._began_wall_s, began_cpu_s = perf_counter(), process_time()
        try:
            with self._folder.log_file.open("a", encoding="utf-8") as log, self._log_watched(log):
                self._open()
                self._hold()
                self._close()
        finally:
            shutil.rmtree(self._scratch, ignore_errors=True)
        result = self.result
        result.virtual_s, result.wall_s = self._clock.seconds(), perf_counter() - self._began_wall_s
        result.cpu_s = process_time() - began_cpu_s
        return result

    @contextmanager
    def _log_watched(self, log: IO[str]) -> Iterator[None]:
        """The server's log goes to its file, as it does in life, with the times of the rehearsal."""

        def line(event: LogEvent) -> str | None:
            return formatEventAsClassicLogText(event, lambda _: self.world.local_now().isoformat(" ", "milliseconds"))

        observers = [cast(ILogObserver, self._logged), FileLogObserver(log, line)]
        for observer in observers:
            globalLogPublisher.addObserver(observer)
        try:
            yield
        finally:
            for observer in observers:
                globalLogPublisher.removeObserver(observer)

    # The day

    def _prepare_shop(self) -> None:
        folder = self._folder
        folder.path.mkdir(parents=True, exist_ok=True)
        folder.config_file.write_text(self.script.shop, "utf-8")
        folder.prepare()
        folder.first_passwords.mkdir(exist_ok=True)
        for number in FIRST_STAFF:
            (folder.first_passwords / number).write_text(PASSWORD + "\n")

    def _open(self) -> None:
        self.server.events.watch(self._event)
        self.server.startService()
        self._expect(self.server.ready, OPENING_S)
        self._expect(self.server.store.write(settle_in), OPENING_S)
        if self.script.deliver:
            self._expect(self.server.store.write(_deliver, self.script.deliver, self.world.now()), OPENING_S)
        for at, agent in enumerate(self.script.agents):
            self._add_agent(at, agent)
        self._watch()

    def _add_agent(self, at: int, agent: Any) -> None:
        random = Random(f"{self.script.seed} agent {agent.number}")
        who = f"agent {agent.number}"
        way, note = self.world.network.way(f"10.0.0.{at % 250 + 1}"), partial(self._note, who)
        hear = self._keep / f"agent-{agent.number}.wav" if self._keep else None
        rehearsed: Rehearsed
        if agent.script:
            failed = partial(self._script_failed, who)
            rehearsed = ScriptedAgent(self._clock, way, agent, PASSWORD, note, failed, hear)
        else:
            folder = self.script.path.parent
            rehearsed = RehearsedAgent(self._clock, way, agent, PASSWORD, random, note, folder, hear)
        self._agents.append(rehearsed)
        self._clock.callLater(agent.logs_in_s.draw(random), rehearsed.start)

    def _hold(self) -> None:
        """Callers come and things go wrong, until as many have come as shall."""
        script = self.script
        self._faults = Faults(self.world, self._agents, script.faults, script.seed, self._fault, self._without_faults)
        self._faults.start()
        self._arrivals.start()
        done = self._clock.run_until(lambda: self._arrivals.all_served, LONGEST_S)
        self._faults.stop()
        self._arrivals.stop()
        self.result.faults, self.result.n_faults = self._faults.injected, self._faults.n_drawn
        self.result.visits, self.result.n_visits = self._arrivals.visits, self._arrivals.n_called
        if not done:
            self._break("nobody_waits_for_ever", f"{self._arrivals.n_calling} callers are still on the telephone")

    def _close(self) -> None:
        locked_s = self.world.threads["store"].blocked_s - self._clock.seconds()
        if locked_s > 0:  # what is in the spool must come into the database before it is looked at
            self._clock.run_for(locked_s + SETTLED_LOCK_S)
        for agent in self._agents:
            agent.leave()
        quiet = self._clock.run_until(self._is_quiet, self._clock.seconds() + SETTLING_S)
        self._clock.run_for(QUIET_S if not quiet else 2.0)
        self._watching.cancel()
        self.result.broken += check(QUIET, self.seen, self._clock.seconds())
        for agent in self._agents:
            agent.stop()
        self._clock.run_for(2.0)
        self.seen.rows = self._expect(self.server.store.read(read_rows), OPENING_S)
        events = len(self.result.events)
        self._expect(self.server.stopService(), OPENING_S)
        self._clock.run_for(5.0)
        self.seen.leftovers += [str(call) for call in self._clock.getDelayedCalls()]
        gc.collect()  # a failure that nobody has looked at is logged when it goes
        after, self.result.events[events:] = self.result.events[events:], []
        self.result.broken += check(AT_END, self.seen, self._clock.seconds())
        self.result.events += after
        for visit in self.result.visits:
            visit.concerned = self._faults is not None and self._faults.concern(visit.began_s, visit.ended_s)

    def _is_quiet(self) -> bool:
        return not any(agent.is_here for agent in self._agents) and not check(QUIET, self.seen, 0.0)

    # What is noticed

    def _watch(self) -> None:
        self.result.broken += check(WATCHED, self.seen, self._clock.seconds())
        self._watching = self._clock.callLater(WATCH_S, self._watch)

    def _event(self, event: EventRecord) -> None:
        self.result.events.append(event)
        if event.kind == Kind.RECORDING_KEPT.value and self._keep is None:  # not sooner: its digest is in the log
            _empty(self._folder.recordings / str(event.data["kept_as"]))
        self._on_progress(len(self._arrivals.visits), self._clock.seconds(), perf_counter() - self._began_wall_s)

    def _caller_broke(self, failure: Failure, visit: Visit) -> None:
        self._break("nothing_broke_inside", f"caller {visit.n} of the rehearsal: {failure.getErrorMessage()}")

    def _script_failed(self, who: str, complaint: str, began_s: float) -> None:
        """An agent's script came to nothing: that counts where no fault is to blame for it."""
        self._note(who, complaint)
        if self._faults is None or not self._faults.concern(began_s, self._clock.seconds()):
            self._break(SCRIPTS, f"{who}: {complaint}")

    def _fault(self, fault: Injected) -> None:
        self._note("fault", f"{fault.kind} at {fault.where}, for {fault.until_s - fault.at_s:.1f} s")

    def _logged(self, event: Any) -> None:
        failure = event.get("log_failure")
        if failure is None and event.get("log_level") is not LogLevel.critical:
            return
        text = formatEvent(event) or str(event.get("log_namespace"))
        complaint = f"{text}: {failure.getErrorMessage()}" if failure else text
        self._note("server", complaint)
        if failure:
            self._note("traceback", failure.getTraceback())
        if REHEARSED not in complaint:
            self.seen.logged.append(complaint)

    def _note(self, who: str, what: str) -> None:
        self.result.happened.append(Happened(round(self._clock.seconds(), 3), who, what))

    def _break(self, name: str, complaint: str) -> None:
        self.result.broken.append(Broken(name, "", complaint, round(self._clock.seconds(), 3)))

    def _expect(self, answer: Deferred[Any], within_s: float) -> Any:
        """What comes of this; the time it needs passes."""
        found: list[Any] = []
        answer.addBoth(found.append)
        if not self._clock.run_until(lambda: bool(found), self._clock.seconds() + within_s):
            raise TimeoutError(f"the server did not come to it within {within_s:g} s")
        if hasattr(found[0], "raiseException"):
            found[0].raiseException()
        return found[0]


def _deliver(pieces: int, now: Any) -> None:
    for item in GOODS:
        move_stock(item, pieces, "delivery", now)
