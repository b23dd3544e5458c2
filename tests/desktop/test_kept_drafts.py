"""What is typed and not saved is on the disk, too, for one's own eyes and for a day."""

from __future__ import annotations

import json
from pathlib import Path
from stat import S_IMODE
from unittest.mock import patch

from callserver.desktop.kept_drafts import CALLS_MAX, EVERY_S, FILE_MAX, TEXT_MAX, KeptDrafts
from callserver.wire.messages import Card
from callserver.wire.states import SeatState
from tests.desktop.presenters.work_case import WorkCase

NOTE = {"note": "calls again on Monday"}


class KeptDraftsTests(WorkCase):
    def setUp(self) -> None:
        super().setUp()
        self.drafts = self.work.drafts

    @property
    def file(self) -> Path:
        return self.work.settings.folder / "drafts_801.json"

    def after_a_kill(self) -> KeptDrafts:
        """As the next program finds them."""
        return KeptDrafts(self.clock, self.work.settings, self.model)

    def test_within_seconds(self) -> None:
        """After some seconds it is on the disk, where only he can read it, and the next program finds it."""
        self.drafts.put("call-1", "note", NOTE)
        self.assertFalse(self.file.exists())
        self.clock.advance(EVERY_S)
        self.assertEqual(S_IMODE(self.file.stat().st_mode), 0o600)
        self.assertEqual(self.after_a_kill().of("note"), {"call-1": NOTE})

    def test_gone(self) -> None:
        """Saved, given up or rubbed out, it is not on the disk any more."""
        for ends in (
            lambda: self.drafts.drop("call-1", "note"),
            lambda: self.drafts.put("call-1", "note", {"note": " "}),
            self.drafts.clear,
        ):
            self.drafts.put("call-1", "note", NOTE)
            self.drafts.write()
            self.assertTrue(self.file.exists())
            ends()
            self.drafts.write()
            self.assertFalse(self.file.exists())
            self.assertTrue(self.drafts.is_empty)

    def test_old(self) -> None:
        """After a day it is not offered any more, and goes from the disk."""
        self.drafts.put("call-1", "note", NOTE)
        self.drafts.write()
        later = json.loads(self.file.read_text())["call-1"]["at"] + 86_401
        with patch("callserver.desktop.kept_drafts.time", lambda: later):
            again = self.after_a_kill()
            self.assertEqual(again.of("note"), {})
            again.write()
        self.assertFalse(self.file.exists())

    def test_secret(self) -> None:
        """What is typed while a secret is told never gets there, nor does what is typed in this call after it."""
        card = Card("call-1", "138")
        self.drafts.put("call-1", "note", NOTE)
        self.drafts.write()
        self.seat(SeatState.TALKING, card, hidden=True)
        self.drafts.put("call-1", "note", {"note": "his PIN is 4711"})
        self.drafts.write()
        self.seat(SeatState.TALKING, card)
        self.drafts.put("call-1", "note", {"note": "his PIN is 4711, he says"})
        self.drafts.write()
        self.assertFalse(self.file.exists())

    def test_bounded(self) -> None:
        """The oldest go before it gets many, and no text is endless."""
        for n in range(CALLS_MAX + 3):
            self.drafts.put(f"call-{n}", "note", {"note": "x" * 9999})
        kept = self.drafts.of("note")
        self.assertEqual((len(kept), next(iter(kept)), len(kept["call-9"]["note"])), (CALLS_MAX, "call-3", TEXT_MAX))

    def test_strange_file(self) -> None:
        """Whatever stands in the file, he can work."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        odd = '{"a": 1, "b": {"at": "x"}, "c": {"at": 9e99, "note": {"note": 3}}, "d": {"at": 9e99, "note": 3}}'
        for text in ("", "[]", "{", "7", odd, "x" * (FILE_MAX + 1)):
            self.file.write_text(text)
            self.assertEqual(self.after_a_kill().of("note"), {}, text[:80])

    def test_of_others(self) -> None:
        """Who logs in at the same computer after him finds nothing of it."""
        self.drafts.put("call-1", "note", NOTE)
        self.drafts.write()
        assert self.model.hello is not None
        with patch.object(self.model, "hello", type(self.model.hello)("802", "刘洋", self.rights, self.model.seat)):
            self.assertEqual(self.after_a_kill().of("note"), {})
