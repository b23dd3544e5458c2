"""Taking turns: when something is told, and when silence is."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from callserver.fax import signals as s
from callserver.fax.modulations import Modulation
from callserver.fax.t30.frames import Frame, Name
from callserver.fax.t30.trace import Trace
from callserver.fax.t30.turns import Turns
from tests.fax.t30.far_end import says

MCF = s.FrameHeard(b"\xff\x13\x8c", good=True)
BAD = s.FrameHeard(b"\xff\x13\x8c", good=False)
CSI = s.FrameHeard(b"\xff\x03\x40", good=True)


class Told:
    """A listener that only writes down."""

    def __init__(self) -> None:
        self.told: list[object] = []

    def signal(self, tone: s.FaxTone | None = None) -> None:
        self.told.append("signal")

    def message(self, frames: list[Frame]) -> None:
        self.told.append([frame.name for frame in frames])

    def garbled(self) -> None:
        self.told.append("garbled")

    def silence(self) -> None:
        self.told.append("silence")

    def trained(self) -> None:
        self.told.append("trained")

    def image(self, octets: bytes) -> None:
        self.told.append(octets)

    def image_over(self) -> None:
        self.told.append("image over")

    def modem_silent(self) -> None:
        self.told.append("modem silent")


class TurnsTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.asked: list[s.Asked] = []
        self.listener = Told()
        self.turns = Turns(self.asked.append, self.listener, Trace())

    def hear(self, at_s: float, *heard: s.Heard) -> None:
        self.turns.now_s = at_s
        for one in heard:
            self.turns.feed(one)

    def assert_told(self, *told: object) -> None:
        self.assertEqual(self.listener.told, list(told))
        self.listener.told.clear()

    def assert_next(self, due_s: float) -> None:
        """The next thing happens then, and not before."""
        self.turns.now_s = due_s - 0.01
        self.turns.on_time()
        self.assert_told()
        self.turns.now_s = due_s
        self.turns.on_time()

    def test_one_after_the_other(self) -> None:
        """Each signal is asked for when the one before is sent; then we listen, and wait."""
        first, second = says(Name.DCN), s.SendImage(Modulation.V29_9600, False, b"")
        self.turns.say(first, second, wait_s=3.0)
        self.assertEqual(self.asked, [first])
        self.hear(2.0, s.Sent())
        self.hear(4.0, s.Sent())
        self.assertEqual(self.asked, [first, second, s.Listen()])
        self.assert_next(7.0)
        self.assert_told("silence")

    def test_deaf_while_sending(self) -> None:
        """What is heard while we send is our own echo; but CNG is broken off by who answers."""
        self.turns.say(says(Name.DCN), wait_s=3.0)
        self.hear(1.0, s.FlagsHeard(), MCF, s.FramesOver())
        self.assert_told()
        self.turns.say(s.SendTone(s.FaxTone.CNG), wait_s=3.0)
        self.hear(2.0, s.FlagsHeard(), MCF, s.FramesOver())
        self.assert_told("signal", [Name.MCF])
        self.assertEqual(self.asked[-1], s.Listen())

    def test_burst(self) -> None:
        """A burst is told as one, when it is over."""
        self.turns.listen(s.Listen(), 6.0)
        self.hear(1.0, s.FlagsHeard(), CSI, MCF)
        self.assert_told("signal")
        self.hear(2.0, s.FramesOver())
        self.assert_told([Name.CSI, Name.MCF])

    def test_no_end_of_the_burst(self) -> None:
        """A burst whose end is not heard is over 3 s after its last frame."""
        self.turns.listen(s.Listen(), 6.0)
        self.hear(1.0, s.FlagsHeard())
        self.hear(2.0, MCF)
        self.assert_told("signal")
        self.assert_next(5.0)
        self.assert_told([Name.MCF])

    def test_garbled(self) -> None:
        """A burst that is not understood is told 200 ms later: something may follow it."""
        for frames in ([], [BAD], [CSI], [CSI, BAD]):
            self.turns.listen(s.Listen(), 6.0)
            self.hear(10.0, s.FlagsHeard(), *frames, s.FramesOver())
            self.assert_told("signal")
            self.assert_next(10.2)
            self.assert_told("garbled")
            self.assert_next(16.2)
            self.assert_told("silence")

    def test_flags_only(self) -> None:
        """Flags without a frame are waited for 3 s."""
        self.turns.listen(s.Listen(), 6.0)
        self.hear(1.0, s.FlagsHeard())
        self.assert_told("signal")
        self.assert_next(4.0)
        self.assert_next(4.2)
        self.assert_told("garbled")

    def test_image(self) -> None:
        """An image of which nothing comes any more is over, and is told so once."""
        self.turns.listen(s.Listen(Modulation.V29_9600), 6.0)
        self.hear(1.0, s.Trained(), s.ImageHeard(b"abc"))
        self.assert_told("trained", b"abc")
        self.assert_next(7.0)
        self.assert_told("image over")
        self.assert_next(13.0)
        self.assert_told("silence")

    def test_flags_end_an_image(self) -> None:
        """A command after an image whose end was not heard."""
        self.turns.listen(s.Listen(Modulation.V29_9600), 6.0)
        self.hear(1.0, s.Trained(), s.FlagsHeard(), MCF, s.FramesOver())
        self.assert_told("trained", "image over", "signal", [Name.MCF])

    def test_silent_modem(self) -> None:
        """A modem that never says `Sent` is told of, in proportion to what it had to send."""
        self.turns.say(s.SendImage(Modulation.V27TER_2400, False, bytes(3000)), wait_s=3.0)
        self.assert_next(25.1)
        self.assert_told("modem silent")

    def test_interrupted(self) -> None:
        """Who says something while something is being sent breaks it off first."""
        self.turns.say(says(Name.MCF), wait_s=3.0)
        self.turns.say(says(Name.DCN), wait_s=3.0)
        self.assertEqual(self.asked, [says(Name.MCF), s.Listen(), says(Name.DCN)])
