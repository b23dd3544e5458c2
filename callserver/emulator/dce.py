"""A V.253 voice modem: bytes to and from the computer, sound to and from the line. No transport, no clock."""

from callserver.dsp.frames import BLOCK_MS, FloatArray
from callserver.emulator.caller_report import CallerReport
from callserver.emulator.chip import CX93001, RESULTS, Chip
from callserver.emulator.command_line import BadCommand, LineReader, commands
from callserver.emulator.command_set import CommandSet
from callserver.emulator.dialling import BrokenOff
from callserver.emulator.handset import Transmitter, is_sound
from callserver.emulator.loop import CallerId, CallProgress, SubscriberLine, SubscriberStage
from callserver.emulator.settings import Settings
from callserver.emulator.stream import Stream
from callserver.emulator.tone_detector import FAX_ANSWER, FAX_CALLING
from callserver.emulator.voice_bytes import event
from callserver.emulator.voice_modem import Procedure
from callserver.emulator.voice_stream import VoiceStream

CHARACTERS_IGNORED_MS = 125  # V.250 5.6.1: after a line, so that <CR><LF> does not abort
INPUT_BYTES = 256
TONE_EVENTS = {
    "dial": ("d", 3000),
    "ringback": ("r", 4000),
    "busy": ("b", 4000),
    "congestion": ("b", 4000),
    FAX_CALLING: ("c", 4000),
    FAX_ANSWER: ("a", 4000),
}


# A modem is in one of three states, told apart by `_procedure` and `_stream`, of which one at most is set:
#
#                   +VTX, +VRX, +VTR: CONNECT
#                   +FTH, +FTM, +FRH, +FRM
#           COMMAND --------------------------> STREAM       bytes are sound, or a fax's octets, and <DLE> codes
#            |   ^ ^ <-------------------------    ^         over when played out, received or aborted: its result
#            |   |      stream ended               |
#     D A +VTS   | result code                     | in a fax class ATA and ATD end in +FTH and +FRH
#     +FTS +FRS  |                                 |
#            v   |                                 |
#           PROCEDURE  ----------------------------'   one `next` each 20 ms; bytes abort it, or are held
#
# Whatever begins a procedure or a stream ends its command line: commands behind it are not done, so `AT+FTS=8;+FTM=96`
# is answered by OK and not by CONNECT, as by some real modems. A character during an
# abortable procedure (dialling, ATA) hangs up with NO CARRIER, except in the 125 ms after the command line, where it is
# the <LF> of <CR><LF>. During +VTS bytes are held. What comes after the end of a stream is held by the stream. Held
# bytes are read as commands once the result is out: a program need not wait, and no byte is lost or read twice.
#
# Flow. The transport asks `room` before it feeds, and gets what the modem sends after each block: in +VTR 160 samples
# are played for 160 recorded, by the exchange's clock, never by the computer's. So a computer that sends too late
# leaves a gap (`u`), one that reads too late loses sound (`congested`, `o`), as with hardware.
#
# Races. RING is due some time after the current (+VDR): it is told only if the line still rings then. The line returns
# a modem's own keys as echo: while a procedure runs, keys are not reported, and the end of a key only if its begin was.
# DTR may drop at any moment: `drop` ends procedure and stream without a result, on hook, held bytes forgotten.
#
# 三种状态：命令、过程、数据流，至多一种在进行。结果码发出后才读暂存的字节；时钟是交换机的，不是电脑的。


