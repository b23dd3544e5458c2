"""The panel of faxes: within the talk, by itself, and what came; answers of a server in their real shapes."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from callserver.desktop.presenters.controls import Controls
from callserver.desktop.presenters.fax import Fax, FaxData
from callserver.desktop.presenters.fax_lines import FILE
from callserver.wire.messages import Access, Card, ChannelRow
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.rights import Right
from callserver.wire.states import SeatState
from tests.desktop.presenters.work_case import WorkCase

LI = Card("call-1", "13800138000")
PRICES = {"number": "7", "title_zh": "价目表", "title_en": "price list", "pages": 2}


def came(fax: str, began: str = "2026-03-02T04:00:00+00:00", **more: Any) -> dict[str, Any]:
    """One of `list_faxes`: two pages that came for 801."""
    return {
        "fax": fax,
        "began": began,
        "direction": "in",
        "line": "line 1",
        "number": "02188889999",
        "remote_id": "+86 21",
        "pages": 2,
        "result": "success",
        "person": "801",
        "title": "",
    } | more


def job(state: str = "waiting", **more: Any) -> dict[str, Any]:
    """One of `list_fax_queue`."""
    return {
        "job": "job-1",
        "number": "02112345678",
        "title": "price list",
        "pages": 2,
        "pages_sent": 0,
        "due": "2026-03-02T08:00:00+00:00",
        "tries": 0,
        "state": state,
        "result": None,
    } | more


class FaxCase(WorkCase):
    def setUp(self) -> None:
        super().setUp()
        self.shown: list[FaxData] = []
        self.fax = Fax(self.work, self.shown.append)
        self.fax.start()
        self.addCleanup(self.fax.stop)
        self.folder = Path(self.mktemp())
        self.folder.mkdir()

    @property
    def seen(self) -> FaxData:
        return self.shown[-1]

    def opened(self, *faxes: dict[str, Any], jobs: tuple[dict[str, Any], ...] = ()) -> None:
        """The panel, with what the server has."""
        self.fax.opened()
        self.lists(*faxes, jobs=jobs)

    def lists(self, *faxes: dict[str, Any], jobs: tuple[dict[str, Any], ...] = ()) -> None:
        for answer in ([PRICES], list(faxes), list(jobs)):
            self.client.answers(answer)

    def talks(self, line: str = "TALKING", sub: str = "bridged", cause: str = "") -> None:
        """He talks with Li; the board says what Li's line does."""
        self.model.row(ChannelRow("line 1", line, sub, call_id="call-1"))
        self.seat(SeatState.TALKING, LI, cause=cause)


class InTalkTests(FaxCase):
    def test_only_in_a_talk(self) -> None:
        """Without a talk nothing can be received or sent in it; by itself it can."""
        self.opened()
        self.assertFalse(self.seen.may_receive or self.seen.may_send or self.seen.may_stop)
        self.assertTrue(self.seen.may_queue)
        self.talks()
        self.assertTrue(self.seen.may_receive and self.seen.may_send)

    def test_received(self) -> None:
        """From the first tone to the result the panel says what happens, page by page; it can be broken off."""
        self.opened()
        self.talks()
        self.fax.receive()
        self.client.answers(0)
        for sub, words in (("negotiate", "agrees with the other machine"), ("page 2", "page 2")):
            self.talks("FAXING", sub)
            self.assertEqual(self.seen.in_talk, words)
            self.assertTrue(self.seen.may_stop)
            self.assertFalse(self.seen.may_receive)
        self.talks(cause="fax_over: success")
        self.assertIn("all pages are confirmed", self.seen.in_talk)
        self.lists(came("new"))
        self.assertEqual(len(self.seen.faxes), 1, "what came is in the list by itself")

    def test_waits(self) -> None:
        """While an engine is waited for they talk on, and that is said; it can be given up."""
        self.opened()
        self.talks()
        self.fax.send("document 7", "")
        self.assertEqual(self.client.asked[-1], ("send_fax", "document 7"))
        self.client.answers(2)
        self.assertIn("2 faxes go before it", self.seen.says)
        self.talks(sub="fax engine")
        self.assertEqual((self.seen.in_talk, self.seen.may_stop), ("waits for a fax engine", True))
        self.fax.stop_fax()
        self.assertEqual(self.client.asked[-1], ("stop_fax",))

    def test_of_another_talk(self) -> None:
        """Pages that are ready when the next customer is talked with are not sent to his machine."""
        self.opened()
        self.talks()
        file = self.folder / "offer.txt"
        file.write_bytes(b"for Li alone")
        self.fax.send(FILE, str(file))
        self.client.answers(12)
        self.seat(SeatState.TALKING, Card("call-2", "13700001111"))
        self.client.answers({"source": "upload u1", "pages": 1})
        self.assertEqual(self.client.asked[-1], ("convert_fax", "offer.txt"))
        self.assertIn("was not sent", self.seen.problem)

    def test_rights(self) -> None:
        """What he may not is disabled, and says which right it needs."""
        self.opened()
        self.model.access(Access(frozenset({Right.RECEIVE_FAX}), (), ()))
        self.talks()
        self.assertTrue(self.seen.may_receive)
        self.assertFalse(self.seen.may_send or self.seen.may_queue or self.seen.may_open)
        self.assertIn("send faxes", self.seen.why_not_send)
        self.assertIn("download faxes", self.seen.why_not_open)

    def test_next_call(self) -> None:
        """What came of a fax is not said of the next call."""
        self.opened()
        self.talks(cause="fax_over: hung_up")
        self.assertIn("broke off", self.seen.in_talk)
        self.seat(SeatState.TALKING, Card("call-2", "139"))
        self.assertEqual(self.seen.in_talk, "")


