"""
Fax programs that nobody here wrote send and receive through the Class 1 of the emulated modem: efax and HylaFAX, with
each other and with our own fax, by sound and by Class 1.
"""

import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from threading import Event, Thread

import numpy as np
from twisted.trial.unittest import SkipTest, SynchronousTestCase

from callserver.fax.page import Coding, Page
from tests.fax.pages import text_like
from tests.peers.fax_programs import (
    LIMIT_S,
    LINE_2,
    FaxExchange,
    OurStation,
    efax_receives,
    efax_sends,
    finished,
    hylafax_sends,
    hylafax_waits,
    is_there,
    log_of,
    pages_in,
    write_pages,
)
from tests.peers.our_fax_station import OURS
from tests.peers.test_modem_programs import wait_for

SENT = (text_like(200, seed=1), text_like(160, seed=2))
V17_14400, V29_9600, V27TER_4800 = 5, 3, 1
RUNG_S = 4.0  # after the begin of dialling, the other rings
HYLAFAX_DONE = 2  # faxsend's exit code
LATE_S = 0.05  # half of what a program has for its answer to a signal
TRIES = 3
SIDE_BY_SIDE = 6


@dataclass(frozen=True)
class Outcome:
    """One call. `good`: by the exit codes and results of all who took part."""

    good: bool
    pages: Sequence[Page]
    logs: str

    @property
    def exact(self) -> bool:
        """All pages, pel by pel; above them nothing but white, where efax leaves room for a heading."""
        return (
            self.good
            and len(self.pages) == len(SENT)
            and all(
                np.array_equal(got.rows[-len(sent.rows) :], sent.rows) and not got.rows[: -len(sent.rows)].any()
                for sent, got in zip(SENT, self.pages, strict=True)
            )
        )


def folders(top: Path) -> tuple[Path, Path]:
    """Of the sender and the receiver."""
    both = top / "sender", top / "receiver"
    for folder in both:
        folder.mkdir()
        folder.chmod(0o755)
    return both


def efax_to_efax() -> Outcome:
    with FaxExchange() as exchange:
        ours, theirs = folders(exchange.folder)
        sender = efax_sends(ours, exchange.ports[0], LINE_2, SENT, V27TER_4800)
        time.sleep(RUNG_S)
        receiver = efax_receives(theirs, exchange.ports[1], V27TER_4800)
        good = (finished(sender), finished(receiver)) == (0, 0)
        return Outcome(good, pages_in(sorted(theirs.glob("got.*"))), log_of(ours) + log_of(theirs))


def hylafax_to_efax() -> Outcome:
    with FaxExchange() as exchange:
        ours, theirs = folders(exchange.folder)
        sender = hylafax_sends(ours, exchange.ports[0], LINE_2, SENT, ecm=False, rate=V17_14400)
        wait_for(lambda: "ATDT" in log_of(ours) or sender.poll() is not None)
        time.sleep(RUNG_S)
        receiver = efax_receives(theirs, exchange.ports[1], V17_14400)
        good = (finished(sender), finished(receiver)) == (HYLAFAX_DONE, 0)
        return Outcome(good, pages_in(sorted(theirs.glob("got.*"))), log_of(ours) + log_of(theirs))


def efax_to_hylafax() -> Outcome:
    with FaxExchange() as exchange:
        ours, theirs = folders(exchange.folder)
        with hylafax_waits(theirs, exchange.ports[1]) as received:
            good = finished(efax_sends(ours, exchange.ports[0], LINE_2, SENT, V29_9600)) == 0
            wait_for(lambda: "RECV FAX: end" in log_of(theirs))
        return Outcome(good, pages_in(sorted(received.glob("fax*"))), log_of(ours) + log_of(theirs))


def hylafax_to_hylafax() -> Outcome:
    with FaxExchange() as exchange:
        ours, theirs = folders(exchange.folder)
        with hylafax_waits(theirs, exchange.ports[1], adaptive=True) as received:
            good = finished(hylafax_sends(ours, exchange.ports[0], LINE_2, SENT, ecm=True)) == HYLAFAX_DONE
            wait_for(lambda: "RECV FAX: end" in log_of(theirs))
        return Outcome(good, pages_in(sorted(received.glob("fax*"))), log_of(ours) + log_of(theirs))


def ours_to_hylafax(how: str) -> Outcome:
    with OurStation("sends", how) as station:
        _, theirs = folders(station.folder)
        write_pages(station.folder / "ours.tif", SENT, Coding.MMR)
        with hylafax_waits(theirs, station.port, adaptive=True) as received:
            station.send()
            outcome = station.outcome()
            wait_for(lambda: "RECV FAX: end" in log_of(theirs))
        return _ours(outcome, pages_in(sorted(received.glob("fax*"))), theirs)


def ours_to_efax(how: str) -> Outcome:
    with OurStation("sends", how) as station:
        _, theirs = folders(station.folder)
        write_pages(station.folder / "ours.tif", SENT, Coding.MMR)
        station.send()
        station.wait_for_ring()
        receiver = efax_receives(theirs, station.port, V29_9600)
        finished(receiver)
        return _ours(station.outcome(), pages_in(sorted(theirs.glob("got.*"))), theirs)


