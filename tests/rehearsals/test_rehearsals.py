"""Whole rehearsals: the same seed gives the same event log, faults do no harm, and what is wrong is seen."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

from peewee import OperationalError
from twisted.trial.unittest import SynchronousTestCase

from callserver.acd.seats.seats import Seats
from callserver.calls.vocabulary import Kind
from callserver.rehearsal.callers import Outcome
from callserver.rehearsal.fault_kinds import FAULTS
from callserver.rehearsal.faults import SINGLE_KINDS
from callserver.rehearsal.rehearsal import Rehearsal, Result
from callserver.rehearsal.report import log_hash, table
from callserver.rehearsal.script import Callers, Fault, Script, Span, read
from tests.once import begin_quickly
from tests.run import TOP

SHORT = """
[rehearsal]
visits = {visits}
byte_modems = {byte_modems}
[line 1-2]
device = emulated
[callers listeners]
script = listener.txt
per_hour = 400
[agent 801]
talks_s = 5
answers_s = 1
"""
LISTENER = "dial 8008\nwait answer\nwait sound\npress 1\nwait 2\npress 0\nwait hang up within 60\nhang up\n"
SEEDS = (1, 2, 3)


def short(folder: Path, visits: int = 1, byte_modems: float = 0.0, listener: str = LISTENER) -> Script:
    """A caller who wants a person and says good-bye when the agent does."""
    folder.mkdir()
    (folder / "listener.txt").write_text(listener)
    file = folder / "short.ini"
    file.write_text(SHORT.format(visits=visits, byte_modems=byte_modems))
    return read(file)


def in_a_child(seed: int, hash_seed: int, folder: Path) -> bytes:
    """The event log of a small day with faults."""
    out = folder / f"{seed}-{hash_seed}"
    script = TOP / "docs/rehearsals/faults.ini"
    command = [
        sys.executable,
        "-m",
        "callserver",
        "rehearse",
        str(script),
        f"--seed={seed}",
        "--visits=1",
        f"--out={out}",
    ]
    environment = os.environ | {"PYTHONPATH": str(TOP), "PYTHONHASHSEED": str(hash_seed)}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    if done.returncode:
        raise AssertionError(done.stdout + done.stderr)
    return (out / "events.jsonl").read_bytes()


class SameSeedTests(SynchronousTestCase):
    def test_byte_by_byte(self) -> None:
        """Three seeds twice, in processes whose hashes differ: the same events to the byte; another seed, others."""
        folder = Path(self.mktemp())
        runs = [(seed, hash_seed, folder) for hash_seed in (1, 2) for seed in SEEDS]
        with ThreadPoolExecutor(os.cpu_count()) as children:
            logs = list(children.map(lambda run: in_a_child(*run), runs))
        self.assertEqual(logs[: len(SEEDS)], logs[len(SEEDS) :])
        self.assertEqual(len(set(logs)), len(SEEDS))


class RehearsalTests(SynchronousTestCase):
    def setUp(self) -> None:
        begin_quickly(self)

    def check(self, result: Result) -> None:
        """Nothing broken, nobody failed."""
        self.assertEqual((result.broken, result.failed_visits), ([], []), table(result, "", "en"))

    def test_a_talk(self) -> None:
        """One call, answered, connected, ended by the agent; by line in memory and by modem."""
        for byte_modems in (0.0, 1.0):
            result = Rehearsal(short(Path(self.mktemp()), byte_modems=byte_modems)).run()
            self.check(result)
            self.assertEqual([visit.outcome for visit in result.visits], [Outcome.DONE])
            kinds = [event.kind for event in result.events]
            for kind in ("answer", "connect", "recording_end", "end", "log_in", "log_out"):
                self.assertEqual(kinds.count(kind), 1, kind)

    def test_scripted_agent(self) -> None:
        """An agent does what his script says, to its end, and goes home; one that comes to nothing fails it all."""
        folder = Path(self.mktemp())
        short(folder)
        file = folder / "short.ini"
        file.write_text(file.read_text() + "script = shift.txt\n")
        (folder / "shift.txt").write_text("log in\nwait ring within 60\nanswer\nhold 2\nwait 3\nhang up\nlog out\n")
        result = Rehearsal(read(file)).run()
        self.check(result)
        kinds = [event.kind for event in result.events]
        self.assertEqual([kinds.count(kind) for kind in ("hold", "retrieve", "log_out")], [1, 1, 1])
        (folder / "shift.txt").write_text("log in\nwait ring within 60\nhold\nlog out\n")
        result = Rehearsal(read(file)).run()
        self.assertIn("agent 801: shift.txt, line 3: 'hold' was refused: not possible now: ", table(result, "", "en"))
        self.assertFalse(result.passed)

    def test_a_whole_shift(self) -> None:
        """Two agents and a supervisor do what the scripts of the documents say, and all that must hold holds."""
        script = read(TOP / "docs/rehearsals/shift.ini")
        result = Rehearsal(script).run()
        self.check(result)
        done = {(one.who, one.what.partition(": ")[2]) for one in result.happened if one.what.startswith("line ")}
        last = {(f"agent {agent.number}", agent.steps[-1].text) for agent in script.agents}
        self.assertEqual(last - done, set(), "to the last line")

    def test_every_fault(self) -> None:
        """Each kind of fault in the middle of a talk breaks nothing; all kinds of the script are there."""
        self.assertEqual([*SINGLE_KINDS, "any"], list(FAULTS))
        script = short(Path(self.mktemp()), visits=2, byte_modems=0.5)
        for kind in SINGLE_KINDS:
            result = Rehearsal(replace(script, faults=(Fault(kind, at_s=14.0, lasts_s=Span(4, 4)),))).run()
            self.check(result)
            self.assertEqual([fault.kind for fault in result.faults], [kind])
        self.flushLoggedErrors(OperationalError)  # what the statement that failed was logged as

    def test_left_out(self) -> None:
        """A visit that is left out changes nothing of the others' wishes; a fault that is left out does not happen."""
        script = short(Path(self.mktemp()), visits=3)
        script = replace(script, faults=(Fault("late", at_s=5.0), Fault("clock", at_s=6.0)))
        whole = Rehearsal(script).run()
        less = Rehearsal(script, without=frozenset({2}), without_faults=frozenset({1})).run()
        self.assertEqual([visit.n for visit in less.visits], [1, 3])
        self.assertEqual([fault.kind for fault in less.faults], ["clock"])
        self.assertEqual([v.began_s for v in less.visits], [v.began_s for v in whole.visits if v.n != 2])

    def test_a_caller_who_waits_in_vain(self) -> None:
        """A script that comes to nothing fails the rehearsal, and says where; not so with a fault to blame."""
        script = short(Path(self.mktemp()), listener="dial 8008\nwait answer\nwait hang up within 3\n")
        failed = Rehearsal(script).run()
        self.assertFalse(failed.passed)
        self.assertIn("line 3: waited 3 s for hang up", failed.failed_visits[0].problem)
        self.assertIn("FAILED caller 1 (listeners)", table(failed, "", "en"))
        excused = Rehearsal(replace(script, faults=(Fault("late", at_s=failed.visits[0].began_s - 1),))).run()
        self.assertEqual(excused.failed_visits, [])

    def test_nobody_there(self) -> None:
        """Without agents who wants a person is told so; that is no failure of the shop."""
        result = Rehearsal(replace(short(Path(self.mktemp())), agents=())).run()
        self.check(result)

    def test_changes_told_in_the_wrong_order(self) -> None:
        """A server that tells a seat's newer change before its older one is found out: once it was so."""

        def nested(seats: Seats, change: object) -> None:
            for watcher in tuple(seats._watchers):
                watcher(change)  # type: ignore[arg-type]

        script = short(Path(self.mktemp()), visits=4)
        callers = replace(script.callers[0], per_hour=3000.0)
        with patch.object(Seats, "_tell", nested):
            result = Rehearsal(replace(script, callers=(callers,))).run()
        self.assertIn("screens_show_the_seats", {broken.name for broken in result.broken})

    def test_keeps_what_it_is_told_to(self) -> None:
        """Recordings and what callers and agents heard are there to be listened to; nothing goes otherwise for it."""
        folder = Path(self.mktemp())
        kept = Rehearsal(short(Path(self.mktemp())), keep=folder).run()
        self.assertEqual(log_hash(kept), log_hash(Rehearsal(short(Path(self.mktemp()))).run()))
        self.assertEqual(len(list((folder / "shop" / "recordings").glob("*.wav"))), 1)
        self.assertGreater((folder / "caller-1.wav").stat().st_size, 100_000)
        self.assertGreater((folder / "agent-801.wav").stat().st_size, 10_000)

    def test_keeping_changes_nothing(self) -> None:
        """The same event log, digests of recordings too, whether its files are wanted or not."""
        script = short(Path(self.mktemp()), visits=3)
        kept, unkept = Rehearsal(script, keep=Path(self.mktemp())).run(), Rehearsal(script).run()
        self.assertIn(Kind.RECORDING_KEPT.value, {event.kind for event in kept.events})
        self.assertEqual(log_hash(kept), log_hash(unkept))

    def test_shoppers(self) -> None:
        """Drawn shoppers order, err, lose patience; twice the same in one process."""
        script = short(Path(self.mktemp()), visits=3)
        script = replace(script, callers=(Callers("shoppers", per_hour=400.0, wrong_keys=0.3),))
        first, second = Rehearsal(script).run(), Rehearsal(script).run()
        self.check(first)
        self.assertEqual(log_hash(first), log_hash(second))
        self.assertLessEqual({"language", "input", "prompt"}, {event.kind for event in first.events})
