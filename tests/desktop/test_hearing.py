"""Sound reaches the ear however the network cuts it; what breaks there breaks no connection."""

from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.spread import pb
from twisted.trial.unittest import SynchronousTestCase

from callserver.desktop.connection import ClientBroker
from callserver.wire.messages import AUDIO_BLOCK_BYTES
from callserver.wire.packed import PackedCall


class Ear(pb.Referenceable):
    """Hears all, and can break."""

    def __init__(self) -> None:
        self.heard: list[object] = []
        self.breaks = False

    def remote_audio(self, block: bytes) -> None:
        self.heard.append(block[0])
        if self.breaks:
            raise ValueError("no headset")

    def remote_notice(self, words: str) -> None:
        self.heard.append(words)


class HearingTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.ear, self.transport = Ear(), StringTransport()
        self.broker = ClientBroker(Clock())
        self.transport.setTcpNoDelay = lambda on: None  # type: ignore[attr-defined]
        self.broker.makeConnection(self.transport)
        self.broker.currentDialect = b"pb"
        self.number = self.broker.registerReference(self.ear)  # type: ignore[no-untyped-call]

    def sound(self, n: int, number: int | None = None) -> bytes:
        """A block that is known by its first byte."""
        call = PackedCall.audio(bytes([n]) * AUDIO_BLOCK_BYTES)
        return call.to(n, self.number if number is None else number)

    @given(st.sets(st.integers(1, 1500)))
    def test_however_it_is_cut(self, cuts: set[int]) -> None:
        """Each block once, in order, and with it all else that is told."""
        self.setUp()
        stream = b"".join(
            [self.sound(1), PackedCall("notice", "soon").to(2, self.number), self.sound(3), self.sound(4)]
        )
        ends = sorted({at for at in cuts if at < len(stream)} | {len(stream)})
        for begin, end in zip([0, *ends], ends, strict=False):
            self.broker.dataReceived(stream[begin:end])
        self.assertEqual(self.ear.heard, [1, "soon", 3, 4])

    def test_an_ear_that_breaks(self) -> None:
        """The log says so; the next block is heard."""
        self.ear.breaks = True
        self.broker.dataReceived(self.sound(1))
        self.broker.dataReceived(self.sound(2))
        self.assertEqual(self.ear.heard, [1, 2])
        self.assertEqual(len(self.flushLoggedErrors(ValueError)), 2)

    def test_nobody_is_meant(self) -> None:
        """Sound for an object that is not there is left out."""
        self.broker.dataReceived(self.sound(1, number=99))
        self.broker.dataReceived(self.sound(2))
        self.assertEqual(self.ear.heard, [2])
