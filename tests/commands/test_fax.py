"""An admin's faxes: the library, one to be sent, what came; mistakes in words."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

from click.testing import CliRunner
from twisted.internet.defer import Deferred, succeed
from twisted.trial.unittest import SynchronousTestCase

from callserver.commands import books, fax
from callserver.config import read_config
from callserver.fax.tiff.reader import read_tiff
from callserver.fax.tiff.writer import append_page
from callserver.features.faxing import rules
from callserver.features.faxing.rules import Fax, Step
from callserver.server.shop_folder import TOP
from tests.fax.pages import text_like
from tests.store.inline import InlineStore
from tests.whole.fax_case import same

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


class OpenedStore(InlineStore):
    def visit(self) -> Deferred[None]:
        return succeed(None)

    def stop(self) -> Deferred[None]:
        return succeed(None)


class FaxCommandTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.shop = Path(self.mktemp()).absolute()
        (self.shop / "faxes").mkdir(parents=True)
        (self.shop / "config.ini").write_bytes((TOP / "config.ini").read_bytes())
        self.store = OpenedStore()
        self.addCleanup(self.store.database.close)
        for replaced in (
            patch.object(books, "Store", lambda *where: self.store),
            patch.object(books, "react", self.run_story),
            patch.object(fax, "known_shop", self.known_shop),
            patch.dict("os.environ", {"CALLSERVER_LANGUAGE": "en"}),
        ):
            replaced.start()
            self.addCleanup(replaced.stop)

    def run_story(self, story: Callable[[Any], Deferred[None]]) -> None:
        failed: list[BaseException] = []
        story(self.store.reactor).addErrback(lambda failure: failed.append(failure.value))
        if failed:
            raise failed[0]
        raise SystemExit(0)  # as `react` ends

    def known_shop(self, shop: Path) -> Any:
        return nullcontext(read_config(shop / "config.ini", {}))

    def run_command(self, *words: str) -> str:
        """What it prints; with an exit code that is not 0, in brackets in front."""
        found = CliRunner().invoke(fax.fax, [*words, "--shop", str(self.shop)])
        if found.exception is not None and not isinstance(found.exception, SystemExit):
            raise found.exception
        code = "" if found.exit_code == 0 else "[failed] "
        said = found.output + (str(found.exception.code) if isinstance(found.exception, SystemExit) else "")
        return code + said

    def document(self, n_pages: int = 1) -> Path:
        file = self.shop / "prices.tif"
        for seed in range(n_pages):
            append_page(file, text_like(60, seed=seed))
        return file

    def test_library(self) -> None:
        """A document is added, listed, and removed with its file."""
        file = str(self.document(2))
        said = self.run_command("documents", "add", "12", file, "--title-zh", "价目表", "--title-en", "price list")
        self.assertIn("document 12: 2 pages", said)
        self.assertEqual(self.run_command("documents", "list", "--language", "zh"), "      12  2 页       价目表\n")
        (kept,) = (self.shop / "faxes").iterdir()
        self.assertTrue(all(map(same, read_tiff(kept), read_tiff(Path(file)))))
        self.assertIn("there is a document 12 already", self.run_command("documents", "add", "12", file))
        self.assertEqual(len(list((self.shop / "faxes").iterdir())), 1, "what is refused leaves nothing")
        self.run_command("documents", "remove", "12")
        self.assertEqual(list((self.shop / "faxes").iterdir()), [])
        self.assertIn("there is no document 12", self.run_command("documents", "remove", "12"))

    def test_document_of_a_menu(self) -> None:
        """A document that a menu sends stays: the menu and its line are named."""
        self.run_command("documents", "add", "12", str(self.document()))
        self.run_command("documents", "add", "13", str(self.document()))
        (self.shop / "plugins").mkdir()
        (self.shop / "plugins" / "prices.ini").write_text("[go a]\nto = document 12\n", "utf-8")
        (self.shop / "plugins" / "offer.py").write_text(
            "async def run(self, call):\n    await call.fax_document('13')\n"
        )
        for number, where in (("12", "prices.ini:2"), ("13", "offer.py:2")):
            said = self.run_command("documents", "remove", number)
            self.assertIn(f"document {number} is named by {where}: change that first", said)
        (self.shop / "plugins" / "prices.ini").unlink()
        self.run_command("documents", "remove", "12")
        self.assertNotIn(" 12 ", self.run_command("documents", "list", "--language", "en"))

    def test_no_document(self) -> None:
        """What can be no fax is told so, and nothing is kept."""
        bad = self.shop / "bad.pdf"
        bad.write_bytes(b"%PDF-1.4 and nothing else")
        self.assertIn("the PDF is damaged", self.run_command("documents", "add", "12", str(bad)))
        self.assertEqual(list((self.shop / "faxes").iterdir()), [])

    def test_pipe(self) -> None:
        """A pipe, which nobody may ever write into, is refused at once, and not waited for."""
        pipe = self.shop / "pipe"
        os.mkfifo(pipe)
        self.assertIn("pipe is no file", self.run_command("documents", "add", "12", str(pipe)))
        self.assertIn("pipe is no file", self.run_command("send", str(pipe), "02162345678"))
        self.assertEqual(list((self.shop / "faxes").iterdir()), [])

    def test_send_and_cancel(self) -> None:
        """It waits to be sent, is shown so, and can be cancelled once."""
        said = self.run_command("send", str(self.document()), "02162345678", "--title", "offer")
        job_id = said.split()[-1]
        listed = self.run_command("list", "--queue", "--language", "en")
        self.assertRegex(listed, "02162345678 +0/1 page +waits, 0 tries  offer")
        self.assertEqual(self.run_command("cancel", job_id[:8]), "")
        self.assertIn("does not wait any more", self.run_command("cancel", job_id[:8]))
        self.assertIn("no number that can be dialled", self.run_command("send", str(self.document()), "+8621"))

    def test_what_is_never_sent(self) -> None:
        """Numbers that nothing dials, and what is no address, are refused at once in words, and nothing is kept."""
        file = str(self.document())
        for words, said in (
            (("110",), "110 is an emergency number"),
            (("16812345",), "16812345 is never dialled"),
            (("62345678", "--at", "9999-12-31 23:59"), "9999-12-31 23:59 is too far ahead"),
            (("62345678", "--report-to", "not an address"), "'not an address' is no mail address"),
        ):
            refused = self.run_command("send", file, *words)
            self.assertIn("[failed]", refused)
            self.assertIn(said, refused)
        self.assertEqual(list((self.shop / "faxes").iterdir()), [])
        self.assertEqual(self.run_command("list", "--queue"), "")

    def test_cover(self) -> None:
        """A page of text before it; where that cannot be, it is said, and nothing is kept."""
        said = self.run_command("send", str(self.document()), "02162345678", "--cover", "For you")
        self.assertIn("2 pages to 02162345678", said)
        self.assertEqual(len(list((self.shop / "faxes").iterdir())), 1)
        refused = self.run_command("send", str(self.document(99)), "02162345678", "--cover", "For you")
        self.assertIn("with its cover the document has more than 100 pages", refused)
        self.assertEqual(len(list((self.shop / "faxes").iterdir())), 1)

    def test_job_and_its_faxes(self) -> None:
        """The id that `send` has told finds the faxes in which it was dialled, and each fax tells of it."""
        job_id = self.run_command("send", str(self.document()), "62345678").split()[-1]
        self.assertIn("has not been dialled yet", self.run_command("trace", job_id))
        self.store.run(rules.begin_fax, Fax("a1", "out", "call-1", "line 1", "62345678", NOW, job=job_id))
        self.store.run(partial(rules.end_fax, "a1", NOW, "success", pages=1, steps=[Step(3280, True, "<", "DIS")]))
        self.assertIn("(a1)", self.run_command("list", "--queue", "--language", "en"))
        for either in (job_id[:8], "a1"):
            shown = self.run_command("show", either, "--language", "en")
            self.assertIn(f"{job_id[:8]}  ", shown)
            self.assertIn("a1  ", shown)
            self.assertIn("DIS", self.run_command("trace", either))

    def test_what_came(self) -> None:
        """A fax is listed, shown as a PDF and as pictures, and traced."""
        append_page(self.shop / "faxes" / "a1.tif", text_like(60))
        self.store.run(rules.begin_fax, Fax("a1", "in", "call-1", "line 1", "13912345678", NOW, file="a1.tif"))
        steps = [Step(3280, True, "<", "DCS 00 62 f8 44")]
        self.store.run(partial(rules.end_fax, "a1", NOW, "success", pages=1, remote_id="021", steps=steps))
        listed = self.run_command("list", "--language", "en")
        self.assertRegex(listed, r"to us +13912345678 \(021\) +1 page +all pages are confirmed")
        pdf, png = self.shop / "out.pdf", self.shop / "out"
        self.run_command("show", "a1", "--pdf", str(pdf), "--png", str(png))
        self.assertTrue(pdf.read_bytes().startswith(b"%PDF-"))
        self.assertTrue((png / "page-1.png").read_bytes().startswith(b"\x89PNG"))
        self.assertEqual(self.run_command("trace", "a1"), "00:03.280 < DCS 00 62 f8 44\n")
        self.assertEqual([one["id"] for one in json.loads(self.run_command("list", "--json"))], ["a1"])
        self.assertIn("no fax with an id", self.run_command("show", "zz"))
