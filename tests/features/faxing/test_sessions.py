"""One fax in one call: whoever gives it up, at whatever moment, leaves nothing behind, and its record says why."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from twisted.internet.defer import CancelledError, Deferred, maybeDeferred, succeed
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from callserver.fax.tiff.writer import append_page
from callserver.features.faxing.letters import Letter
from callserver.features.faxing.papers import Papers
from callserver.features.faxing.sessions import Sessions
from callserver.ivr.running import CallOver
from tests.fax.pages import blank


class Thread:
    """Does its work when the test says so, as a thread does: nobody can stop it."""

    def __init__(self) -> None:
        self._work: list[tuple[Deferred[Any], Callable[..., Any], tuple[Any, ...]]] = []

    def __call__(self, work: Callable[..., Any], *args: Any) -> Deferred[Any]:
        done: Deferred[Any] = Deferred()
        self._work.append((done, work, args))
        return done

    def go_on(self) -> None:
        while self._work:
            done, work, args = self._work.pop(0)
            maybeDeferred(work, *args).addBoth(done.callback)


class GivenUpTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.papers = Papers(Path(self.mktemp()))
        self.papers.folder.mkdir()
        append_page(self.papers.path("doc.tif"), blank())
        self.thread, self.engine = Thread(), SimpleNamespace(n_released=0)
        self.engine.release = self.release
        self.ended: list[str] = []
        self.begun: Deferred[None] = succeed(None)
        caller = SimpleNamespace(known_by="021")
        self.call: Any = SimpleNamespace(id="call-1", caller=caller, ended=None, stage="", parts={}, first="line 1")
        records: Any = SimpleNamespace(
            new=lambda *about, **more: SimpleNamespace(id="fax-1", file="came.tif"),
            begin=lambda fax: self.begun,
            kept=lambda *about: None,
            not_kept=lambda *about: None,
            end=lambda call, fax, result, pages, outcome: self.ended.append(result),
        )
        ours: Any = SimpleNamespace(papers=self.papers, receiver=lambda *about: None)
        house: Any = SimpleNamespace(in_thread=self.thread, clock=Clock())
        self.sessions = Sessions(house, records, ours)

    def release(self) -> None:
        self.engine.n_released += 1

    def test_while_the_document_is_opened(self) -> None:
        """The caller hangs up while a slow disk opens the document: no second name of it is left, whatever comes."""
        sending = Deferred.fromCoroutine(self.sessions.send(self.call, self.engine, Letter("doc.tif", "prices")))
        sending.cancel()
        self.failureResultOf(sending, CancelledError)
        self.assertEqual(self.engine.n_released, 1)
        self.thread.go_on()
        self.assertEqual([file.name for file in self.papers.folder.iterdir()], ["doc.tif"])

    def test_menu_is_over(self) -> None:
        """So it is when his menu is stopped at that: the engine is free, and he has hung up."""
        for begin in (lambda: self.sessions.send(self.call, self.engine, Letter("doc.tif", "prices")), self.receives):
            self.begun = Deferred()
            self.engine.n_released, self.call.ended = 0, "now"
            menu = begin()
            menu.send(None)
            self.assertRaises(CallOver, menu.throw, CallOver("the caller has gone"))
            self.thread.go_on()
            self.assertEqual(self.engine.n_released, 1)
        self.assertEqual(self.ended, ["line_lost"])

    def receives(self) -> Any:
        return self.sessions.receive(self.call, self.engine)

    def test_while_its_record_is_written(self) -> None:
        """Who hangs up while the database is slow has hung up; it is no failure of the server."""
        self.begun = Deferred()
        receiving = Deferred.fromCoroutine(self.sessions.receive(self.call, self.engine))
        self.call.ended = "now"
        receiving.cancel()
        self.failureResultOf(receiving, CancelledError)
        self.assertEqual((self.ended, self.engine.n_released), (["line_lost"], 1))
        self.assertFalse(self.sessions.is_under_way(self.call))
