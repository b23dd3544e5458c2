"""A modem of the CX93001 kind on a clock, which does what a test tells it."""

import errno
from pathlib import Path

from twisted.internet.error import ConnectionDone
from twisted.internet.task import Clock
from twisted.python.failure import Failure

from callserver.lines.link import ModemLink

ANSWER_S = 0.01
CODECS = b"""1,"UNSIGNED PCM",8,0,8000,0,0
129,"IMA ADPCM",4,0,8000,0,0
130,"UNSIGNED PCM",8,0,8000,0,0
140,"2 Bit ADPCM",2,0,8000,0,0
141,"4 Bit ADPCM",4,0,8000,0,0"""
CONNECTIONS = b"""0,"",B0000000,B0000000,B0000000
1,"T",0B8018E00,0B8018E00,0B8018E00
2,"L",0B8018E00,0B8018E00,0B8018E00"""
INFORMATION = {
    "ATI0": b"56000",
    "ATI3": b"CX93001-EIS_V0.2002-V92",
    "AT+GMI": b"+GMI: CONEXANT",
    "AT+FCLASS=?": b"0,1,1.0,8",
    "AT+VSM=?": CODECS,
    "AT+VLS=?": CONNECTIONS,
}


class ScriptedModem:
    """
    The modem, its cable and the port at once: an IPort for the link, with the far end's side as attributes.

    `answers` overrules what it says to a command: text for a final result, None for silence. It answers after
    `answer_s`, or what `late` says of the n-th command; `cut` cuts what it says into single bytes.
    """

    def __init__(self, clock: Clock, device: str) -> None:
        self._clock, self._device = clock, Path(device)
        self.answers: dict[str, str | None] = {}
        self.information: dict[str, bytes] = {}
        self.commands: list[str] = []
        self.raw = bytearray()  # all that was written
        self.heard = bytearray()  # sound of the present call, shield taken off
        self.dialled: list[str] = []
        self.off_hook = self.in_stream = False
        self.deaf = False  # takes no notice of anything
        self.dtr: list[bool] = []
        self.n_forgotten = self.n_opened = 0
        self.voice_class = "0"
        self.echo = self.tells_callers = self.cut = self.duplex_on_hook = False
        self.answer_s, self.late = ANSWER_S, dict[int, float]()
        self._line = bytearray()
        self._link: ModemLink | None = None

    # The cable

    def connect(self, device: str, clock: Clock, link: ModemLink) -> None:
        if not self._device.exists():
            raise FileNotFoundError(errno.ENOENT, "No such file or directory", device)
        self.n_opened += 1
        self._link = link
        link.makeConnection(self)

    def plug_in(self) -> None:
        self._device.touch()

    def unplug(self) -> None:
        self._device.unlink()
        self.off_hook = self.in_stream = False
        self._drop_link()

    def _drop_link(self) -> None:
        link, self._link = self._link, None
        if link is not None:
            link.connectionLost(Failure(ConnectionDone()))

    # IPort

    def write(self, data: bytes) -> None:
        self.raw += data
        if self.deaf:
            return
        for at in range(len(data)):
            self._byte(data[at : at + 1])

    def n_unread(self) -> int:
        return 0

    def forget_output(self) -> None:
        self.n_forgotten += 1

    def raise_dtr(self, up: bool) -> None:
        self.dtr.append(up)

    def abort(self, reason: Exception) -> None:
        self._drop_link()

    # The modem

    def says(self, data: bytes) -> None:
        """At once, to whoever is connected."""
        for piece in [data[at : at + 1] for at in range(len(data))] if self.cut else [data]:
            if self._link is not None:
                self._link.dataReceived(piece)

    def resets(self) -> None:
        """As after a dip of its supply: on hook, data mode, echo, no caller ID; it says nothing."""
        self.off_hook = self.in_stream = self.tells_callers = False
        self.voice_class, self.echo = "0", True
        self._line.clear()

    def _byte(self, byte: bytes) -> None:
        if self.echo and not self.in_stream:
            self.says(byte)
        self._obey_byte(byte)

    def _obey_byte(self, byte: bytes) -> None:
        shielded = self._line[:1] == b"\x10"
        if shielded or byte == b"\x10":
            self._line += byte
            if shielded:
                self._pair(bytes(self._line[1:]))
                self._line.clear()
        elif self.in_stream:
            self.heard += byte
        elif byte == b"\r":
            command = self._line.decode("latin-1").strip("\0")
            self._line.clear()
            if command:
                self._command(command)
        else:
            self._line += byte

    def _pair(self, code: bytes) -> None:
        if not self.in_stream:
            return
        if code == b"\x10":
            self.heard += code
        elif code == b"^":
            self.in_stream = False
            self._later(b"\x10\x03\r\nOK\r\n")

    def _command(self, command: str) -> None:
        self.commands.append(command)
        result = self.answers.get(command, "OK")
        if result is not None:
            if result == "OK":
                result = self._obey(command)
            information = (INFORMATION | self.information).get(command, b"") if result == "OK" else b""
            if command == "AT+FCLASS?" and command not in self.information:
                information = self.voice_class.encode()
            elif command == "AT+VCID?" and command not in self.information:
                information = b"01"[self.tells_callers :][:1]
            self._later(b"\r\n".join([b"", *information.split(b"\n"), result.encode(), b""]), command)

    def _obey(self, command: str) -> str:
        if command in ("AT+VLS=1", "AT+VTR") and self.voice_class != "8":
            return "ERROR"
        if command in ("AT+VLS=1", "AT+VLS=0"):
            self.off_hook = command == "AT+VLS=1"
            self.heard.clear() if self.off_hook else None
        elif command in ("ATZ", "ATE0Q0V1", "ATE0Q0V1H0", "ATH"):
            self.echo = self.echo and command[:4] != "ATE0"
            self.off_hook = self.off_hook and command == "ATE0Q0V1"
        elif command == "AT+VCID=1":
            self.tells_callers = True
        elif command.startswith("AT+FCLASS=") and command[-1] != "?":
            self.voice_class = command.removeprefix("AT+FCLASS=")
        elif command.startswith("ATDT"):
            self.off_hook = True
            self.heard.clear()
            self.dialled.append(command[4:].rstrip(";"))
        elif command == "AT+VTR":
            return "CONNECT" if self.off_hook or self.duplex_on_hook else "ERROR"
        elif command == "AT#CLS=?":
            return "ERROR"
        return "OK"

    def _later(self, data: bytes, command: str = "") -> None:
        def say() -> None:
            if data.endswith(b"CONNECT\r\n"):
                self.in_stream = True
            self.says(data)

        self._clock.callLater(self.late.get(len(self.commands), self.answer_s) if command else ANSWER_S, say)
