"""
A far end that follows a script, as TSB-85's tester does: what it must hear, then what it says.

    (heard, said): `heard` is what came since the last step, frames by their names and `image`; `said` are signals, one
    after the other, or nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from callserver.fax import signals as s
from callserver.fax.modulations import Modulation
from callserver.fax.page import Coding, Resolution
from callserver.fax.t30.agreement import Agreement
from callserver.fax.t30.capabilities import Capabilities
from callserver.fax.t30.ecm import on_line
from callserver.fax.t30.frames import Frame, Name, burst
from tests.fax.t30.wire import Modem


@dataclass(frozen=True)
class Pause:
    """The far end takes its time."""

    seconds: float


Signal = s.SendTone | s.SendFrames | s.SendImage | Pause
Said = Sequence[Signal]
Step = tuple[str, Said]
ALL = frozenset(Modulation) - {Modulation.V21}
TCF_S = 1.5


def says(*frames: Frame | Name, from_sender: bool = False) -> s.SendFrames:
    """One burst."""
    return s.SendFrames(
        burst([one if isinstance(one, Frame) else Frame(one) for one in frames], from_sender=from_sender)
    )


def dis(capabilities: Capabilities | None = None) -> s.SendFrames:
    return says(Frame(Name.DIS, (capabilities or Capabilities(ALL)).dis()))


def dcs(agreement: Agreement) -> list[s.SendFrames | s.SendImage]:
    """DCS and a good TCF."""
    zeros = bytes(int(agreement.modulation.bit_rate * TCF_S / 8))
    return [
        says(Frame(Name.DCS, agreement.dcs()), from_sender=True),
        s.SendImage(agreement.modulation, short=False, octets=zeros),
    ]


def on_line_octets(block: Sequence[bytes], numbers: Iterable[int], agreement: Agreement) -> bytes:
    """These frames of a block, all of them made."""
    return b"".join(on_line(block, numbers, agreement))


PLAIN = Agreement(Modulation.V27TER_4800, Coding.MH, 1728, Resolution.STANDARD, ecm=False)
CORRECTED = Agreement(Modulation.V17_14400, Coding.MMR, 1728, Resolution.FINE)


class FarEnd:
    """The scripted end; it does the next step as soon as it has heard what that waits for."""

    next_deadline_s: float | None = None

    def __init__(self, modem: Modem, steps: Sequence[Step]) -> None:
        self._modem, self._steps = modem, list(steps)
        self._heard: list[str] = []
        self._saying: list[Signal] = []
        self.at_s: list[float] = []  # when each step was taken
        modem.hears_everything = True

    def start(self, now_s: float) -> None:
        self._listen()
        self._try()

    def on_time(self, now_s: float) -> None:
        raise AssertionError("a script has no clock")

    def feed(self, heard: s.Heard, now_s: float) -> None:
        match heard:
            case s.Sent():
                self._say_next()
            case s.FrameHeard(octets):
                frame = Frame.parse(octets)
                self._heard.append(frame.name.name if frame else octets.hex())
            case s.FramesOver():
                self._try()
            case s.ImageOver():
                self._heard.append("image")
                self._try()

    def assert_done(self) -> None:
        """The whole script was played."""
        if self._steps or self._heard:
            raise AssertionError(f"still to come: {self._steps[:1]}; heard last: {self._heard}")

    def _try(self) -> None:
        heard = " ".join(self._heard)
        if not self._steps or self._steps[0][0] != heard:
            return
        _, said = self._steps.pop(0)
        self._heard.clear()
        self.at_s.append(self._modem.line.now_s)
        self._saying = list(said)
        self._say_next()

    def _say_next(self) -> None:
        if self._saying:
            signal = self._saying.pop(0)
            if isinstance(signal, Pause):
                self._modem.line.after(signal.seconds, self._say_next)
            else:
                self._modem.ask(signal)
        else:
            self._listen()
            if self._steps and not self._steps[0][0]:
                self._try()

    def _listen(self) -> None:
        self._modem.ask(s.Listen())
