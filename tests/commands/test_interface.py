"""An admin's keys and webhooks for other programs; mistakes in words."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from unittest.mock import patch

from click.testing import CliRunner
from twisted.trial.unittest import SynchronousTestCase

from callserver.commands import books, interface
from callserver.features.shopping.rules.feed import ORDER, append_change
from callserver.features.shopping.web.keys import good_keys
from callserver.features.shopping.web.tables import DeadLetter, KeyRow, Target
from callserver.server.shop_folder import TOP
from callserver.store.tables import EventRow
from tests.commands import test_fax


class InterfaceCommandTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.shop = Path(self.mktemp()).absolute()
        self.shop.mkdir()
        text = (TOP / "config.ini").read_text("utf-8")
        self.config = self.shop / "config.ini"
        self.config.write_text(text.replace("webhook_hosts =", "webhook_hosts = shop.example.com"), "utf-8")
        self.store = test_fax.OpenedStore()
        self.addCleanup(self.store.database.close)
        for replaced in (
            patch.object(books, "Store", lambda *where: self.store),
            patch.object(books, "react", lambda story: test_fax.FaxCommandTests.run_story(self, story)),  # type: ignore[arg-type]
            patch.dict("os.environ", {"CALLSERVER_LANGUAGE": "en"}),
        ):
            replaced.start()
            self.addCleanup(replaced.stop)

    def run_command(self, *words: str) -> tuple[int, str, str]:
        """Exit code, standard output, what is told a person."""
        found = CliRunner().invoke(interface.interface, [*words, *("--shop", str(self.shop))])
        if found.exception is not None and not isinstance(found.exception, SystemExit):
            raise found.exception
        code = found.exception.code if isinstance(found.exception, SystemExit) else 0
        return (0 if code in (0, None) else 1), found.stdout.strip(), found.stderr + str(code)

    def test_keys(self) -> None:
        """A key is shown once, listed without itself, revoked, and its name is not used again."""
        code, secret, told = self.run_command("keys", "add", "web-shop", "goods:read", "orders:write")
        self.assertEqual((code, secret[:3], len(self.store.run(good_keys))), (0, "cs_", 1))
        self.assertIn("The interface is off: write enabled = yes", told)
        _, listed, _ = self.run_command("keys", "list", "--json")
        self.assertEqual(json.loads(listed)[0]["scopes"], ["goods:read", "orders:write"])
        self.assertNotIn(secret, listed)
        self.assertEqual(self.run_command("keys", "revoke", "web-shop")[0], 0)
        self.assertEqual(self.store.run(good_keys), {})
        self.assertIn("revoked", self.run_command("keys", "list")[1])
        code, _, told = self.run_command("keys", "add", "web-shop", "goods:read")
        self.assertEqual(code, 1)
        self.assertIn("there is a key web-shop already", told)

    def test_cut_short(self) -> None:
        """A list that `head` has read enough of ends without a word."""
        with patch("click.echo", side_effect=BrokenPipeError), patch("sys.stdout", sys.stdout):
            code, out, err = self.run_command("keys", "list")
        self.assertEqual((code, out, err), (1, "", "1"))

    def test_mistakes(self) -> None:
        """A scope that there is not, a name that is none, a key that there is not: one line each."""
        for words, said in (
            (("keys", "add", "x", "everything"), "'everything' is not one of"),
            (("keys", "add", "Web Shop", "goods:read"), "'Web Shop': a name has 1 to 32"),
            (("keys", "revoke", "nobody"), "there is no key nobody"),
            (("webhooks", "add", "x", "http://shop.example.com/"), "only https"),
            (("webhooks", "add", "x", "https://other.example.com/"), "other.example.com is not allowed"),
            (("webhooks", "remove", "x"), "there is no target x"),
            (("webhooks", "retry", "x"), "there is no target x"),
        ):
            code, out, told = self.run_command(*words)
            self.assertEqual(code, 1, words)
            self.assertIn(said, out + told)
        self.assertEqual(KeyRow.select().count() + Target.select().count(), 0)

    def test_webhooks(self) -> None:
        """A target is added with a secret of its own, listed without it, its dead letters are listed and sent again."""
        _, secret, _ = self.run_command("webhooks", "add", "web-shop", "https://shop.example.com/changes")
        self.assertGreater(len(secret), 40)
        self.store.run(append_change, ORDER, "58204713", "placed", test_fax.NOW)
        self.store.run(self._lay_aside)
        _, listed, _ = self.run_command("webhooks", "list")
        self.assertIn("web-shop  https://shop.example.com/changes\n  messages that wait: 1, laid aside: 1", listed)
        self.assertNotIn(secret, listed)
        _, dead, _ = self.run_command("webhooks", "dead", "--json")
        self.assertEqual([(row["sequence"], row["trouble"]) for row in json.loads(dead)], [(1, "HTTP 400")])
        self.assertIn("1", self.run_command("webhooks", "retry", "web-shop")[2])
        self.assertTrue(DeadLetter.get().again)
        self.run_command("webhooks", "remove", "web-shop")
        self.assertEqual((Target.select().count(), DeadLetter.select().count()), (0, 0))

    def _lay_aside(self) -> None:
        DeadLetter.create(target="web-shop", sequence=1, at_ms=0, trouble="HTTP 400")

    def test_noted(self) -> None:
        """Who makes and revokes keys stands in the event log, and no secret does."""
        _, secret, _ = self.run_command("keys", "add", "web-shop", "goods:read")
        self.run_command("keys", "revoke", "web-shop")
        acts = [json.loads(row.data) for row in EventRow.select().where(EventRow.kind == "audit")]
        self.assertEqual([act["act"] for act in acts], ["interface_key_add", "interface_key_revoke"])
        self.assertEqual([(act["by"], act["target"]) for act in acts], [("admin", "web-shop")] * 2)
        self.assertNotIn(secret, str(acts))

    def test_description(self) -> None:
        """The description can be had without a server."""
        found = CliRunner().invoke(interface.interface, ["openapi"])
        self.assertEqual(json.loads(found.output)["openapi"], "3.1.0")
