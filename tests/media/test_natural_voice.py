"""The natural voice lives in a child: what it says is kept where calls look first; a child that dies costs one text."""

import sys
from pathlib import Path

from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.trial.unittest import TestCase

from callserver.media.natural_voice import NaturalVoice
from callserver.media.speech import SpeechError, natural_file

CHILD = """
import json, os, sys
for line in sys.stdin:
    job = json.loads(line)
    if job["text"] == "die":
        os._exit(1)
    if job["text"] != "unknown":
        open(job["path"], "w").write(job["pronunciations"].get("tea", ""))
    print(json.dumps({"problem": "no words" if job["text"] == "unknown" else ""}), flush=True)
"""


class NaturalVoiceTests(TestCase):
    def setUp(self) -> None:
        self.folder = Path(self.mktemp())
        self.folder.mkdir()
        self.voice = NaturalVoice(reactor, self.folder, (sys.executable, "-c", CHILD))
        self.addCleanup(lambda: Deferred.fromCoroutine(self.voice.stop()))

    def say(self, text: str) -> Deferred[None]:
        return self.voice.say("en", text, {"tea": "tee"})

    async def test_kept(self) -> None:
        """What is said lies where calls look for it, however the text is written."""
        await self.say("green  tea")
        path = natural_file(self.folder, "en", "green tea")
        self.assertEqual(path.read_text() if path else None, "tee")

    async def test_no_words(self) -> None:
        """A text it has no words for fails, and the next one is said."""
        first, second = self.say("unknown"), self.say("tea")
        with self.assertRaises(SpeechError):
            await first
        await second
        self.assertIsNone(natural_file(self.folder, "en", "unknown"))
        self.assertIsNotNone(natural_file(self.folder, "en", "tea"))

    async def test_dies(self) -> None:
        """A child that dies fails its text; the next text has a new child."""
        with self.assertRaises(SpeechError):
            await self.say("die")
        await self.say("tea")

    async def test_rests(self) -> None:
        """After a rest there is a new child."""
        await self.say("one")
        self.voice.rest()
        await self.say("two")
        self.assertIsNotNone(natural_file(self.folder, "en", "two"))

    async def test_stopped(self) -> None:
        """After the stop nothing is said."""
        await self.voice.stop()
        with self.assertRaises(SpeechError):
            await self.say("tea")
