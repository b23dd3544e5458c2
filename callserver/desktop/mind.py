"""What the server may call in an agent's program, and how it goes on to whom it is told."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TypeVar

from twisted.logger import Logger
from twisted.spread import pb

from callserver.desktop.listener import AgentListener
from callserver.wire.convert import Wire, WireError, from_wire
from callserver.wire.messages import Access, AlarmNotice, ChannelRow, MailMark, Phrase, QueueRow, Said, SeatStatus
from callserver.wire.refusals import Refused

ROUND_TRIP_MAX_MS = 60_000  # more is no measure

log = Logger()
Message = TypeVar("Message")


class Told(ABC):
    """Who hears what the server says."""

    _listener: AgentListener

    @abstractmethod
    def show(self, status: SeatStatus) -> None:
        """The seat looks otherwise."""

    @abstractmethod
    def bye(self, reason: Refused) -> None:
        """The server closes the connection."""

    def show_access(self, access: Access) -> None:
        """His rights, and with them all he may see, are others now."""
        self._listener.access(access)

    def show_row(self, row: ChannelRow) -> None:
        """A line or seat of the board looks otherwise."""
        self._listener.row(row)

    def show_queue(self, row: QueueRow) -> None:
        """Others wait in a queue."""
        self._listener.queue(row)

    def show_notice(self, notice: Phrase) -> None:
        """A sentence for everybody, such as that the server will stop."""
        self._listener.notice(notice)

    def show_alarm(self, alarm: AlarmNotice) -> None:
        """For a supervisor."""
        self._listener.alarm(alarm)

    def show_mail(self, mark: MailMark) -> None:
        """There is more in a mailbox, or less."""
        self._listener.mail(mark)

    def show_said(self, said: Said) -> None:
        """A colleague has written."""
        self._listener.said(said)

    def pinged(self, round_trip_ms: int) -> None:
        """So long the connection took for the ping before, there and back."""
        self._listener.round_trip(round_trip_ms)

    def hear(self, block: bytes) -> None:
        """20 ms of sound."""
        self._listener.audio(block)


class Mind(pb.Referenceable):
    """What the server may call here."""

    def __init__(self, client: Told) -> None:
        self._client = client

    def remote_ping(self, round_trip_ms: object = None) -> None:
        """The answer is what counts."""
        if type(round_trip_ms) is int and 0 <= round_trip_ms <= ROUND_TRIP_MAX_MS:
            self._client.pinged(round_trip_ms)

    def remote_status(self, wire: Wire) -> None:
        status = understood(SeatStatus, wire)
        if status is not None:
            self._client.show(status)

    def remote_access(self, wire: Wire) -> None:
        access = understood(Access, wire)
        if access is not None:
            self._client.show_access(access)

    def remote_row(self, wire: Wire) -> None:
        row = understood(ChannelRow, wire)
        if row is not None:
            self._client.show_row(row)

    def remote_queue(self, wire: Wire) -> None:
        row = understood(QueueRow, wire)
        if row is not None:
            self._client.show_queue(row)

    def remote_notice(self, wire: Wire) -> None:
        notice = understood(Phrase, wire)
        if notice is not None:
            self._client.show_notice(notice)

    def remote_alarm(self, wire: Wire) -> None:
        alarm = understood(AlarmNotice, wire)
        if alarm is not None:
            self._client.show_alarm(alarm)

    def remote_mail(self, wire: Wire) -> None:
        mark = understood(MailMark, wire)
        if mark is not None:
            self._client.show_mail(mark)

    def remote_said(self, wire: Wire) -> None:
        said = understood(Said, wire)
        if said is not None:
            self._client.show_said(said)

    def remote_audio(self, block: bytes) -> None:
        self._client.hear(block)

    def remote_bye(self, reason: str) -> None:
        self._client.bye(Refused.from_wire(reason))


def understood(shape: type[Message], wire: Wire) -> Message | None:
    """A message of the server; one that cannot be read is left out, with a line in the log."""
    try:
        return from_wire(shape, wire)
    except WireError as problem:
        log.warn("{shape} left out: {problem}", shape=shape.__name__, problem=problem)
        return None
