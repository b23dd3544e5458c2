"""Faxes by mail: what a mail server gets."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from twisted.internet.defer import Deferred, maybeDeferred, succeed
from twisted.trial.unittest import SynchronousTestCase

from callserver.fax.tiff.writer import append_page
from callserver.features.faxing.files import Files
from callserver.features.faxing.papers import Papers
from callserver.features.faxing.rules import Fax
from callserver.server.mail import one_line, written
from callserver.wire.catalogue import Sentence
from callserver.wire.messages import Phrase
from tests.fax.pages import text_like

SUBJECT, TEXT = Phrase("fax to {number} sent", {"number": "021"}), Phrase("the fax has no pages")


class LetterTests(SynchronousTestCase):
    def test_both_languages(self) -> None:
        """Subject and text are in Chinese and English, the PDF is attached under its name."""
        letter = written("fax@shop.example", "li@example.com", SUBJECT, TEXT, ("fax.pdf", b"%PDF-1.4"))
        read = message_from_bytes(letter.as_bytes(), policy=default)
        assert isinstance(read, EmailMessage)
        self.assertEqual(read["Subject"], "发往 021 的传真已发送 / fax to 021 sent")
        (pdf,) = read.iter_attachments()
        self.assertEqual((pdf.get_filename(), pdf.get_content()), ("fax.pdf", b"%PDF-1.4"))

    def test_no_line_ends_in_headers(self) -> None:
        """What another machine calls itself makes no header of its own."""
        self.assertEqual(one_line("021\r\nBcc: all@example.com"), "021 Bcc: all@example.com")


class PostBag:
    """Keeps the letters it is to send."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []

    def send(self, to: str, subject: Sentence, text: Sentence, attachment: tuple[str, bytes]) -> Deferred[None]:
        self.letters.append(written("fax@shop.example", to, subject, text, attachment))
        return succeed(None)


class ReceivedFaxTests(SynchronousTestCase):
    def test_how_many_pages(self) -> None:
        """The letter says one page of one, and pages of several."""
        papers, bag = Papers(Path(self.mktemp())), PostBag()
        papers.folder.mkdir()
        append_page(papers.path("came.tif"), text_like(20))
        files = Files(papers, None, maybeDeferred, lambda: "id", bag, "shop")  # type: ignore[arg-type]
        for pages in (1, 3):
            fax = Fax(
                "came", "in", "call", "line 1", "021", datetime(2026, 1, 2, tzinfo=UTC), file="came.tif", pages=pages
            )
            self.successResultOf(Deferred.fromCoroutine(files.mail(fax, "li@example.com")))
        self.assertEqual(
            [letter["Subject"] for letter in bag.letters],
            [f"来自 021 的传真，{zh} / fax from 021, {en}" for zh, en in (("1 页", "1 page"), ("3 页", "3 pages"))],
        )
        (told, _) = bag.letters[0].iter_parts()
        self.assertIn("A fax of 1 page has come from 021; it is attached.", told.get_content())
