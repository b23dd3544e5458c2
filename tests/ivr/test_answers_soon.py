"""Who has pressed a key waits for a sound: what is heard then begins at once, and waits for nothing but the books."""

from typing import Any

import numpy as np
from twisted.internet.defer import Deferred
from twisted.internet.task import deferLater
from twisted.trial.unittest import SynchronousTestCase

from callserver.dsp.frames import FloatArray
from callserver.ivr.interfaces import ICall
from callserver.ivr.menu_call import MenuCall
from callserver.ivr.runner import MenuRunner
from callserver.ivr.voice import Voice, begun
from callserver.lines.interfaces import Caller
from tests.ivr.test_menu_call import OneMenu, Waiters
from tests.shop import FewPrompts, VirtualShop

LEAD = np.zeros(800, np.float32)  # 100 ms
BOOKS_S = 0.005


class RecordedPrompts(FewPrompts):
    """As a studio gives them: each begins with 100 ms of silence."""

    def sounds(self, language: str, *names: str) -> list[FloatArray]:
        return [np.concatenate((LEAD, sound)) for sound in super().sounds(language, *names)]


class AnswersSoonTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.shop = VirtualShop()
        self.spoken: list[int] = []  # samples of each thing that was said

    def serve(self, story: Any) -> None:
        voice = Voice(RecordedPrompts(), FewPrompts(), self.shop.clock)  # type: ignore[arg-type]
        menus = {"test": OneMenu(story)}
        runner = MenuRunner(menus, lambda call: MenuCall(call, voice, Waiters(), self.shop.clock), "operator")
        self.shop.lines[0].far_end.ring(Caller("13912345678"))
        self.shop.wait(0.1)
        call = self.shop.incoming[-1]
        runner.serve(call, "test")
        self.shop.wait(0.1)
        assert call.leg is not None
        play = call.leg.play

        def heard(sounds: Any) -> Any:
            self.spoken.append(sum(sound.size for sound in sounds))
            return play(sounds)

        call.leg.play = heard  # type: ignore[method-assign]

    def test_begins_with_the_word(self) -> None:
        """The silence that a recording begins with is left out of an answer, and kept in what is said unasked."""

        async def story(call: ICall) -> None:
            await call.collect("question")
            await call.play("answer")
            await call.play("goes on")

        self.serve(story)
        self.shop.wait(1.5)
        self.shop.press("1")
        self.shop.wait(4)
        self.assertEqual(self.spoken, [8000 + 120, 8000 + 800])

    def test_answer_to_a_key_that_broke_in(self) -> None:
        """So it is where the key has silenced the question."""

        async def story(call: ICall) -> None:
            await call.play("statement")
            await call.play("answer")

        self.serve(story)
        self.shop.press("1")
        self.shop.wait(3)
        self.assertEqual(self.spoken, [8000 + 120])

    def test_books_in_no_time(self) -> None:
        """However often the books are asked for an answer, the caller waits for them alone."""
        took_s: list[float] = []
        asked: Deferred[None] = Deferred()

        async def story(call: ICall) -> None:
            await call.wait_for(asked)
            began_s = self.shop.clock.seconds()
            for _ in range(5):
                answer: Deferred[None] = deferLater(self.shop.clock, BOOKS_S)
                await call.wait_for(answer)
            took_s.append(self.shop.clock.seconds() - began_s)

        self.serve(story)
        asked.callback(None)
        for _ in range(100):
            self.shop.clock.advance(0.001)
        self.assertAlmostEqual(took_s[0], 5 * BOOKS_S, 6)

    def test_silent_recording(self) -> None:
        """A pause stays as long as it is."""
        self.assertEqual(begun(LEAD).size, LEAD.size)

    def test_soft_beginning(self) -> None:
        """The breath of a word that begins softly is not cut off."""
        soft = np.concatenate((LEAD, np.full(80, 1e-3, np.float32), np.full(800, 0.1, np.float32)))
        self.assertEqual(begun(soft).size, 800 + 120)
