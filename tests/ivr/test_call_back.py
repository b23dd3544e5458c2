"""Where shall we call you? And: you were to be called, do you take that place?"""

from typing import Any

from twisted.internet.defer import Deferred
from twisted.trial.unittest import SynchronousTestCase

from callserver.ivr.call_back import CallBackTalk
from callserver.ivr.menu_call import MenuCall
from callserver.ivr.voice import Voice
from tests.ivr.test_menu_call import Waiters
from tests.shop import FewPrompts, VirtualShop


class CallBackTalkTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.shop = VirtualShop()
        voice = Voice(FewPrompts(), FewPrompts(), self.shop.clock)  # type: ignore[arg-type]
        self.talk = CallBackTalk(
            lambda call: MenuCall(call, voice, Waiters(), self.shop.clock), lambda number: not number.startswith("00")
        )

    def ask(self, number: str, keys: str, question: Any = None) -> Any:
        """What comes of it when the caller types this."""
        call = self.shop.answered_call(0, number)
        told = Deferred.fromCoroutine((question or self.talk.number)(call))
        self.shop.wait(0.5)
        self.shop.press(keys)
        self.shop.wait(8)
        return self.successResultOf(told)

    def test_his_own_number(self) -> None:
        """The number he calls from, once he has heard it and says that it is right."""
        self.assertEqual(self.ask("62345678", "1"), "62345678")
        self.assertIn("your-number-is", self.shop.prompts())

    def test_another_number(self) -> None:
        """Or one that he types."""
        self.assertEqual(self.ask("62345678", "265432100#1"), "65432100")

    def test_not_to_be_called(self) -> None:
        """A number nobody may dial is none: he is told, and waits on."""
        self.assertEqual(self.ask("62345678", "200441234567#1"), "")
        self.assertEqual(self.shop.prompts()[-1], "number-not-valid")

    def test_old_place(self) -> None:
        """He takes it by 1; by 2, or if he says nothing to it, he does not."""
        for keys, takes in (("1", True), ("2", False)):
            self.assertIs(self.ask("62345678", keys, self.talk.takes_old_place), takes)
            self.shop.lines[0].far_end.hang_up()
            self.shop.wait(2)

    def test_promise(self) -> None:
        """He hears the number that will be called, and good-bye."""
        call = self.shop.answered_call(0, "62345678")
        Deferred.fromCoroutine(self.talk.promise(call, "62345678"))
        self.shop.wait(15)
        said = self.shop.prompts()
        self.assertEqual((said[0], said[-1]), ("will-call-back", "goodbye"))