class Dce:
    """
    The modem at the end of a line. The transport feeds `feed` no more than `room` and sends what `read` gives.

    `congested`: set by the transport while the computer leaves too much unread; sound for it is then lost
    `underruns`: gaps in what it had to play; `overruns`: times the computer read so late that sound was lost.
    """

    hears_signals = True

    def __init__(self, line: SubscriberLine, chip: Chip = CX93001) -> None:
        self.line, self.chip, self.settings, self.transmitter = line, chip, Settings(line.country), Transmitter()
        self.caller_report = CallerReport(line.country)
        self.now_ms, self.quiet_ms, self.silent_ms, self.overruns = 0, 0, 0, 0
        self.tones: dict[str, int] = {}  # when each was last heard
        self._commands, self._reader = CommandSet(self), LineReader()
        self._out, self._held = bytearray(), b""
        self._stream: Stream | None = None
        self._procedure: Procedure | None = None
        self._abortable = self.congested = self._losing = self._key_is_down = False
        self._past_underruns, self._line_ended_ms, self._heard_from_ms = 0, 0, 0
        self._reported_ms: dict[str, int] = {}

    # The computer's side

    @property
    def room(self) -> int:
        """How many bytes the modem takes now."""
        return self._stream.room if self._stream else INPUT_BYTES - len(self._held)

    @property
    def underruns(self) -> int:
        return self._past_underruns + (self._stream.underruns if self._stream else 0)

    @property
    def in_stream(self) -> bool:
        return self._stream is not None

    def feed(self, data: bytes) -> None:
        """Whatever the computer sends."""
        self._heard_from_ms = self.now_ms
        while data:
            if self._stream:
                self._stream.feed(data)
                return
            data = self._interrupted(data, self._procedure) if self._procedure else self._read_line(data)

    def read(self) -> bytes:
        """What the modem sends."""
        data, self._out = bytes(self._out), bytearray()
        return data

    def report(self, code: str) -> None:
        """An event, if this is a voice call."""
        if self.settings.voice:
            self._out += event(code)

    def tell(self, data: bytes) -> None:
        """Bytes that nobody asked for."""
        self._out += data

    def result(self, code: str, blank_line: bool = True) -> None:
        """A final or unsolicited result code."""
        if self.settings.basic["Q"] and code != "RING":
            return
        if self.settings.basic["V"]:
            self._out += (self.settings.line_end if blank_line else b"") + code.encode() + self.settings.line_end
        else:
            self._out += str(RESULTS[code]).encode() + self.settings.line_end[:1]

    # What commands start

    def open_stream(self, plays: bool, records: bool) -> None:
        """CONNECT, and sound flows from the next block on."""
        codec, gains = self.chip.samplings[self.settings.sampling].codec, self.settings.gains
        self.result("CONNECT")
        self.begin(VoiceStream(codec, plays, records, gains, self.chip.buffer_bytes, self.report))

    def begin(self, stream: Stream) -> None:
        """Bytes and sound are its own until it ends."""
        self._stream = stream

    def run(self, procedure: Procedure, abortable: bool) -> None:
        """Something that takes time and ends with a result; a character from the computer may end it."""
        self.quiet_ms = 0
        self._procedure, self._abortable = procedure, abortable

    def hang_up(self) -> None:
        """On hook."""
        self.transmitter.clear()
        self.line.hang_up()

    def drop(self) -> None:
        """DTR has gone: whatever was under way ends, on hook, without a word."""
        if self._stream:
            self._past_underruns += self._stream.underruns
        self._stream = self._procedure = None
        self._held = b""
        self.hang_up()
        self.settings.service, self.settings.device = "0", 0

    def lift(self) -> None:
        """Off hook."""
        if not self.line.off_hook:
            self.tones.clear()
            self._reported_ms.clear()
            self.line.lift()

    # The line's side

    def read_sound(self) -> FloatArray | None:
        self.now_ms += BLOCK_MS
        self._watch_inactivity()
        ring = self.caller_report.ring_due(self.now_ms)
        if ring and self.line.stage is SubscriberStage.RINGING:
            self._ring()
        if self._stream:
            return self._stream.read_sound()
        self._step()
        return self.transmitter.read()

    def feed_sound(self, block: FloatArray | None) -> None:
        sounds = block is not None and is_sound(block)
        self.quiet_ms = 0 if sounds else self.quiet_ms + BLOCK_MS
        self.silent_ms = 0 if sounds else self.silent_ms + BLOCK_MS
        if self._stream:
            sound = self._stream.feed_sound(block)
            if sound and self.congested and not self._losing:
                self.overruns += 1
                self.report("o")
            self._losing = bool(sound) and self.congested
            self._out += b"" if self._losing else sound
            if self._stream.ended:
                self._close_stream(self._stream)
        elif self.settings.fax and block is not None and self.transmitter.is_empty:
            self._commands.fax.hear(block)

    def key_heard(self, key: str, down: bool) -> None:
        if down and not self._procedure:  # not its own keys, which the line returns
            self.report("/")
            self.report(key)
        elif self._key_is_down:
            self.report("~")
        self._key_is_down = down and not self._procedure

    def tone_heard(self, tone: str) -> None:
        if tone not in (FAX_CALLING, FAX_ANSWER) and self.settings.country_code != self.settings.home_code:
            return  # it listens for the tones of another country
        self.tones[tone] = self.now_ms
        code, pause_ms = TONE_EVENTS.get(tone, ("", 0))
        if code and self.now_ms - self._reported_ms.get(code, -pause_ms) >= pause_ms:
            self._reported_ms[code] = self.now_ms
            self.report(code)

    def ringing(self, on: bool) -> None:
        cadence_too, tenths = self.settings.numbers["+VDR"]
        lines = self.caller_report.ringing(on, self.now_ms, 100 * tenths if cadence_too else None)
        if lines and self.line.stage is SubscriberStage.RINGING:
            self._packet(lines)

    def caller_id(self, caller: CallerId) -> None:
        self.tell(self.caller_report.text(caller, self.settings.numbers["+VCID"][0]))

    def progress(self, progress: CallProgress) -> None: ...

    def loop_break(self) -> None:
        if self.settings.numbers["-STE"][0] & 4:
            self.report("l")

    def _ring(self) -> None:
        if self.settings.voice:
            self._out += event("R") + b"\r\n"
        else:
            self.result("RING")

    def _packet(self, lines: list[str]) -> None:
        """Lines nobody asked for; wrapped as a complex event in voice mode."""
        text = "".join(f"\r\n{line}\r\n" for line in lines).encode()
        self._out += event("X") + text + event(".") if self.settings.voice else text

    def _read_line(self, data: bytes) -> bytes:
        registers = self.settings.registers
        line, used = self._reader.feed(data, registers[3], registers[5])
        if self.settings.basic["E"]:
            self._out += data[:used]
        if line is not None:
            self._line_ended_ms = self.now_ms
            self._do(line)
        return data[used:]

    def _do(self, line: str) -> None:
        blank_line = True
        try:
            for command in commands(line):
                lines = self._commands.do(command)
                blank_line = self._inform(lines, command.name, blank_line)
                if self._stream or self._procedure:
                    return
        except BadCommand:
            self.result("ERROR")
        else:
            self.result("OK", blank_line)

    def _inform(self, lines: list[str], name: str, blank_line: bool) -> bool:
        """Information text; whether OK comes after a blank line."""
        if not lines:
            return blank_line
        end = self.settings.line_end
        text = end.join(line.encode("latin-1") for line in lines) + end
        self._out += end + text if self.settings.basic["V"] else text
        return self.chip.blank_line_before_ok or not self._commands.answers_bare(name)

    def _interrupted(self, data: bytes, procedure: Procedure) -> bytes:
        if not self._abortable:
            self._held += data
            return b""
        if self.now_ms - self._line_ended_ms <= CHARACTERS_IGNORED_MS:
            return b""
        try:
            procedure.throw(BrokenOff())
        except StopIteration as end:
            self._procedure_over(end.value)
        except BrokenOff:
            self.transmitter.clear()
            self._fail()
            self._procedure_over("NO CARRIER")
        return data[1:]

    def _fail(self) -> None:
        """On hook, unless it is a fax in a voice call that is to go on (+VNH)."""
        if not self.settings.fax or self.settings.numbers["+VNH"] == (0,):
            self.hang_up()

    def _step(self) -> None:
        if not self._procedure:
            return
        try:
            next(self._procedure)
        except StopIteration as end:
            self._procedure_over(end.value)

    def _procedure_over(self, result: str) -> None:
        self._procedure, held, self._held = None, self._held, b""
        if result:
            self.result(result)
        self.feed(held)

    def _close_stream(self, stream: Stream) -> None:
        self._past_underruns += stream.underruns
        self._stream = None
        self._out += stream.end_mark
        if stream.hangs_up:
            self._fail()
        self.result(stream.result)
        self.feed(stream.held)

    def _watch_inactivity(self) -> None:
        limit_ms = 1000 * self.settings.numbers["+VIT"][0]
        waiting = self.settings.voice and not self._stream and not self._procedure
        if limit_ms and waiting and self.now_ms - self._heard_from_ms > limit_ms:
            self.hang_up()
            self.settings.service = "0"
