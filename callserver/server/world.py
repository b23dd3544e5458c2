"""What differs between life and a rehearsal; everything else in the server is the same in both."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from threading import Event, Thread
from typing import Any, Protocol, TypeVar
from uuid import uuid4

from twisted.application.service import IService
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import TCP4ServerEndpoint, TCP6ServerEndpoint
from twisted.internet.interfaces import IStreamServerEndpoint
from twisted.internet.ssl import CertificateOptions
from twisted.internet.threads import deferToThreadPool
from twisted.python.failure import Failure
from twisted.python.threadpool import ThreadPool

from callserver.agents.tls import OwnCertificate, own_certificate
from callserver.config import AgentsConfig, LineConfig
from callserver.emulator.control_server import control_service
from callserver.emulator.exchange import Exchange
from callserver.emulator.loop import SubscriberLine
from callserver.emulator.pty_modem import PtyModem
from callserver.emulator.service_numbers import add_service_numbers
from callserver.lines.interfaces import ILine
from callserver.lines.modem_line import ModemLine
from callserver.media.disk_room import DiskRoom
from callserver.media.natural_voice import NaturalVoice
from callserver.media.wav_file import WavFile
from callserver.server.giving_way import let_ticks_go_first
from callserver.server.stalls import Stalls
from callserver.server.status_socket import StatusSocket
from callserver.server.watchdog import Watchdog
from callserver.store.opening import database_at

T = TypeVar("T")


class ILineService(ILine, Protocol):
    """A line that is started and stopped with the server."""

    def setServiceParent(self, parent: Any) -> None: ...


class World:
    """
    Life: the computer's clock, threads, serial ports, network and chance.

    A rehearsal overrides what it has instead (callserver.rehearsal.world). Whatever of these reaches the event log is
    asked for here, never taken from the operating system further below: that is what makes two runs alike.

    :param reactor: timers, threads, network, children
    """

    def __init__(self, reactor: Any) -> None:
        self.reactor = reactor
        self.modems: list[PtyModem] = []

    # Time and chance

    def now(self) -> datetime:
        """The clock on the wall, aware, UTC."""
        return datetime.now(UTC)

    def local_now(self) -> datetime:
        """The same as people here read it, naive; what an exchange tells with a caller's number."""
        return self.now().astimezone().replace(tzinfo=None)

    def new_id(self) -> str:
        """A name nothing else has: of calls and of files."""
        return str(uuid4())

    def choice(self, options: Sequence[T]) -> T:
        """One of these that nobody can guess."""
        return secrets.choice(options)

    # Threads and disk

    def in_thread(self, job: Callable[..., T], *args: object) -> Deferred[T]:
        """Fires with what the job gives; for work that takes more than 5 ms."""
        done: Deferred[T] = deferToThreadPool(self.reactor, self.reactor.getThreadPool(), job, *args)
        return done

    def apart(self, job: Callable[..., T], *args: object) -> Deferred[T]:
        """As `in_thread`, for somebody else's code, which may never end: nobody waits for its thread."""
        done: Deferred[T] = Deferred()

        def work() -> None:
            try:
                result = job(*args)
            except BaseException:
                self.reactor.callFromThread(done.errback, Failure())  # type: ignore[no-untyped-call]
            else:
                self.reactor.callFromThread(done.callback, result)

        Thread(target=work, name="apart", daemon=True).start()
        return done

    def one_thread(self, name: str) -> ThreadPool:
        """A pool whose jobs run one after the other, in the order they came."""
        return ThreadPool(minthreads=1, maxthreads=1, name=name)

    def database(self, where: str, tick_over: Event) -> Any:
        """A peewee database, not yet connected, whose statements let a tick go first."""
        return let_ticks_go_first(database_at(where), tick_over)

    def disk_room(self, folder: Path) -> DiskRoom:
        """The disk under the recordings."""
        return DiskRoom(folder)

    def recording_file(self, path: Path, n_tracks: int) -> WavFile:
        """A recording on that disk."""
        return WavFile(path, n_tracks)

    def watchdog(self, stalls: Stalls, stacks: Path) -> IService:
        """What tells that the reactor is held up, and by whom."""
        return Watchdog(self.reactor, stalls, stacks)

    def open_to_status(self, folder: Path, snapshot: Callable[[], bytes]) -> IService:
        """Let `callserver status` ask."""
        return StatusSocket(self.reactor, folder, snapshot)

    def natural_voice(self, folder: Path) -> NaturalVoice | None:
        """What says new texts beforehand, and keeps them there; None: nothing is said beforehand."""
        return NaturalVoice(self.reactor, folder)

    # Lines and agents

    def line(self, name: str, settings: LineConfig, country: str, subscriber: SubscriberLine | None) -> ILineService:
        """
        One line of the shop.

        :param subscriber: its place on the emulated exchange, if that is what it is attached to
        """
        device = settings.device
        if subscriber is not None:
            subscriber.takes_flash = settings.flash_transfer
            modem = PtyModem(subscriber, self.reactor)
            self.modems.append(modem)
            device = modem.path
        reports_keys = settings.keys == "modem"
        flash = settings.flash_transfer
        return ModemLine(name, device, self.reactor, country=country, reports_keys=reports_keys, flash=flash)

    def open_to_telephones(self, exchange: Exchange, socket: Path) -> IService:
        """
        Let telephones in other processes (bin/callserver-phone) onto the exchange, and give them a few numbers to call.

        :raises OSError: the socket is in use, or its path is too long
        """
        add_service_numbers(exchange)
        ports = {modem.line.number: modem.path for modem in self.modems}
        return control_service(self.reactor, exchange, socket, lambda: ports)

    def agents_endpoint(
        self, settings: AgentsConfig, folder: Path
    ) -> tuple[IStreamServerEndpoint, OwnCertificate | None]:
        """Where the agents' programs connect, and what proves to them who we are; None where nobody can listen in."""
        endpoint = TCP4ServerEndpoint(self.reactor, settings.port, interface=settings.host)  # type: ignore[no-untyped-call]
        return endpoint, own_certificate(folder)

    def programs_endpoint(
        self, folder: Path, host: str, port: int
    ) -> tuple[IStreamServerEndpoint, CertificateOptions | None]:
        """Where the shop's other programs connect; what encrypts it, unless only this computer's can."""
        address = ip_address(host)
        kind = TCP4ServerEndpoint if address.version == 4 else TCP6ServerEndpoint
        endpoint = kind(self.reactor, port, interface=host)
        return endpoint, None if address.is_loopback else own_certificate(folder).options

    def close(self) -> None:
        """What was opened here is closed."""
        for modem in self.modems:
            modem.close()
