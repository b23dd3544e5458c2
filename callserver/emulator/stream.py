"""What a modem is while its bytes are no commands."""

from typing import Protocol

from callserver.dsp.frames import FloatArray


class Stream(Protocol):
    """
    From the command that began it to its result. Each 20 ms `read_sound`, then `feed_sound`.

    `result`: what is said at its end, after `end_mark`
    `held`: what the computer has sent after that end, to be read as commands
    `underruns`: gaps in what the computer should have sent in time
    `hangs_up`: its end is the call's
    """

    underruns: int
    result: str
    hangs_up: bool

    @property
    def held(self) -> bytes:
        """For the commands."""

    @property
    def ended(self) -> bool:
        """It is over."""

    @property
    def room(self) -> int:
        """Bytes that can be taken now."""

    @property
    def end_mark(self) -> bytes:
        """What ends data towards the computer."""

    def feed(self, data: bytes) -> None:
        """From the computer."""

    def read_sound(self) -> FloatArray | None:
        """The next block for the line, shape (160,)."""

    def feed_sound(self, block: FloatArray | None) -> bytes:
        """A block from the line; what it gives the computer."""
