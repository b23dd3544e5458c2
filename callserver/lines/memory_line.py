"""A line with both ends in memory: for tests, and for whoever wants to see a line without a modem."""

from collections.abc import Callable

from twisted.application.service import Service
from twisted.internet.defer import Deferred, fail, succeed

from callserver.dsp.codecs import MU_LAW, Codec
from callserver.fax.signals import Heard
from callserver.lines.interfaces import (
    Caller,
    Capabilities,
    DialFailure,
    DialPermit,
    IFaxModem,
    ILineListener,
    LineFailure,
)
from callserver.wire.dial_results import DialResult

RESULTS = {"NO DIALTONE": DialResult.NO_DIAL_TONE, "BUSY": DialResult.BUSY}
PLAIN = Capabilities(full_duplex=True, reports_keys=False)


class FarEnd:
    """The exchange and the other party of a MemoryLine."""

    def __init__(self, line: "MemoryLine") -> None:
        self._line = line
        self.heard = bytearray()  # what the line has said since it last went off hook, in its codec
        self.dialled: list[str] = []
        self.transferred_to: list[str] = []  # by a flash and these digits
        self.refusal: str | None = None  # why the exchange refuses the next dial, e.g. "NO DIALTONE"

    def ring(self, caller: Caller | None = None) -> None:
        """One burst of ringing; the caller's number, if given, comes before it."""
        if self._line.plugged_in and not self._line.off_hook:
            if caller is not None:
                self._line.listener.caller_id(caller)
            self._line.listener.ring()

    def speak(self, data: bytes) -> None:
        """Sound in the line's codec; lost while the line is on hook."""
        if self._line.off_hook:
            self._line.listener.sound(data)

    def press(self, digit: str) -> None:
        """A key, as the line's hardware reports it where it is the source of keys."""
        if self._line.off_hook and self._line.capabilities.reports_keys:
            self._line.listener.key(digit)

    def hang_up(self, reason: str = "loop current interrupted") -> None:
        """The other party goes on hook and the exchange says so."""
        if self._line.off_hook:
            self._line.listener.far_end_gone(reason)

    def unplug(self, reason: str = "unplugged") -> None:
        """The line vanishes, with whatever call was on it."""
        if self._line.plugged_in:
            self._line.plugged_in = self._line.off_hook = False
            self._line.listener.line_lost(LineFailure(reason))

    def plug_in(self) -> None:
        """The line is there again."""
        if not self._line.plugged_in:
            self._line.plugged_in = True
            self._line.listener.line_up(self._line.capabilities)


class MemoryLine(Service):
    """An ILine whose other side is `far_end`; everything happens at once."""

    def __init__(
        self,
        name: str = "line 1",
        codec: Codec = MU_LAW,
        capabilities: Capabilities = PLAIN,
    ) -> None:
        self.name, self.codec, self.capabilities = name, codec, capabilities
        self.plugged_in = self.off_hook = self.seized = False
        self.n_flushes = 0
        self.listener: ILineListener
        self.far_end = FarEnd(self)

    def attach(self, listener: ILineListener) -> None:
        self.listener = listener

    def startService(self) -> None:
        super().startService()  # type: ignore[no-untyped-call]
        self.far_end.plug_in()

    def stopService(self) -> None:
        super().stopService()  # type: ignore[no-untyped-call]
        self.plugged_in = self.off_hook = False

    def answer(self) -> Deferred[None]:
        return self._go_off_hook()

    def seize(self) -> Deferred[None]:
        seized = self._go_off_hook()
        self.seized = self.off_hook
        return seized

    def dial(self, permit: DialPermit) -> Deferred[None]:
        refusal, self.far_end.refusal = self.far_end.refusal, None
        if not (self.off_hook and self.seized):
            return fail(LineFailure("{line} is not seized", line=self.name))
        self.seized = False
        if refusal is not None:
            self.off_hook = False
            result = RESULTS.get(refusal, DialResult.LINE_LOST)
            return fail(DialFailure(result, "{line} cannot dial: {refusal}", line=self.name, refusal=refusal))
        self.far_end.dialled.append(permit.digits)
        return succeed(None)

    def flash_transfer(self, permit: DialPermit) -> Deferred[None]:
        refusal, self.far_end.refusal = self.far_end.refusal, None
        if not self.off_hook or not self.capabilities.flash or refusal is not None:
            return fail(LineFailure("{line} does not transfer: {refusal}", line=self.name, refusal=refusal or ""))
        self.far_end.transferred_to.append(permit.digits)
        return succeed(None)

    def fax(self, on_heard: Callable[[Heard], None], on_lost: Callable[[], None]) -> Deferred[IFaxModem]:
        return fail(LineFailure("{line} has no fax of its own", line=self.name))

    def hang_up(self) -> Deferred[None]:
        self.off_hook = False
        return succeed(None)

    def send(self, block: bytes) -> None:
        if self.off_hook:
            self.far_end.heard += block

    def flush(self) -> None:
        """Nothing waits in memory: only counted."""
        self.n_flushes += 1

    def _go_off_hook(self) -> Deferred[None]:
        if self.off_hook:
            return fail(LineFailure("{line} is busy", line=self.name))
        if not self.plugged_in:
            return fail(LineFailure("{line} is not there", line=self.name))
        self.off_hook, self.seized = True, False
        self.far_end.heard.clear()
        return succeed(None)
