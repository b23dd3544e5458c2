"""The line in memory holds what every line must."""

from twisted.trial.unittest import SynchronousTestCase

from callserver.lines.interfaces import Caller, Capabilities
from callserver.lines.memory_line import MemoryLine
from tests.lines.contract import Diary, LineContract


class MemoryLineTests(LineContract, SynchronousTestCase):
    def setUp(self) -> None:
        self.line, self.diary = MemoryLine(), Diary()
        self.line.attach(self.diary)
        self.line.startService()

    def far_ring(self, caller: Caller | None) -> None:
        self.line.far_end.ring(caller)

    def far_speak(self, data: bytes) -> None:
        self.line.far_end.speak(data)

    def far_heard(self) -> bytes:
        return bytes(self.line.far_end.heard)

    def far_hang_up(self) -> None:
        self.line.far_end.hang_up()

    def dialled(self) -> list[str]:
        return self.line.far_end.dialled

    def refuse_next_dial(self) -> None:
        self.line.far_end.refusal = "NO DIALTONE"

    def unplug(self) -> None:
        self.line.far_end.unplug()

    def plug_in(self) -> None:
        self.line.far_end.plug_in()

    def test_keys_only_from_their_source(self) -> None:
        """A line reports keys only where it is the source of them."""
        self.off_hook()
        self.line.far_end.press("5")
        reporting, diary = MemoryLine(capabilities=Capabilities(full_duplex=True, reports_keys=True)), Diary()
        reporting.attach(diary)
        reporting.startService()
        reporting.answer()
        reporting.far_end.press("5")
        self.assertEqual((self.diary.keys, diary.keys), ("", "5"))
