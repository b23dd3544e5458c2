"""What a modem says in words where sound should be: it has left its stream without a word."""

RING, NO_CARRIER = (b"\r\n%s\r\n" % word for word in (b"RING", b"NO CARRIER"))


class TextInSound:
    """Looks for those words, wherever reads are cut."""

    def __init__(self) -> None:
        self._tail = b""

    def find(self, sound: bytes) -> bytes | None:
        """The one that is complete with this sound."""
        whole = self._tail + sound
        self._tail = whole[1 - len(NO_CARRIER) :]
        if b"\r\n" not in whole:
            return None
        for word in (NO_CARRIER, RING):
            if word in whole:
                self._tail = b""
                return word
        return None
