"""kill -9 in the midst of faxes, both ways: the server a process of its own, exchange and far machines in this one."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

from twisted.internet import reactor
from twisted.internet.defer import Deferred, gatherResults
from twisted.internet.task import deferLater
from twisted.internet.threads import deferToThread
from twisted.trial.unittest import TestCase

from benchmarks import fax_callers
from benchmarks.fax_callers import FAX_LINE
from benchmarks.house import TOP, House
from callserver.emulator.fax_machine import TelephoneFax
from callserver.emulator.loop import SubscriberStage
from callserver.fax.t30.results import Outcome
from callserver.fax.tiff.reader import read_tiff
from callserver.fax.tiff.writer import append_page
from callserver.wire.fax_results import KILLED, FaxResult
from tests.fax.pages import text_like

THERE = "62345678"
INWARD = f"{FAX_LINE}\ndirection = in"
TALK = "menu = talk\nfax = no"
LINES = [INWARD, f"{INWARD}\nfax_by = modem", TALK, TALK]  # one of the last two is kept for people
SENDERS = (0, 1)
LOOK_S, INTO_THE_PAGE_S = 0.1, 3.0
SHORT_ROWS, LONG_ROWS = 150, 1400  # the second page takes ten seconds: there it is killed


class KillInFaxTests(TestCase):
    timeout = 240

    async def open(self) -> None:
        self.house = house = House(LINES, seats=1)
        self.addCleanup(shutil.rmtree, house.folder.path)
        self.addCleanup(house.close)
        house.furnish()
        self.there = house.exchange.add_phone(THERE)
        self.pages = [text_like(SHORT_ROWS, seed=1), text_like(LONG_ROWS, seed=2)]
        await house.start()

    async def test_killed_in_mid_page(self) -> None:
        """
        Two faxes come, one by sound and one by Class 1, and one goes out of the outbox, when the server is killed.

        Every page that was confirmed to a sender is there, once; the machine that was faxed to gets the page it has not
        confirmed, and not the other again; and faxes come and go as before.
        """
        await self.open()
        await self.post()
        there = await self.answered()
        receiving = there.receive()
        senders = [fax_callers.machine(self.house.phones[n]) for n in SENDERS]
        sending = [
            Deferred.fromCoroutine(fax_callers.send(self.house, n, self.pages, fax))
            for n, fax in zip(SENDERS, senders, strict=True)
        ]
        while any(fax.n_confirmed < 1 for fax in (there, *senders)):
            await deferLater(reactor, LOOK_S)
        await deferLater(reactor, INTO_THE_PAGE_S)
        self.house.server.transport.signalProcess("KILL")
        await self.house.server.ended
        for fax in (there, *senders):
            fax.hang_up()
        outcomes = await gatherResults([receiving, *sending])
        self.assertEqual([one.n_confirmed for one in outcomes], [1, 1, 1])

        await self.house.start_server()
        again = await self.answered()
        received, sent = await gatherResults(
            [again.receive(), Deferred.fromCoroutine(fax_callers.send(self.house, SENDERS[0], self.pages[:1]))]
        )
        self.there.hang_up()
        self.check_outgoing(received, again)
        self.assertIs(sent.result, FaxResult.SUCCESS)
        self.check_records()

    async def post(self) -> None:
        """Two pages into the outbox, by the command."""
        file = self.house.folder.path / "offer.tif"
        for page in self.pages:
            append_page(file, page)
        command = [sys.executable, "-m", "callserver", "fax", "send", str(file), THERE]
        command.append(f"--shop={self.house.folder.path}")
        await deferToThread(
            subprocess.run, command, check=True, capture_output=True, env=os.environ | {"PYTHONPATH": str(TOP)}
        )

    async def answered(self) -> TelephoneFax:
        """The machine there, when the server has called it and it has gone off hook."""
        await self.there.when(lambda: self.there.stage is SubscriberStage.RINGING)
        self.there.lift()
        return fax_callers.machine(self.there)

    def check_outgoing(self, outcome: Outcome, fax: TelephoneFax) -> None:
        self.assertEqual((outcome.result, outcome.n_confirmed), (FaxResult.SUCCESS, 1))
        (rest,) = fax_callers.printed(fax)
        self.assertTrue(fax_callers.same(rest, self.pages[1]))

    def check_records(self) -> None:
        came = self.asked("SELECT result, pages, file FROM faxes WHERE direction = 'in' ORDER BY began_ms")
        self.assertEqual([(result, pages) for result, pages, _ in came], [(KILLED, 1), (KILLED, 1), ("success", 1)])
        for _, _, file in came:
            (page,) = read_tiff(self.house.folder.faxes / file)
            self.assertTrue(fax_callers.same(page, self.pages[0]), file)
        went = self.asked("SELECT result, pages FROM faxes WHERE direction = 'out' ORDER BY began_ms")
        self.assertEqual(went, [(KILLED, 1), ("success", 1)])

    def asked(self, question: str) -> list[Any]:
        """Of the database."""
        file: Path = self.house.folder.path / "callserver.db"
        with contextlib.closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
            return database.execute(question).fetchall()
