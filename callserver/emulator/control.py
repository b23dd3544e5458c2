"""What programs can ask of a running exchange, over its Unix socket, and what it tells them (AMP)."""

# ruff: noqa: RUF012, N815 - AMP's commands are written so
# mypy: disable-error-code="no-untyped-call"
from pathlib import Path

from twisted.internet.defer import Deferred
from twisted.internet.endpoints import UNIXClientEndpoint, connectProtocol
from twisted.internet.interfaces import IReactorUNIX
from twisted.protocols.amp import AMP, AmpList, Boolean, Command, Float, Integer, String, Unicode


class Failed(Exception):
    """The exchange could not do it; the text says why."""


class Lines(Command):
    """Which lines there are."""

    arguments = []
    response = [(b"lines", AmpList([(b"number", Unicode()), (b"path", Unicode()), (b"stage", Unicode())]))]


class OpenPhone(Command):
    """Open a telephone: this connection's from now on, on hook when it ends. No number: `caller` says it."""

    arguments = [
        (b"number", Unicode()),
        (b"name", Unicode()),
        (b"withheld", Boolean()),
        (b"folder", Unicode()),  # where the WAV files of `speak` are
        (b"recording", Unicode()),  # WAV file to write; empty: none
        (b"listen", Boolean()),  # send SoundHeard
    ]
    response = []
    errors = {Failed: b"FAILED"}


class RunScript(Command):
    """Lines of script; the answer comes when they are done."""

    arguments = [(b"script", Unicode())]
    response = [(b"stage", Unicode())]
    errors = {Failed: b"FAILED"}


class SendSound(Command):
    """Speak: 16-bit linear sound, 8 kHz."""

    arguments = [(b"sound", String())]
    response = []
    requiresAnswer = False


class PhoneEvent(Command):
    """The exchange tells: a step is done, or the network said something."""

    arguments = [(b"at_s", Float()), (b"line", Integer()), (b"what", Unicode()), (b"stage", Unicode())]
    response = []
    requiresAnswer = False


class SoundHeard(Command):
    """The exchange sends what the telephone hears: 16-bit linear sound, 8 kHz."""

    arguments = [(b"sound", String())]
    response = []
    requiresAnswer = False


def connect(reactor: IReactorUNIX, socket: Path, protocol: AMP) -> Deferred[AMP]:
    """Reach a running exchange; fails with ConnectError when there is none."""
    link: Deferred[AMP] = connectProtocol(UNIXClientEndpoint(reactor, str(socket)), protocol)
    return link
