"""A call that is put into bytes, or read, by hand is the same, byte by byte, as one of Perspective Broker's own."""

from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.testing import StringTransport
from twisted.spread import pb
from twisted.trial.unittest import SynchronousTestCase

from callserver.wire.messages import AUDIO_BLOCK_BYTES
from callserver.wire.packed import PackedCall, ToldSound, read_audio

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**31), 2**31 - 1) | st.text(max_size=20) | st.binary(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=8,
)


BLOCKS = st.binary(min_size=AUDIO_BLOCK_BYTES, max_size=AUDIO_BLOCK_BYTES)


class PackedTests(SynchronousTestCase):
    @given(BLOCKS)
    def test_sound(self, block: bytes) -> None:
        """A block of sound that is put together by hand is the same as any other call."""
        self.assertEqual(PackedCall.audio(block).to(300, 1), PackedCall("audio", block).to(300, 1))

    @given(st.lists(PLAIN, max_size=3), st.integers(0, 2**31 - 1), st.integers(0, 100_000))
    def test_as_pb_does(self, args: list[object], requests: int, remote: int) -> None:
        """Whatever plain values are told, whatever the connection's numbers are."""
        broker, transport = pb.Broker(isClient=False), StringTransport()
        broker.makeConnection(transport)
        broker.currentDialect = b"pb"
        broker.currentRequestID = requests - 1
        transport.clear()
        broker._sendMessage(b"", None, remote, b"row", tuple(args), {"pbanswer": False})
        number = broker.currentRequestID
        self.assertEqual(PackedCall("row", *args).to(number, remote), transport.value())

    @given(BLOCKS, st.integers(0, 2**31 - 1), st.integers(0, 2**31 - 1))
    def test_sound_is_read(self, block: bytes, request: int, remote: int) -> None:
        """A block comes out as it went in, to the object that was meant, whatever sound it is."""
        self.assertEqual(read_audio(PackedCall.audio(block).to(request, remote)), ToldSound(remote, block))

    @given(BLOCKS, st.integers(1, 300))
    def test_nothing_else_is_read(self, block: bytes, at: int) -> None:
        """A part of one, more than one, another call and another length are left to Perspective Broker."""
        message = PackedCall.audio(block).to(300, 1)
        others = [message[:at], message + message[:at], message[at:], PackedCall("audi0", block).to(300, 1)]
        others += [PackedCall.audio(block[1:]).to(300, 1), PackedCall("audio", block, None).to(300, 1)]
        self.assertEqual(set(map(read_audio, others)), {None})