def hylafax_to_ours(how: str) -> Outcome:
    with OurStation("receives", how) as station:
        theirs, _ = folders(station.folder)
        finished(hylafax_sends(theirs, station.port, OURS, SENT, ecm=True))
        return _ours(station.outcome(), pages_in([station.folder / "got.tif"]), theirs)


def efax_to_ours(how: str) -> Outcome:
    with OurStation("receives", how) as station:
        theirs, _ = folders(station.folder)
        finished(efax_sends(theirs, station.port, OURS, SENT, V17_14400))
        return _ours(station.outcome(), pages_in([station.folder / "got.tif"]), theirs)


def _ours(outcome: dict[str, object], pages: Sequence[Page], theirs: Path) -> Outcome:
    return Outcome(outcome.get("result") == "success", pages, f"{outcome}\n{log_of(theirs)}")


VISITS: dict[str, Callable[[], Outcome]] = {
    "efax to efax": efax_to_efax,
    "efax to HylaFAX": efax_to_hylafax,
    "HylaFAX to efax": hylafax_to_efax,
    "HylaFAX to HylaFAX": hylafax_to_hylafax,
    "sound to HylaFAX": partial(ours_to_hylafax, "sound"),
    "HylaFAX to sound": partial(hylafax_to_ours, "sound"),
    "Class 1 to HylaFAX": partial(ours_to_hylafax, "class-1"),
    "HylaFAX to Class 1": partial(hylafax_to_ours, "class-1"),
    "Class 1 to efax": partial(ours_to_efax, "class-1"),
    "efax to Class 1": partial(efax_to_ours, "class-1"),
}


class Lateness:
    """How late this machine is with what is due, at the worst; `worst_s` since it was made."""

    def __init__(self) -> None:
        self.worst_s = 0.0
        self._over = Event()
        Thread(target=self._watch, daemon=True).start()

    def stop(self) -> None:
        self._over.set()

    def _watch(self) -> None:
        due_s = time.monotonic() + 0.01
        while not self._over.wait(max(due_s - time.monotonic(), 0)):
            now_s = time.monotonic()
            self.worst_s, due_s = max(self.worst_s, now_s - due_s), now_s + 0.01


def visited(visit: Callable[[], Outcome]) -> Outcome:
    """What came of it; once more, as anybody redials, if it failed and the machine was late for some signal."""
    for _ in range(TRIES):
        lateness = Lateness()
        try:
            outcome = visit()
        finally:
            lateness.stop()
        if outcome.exact or lateness.worst_s < LATE_S:
            break
    return outcome


@cache
def running() -> dict[str, Future[Outcome]]:
    """All of them, some side by side, each on an exchange of its own."""
    pool = ThreadPoolExecutor(SIDE_BY_SIDE)
    return {name: pool.submit(visited, visit) for name, visit in VISITS.items()}


class FaxProgramTests(SynchronousTestCase):
    """What came of each call: two pages, compared pel by pel."""

    def assert_exact(self, name: str) -> str:
        """The call's logs."""
        if not is_there():
            message = "Debian's packages efax, hylafax-server and hylafax-client are not installed, or this is not root"
            self.assertNotIn("CI", os.environ, message)
            raise SkipTest(message)
        outcome = running()[name].result(3 * TRIES * LIMIT_S)
        self.assertTrue(outcome.exact, f"{len(outcome.pages)} pages, good: {outcome.good}\n{outcome.logs[-6000:]}")
        return outcome.logs

    def test_efax_to_efax(self) -> None:
        """V.27ter at 4800 bit/s, without error correction."""
        self.assertIn("+FTM=48", self.assert_exact("efax to efax"))

    def test_efax_to_hylafax(self) -> None:
        """V.29 at 9600 bit/s; HylaFAX learns by +FCERROR that a command comes where it awaits a page."""
        self.assertIn("+FTM=96", self.assert_exact("efax to HylaFAX"))

    def test_hylafax_to_efax(self) -> None:
        """V.17 at 14400 bit/s with its short training."""
        self.assertIn("+FTM=146", self.assert_exact("HylaFAX to efax"))

    def test_hylafax_to_hylafax(self) -> None:
        """V.17 with error correction, two-dimensional by T.6; the receiver uses adaptive reception."""
        self.assertIn("PPS", self.assert_exact("HylaFAX to HylaFAX"))

    def test_our_sound(self) -> None:
        """Our soft modem sends to HylaFAX and receives from it, with error correction."""
        for name in ("sound to HylaFAX", "HylaFAX to sound"):
            self.assertIn("ECM 256", self.assert_exact(name))

    def test_our_class_1(self) -> None:
        """A line of ours whose modem makes the signals: the same T.30, over the modem's commands."""
        for name in ("Class 1 to HylaFAX", "HylaFAX to Class 1"):
            self.assertIn("ECM 256", self.assert_exact(name))

    def test_our_class_1_with_efax(self) -> None:
        """The same without error correction."""
        for name in ("Class 1 to efax", "efax to Class 1"):
            self.assertIn("MH, 1728 pels", self.assert_exact(name))
