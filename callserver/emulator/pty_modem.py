"""A modem of the CX93001 kind that any program can open as a serial port."""

from pathlib import Path

from twisted.internet.defer import Deferred, succeed
from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import deferLater

from callserver.dsp.frames import FloatArray
from callserver.emulator.chip import CX93001, Chip
from callserver.emulator.dce import Dce
from callserver.emulator.loop import NoTerminal, SubscriberLine
from callserver.emulator.pty_port import PtyPort

DRAIN_STEPS, DRAIN_STEP_S = 50, 0.02
HANGS_UP_WITHOUT_DTR = 2  # &D


class _PtyDce(Dce):
    """The modem moves its bytes when the exchange moves its sound."""

    def __init__(self, line: SubscriberLine, port: PtyPort, owner: "PtyModem", chip: Chip) -> None:
        super().__init__(line, chip)
        self._port, self._owner = port, owner

    def read_sound(self) -> FloatArray | None:
        if self._port.dropped() and self.settings.basic["&D"] >= HANGS_UP_WITHOUT_DTR:
            self.drop()
        sent = self._port.read(self.room)
        if not self._owner.deaf:
            self.feed(sent)
        return super().read_sound()

    def feed_sound(self, block: FloatArray | None) -> None:
        self.congested = self.in_stream and self._port.unread > self.chip.unread_bytes
        super().feed_sound(block)
        said = self.read()
        self._port.write(self._owner.spoil(said))


class PtyModem:
    """
    A modem on a line, and its port.

    :param clock: for waiting until the program has read what is left, before unplugging
    :param link: a stable path that leads to the port, as /dev/serial/by-path does; made and removed here

    Faults on demand: `deaf` (takes everything, answers nothing), `halved` (everything it says comes in two pieces,
    20 ms apart), `garbage`, `unplug`, `plug`.
    """

    def __init__(
        self, line: SubscriberLine, clock: IReactorTime, *, chip: Chip = CX93001, link: Path | None = None
    ) -> None:
        self.line, self.deaf, self.halved = line, False, False
        self._clock, self._chip, self._link = clock, chip, link
        self._garbage = self._second_half = b""
        self._port: PtyPort | None = None
        self.plug()

    @property
    def path(self) -> str:
        """Open this; empty while unplugged without a link."""
        return str(self._link or (self._port.name if self._port else ""))

    @property
    def underruns(self) -> int:
        """Gaps in what the program should have sent in time."""
        return self.dce.underruns

    @property
    def overruns(self) -> int:
        """Times the program read so late that sound was lost."""
        return self.dce.overruns

    def plug(self) -> None:
        """A modem fresh from power-on, on a new port."""
        self._port = port = PtyPort()
        self.dce = _PtyDce(self.line, port, self, self._chip)
        self.line.terminal = self.dce
        if self._link:
            fresh = self._link.with_name(self._link.name + ".new")
            fresh.unlink(missing_ok=True)
            fresh.symlink_to(port.name)
            fresh.replace(self._link)

    def unplug(self) -> Deferred[None]:
        """Pull the cable, once the program has read what was already sent (or after a second); fires when it is out."""
        self.dce.hang_up()
        self.line.terminal = NoTerminal()
        port, self._port = self._port, None
        if self._link:
            self._link.unlink(missing_ok=True)
        return Deferred.fromCoroutine(self._drain(port)) if port else succeed(None)

    def close(self) -> None:
        """For good and at once."""
        port, self._port = self._port, None
        if port:
            self.line.terminal = NoTerminal()
            port.close()
        if self._link:
            self._link.unlink(missing_ok=True)

    def garbage(self, data: bytes) -> None:
        """Bytes that no modem should say."""
        self._garbage += data

    def spoil(self, said: bytes) -> bytes:
        """What becomes of the modem's words by the faults asked for."""
        if self.deaf:
            said = b""
        said, self._garbage = self._garbage + said, b""
        if self.halved:
            half = len(said) // 2
            said, self._second_half = self._second_half + said[:half], said[half:]
        return said

    async def _drain(self, port: PtyPort) -> None:
        for _ in range(DRAIN_STEPS):
            if not (port.is_open and port.unread):
                break
            await deferLater(self._clock, DRAIN_STEP_S)
        port.close()
