"""Texts are spoken: by their recording, by the synthesiser, or not at all - but never is a caller kept waiting."""

import sys
from pathlib import Path

import numpy as np
from twisted.internet import reactor
from twisted.internet.defer import CancelledError, gatherResults
from twisted.internet.task import deferLater
from twisted.logger import capturedLogs
from twisted.trial.unittest import TestCase

from callserver.dsp.frames import FloatArray
from callserver.media import speech
from callserver.media.speech import COMMAND, Speech, SpeechError

RECORDED = np.full(100, 0.5, np.float32)
DIES = (sys.executable, "-c", "input()")
BABBLES = (sys.executable, "-c", 'input(); print(\'{"problem": "cannot say that"}\', flush=True); input()')


class OneName:
    """Only 蜂蜜 is recorded."""

    def named(self, language: str, text: str) -> FloatArray | None:
        return RECORDED if text == "蜂蜜" else None


class SpeechTests(TestCase):
    timeout = 60

    def speech(self, command: tuple[str, ...] = COMMAND) -> Speech:
        self.folder = Path(self.mktemp())
        self.folder.mkdir()
        said = Speech(reactor, OneName(), self.folder, command)
        self.addCleanup(said.stop)
        return said

    async def test_recorded(self) -> None:
        """What somebody has recorded needs no synthesiser."""
        sound = await self.speech(("no such program",)).say("zh", "蜂蜜")
        self.assertIs(sound, RECORDED)

    async def test_other_widths(self) -> None:
        """A name typed with full-width signs, odd blanks or a picture is the name, and the log tells what was left."""
        said = self.speech(("no such program",))
        with capturedLogs() as logs:
            for text in ("蜂蜜", "\u3000蜂蜜 ", "蜂蜜\u200b", "🍯 蜂蜜"):
                self.assertIs(await said.say("zh", text), RECORDED)
        self.assertEqual([log["text"] for log in logs], [repr("蜂蜜\u200b"), repr("🍯 蜂蜜")])
        self.assertEqual(speech.readable("ＳＦ　Ｅｘｐｒｅｓｓ\n１２３４"), "SF Express 1234")

    async def test_synthesised_once(self) -> None:
        """A text is synthesised once, in either language, as loud as a prompt; then it comes from its file."""
        said = self.speech()
        chinese, english = await gatherResults([said.say("zh", "王小明"), said.say("en", "Mr Smith")])
        for sound in (chinese, english):
            self.assertGreater(sound.size, 2000)
            self.assertLess(float(np.abs(sound).max()), 0.72)
            self.assertGreater(float(np.abs(sound).max()), 0.1)
        self.assertFalse(np.array_equal(chinese, english))
        self.assertEqual(len(list(self.folder.iterdir())), 2)
        again = Speech(reactor, OneName(), self.folder, ("no such program",))
        self.assertTrue(np.array_equal(await again.say("zh", "王小明"), chinese))

    async def test_many_at_once(self) -> None:
        """Ten texts at once are all said, by two children."""
        said = self.speech()
        sounds = await gatherResults([said.say("en", f"customer {n}") for n in range(10)])
        self.assertEqual(len({sound.tobytes() for sound in sounds}), 10)

    async def test_child_dies(self) -> None:
        """A synthesiser that dies is a text not said, and the next text gets a new one."""
        said = self.speech(DIES)
        for _ in range(3):
            await self.assertFailure(said.say("en", "hello"), SpeechError)

    async def test_child_refuses(self) -> None:
        """What it cannot say is told in its words."""
        problem = await self.assertFailure(self.speech(BABBLES).say("en", "hello"), SpeechError)
        self.assertEqual(str(problem), "cannot say that")

    async def test_child_hangs(self) -> None:
        """A synthesiser that says nothing is given up and ended."""
        self.patch(speech, "PATIENCE_S", 0.2)
        said = self.speech((sys.executable, "-c", "import time; time.sleep(60)"))
        await self.assertFailure(said.say("en", "hello"), SpeechError)

    async def test_refused_often(self) -> None:
        """What a child cannot say costs no child: it is asked again, and there are never more than two."""
        refuses = 'import sys\nfor line in sys.stdin: print(\'{"problem": "no"}\', flush=True)'
        said = self.speech((sys.executable, "-c", refuses))
        for n in range(5):
            await self.assertFailure(said.say("en", f"hello {n}"), SpeechError)
        self.assertEqual(len(said._children), 1)

    async def test_caller_gone(self) -> None:
        """A caller who hangs up leaves his text to be finished, and those who wait for the same hear it."""
        said = self.speech()
        gone, here = said.say("en", "hello"), said.say("en", "hello")
        await deferLater(reactor, 0.1)
        gone.cancel()
        await self.assertFailure(gone, CancelledError)
        self.assertGreater((await here).size, 2000)
        self.assertEqual(len(said._children), 1)

    async def test_nothing_to_say(self) -> None:
        """An empty text, or one without a word, is an error, not a silence for ever, and leaves no file."""
        said = self.speech()
        for text in ("", "。。", "\u3000", "🙂", "\x00\ud800"):
            await self.assertFailure(said.say("zh", text), SpeechError)
        self.assertEqual(list(self.folder.iterdir()), [])

    async def test_no_process_to_be_had(self) -> None:
        """When the computer has no room for a child, each text fails at once; later ones are said again."""
        said = self.speech()

        def no_room(*args: object, **kind: object) -> None:
            raise BlockingIOError("Resource temporarily unavailable")

        with self.patch(reactor, "spawnProcess", no_room):
            for n in range(3):
                await self.assertFailure(said.say("en", f"hello {n}"), SpeechError)
        self.assertGreater((await said.say("en", "hello")).size, 2000)

    async def test_stopped(self) -> None:
        """Stopped with more texts than children, it leaves no child, and starts none afterwards."""
        said = self.speech((sys.executable, "-c", "import time; time.sleep(60)"))
        waiting = [self.assertFailure(said.say("en", f"hello {n}"), SpeechError) for n in range(5)]
        while len(said._children) < speech.CHILDREN:
            await deferLater(reactor, 0.01)
        await said.stop()
        await gatherResults(waiting)
        await self.assertFailure(said.say("en", "hello"), SpeechError)
        self.assertEqual(said._children, set())
