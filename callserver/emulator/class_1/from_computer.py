"""What the computer gives a modem to send: shielded octets to an end mark, never faster than the buffer takes them."""

from collections.abc import Callable

from callserver.emulator.voice_bytes import ETX, FromComputer

XON, XOFF = b"\x11", b"\x13"
LOW_SHARE, HIGH_SHARE = 0.25, 0.75
HELD_BYTES = 256


class OctetsToSend:
    """
    The modem's buffer.

    :param buffer_bytes: what it holds
    :param tell_flow: told XOFF when it fills, XON when it empties; None: the computer does not want to know
    `complete`: the end mark has come; `held`: what came after it. XON and XOFF from the computer are octets like any.
    """

    def __init__(self, buffer_bytes: int, tell_flow: Callable[[bytes], None] | None) -> None:
        self.complete, self.held = False, b""
        self._buffer_bytes, self._tell_flow = buffer_bytes, tell_flow
        self._reader = FromComputer()
        self._buffer = bytearray()
        self._stopped = False

    def __len__(self) -> int:
        return len(self._buffer)

    @property
    def room(self) -> int:
        """Bytes that can be taken now."""
        if self.complete:
            return HELD_BYTES - len(self.held)
        return max(self._buffer_bytes - len(self._buffer), 0)

    def feed(self, data: bytes) -> None:
        """From the computer; codes but the end mark are nothing."""
        for octets, code in self._reader.feed(data):
            if self.complete:
                self.held += octets
            elif code == ETX:
                self.complete = True
            else:
                self._buffer += octets
        if not self._stopped and len(self._buffer) > HIGH_SHARE * self._buffer_bytes:
            self._flow(XOFF)

    def take(self, n_octets: int) -> bytes:
        """At most so many."""
        taken = bytes(self._buffer[:n_octets])
        del self._buffer[:n_octets]
        if self._stopped and len(self._buffer) < LOW_SHARE * self._buffer_bytes:
            self._flow(XON)
        return taken

    def next_frame(self) -> None:
        """The computer may give more, up to a new end mark; what came early is read again."""
        held, self.held, self.complete = self.held, b"", False
        self.feed(held)

    def _flow(self, byte: bytes) -> None:
        self._stopped = byte == XOFF
        if self._tell_flow:
            self._tell_flow(byte)
