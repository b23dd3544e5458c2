"""Faxes that the shop sends by itself: dialled when due, tried again by what came of it, no page sent twice."""

from __future__ import annotations

from datetime import timedelta
from errno import ENOSPC
from typing import Any
from unittest.mock import patch

from twisted.internet.defer import Deferred, succeed
from twisted.trial.unittest import SynchronousTestCase

from callserver.fax.tiff.writer import append_page
from callserver.features.faxing import rules
from callserver.features.faxing.letters import Letter
from callserver.features.faxing.rules import Job
from callserver.features.faxing.tables import JobState
from callserver.features.faxing.words import result_text
from callserver.wire.catalogue import told
from callserver.wire.rights import Right
from tests.dsp.progress.test_answer import voice
from tests.fax.pages import text_like
from tests.whole.fax_case import FaxShop, received, same

THERE = "62345678"


class OutboxTests(SynchronousTestCase):
    def open(self, n_pages: int = 1, byte_share: float = 0.0, **settings: str) -> FaxShop:
        self.shop = FaxShop(self, 2, settings, byte_share)
        self.pages = [text_like(100, seed=seed) for seed in range(n_pages)]
        for page in self.pages:
            append_page(self.shop.folder.faxes / "offer.tif", page)
        return self.shop

    def post(self, number: str = THERE, person: str | None = None) -> None:
        outbox = self.shop.server._faxes.outbox  # type: ignore[union-attr]
        self.shop.until(Deferred.fromCoroutine(outbox.add(number, Letter("offer.tif", "offer", person=person))))

    def job(self) -> Job:
        self.shop.wait(1)
        (job,) = self.shop.ask(rules.list_jobs)
        assert isinstance(job, Job)
        return job

    def machine_answers(self, number: str = THERE, after_s: float = 2.0) -> Any:
        """Somebody's machine, which rings and goes off hook by itself; what it has received."""
        phone, fax = self.shop.phone(number), self.shop.fax(number)
        self.shop.until(phone.when(lambda: phone.stage.value == "ringing"))
        self.shop.wait(after_s)
        phone.lift()
        return fax

    def test_sent(self) -> None:
        """It is dialled, received page by page, and said so; the line is free again."""
        shop = self.open(2)
        self.post()
        fax = self.machine_answers()
        outcome = shop.until(fax.receive())
        self.assertEqual(outcome.n_confirmed, 2)
        self.assertTrue(all(map(same, received(fax), self.pages)))
        shop.wait(10)
        job = self.job()
        self.assertEqual((job.state, job.pages_sent, job.tries), (JobState.SENT, 2, 1))
        self.assertEqual(shop.happened("fax_tried")[0]["result"], "success")
        self.assertEqual({one.state.value for one in shop.server.board.statuses.values()}, {"idle"})

    def test_machine_that_shares_its_line(self) -> None:
        """One that answers in silence, and becomes a fax only when it hears our calling tone, gets it."""
        shop = self.open()
        self.post()
        fax, phone = self.machine_answers(after_s=12.0), shop.phone(THERE)
        since_s = phone.time.seconds()
        shop.until(phone.when(lambda: phone.sounded_s > since_s))
        outcome = shop.until(fax.receive())
        self.assertEqual(outcome.n_confirmed, 1)

    def test_busy_then_sent(self) -> None:
        """A number that is busy is dialled again after five minutes."""
        shop = self.open()
        phone = shop.phone(THERE)
        phone.lift()
        self.post()
        shop.until_so(lambda: bool(shop.happened("fax_tried")))
        self.assertEqual(shop.happened("fax_tried")[0]["result"], "not_reached: busy")
        self.assertEqual(self.job().due - shop.server.events.now() > timedelta(minutes=4), True)
        phone.hang_up()
        outcome = shop.until(self.machine_answers().receive())
        self.assertEqual(outcome.n_confirmed, 1)

    def test_the_rest_is_sent(self) -> None:
        """A machine that goes after its first page gets the others in the next try, and that one not again."""
        shop = self.open(2)
        self.post()
        fax = self.machine_answers()
        fax.receive()
        shop.until_so(lambda: len(fax.received) == 1)
        shop.until_so(lambda: "page 2" in shop.subs())
        fax.hang_up()
        shop.until_so(lambda: bool(shop.happened("fax_tried")))
        self.assertEqual(self.job().pages_sent, 1)
        again = self.machine_answers()
        outcome = shop.until(again.receive())
        self.assertEqual(outcome.n_confirmed, 1)
        (rest,) = received(again)
        self.assertTrue(same(rest, self.pages[1]))
        shop.wait(10)
        self.assertIs(self.job().state, JobState.SENT)

    def test_killed_after_the_last_page(self) -> None:
        """Nobody is rung for nothing: when the last page was confirmed before the server was killed, it is sent."""
        shop = self.open(2)
        self.post()
        job = self.job()
        shop.until(shop.server.store.write(rules.page_sent, job.id, 2))
        shop.until_so(lambda: bool(shop.happened("fax_tried")))
        self.assertEqual(shop.happened("fax_tried")[0]["result"], "success")
        self.assertIs(self.job().state, JobState.SENT)
        self.assertFalse(any(event.data.get("to") == "dialling" for event in shop.events))

    def test_guard(self) -> None:
        """No fax goes to an emergency number, to one that nobody dials, or by a person's lack of rights."""
        for number, person in (("110", None), ("16812345", None), ("02162345678", "801")):
            shop = self.open()
            shop.until(shop.server.centre.staff.set_rights("801", frozenset({Right.SEND_FAX, Right.DIAL_LOCAL})))
            self.post(number, person)
            shop.until_so(lambda shop=shop: bool(shop.happened("fax_tried")))
            self.assertEqual(shop.happened("fax_tried")[0]["result"], "not_reached: refused", number)
            self.assertIs(self.job().state, JobState.FAILED)
            self.assertFalse(any(event.data.get("to") == "dialling" for event in shop.events))
            shop.close()

    def test_a_person_answers(self) -> None:
        """Nobody faxes there: the line is let go after a minute, and he is rung once more at most."""
        shop = self.open()
        self.post()
        phone = shop.phone(THERE)
        shop.until(phone.when(lambda: phone.stage.value == "ringing"))
        shop.wait(1)
        phone.lift()
        phone.say(voice(1.5))
        shop.until_so(lambda: bool(shop.happened("fax_tried")))
        self.assertEqual(shop.happened("fax_tried")[0]["result"], "not_reached: no_machine")
        self.assertEqual(phone.sounded_s > 0, True)  # he has heard that a machine calls
        shop.wait(10)
        self.assertEqual({one.state.value for one in shop.server.board.statuses.values()}, {"idle"})

    def test_nobody_answers(self) -> None:
        """A number that only rings, on a line that hears its own echo: no answer, and again after half an hour."""
        shop = self.open(byte_share=1.0)
        self.post()
        phone = shop.phone(THERE)
        shop.until(phone.when(lambda: phone.stage.value == "ringing"))
        shop.until_so(lambda: bool(shop.happened("fax_tried")))
        self.assertEqual(shop.happened("fax_tried")[0]["result"], "not_reached: no_answer")
        self.assertEqual(shop.subs(), [])
        self.assertGreater(self.job().due - shop.server.events.now(), timedelta(minutes=29))

    def test_a_person_listens_and_hangs_up(self) -> None:
        """Who says nothing, hears the calling tone and hangs up is not rung again in five minutes."""
        shop = self.open()
        self.post()
        phone = shop.phone(THERE)
        shop.until(phone.when(lambda: phone.stage.value == "ringing"))
        shop.wait(1.5)
        phone.lift()
        shop.until_so(lambda: bool(shop.subs()))
        shop.wait(8)
        phone.hang_up()
        shop.until_so(lambda: bool(shop.happened("fax_tried")))
        self.assertEqual(shop.happened("fax_tried")[0]["result"], "no_fax")
        self.assertGreater(self.job().due - shop.server.events.now(), timedelta(minutes=29))

    def test_soon_after_a_start(self) -> None:
        """What waits when the server comes up is dialled as soon as a line is up, and no try is lost before."""
        self.open()
        self.post()
        again = self.shop.killed()
        assert again.server.exchange is not None
        phone, began_s = again.server.exchange.add_phone(THERE), again.world.reactor.seconds()
        again.until(phone.when(lambda: phone.stage.value == "ringing"))
        self.assertLess(again.world.reactor.seconds() - began_s, 25)
        (job,) = again.ask(rules.list_jobs)
        self.assertEqual(job.result, "")

    def test_disk_fails(self) -> None:
        """A disk that is full, or fails, takes no fax out of the outbox: it is tried again."""
        shop = self.open()
        self.post()
        with patch("callserver.features.faxing.papers.os.link", side_effect=OSError(ENOSPC, "No space left")):
            self.machine_answers().receive()
            shop.until_so(lambda: bool(shop.happened("fax_tried")))
        self.assertEqual(shop.happened("fax_tried")[0]["result"], "broken")
        self.assertIs(self.job().state, JobState.WAITING)
        self.assertEqual(shop.server._faxes.engines.n_free, 4)  # type: ignore[union-attr]

    def test_report(self) -> None:
        """Who wants to know is told by mail what has come of it, in both languages."""
        mail = {"mail_server =": "mail_server = mail.example:25", "mail_from =": "mail_from = shop@example"}
        shop = self.open(**mail)
        with patch("callserver.server.mail.MailServer.send", return_value=succeed(None)) as send:
            outbox = shop.server._faxes.outbox  # type: ignore[union-attr]
            letter = Letter("offer.tif", "offer")
            shop.until(Deferred.fromCoroutine(outbox.add("110", letter, report_to="li@example")))
            shop.until_so(lambda: bool(shop.happened("fax_tried")))
        to, subject, words = send.call_args.args
        self.assertEqual((to, told(subject, "en")), ("li@example", "fax to 110 not sent"))
        for language in ("en", "zh"):
            self.assertIn("offer", told(words, language))
            self.assertIn(result_text("not_reached: refused", language), told(words, language))
        shop.wait(1)
        self.assertFalse((shop.folder.faxes / "offer.tif").exists(), "nobody needs it any more")

    def test_document_gone(self) -> None:
        """A file that is not there any more is given up, in words, and no engine is lost."""
        shop = self.open()
        self.post()
        (shop.folder.faxes / "offer.tif").unlink()
        self.machine_answers().receive()
        shop.until_so(lambda: bool(shop.happened("fax_tried")))
        self.assertEqual(shop.happened("fax_tried")[0]["result"], "page_gone")
        self.assertEqual(shop.server._faxes.engines.n_free, 4)  # type: ignore[union-attr]
