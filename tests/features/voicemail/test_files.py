"""Sounds of mailboxes on disk: encrypted where the shop wants that, deleted when nothing plays them."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from twisted.internet.defer import maybeDeferred
from twisted.trial.unittest import SynchronousTestCase

from callserver.dsp.frames import RATE_HZ, FloatArray
from callserver.dsp.sound.files import SoundFileError
from callserver.features.voicemail import rules
from callserver.features.voicemail.files import Envelope, Sounds
from callserver.features.voicemail.needless_sounds import EVERY_S, NeedlessSounds
from callserver.features.voicemail.rules import Box, Message, Sounding
from callserver.features.voicemail.tables import GreetingKind
from callserver.media.sealing_key import FILE, BadKey, key_of, make_key
from tests.store.inline import InlineStore

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
NOISE: FloatArray = np.random.default_rng(1).uniform(-0.5, 0.5, 9 * RATE_HZ).astype(np.float32)


class FilesCase(SynchronousTestCase):
    def setUp(self) -> None:
        self.shop = Path(self.mktemp()).absolute()
        self.plain, self.sealed = (Sounds.of(self.shop, encrypt=encrypt) for encrypt in (False, True))
        self.sealed.prepare()

    def files(self) -> list[str]:
        return sorted(path.name for path in (self.shop / "messages").glob("*.*"))


class EncryptedTests(FilesCase):
    def test_as_before(self) -> None:
        """Nothing of the sound is in any file; with the key it is heard, and given away, as without encryption."""
        self.plain.keep("a", NOISE)
        self.sealed.keep("b", NOISE)
        self.assertEqual(self.files(), ["a.wav", "b.wav.sealed"])
        octets = (self.shop / "messages" / "a.wav").read_bytes()
        sealed = (self.shop / "messages" / "b.wav.sealed").read_bytes()
        self.assertFalse([at for at in range(44, len(octets), 20_000) if octets[at : at + 32] in sealed])
        np.testing.assert_array_equal(self.plain.read(["a", "b"]), self.sealed.read(["b", "a"]))
        self.assertEqual(self.sealed.octets(["b"]), octets)
        self.assertEqual((self.shop / FILE).stat().st_mode & 0o777, 0o600)
        self.sealed.delete(["a", "b", "never-was"])
        self.assertEqual(self.files(), [])

    def test_kept_again(self) -> None:
        """A step that is done once more after a kill, with another setting: it is there once, as it is to be now."""
        for sounds, file in ((self.plain, "a.wav"), (self.sealed, "a.wav.sealed"), (self.plain, "a.wav")):
            sounds.keep("a", NOISE)
            self.assertEqual(self.files(), [file])
            self.assertEqual(self.plain.read(["a"]).size, NOISE.size)

    def test_cannot_be_read(self) -> None:
        """Cut, swapped, of another key, without key, gone: each says what is wrong, without the server's folders."""
        for id_ in ("a", "b"):
            self.sealed.keep(id_, NOISE)
        folder, key = self.shop / "messages", self.shop / FILE
        whole, secret = (folder / "a.wav.sealed").read_bytes(), key.read_text()
        (folder / "b.wav.sealed").write_bytes(whole)
        (folder / "cut.wav.sealed").write_bytes(whole[:-1000])
        self.refused("b", "was changed, or belongs to another key")
        self.refused("cut", "was changed, or belongs to another key")
        self.refused("gone", "gone.wav: the file is gone")
        for instead, words in (("00" * 32, "belongs to another key"), ("no key", "holds no key")):
            key.write_text(instead)
            self.refused("a", words)
        key.unlink()
        self.refused("a", "the key is not there")
        key.write_text(secret)
        self.assertTrue(self.plain.has(["a"]) and not self.plain.has(["a", "gone"]))
        self.assertEqual(self.plain.read(["a"]).size, NOISE.size)

    def refused(self, id_: str, words: str) -> None:
        problem = self.assertRaises(SoundFileError, self.plain.read, [id_])
        self.assertIn(words, str(problem))

    def test_bad_key(self) -> None:
        """Where it cannot be encrypted nothing is written, neither so nor so; and no other key is made."""
        (self.shop / FILE).write_text("no key")
        self.assertRaises(BadKey, self.sealed.keep, "a", NOISE)
        (self.shop / FILE).unlink()
        self.assertRaises(BadKey, self.sealed.keep, "a", NOISE)
        self.assertEqual((self.files(), key_of(self.shop)), ([], None))

    def test_key_gone(self) -> None:
        """Where it is gone, and something sealed is there, no other is made at the next start: it may come back."""
        self.sealed.keep("a", NOISE)
        (self.shop / FILE).rename(self.shop / "away")
        self.sealed.prepare()
        self.assertIsNone(key_of(self.shop))
        self.assertIn("put it back", str(self.assertRaises(BadKey, make_key, self.shop)))
        (self.shop / "away").rename(self.shop / FILE)
        self.assertEqual(self.sealed.read(["a"]).size, NOISE.size)

    def test_two_make_the_key(self) -> None:
        """Two who need a key at the same moment have the same one."""
        first = make_key(self.shop)
        (self.shop / FILE).rename(self.shop / "away")
        real = os.link

        def late(source: Any, target: Any) -> None:
            (self.shop / "away").rename(target)
            real(source, target)

        self.patch(os, "link", late)
        self.assertEqual((make_key(self.shop), key_of(self.shop)), (first, first))
        self.assertEqual([path.name for path in self.shop.glob(f"{FILE}*")], [FILE])


