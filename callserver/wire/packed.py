"""
Calls that are told often, put into bytes and read again without Perspective Broker's work: sound, and what many get.

A call is one banana list: `message`, its number, the object's, then name, whether an answer is wanted, arguments,
arguments by name. Only the two numbers differ from connection to connection, and banana writes the parts of a list one
behind the other: so the rest is encoded once, and each connection writes its beginning before it.
"""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any, NamedTuple

from twisted.spread.banana import INT, LIST, STRING, Banana
from twisted.spread.jelly import jelly

from callserver.wire.messages import AUDIO_BLOCK_BYTES

DIALECT = b"pb"  # with short signs for pb's own words; every connection of the agents' channel speaks it


class _Encoder(Banana):
    def __init__(self) -> None:
        super().__init__(isClient=0)  # type: ignore[no-untyped-call]
        self.setPrefixLimit(64)  # type: ignore[no-untyped-call]
        self.currentDialect = DIALECT

    def bytes_of(self, *parts: object) -> bytes:
        stream = BytesIO()
        for part in parts:
            self._encode(part, stream.write)  # type: ignore[no-untyped-call]
        return stream.getvalue()


_encoder = _Encoder()
_BEGINNING = b"\x07" + LIST + _encoder.bytes_of(b"message")  # a list of seven
_BY_NAME = _encoder.bytes_of(jelly({}))  # type: ignore[no-untyped-call]
# the arguments are a list of two: the word for a tuple, and the block
_AUDIO = _encoder.bytes_of(b"audio", 0) + b"\x02" + LIST + _encoder.bytes_of(b"tuple")


class PackedCall:
    """
    A call without an answer, to the same method of many programs.

    :param args: plain values
    """

    def __init__(self, name: str, *args: Any) -> None:
        self._rest = _encoder.bytes_of(name.encode(), 0, jelly(args)) + _BY_NAME  # type: ignore[no-untyped-call]

    @classmethod
    def audio(cls, block: bytes) -> PackedCall:
        """As `PackedCall("audio", block)`: fifty a second for each agent who talks; no block is a word of pb's."""
        call = cls.__new__(cls)
        call._rest = b"".join((_AUDIO, _sevens(len(block)), STRING, block, _BY_NAME))
        return call

    def to(self, request: int, remote: int) -> bytes:
        """
        As it goes over one connection.

        :param request: the connection's next number
        :param remote: the object's number there
        """
        return b"".join((_BEGINNING, _sevens(request), INT, _sevens(remote), INT, self._rest))


class ToldSound(NamedTuple):
    """
    A block of sound that was sent to one of our objects.

    :param remote: the object's number here
    """

    remote: int
    block: bytes


def read_audio(message: bytes) -> ToldSound | None:
    """What `PackedCall.audio` sends, whole and nothing behind it; of anything else None."""
    found = _AUDIO_MESSAGE.fullmatch(message)
    return ToldSound(_of_sevens(found[2]), found[3]) if found else None


def _sevens(number: int) -> bytes:
    """A number that is not negative, as banana writes it: seven bits a byte, the lowest first."""
    sevens = bytearray((number & 0x7F,))
    while number := number >> 7:
        sevens.append(number & 0x7F)
    return bytes(sevens)


def _of_sevens(digits: bytes) -> int:
    """The same, read."""
    return sum(digit << 7 * n for n, digit in enumerate(digits))


_NUMBER = rb"([\x00-\x7f]{1,5})"
_AUDIO_MESSAGE = re.compile(
    re.escape(_BEGINNING)
    + (_NUMBER + INT) * 2
    + re.escape(_AUDIO + _sevens(AUDIO_BLOCK_BYTES) + STRING)
    + b"(.{%d})" % AUDIO_BLOCK_BYTES
    + re.escape(_BY_NAME),
    re.DOTALL,
)
