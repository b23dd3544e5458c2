"""Texts that people enter are said before anybody calls, by the best voice there is, once."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import numpy as np
from twisted.internet.defer import Deferred, fail, maybeDeferred, succeed
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from callserver.dsp.frames import FloatArray
from callserver.dsp.sound.files import write_wav
from callserver.ivr.known_text import KnownText
from callserver.ivr.prompts import Prompts
from callserver.media.speech import NATURAL, SYNTHETIC, SpeechError, kept_file
from callserver.server.new_texts import LOOK_S, NewTexts

TEA = KnownText("goods.1", "zh", "龙井绿茶")
GINGER = KnownText("goods.2", "zh", "生姜")
NONSENSE = KnownText("goods.3", "en", "Xqzzt")
SOUND = np.full(80, 0.1, np.float32)


class OneVoice:
    """Says what it can, and keeps it; `unable` are texts it has no words for."""

    def __init__(self, folder: Path, voice: str) -> None:
        self._folder, self._voice = folder, voice
        self.said: list[str] = []
        self.unable: set[str] = set()
        self.installed, self.rested = True, 0

    def is_installed(self) -> bool:
        return self.installed

    def say(self, language: str, text: str, pronunciations: Mapping[str, str] | None = None) -> Deferred[Any]:
        self.said.append(text)
        if text in self.unable:
            return fail(SpeechError("no words"))
        write_wav(kept_file(self._folder, self._voice, language, text), SOUND)
        return succeed(None)

    def rest(self) -> None:
        self.rested += 1

    async def stop(self) -> None:
        self.installed = False


class RecordedTea:
    def named(self, language: str, text: str) -> FloatArray | None:
        return SOUND if text == TEA.text else None


class NewTextsTests(SynchronousTestCase):
    def setUp(self) -> None:
        folder = Path(self.mktemp())
        folder.mkdir()
        self.clock, self.texts = Clock(), [TEA, GINGER]
        self.natural, self.synthetic = OneVoice(folder, NATURAL), OneVoice(folder, SYNTHETIC)
        self.service = NewTexts(
            self.clock,
            maybeDeferred,
            lambda: succeed(list(self.texts)),
            cast(Prompts, RecordedTea()),
            self.natural,
            self.synthetic,
            folder,
        )
        self.service.startService()

    def look(self, times: int = 1) -> None:
        for _ in range(times):
            self.clock.advance(LOOK_S)

    def test_new(self) -> None:
        """What nobody has recorded is said once; the voice gives its memory back when nothing is left."""
        self.look(3)
        self.assertEqual((self.natural.said, self.synthetic.said), ([GINGER.text], []))
        self.assertEqual(self.natural.rested, 1)

    def test_entered_later(self) -> None:
        """A text that is entered while the server runs is said at the next look."""
        self.look()
        self.texts.append(KnownText("front.main", "zh", "订货请按1。"))
        self.look()
        self.assertEqual(self.natural.said, [GINGER.text, "订货请按1。"])

    def test_without_the_extra(self) -> None:
        """Where the natural voice is not installed the synthesiser says it; once it is, it says it all anew."""
        self.natural.installed = False
        self.look(2)
        self.assertEqual((self.natural.said, self.synthetic.said), ([], [GINGER.text]))
        self.natural.installed = True
        self.look()
        self.assertEqual(self.natural.said, [GINGER.text])

    def test_no_words(self) -> None:
        """What the natural voice cannot say the synthesiser says; what neither can is not tried for ever."""
        self.texts.append(NONSENSE)
        self.natural.unable.add(NONSENSE.text)
        self.synthetic.unable.add(NONSENSE.text)
        self.look(3)
        self.assertEqual(self.natural.said.count(NONSENSE.text), 1)
        self.assertEqual(self.synthetic.said, [NONSENSE.text])

    def test_nothing_to_say(self) -> None:
        """An empty name, or one of signs, is none."""
        self.texts[:] = [KnownText("goods.4", "zh", " "), KnownText("goods.5", "en", "—")]
        self.look()
        self.assertEqual(self.natural.said, [])

    def test_stopped(self) -> None:
        """After a stop nothing is said."""
        self.successResultOf(self.service.stopService())
        self.look()
        self.assertEqual(self.natural.said, [])
