"""The commands of the fax classes: +FTS, +FRS, +FTH, +FRH, +FTM, +FRM, and what ATA and ATD do in them."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import chain, cycle

from callserver.dsp.frames import BLOCK_SAMPLES, RATE_HZ, FloatArray
from callserver.dsp.tones import tone
from callserver.emulator.class_1.from_computer import OctetsToSend
from callserver.emulator.class_1.receiving import FaxEar, ReceivesFrame, ReceivesImage, Receiving
from callserver.emulator.class_1.sending import LEVEL_DBM0, SendsFrames, SendsImage
from callserver.emulator.command_line import BadCommand, Command, CommandKind
from callserver.emulator.dialling import BrokenOff, say, wait
from callserver.emulator.parameters import WAIT_FOR_ANSWER_S
from callserver.emulator.voice_modem import IVoiceModem, Procedure
from callserver.fax.modulations import Modulation

CED_HZ, CED_SILENCE_S, CED_S, AFTER_CED_S = 2100.0, 0.2, 3.0, 0.08
CNG_HZ, CNG_S, CNG_PAUSE_S = 1100.0, 0.5, 3.0
SILENCE_MAX = 255  # x 10 ms
BUSY = {"busy", "congestion"}
XON_XOFF = 1  # +FLO

IMAGES: dict[int, tuple[Modulation, bool]] = {
    modulation.class_1(short=short): (modulation, short)
    for short in (True, False)  # the code of modems without a short training stands for the long one
    for modulation in Modulation
    if modulation is not Modulation.V21
}


class FaxCommands:
    """Does them on its modem. `hear` gets what comes from the line while no stream does."""

    def __init__(self, modem: IVoiceModem) -> None:
        self._modem, self._ear = modem, FaxEar()
        self.by_name: dict[str, Callable[[Command], list[str]]] = {
            "+FTS": lambda command: self._silence(command, self._keep_silent),
            "+FRS": lambda command: self._silence(command, self._await_silence),
            "+FTH": lambda command: self._frames(command, self._send_frames),
            "+FRH": lambda command: self._frames(command, self._receive_frame),
            "+FTM": lambda command: self._image(command, self._send_image),
            "+FRM": lambda command: self._image(command, self._receive_image),
        }

    def hear(self, block: FloatArray) -> None:
        """20 ms, shape (160,)."""
        self._ear.feed(block)

    def answer(self) -> Procedure:
        """ATA: off hook, CED, then as +FTH=3."""
        self._modem.lift()
        self._ear.begin_call()
        yield from wait(self._modem, CED_SILENCE_S)
        yield from say(self._modem, tone([CED_HZ], round(CED_S * RATE_HZ), LEVEL_DBM0))
        yield from wait(self._modem, AFTER_CED_S)
        self._send_frames()
        return ""

    def call(self) -> None:
        """ATD, the digits being out: CNG until the far end's V.21 comes, then as +FRH=3."""
        self._ear.begin_call()
        self._modem.begin(Calls(self._modem, self._ear))

    def _silence(self, command: Command, procedure: Callable[[int], Procedure]) -> list[str]:
        if command.kind is CommandKind.TEST:
            return [f"(0-{SILENCE_MAX})"]
        self._demand(command.value.isdecimal() and int(command.value) <= SILENCE_MAX)
        self._demand_line(command)
        self._modem.run(procedure(10 * int(command.value)), abortable=True)
        return []

    def _frames(self, command: Command, action: Callable[[], None]) -> list[str]:
        if command.kind is CommandKind.TEST:
            return ["3"]
        self._demand(command.value == "3")
        self._demand_line(command)
        action()
        return []

    def _image(self, command: Command, action: Callable[[Modulation, bool], None]) -> list[str]:
        if command.kind is CommandKind.TEST:
            return [",".join(map(str, sorted(IMAGES)))]
        self._demand(command.value.isdecimal() and int(command.value) in IMAGES)
        self._demand_line(command)
        action(*IMAGES[int(command.value)])
        return []

    def _demand_line(self, command: Command) -> None:
        self._demand(command.kind is CommandKind.SET and self._modem.settings.fax and self._modem.line.off_hook)

    def _demand(self, condition: bool) -> None:
        if not condition:
            raise BadCommand

    def _keep_silent(self, silence_ms: int) -> Procedure:
        with suppress(BrokenOff):
            yield from wait(self._modem, silence_ms / 1000)
        return "OK"

    def _await_silence(self, silence_ms: int) -> Procedure:
        with suppress(BrokenOff):
            while self._modem.quiet_ms < silence_ms:
                yield
        return "OK"

    def _send_frames(self) -> None:
        self._ear.forget()
        self._modem.begin(SendsFrames(self._octets(), self._modem.result, self._modem.silent_ms))

    def _send_image(self, modulation: Modulation, short: bool) -> None:
        self._ear.forget()
        self._modem.begin(SendsImage(modulation, short, self._octets(), self._modem.result, self._modem.silent_ms))

    def _octets(self) -> OctetsToSend:
        tells = self._modem.settings.numbers["+FLO"] == (XON_XOFF,)
        return OctetsToSend(self._modem.chip.buffer_bytes, self._modem.tell if tells else None)

    def _receive_frame(self) -> None:
        self._modem.begin(ReceivesFrame(self._ear, self._modem.result))

    def _receive_image(self, modulation: Modulation, short: bool) -> None:
        adaptive = self._modem.settings.numbers["+FAR"] == (1,)
        self._modem.begin(ReceivesImage(modulation, short, adaptive, self._ear, self._modem.result))


class Calls(Receiving):
    """After ATD: CNG again and again, listening in its pauses; ends when busy is heard or nobody answers in time."""

    def __init__(self, modem: IVoiceModem, ear: FaxEar) -> None:
        super().__init__(modem.result)
        self._modem, self._frame = modem, ReceivesFrame(ear, modem.result)
        self._since_ms = modem.now_ms
        modem.tones.clear()
        burst = tone([CNG_HZ], round(CNG_S * RATE_HZ), LEVEL_DBM0).reshape(-1, BLOCK_SAMPLES)
        pause: list[FloatArray | None] = [None] * round(CNG_PAUSE_S * RATE_HZ / BLOCK_SAMPLES)
        self._cng: Iterator[FloatArray | None] = cycle(chain(burst, pause))

    def read_sound(self) -> FloatArray | None:
        return None if self._frame.connected else next(self._cng)

    def feed_sound(self, block: FloatArray | None) -> bytes:
        octets = self._frame.feed_sound(block)
        self.connected = self._frame.connected
        if self._frame.ended:
            self._end(self._frame.result)
        elif not self.connected:
            self._judge()
        return octets

    def _broken_off(self) -> None:
        if not self.connected:
            self._give_up("NO CARRIER")

    def _judge(self) -> None:
        limit_ms = 1000 * self._modem.settings.registers[WAIT_FOR_ANSWER_S]
        if BUSY & self._modem.tones.keys():
            self._give_up("BUSY")
        elif self._modem.now_ms - self._since_ms > limit_ms:
            self._give_up("NO CARRIER")

    def _give_up(self, result: str) -> None:
        self._end(result)
        self.hangs_up = True
