"""A modem that receives a fax's signals: +FRH, +FRM, and ATD while it waits for the far end."""

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable

from callserver.dsp.frames import BLOCK_MS, FloatArray
from callserver.emulator.voice_bytes import DLE, ETX, shielded
from callserver.fax.hdlc import fcs
from callserver.fax.modems.ear import Ear
from callserver.fax.modems.learning import LearntLine
from callserver.fax.modulations import Modulation
from callserver.fax.signals import FlagsHeard, FrameHeard, FramesOver, Heard, ImageHeard, ImageOver, Trained

FLOW = b"\x11\x13"  # no characters in the sense of what ends a reception
HELD_BYTES = 256
OTHER_CARRIER_MS = 300  # flags for so long are no end of the frames before
V21_INSTEAD, WRONG_CARRIER = "+FRH:3", "+FCERROR"


class FaxEar:
    """
    What the far end's fax says; its frames are kept from one command to the next: it does not wait for the computer.

    `feed` as long as the modem does not send. What is kept is of one carrier.
    """

    def __init__(self) -> None:
        self._line: dict[str, LearntLine] = {}
        self.forget()

    def forget(self) -> None:
        """The modem has sent: what was before is past, but for what was learnt of the line."""
        self._ear = Ear(self._line)
        self._kept: deque[Heard] = deque()

    def begin_call(self) -> None:
        """Another line, as far as one knows."""
        self._line = {}
        self.forget()

    def expect(self, image: Modulation | None, *, short: bool = False) -> None:
        """An image may come, or none."""
        self._ear.expect(None, short=False)  # what was heard of one before is past
        self._ear.expect(image, short=short)

    def feed(self, block: FloatArray) -> list[Heard]:
        """20 ms, shape (160,)."""
        heard = self._ear.feed(block)
        for event in heard:
            if isinstance(event, FlagsHeard):
                self._kept.clear()
            if isinstance(event, FlagsHeard | FrameHeard | FramesOver):
                self._kept.append(event)
        return heard

    def take(self) -> Heard | None:
        """The oldest of V.21 that was not taken."""
        return self._kept.popleft() if self._kept else None


class Receiving(ABC):
    """
    A stream that waits and gives octets to the computer. Any character but XON and XOFF ends it.

    :param say: told CONNECT, before the octets
    `connected`: it was
    """

    def __init__(self, say: Callable[[str], None]) -> None:
        self.result, self.ended, self.held, self.underruns, self.hangs_up = "OK", False, b"", 0, False
        self._say, self.connected = say, False

    @property
    def room(self) -> int:
        return HELD_BYTES - len(self.held)

    @property
    def end_mark(self) -> bytes:
        return DLE + ETX if self.connected else b""

    def feed(self, data: bytes) -> None:
        if self.ended:
            self.held += data
        elif characters := data.lstrip(FLOW):
            self.held = characters[1:]
            self._broken_off()
            self.ended = True

    def read_sound(self) -> FloatArray | None:
        return None

    @abstractmethod
    def feed_sound(self, block: FloatArray | None) -> bytes:
        """20 ms of the far end, shape (160,), None while there is none; octets for the computer."""

    def _broken_off(self) -> None:  # noqa: B027 - most have nothing to do then
        """By the computer."""

    def _connect(self) -> None:
        self.connected = True
        self._say("CONNECT")

    def _end(self, result: str) -> None:
        self.result, self.ended = result, True


class ReceivesFrame(Receiving):
    """+FRH=3: one frame, or the news that the carrier is over."""

    def __init__(self, ear: FaxEar, say: Callable[[str], None]) -> None:
        super().__init__(say)
        self._ear = ear

    def feed_sound(self, block: FloatArray | None) -> bytes:
        if block is not None:
            self._ear.feed(block)
        while not self.ended and (heard := self._ear.take()):
            if isinstance(heard, FrameHeard):
                return self._frame(heard)
            if isinstance(heard, FramesOver):
                self._end("NO CARRIER")
            else:
                self._connect()
        return b""

    def _frame(self, frame: FrameHeard) -> bytes:
        if not self.connected:
            self._connect()
        self._end("OK" if frame.good else "ERROR")
        check = fcs(frame.octets)
        if not frame.good:
            check = bytes(octet ^ 0xFF for octet in check)  # some wrong one
        return shielded(frame.octets + check)


class ReceivesImage(Receiving):
    """
    +FRM: the octets of one image; when V.21 comes in its place, +FCERROR, or with +FAR=1 its first frame.

    :param adaptive: +FAR
    """

    def __init__(
        self, modulation: Modulation, short: bool, adaptive: bool, ear: FaxEar, say: Callable[[str], None]
    ) -> None:
        super().__init__(say)
        self._ear, self._adaptive = ear, adaptive
        ear.expect(modulation, short=short)
        self._flags_ms: int | None = None
        self._frame: ReceivesFrame | None = None

    def feed_sound(self, block: FloatArray | None) -> bytes:
        if block is None:
            return b""
        if self._frame is not None:
            return self._of_frame(self._frame, block)
        heard = self._ear.feed(block)
        octets = b"".join(self._of_image(event) for event in heard)
        if self._flags_ms is not None:
            self._flags_ms += BLOCK_MS
            if self._flags_ms > OTHER_CARRIER_MS:
                self._other_carrier()
        return shielded(octets)

    def _of_image(self, event: Heard) -> bytes:
        if isinstance(event, Trained):
            self._connect()
        elif isinstance(event, ImageOver) and self.connected:
            self._end("NO CARRIER")
        elif isinstance(event, FlagsHeard):
            self._flags_ms = 0
        elif isinstance(event, FramesOver):
            self._flags_ms = None
        return event.octets if isinstance(event, ImageHeard) and self.connected else b""

    def _other_carrier(self) -> None:
        if self.connected:
            self._end("NO CARRIER")
        elif not self._adaptive:
            self._end(WRONG_CARRIER)
        else:
            self._say(V21_INSTEAD)
            self._frame = ReceivesFrame(self._ear, self._say)

    def _of_frame(self, frame: ReceivesFrame, block: FloatArray) -> bytes:
        octets = frame.feed_sound(block)
        self.connected = bool(frame.end_mark)
        if frame.ended:
            self._end(frame.result)
        return octets
