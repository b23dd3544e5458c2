"""Fax machines that call: heard in the menu by their calling tone, or on a line of their own."""

from __future__ import annotations

import os
from typing import Any
from unittest.mock import patch

from twisted.internet.defer import fail
from twisted.trial.unittest import SynchronousTestCase

from callserver.emulator.loop import SubscriberStage
from callserver.fax.tiff import writer
from callserver.wire.catalogue import told
from tests.fax.pages import text_like
from tests.whole.fax_case import FaxShop, same

FAX = "02162345678"


class FaxReceptionTests(SynchronousTestCase):
    def calls(self, shop: FaxShop, n_pages: int = 1) -> Any:
        """A machine dials the shop and sends so many pages; what came of it there."""
        self.pages = [text_like(120, seed=seed) for seed in range(n_pages)]
        phone = shop.phone(FAX)
        phone.dial("8008")
        shop.until(phone.when(lambda: phone.stage is SubscriberStage.TALKING))
        sending = shop.fax(FAX).send(self.pages, calls=True)
        self.addCleanup(phone.hang_up)
        return sending

    def test_calling_tone_in_the_menu(self) -> None:
        """The greeting ends, the fax is received and kept, and the call is over."""
        shop = FaxShop(self)
        outcome = shop.until(self.calls(shop))
        self.assertEqual((outcome.result.value, outcome.n_confirmed), ("success", 1))
        shop.phone(FAX).hang_up()
        (fax,) = shop.faxes()
        self.assertEqual((fax.result, fax.pages, fax.number, fax.remote_id), ("success", 1, FAX, FAX))
        (kept,) = shop.pages_of(fax)
        self.assertTrue(same(kept, self.pages[0]))
        shop.wait(5)
        self.assertIn("page 1", shop.subs())
        self.assertEqual(shop.server._faxes.engines.n_free, 4)  # type: ignore[union-attr]

    def test_line_for_faxes_alone(self) -> None:
        """Nothing is said there: who calls hears a fax machine at once; two pages, which go on by mail as a PDF."""
        mail = ("mail_server = mail.example:25", "mail_from = shop@example", "mail_to = li@example")
        settings = {"fax = tone": "fax = receive"} | {one[: one.index("=") + 1]: one for one in mail}
        shop = FaxShop(self, settings=settings)
        with patch("callserver.server.mail.MailServer.send", return_value=fail(OSError("no route"))) as send:
            outcome = shop.until(self.calls(shop, 2))
            self.assertEqual((outcome.result.value, outcome.n_confirmed), ("success", 2))
            (fax,) = shop.faxes()
            shop.until_so(lambda: send.called)
        self.assertTrue(all(map(same, shop.pages_of(fax), self.pages)))
        self.assertEqual(shop.happened("prompt"), [])
        to, subject, _, (name, octets) = send.call_args.args
        self.assertEqual((to, told(subject, "en")), ("li@example", f"fax from {FAX}, 2 pages"))
        self.assertTrue(name.endswith(".pdf") and octets.startswith(b"%PDF-"))
        self.assertIn("a fax could not be mailed", str(shop.happened("alarm")))

    def test_no_faxes_here(self) -> None:
        """A line that takes none is deaf to the tone: the menu goes on."""
        shop = FaxShop(self, settings={"fax = tone": "fax = no"})
        self.calls(shop)
        shop.wait(30)
        self.assertEqual(shop.happened("fax"), [])

    def test_disk_full(self) -> None:
        """A page that cannot be kept is not confirmed; the pages before it are; people are told."""
        shop = FaxShop(self)
        kept: list[object] = []
        append = writer.append_page

        def until_it_is_full(*args: Any, **named: Any) -> None:
            if kept:
                raise OSError(28, os.strerror(28))
            append(*args, **named)
            kept.append(args)

        with patch("callserver.features.faxing.papers.append_page", until_it_is_full):
            outcome = shop.until(self.calls(shop, 2))
        self.assertEqual(outcome.n_confirmed, 1)
        shop.phone(FAX).hang_up()
        (fax,) = shop.faxes()
        self.assertEqual((fax.result, fax.pages), ("not_kept", 1))
        self.assertEqual(len(shop.pages_of(fax)), 1)
        self.assertTrue(any("could not be kept" in str(alarm["text"]) for alarm in shop.happened("alarm")))

    def test_hangs_up_in_the_page(self) -> None:
        """A sender who goes in the middle of his fax: what was confirmed is there, the engine and the line are back."""
        shop = FaxShop(self)
        self.calls(shop, 3)
        shop.until_so(lambda: "page 2" in shop.subs())
        shop.phone(FAX).hang_up()
        shop.wait(15)
        (fax,) = shop.faxes()
        self.assertEqual(fax.pages, 1)
        self.assertEqual(len(shop.pages_of(fax)), 1)
        self.assertEqual(shop.server._faxes.engines.n_free, 4)  # type: ignore[union-attr]