class SendingTests(FaxCase):
    def test_sources(self) -> None:
        """Documents of the library, a file, and faxes that came with pages can be sent."""
        self.opened(came("a"), came("b", pages=0), came("c", direction="out"))
        self.assertEqual([source for source, _ in self.seen.sources], ["document 7", FILE, "fax a"])
        self.assertEqual(self.seen.sources[0][1], "7 price list")

    def test_at_a_time(self) -> None:
        """To a pasted number, not before a time; then it is in the queue, and can be cancelled."""
        self.opened()
        at = datetime(2026, 3, 2, 8, tzinfo=UTC)
        self.fax.send_later("021-1234 5678", "document 7", "", at)
        how = {"at": at.astimezone().isoformat()}
        self.assertEqual(self.client.asked[-1], ("queue_fax", "02112345678", "document 7", how))
        self.client.answers(job())
        self.client.answers([])
        self.client.answers([job()])
        (line,) = self.seen.jobs
        self.assertEqual(line.cells[1:], ("02112345678", "price list", "0/2", "waits to be sent"))
        self.fax.cancel_job("job-1")
        self.client.answers()
        self.client.answers([])
        self.client.answers([job("cancelled")])
        self.assertEqual((self.seen.jobs[0].may_cancel, self.seen.says), (False, "It is not sent any more"))

    def test_failed(self) -> None:
        """One that failed says why."""
        self.opened(jobs=(job("failed", result="no_answer"),))
        self.assertEqual(self.seen.jobs[0].cells[4], "failed · the fax machine at the far end fell silent")

    def test_no_number(self) -> None:
        """Without a number nothing is asked."""
        self.opened()
        asked = len(self.client.asked)
        self.fax.send_later("  ", "document 7", "", None)
        self.assertIn("Which number", self.seen.problem)
        self.assertEqual(len(self.client.asked), asked)

    def test_no_file_for_a_fax(self) -> None:
        """What never ends, or is larger than the server takes, is not even read."""
        self.opened()
        large = self.folder / "film.mp4"
        with large.open("wb") as file:
            file.truncate(20_000_001)
        for path, why in ((self.folder, "no file"), (Path("/dev/zero"), "no file"), (large, "larger than 20 MB")):
            asked = len(self.client.asked)
            self.fax.send_later("02112345678", FILE, str(path), None)
            self.assertIn(why, self.seen.problem)
            self.assertEqual(len(self.client.asked), asked)

    def test_a_file(self) -> None:
        """A file goes to the server in parts, is made into pages, and is sent then."""
        self.opened()
        file = self.folder / "offer.txt"
        file.write_bytes(b"x" * 70_000)
        self.fax.send_later("02112345678", FILE, str(file), None)
        self.assertEqual(self.client.asked[-1], ("upload_fax", "offer.txt", 0, b"x" * 65536))
        self.client.answers(65536)
        self.assertEqual(self.seen.busy, 65536 / 70_000)
        self.assertEqual(self.client.asked[-1], ("upload_fax", "offer.txt", 65536, b"x" * (70_000 - 65536)))
        self.client.answers(70_000)
        self.client.answers({"source": "upload u1", "pages": 1})
        self.assertEqual(self.client.asked[-1], ("queue_fax", "02112345678", "upload u1", {}))
        self.client.answers(job())
        self.assertEqual((self.seen.busy, self.seen.says), (None, "It is in the queue"))

    def test_no_file(self) -> None:
        """A file that is not there, or cannot become pages, is told in words; nothing is sent."""
        self.opened()
        self.talks()
        self.fax.send(FILE, str(self.folder / "no.pdf"))
        self.assertIn("cannot be read", self.seen.problem)
        file = self.folder / "bad.pdf"
        file.write_bytes(b"%PDF")
        self.fax.send(FILE, str(file))
        self.client.answers(4)
        self.refuses(Refused(Refusal.NOT_SAVED, '["the PDF is damaged", {}]'))
        self.assertIn("the PDF is damaged", self.seen.problem)
        self.assertNotIn("send_fax", [asked[0] for asked in self.client.asked])


