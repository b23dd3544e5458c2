"""A program's end of the exchange's control socket."""

# mypy: disable-error-code="no-untyped-call, untyped-decorator"
from collections.abc import Callable
from pathlib import Path
from typing import Any

from twisted.internet.interfaces import IReactorUNIX
from twisted.internet.protocol import connectionDone
from twisted.protocols.amp import AMP
from twisted.python.failure import Failure

from callserver.emulator.control import OpenPhone, PhoneEvent, RunScript, SendSound, SoundHeard, connect


class RemotePhone(AMP):
    """
    A telephone of the exchange, used by this program.

    :param on_event: told (seconds, line of script, what, stage) of what happens
    :param on_sound: told what is heard, 16-bit linear, if asked for
    :param on_lost: told when the exchange is gone
    """

    def __init__(
        self,
        on_event: Callable[[float, int, str, str], None] = lambda at_s, line, what, stage: None,
        on_sound: Callable[[bytes], None] | None = None,
        on_lost: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__()
        self._on_lost = on_lost
        self._on_event, self._on_sound = on_event, on_sound
        self.listens = on_sound is not None

    async def do(self, script: str) -> str:
        """
        Do these lines of script; the stage the telephone is in then.

        :raises Failed: a line cannot be read or has come to nothing
        """
        answer = await self.callRemote(RunScript, script=script)
        return str(answer["stage"])

    def say(self, sound: bytes) -> None:
        """Speak, 16-bit linear."""
        self.callRemote(SendSound, sound=sound)

    @PhoneEvent.responder
    def happened(self, at_s: float, line: int, what: str, stage: str) -> dict[str, Any]:
        self._on_event(at_s, line, what, stage)
        return {}

    @SoundHeard.responder
    def heard(self, sound: bytes) -> dict[str, Any]:
        if self._on_sound:
            self._on_sound(sound)
        return {}

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        super().connectionLost(reason)
        self._on_lost()


async def open_phone(
    reactor: IReactorUNIX,
    socket: Path,
    telephone: RemotePhone,
    caller: tuple[str, str, bool],
    recording: Path | None = None,
    folder: Path = Path(),
) -> None:
    """
    Connect the telephone to the exchange.

    :param caller: number, name, withheld; no number: the script says it
    :raises ConnectError: no exchange there
    :raises Failed: it cannot be had
    """
    await connect(reactor, socket, telephone)
    number, name, withheld = caller
    await telephone.callRemote(
        OpenPhone,
        number=number,
        name=name,
        withheld=withheld,
        folder=str(folder.resolve()),
        recording=str(recording.resolve()) if recording else "",
        listen=telephone.listens,
    )
