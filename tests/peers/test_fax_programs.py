"""Fax programs that nobody here wrote send and receive through the Class 1 of the emulated modem: efax and HylaFAX."""

import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from twisted.trial.unittest import SkipTest, SynchronousTestCase

from callserver.fax.page import Page
from tests.fax.pages import text_like
from tests.peers.fax_programs import (
    LIMIT_S,
    LINE_2,
    FaxExchange,
    efax_receives,
    efax_sends,
    finished,
    hylafax_sends,
    hylafax_waits,
    is_there,
    log_of,
    pages_in,
)
from tests.peers.test_modem_programs import wait_for

SENT = (text_like(200, seed=1), text_like(160, seed=2))
V17_14400, V29_9600, V27TER_4800 = 5, 3, 1
DIALLED_S = 4.0  # efax has dialled by then, and the other rings
HYLAFAX_DONE = 2  # faxsend's exit code


@dataclass(frozen=True)
class Outcome:
    """One call."""

    codes: tuple[int, ...]  # of the programs that end by themselves
    pages: Sequence[Page]
    logs: str


def folders(exchange: FaxExchange) -> tuple[Path, Path]:
    """Of the sender and the receiver."""
    both = exchange.folder / "sender", exchange.folder / "receiver"
    for folder in both:
        folder.mkdir()
        folder.chmod(0o755)
    return both


def efax_to_efax(speed: int) -> Outcome:
    with FaxExchange() as exchange:
        ours, theirs = folders(exchange)
        sender = efax_sends(ours, exchange.ports[0], LINE_2, SENT, speed)
        time.sleep(DIALLED_S)
        receiver = efax_receives(theirs, exchange.ports[1], speed)
        codes = finished(sender), finished(receiver)
        return Outcome(codes, pages_in(sorted(theirs.glob("got.*"))), log_of(ours) + log_of(theirs))


def hylafax_to_efax() -> Outcome:
    with FaxExchange() as exchange:
        ours, theirs = folders(exchange)
        sender = hylafax_sends(ours, exchange.ports[0], LINE_2, SENT, ecm=False, rate=V17_14400)
        wait_for(lambda: "Begin" in log_of(ours) or "ATDT" in log_of(ours) or sender.poll() is not None)
        time.sleep(DIALLED_S)
        receiver = efax_receives(theirs, exchange.ports[1], V17_14400)
        codes = finished(sender), finished(receiver)
        return Outcome(codes, pages_in(sorted(theirs.glob("got.*"))), log_of(ours) + log_of(theirs))


def to_hylafax(send: Callable[[Path, Path, str], int], *, adaptive: bool) -> Outcome:
    with FaxExchange() as exchange:
        ours, theirs = folders(exchange)
        with hylafax_waits(theirs, exchange.ports[1], adaptive=adaptive) as received:
            code = send(ours, exchange.ports[0], LINE_2)
            wait_for(lambda: "RECV FAX: end" in log_of(theirs))
        return Outcome((code,), pages_in(sorted(received.glob("fax*"))), log_of(ours) + log_of(theirs))


def efax_to_hylafax() -> Outcome:
    return to_hylafax(lambda *where: finished(efax_sends(*where, SENT, V29_9600)), adaptive=False)


def hylafax_to_hylafax() -> Outcome:
    return to_hylafax(lambda *where: finished(hylafax_sends(*where, SENT, ecm=True)), adaptive=True)


VISITS: dict[str, Callable[[], Outcome]] = {
    "efax to efax": lambda: efax_to_efax(V27TER_4800),
    "efax to HylaFAX": efax_to_hylafax,
    "HylaFAX to efax": hylafax_to_efax,
    "HylaFAX to HylaFAX": hylafax_to_hylafax,
}


@cache
def running() -> dict[str, Future[Outcome]]:
    """All of them side by side, each on an exchange of its own."""
    pool = ThreadPoolExecutor(len(VISITS))
    return {name: pool.submit(visit) for name, visit in VISITS.items()}


class FaxProgramTests(SynchronousTestCase):
    """What came of each call; pages are compared pel by pel."""

    def outcome_of(self, name: str) -> Outcome:
        if not is_there():
            message = "Debian's packages efax, hylafax-server and hylafax-client are not installed, or this is not root"
            self.assertNotIn("CI", os.environ, message)
            raise SkipTest(message)
        return running()[name].result(3 * LIMIT_S)

    def assert_sent(self, outcome: Outcome, *codes: int) -> None:
        """All pages, with nothing but white above them, where efax leaves room for a heading."""
        self.assertEqual(outcome.codes, codes, outcome.logs[-4000:])
        self.assertEqual(len(outcome.pages), len(SENT), outcome.logs[-4000:])
        for sent, got in zip(SENT, outcome.pages, strict=True):
            above, page = got.rows[: -len(sent.rows)], got.rows[-len(sent.rows) :]
            self.assertTrue(np.array_equal(page, sent.rows))
            self.assertFalse(above.any())

    def test_efax_to_efax(self) -> None:
        """V.27ter at 4800 bit/s, without error correction."""
        self.assert_sent(self.outcome_of("efax to efax"), 0, 0)

    def test_efax_to_hylafax(self) -> None:
        """V.29 at 9600 bit/s; HylaFAX learns by +FCERROR that a command comes where it awaits a page."""
        self.assert_sent(self.outcome_of("efax to HylaFAX"), 0)

    def test_hylafax_to_efax(self) -> None:
        """V.17 at 14400 bit/s with its short training."""
        outcome = self.outcome_of("HylaFAX to efax")
        self.assert_sent(outcome, HYLAFAX_DONE, 0)
        self.assertIn("+FTM=146", outcome.logs)

    def test_hylafax_to_hylafax(self) -> None:
        """V.17 with error correction, two-dimensional by T.6; the receiver uses adaptive reception."""
        outcome = self.outcome_of("HylaFAX to HylaFAX")
        self.assert_sent(outcome, HYLAFAX_DONE)
        self.assertIn("PPS", outcome.logs)