class CameTests(FaxCase):
    def test_new(self) -> None:
        """What came is new until somebody has looked at the list, on this computer also tomorrow."""
        self.opened(came("a"))
        self.assertEqual((self.seen.n_new, self.seen.faxes[0].is_new), (1, True))
        self.fax.left()
        self.fax.opened()
        self.lists(came("b", "2026-03-02T05:00:00+00:00"), came("a"))
        self.assertEqual([line.is_new for line in self.seen.faxes], [True, False])
        self.assertEqual(self.work.settings.now.faxes_seen, "2026-03-02T05:00:00+00:00")

    def test_told(self) -> None:
        """The button tells how many came while nobody looked; who opens the panel has seen them."""
        words: list[str] = []
        row = Controls(self.work, lambda data: words.append(data.buttons[9].word), lambda act: None)
        row.start()
        self.addCleanup(row.stop)
        self.talks("FAXING", "page 1")
        self.talks()
        self.assertEqual(self.client.asked, [("list_faxes",)])
        self.client.answers([came("b", "2026-03-02T05:00:00+00:00"), came("a")])
        self.assertEqual(words[-1], "Fax (1)")
        self.opened(came("b", "2026-03-02T05:00:00+00:00"), came("a"))
        self.assertEqual(words[-1], "Fax")

    def test_looked_at(self) -> None:
        """Page by page, each in parts; never beyond the last."""
        self.opened(came("a"))
        self.fax.open("a")
        self.client.answers({"octets": b"\x89P", "total": 4})
        self.assertEqual(self.client.asked[-1], ("open_fax", "a", "1", 2))
        self.client.answers({"octets": b"NG", "total": 4})
        self.assertEqual((self.seen.picture, self.seen.page), (b"\x89PNG", "1 / 2"))
        self.assertEqual((self.seen.may_turn_back, self.seen.may_turn), (False, True))
        self.fax.turn(1)
        self.assertEqual(self.client.asked[-1], ("open_fax", "a", "2", 0))
        self.assertEqual((self.seen.may_turn_back, self.seen.may_turn), (True, False))
        asked = len(self.client.asked)
        self.fax.turn(1)
        self.assertEqual(len(self.client.asked), asked)
        self.fax.close()
        self.assertEqual(self.seen.page, "")

    def test_saved(self) -> None:
        """As a PDF, whole."""
        self.opened(came("a"))
        target = self.folder / "a.pdf"
        self.fax.save_pdf("a", str(target))
        self.client.answers({"octets": b"%PDF", "total": 4})
        self.assertEqual(target.read_bytes(), b"%PDF")
        self.assertEqual(self.seen.says, f"Written: {target}")

    def test_sent_on(self) -> None:
        """To a mail address, or to a number as people write it."""
        self.opened(came("a"))
        for typed, to in ((" li@example.com ", "li@example.com"), ("021-8123 4567", "02181234567")):
            self.fax.send_on("a", typed)
            self.assertEqual(self.client.asked[-1], ("mail_fax", "a", to))

    def test_deleted(self) -> None:
        """It goes from the list; one that is still coming does not, and the server's words say so."""
        self.opened(came("a"))
        self.fax.delete("a")
        self.client.answers()
        self.client.answers([])
        self.assertEqual((self.seen.faxes, self.seen.says), ((), "It is deleted"))
        self.client.answers([])
        self.fax.delete("b")
        self.refuses(Refused(Refusal.NOT_SAVED, '["the fax is still under way", {}]'))
        self.assertIn("the fax is still under way", self.seen.problem)

    def test_trace(self) -> None:
        """What both machines said, line by line."""
        self.opened(came("a"))
        self.fax.show_trace("a")
        self.client.answers(["    0.100 DIS", "    1.200 DCS"])
        self.assertEqual(len(self.seen.trace), 2)
