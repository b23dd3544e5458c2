"""How much a peer has sent, measured before any of it is parsed into objects."""

import re
from dataclasses import dataclass

LIST, INT, STRING, NEG, FLOAT, LONGINT, LONGNEG, VOCAB = range(0x80, 0x88)  # twisted.spread.banana's type bytes
PREFIX_BYTES = 64  # as banana allows
TOKEN = re.compile(rb"[\x00-\x7f]{0,64}[\x80-\xff]")


class TooMuch(Exception):
    """A peer sent what no desktop program sends; the text says what, never the data."""


@dataclass(frozen=True)
class Limits:
    """What one message (a top-level banana expression) may be, and all of them together."""

    message_bytes: int
    message_items: int
    depth: int = 32
    total_bytes: float = float("inf")


class BananaMeter:
    """
    Follows a banana stream, cut anywhere, item by item without keeping any of it.

    Banana itself bounds neither the depth nor the size of a whole message, and 64 KiB of one-byte items
    keep it busy for a third of a second.
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._total = 0
        self._tail = b""  # the beginning of a token
        self._body = 0  # bytes of a string or float still to come
        self._open: list[int] = []  # items still to come in each open list, outermost first
        self._bytes = self._items = 0  # of the message

    def feed(self, data: bytes) -> int:
        """
        Measure what came.

        :return: messages completed
        :raises TooMuch: at the first byte that goes beyond a limit or is no banana
        """
        self._total += len(data)
        if self._total > self.limits.total_bytes:
            raise TooMuch(f"more than {self.limits.total_bytes} bytes")
        data, self._tail = self._tail + data, b""
        messages = position = 0
        while position < len(data):
            if self._body:
                taken = min(self._body, len(data) - position)
                self._body -= taken
                position += taken
                messages += self._item_over() if not self._body else 0
            elif token := TOKEN.match(data, position):
                position = token.end()
                messages += self._token(token.group())
            else:
                self._keep(data[position:])
                break
        return messages

    def _keep(self, tail: bytes) -> None:
        if len(tail) > PREFIX_BYTES:
            raise TooMuch(f"a prefix of more than {PREFIX_BYTES} bytes")
        self._tail = tail

    def _token(self, token: bytes) -> int:
        self._count(len(token))
        kind = token[-1]
        if kind > VOCAB:
            raise TooMuch(f"type byte {kind:#x}")
        if kind == LIST:
            return self._list(number(token))
        self._body = 8 if kind == FLOAT else number(token) if kind == STRING else 0
        self._bytes += self._body
        if self._bytes > self.limits.message_bytes:
            raise TooMuch(f"a message of more than {self.limits.message_bytes} bytes")
        return 0 if self._body else self._item_over()

    def _count(self, n_bytes: int) -> None:
        self._bytes += n_bytes
        self._items += 1
        if self._items > self.limits.message_items:
            raise TooMuch(f"a message of more than {self.limits.message_items} items")

    def _list(self, n_items: int) -> int:
        if self._items + n_items > self.limits.message_items:
            raise TooMuch(f"a message of more than {self.limits.message_items} items")
        if not n_items:
            return self._item_over()
        self._open.append(n_items)
        if len(self._open) > self.limits.depth:
            raise TooMuch(f"lists more than {self.limits.depth} deep")
        return 0

    def _item_over(self) -> int:
        while self._open:
            self._open[-1] -= 1
            if self._open[-1]:
                return 0
            self._open.pop()
        self._bytes = self._items = 0
        return 1


def number(token: bytes) -> int:
    """The number before a type byte: base 128, lowest digit first."""
    value = 0
    for digit in token[-2::-1]:
        value = value << 7 | digit
    return value