class NeedlessTests(FilesCase):
    def setUp(self) -> None:
        super().setUp()
        self.store: Any = InlineStore()
        self.addCleanup(self.store.database.close)
        self.now = NOW
        self.store.run(rules.add_box, Box("12", "Li"))

    def start(self) -> None:
        house: Any = SimpleNamespace(clock=self.store.reactor, in_thread=maybeDeferred)
        events: Any = SimpleNamespace(now=lambda: self.now)
        service = NeedlessSounds(house, self.store, events, self.plain)
        service.startService()
        self.addCleanup(service.stopService)

    def kept(self, sounds: Sounds, *ids: str, days: float = 8) -> None:
        for id_ in ids:
            sounds.keep(id_, NOISE[:RATE_HZ])
            path = sounds.vault.path(f"{id_}.wav")
            assert path is not None
            moment = (NOW - timedelta(days=days)).timestamp()
            os.utime(path, (moment, moment))

    def test_a_week(self) -> None:
        """What nothing plays goes when it is a week old, sealed or not; messages, words, greetings, the rest stay."""
        self.kept(self.plain, "said", "words", "hello", "coming", "nobodys")
        self.kept(self.sealed, "sealed-nobodys", "sealed-said")
        self.kept(self.plain, "young", days=6)
        said = [Message("m", "12", Sounding("said", 1), NOW, Sounding("words", 1))]
        self.store.run(rules.put, [*said, replace(said[0], id="n", sound=Sounding("sealed-said", 1))])
        self.store.run(rules.set_greeting, "12", GreetingKind.NAME, Sounding("hello", 1))
        self.plain.write_down(Envelope("coming", "12", "raw.wav", NOW.isoformat()))
        (self.shop / "messages" / "notes of the admin.wav").write_bytes(b"RIFF")
        os.utime(self.shop / "messages" / "notes of the admin.wav", (0, 0))
        self.start()
        stay = ["coming.wav", "hello.wav", "notes of the admin.wav", "said.wav", "sealed-said.wav.sealed", "words.wav"]
        self.assertEqual(self.files(), sorted([*stay, "young.wav"]))
        self.now += timedelta(days=2)
        self.store.reactor.advance(EVERY_S)
        self.assertEqual(self.files(), sorted(stay))
