"""The agents' channel: Perspective Broker over TLS, as a service of the server."""

from __future__ import annotations

from typing import Any

from twisted.application.service import Service
from twisted.cred.portal import Portal
from twisted.internet.defer import Deferred, maybeDeferred, succeed
from twisted.internet.interfaces import IAddress, IListeningPort, IReactorTime, IStreamServerEndpoint
from twisted.internet.ssl import CertificateOptions
from twisted.logger import Logger
from twisted.protocols.tls import TLSMemoryBIOFactory
from twisted.spread import pb
from zope.interface import implementer

from callserver.acd.staff.few_lines import LINES_A_MINUTE, FewLines
from callserver.agents.broker import GuardedBroker
from callserver.agents.desk import Complain, Desk, StaffDirectory
from callserver.agents.login import Login, SeatRealm, StaffChecker
from callserver.wire.messages import AlarmNotice, Phrase, Said
from callserver.wire.refusals import Refusal, Refused

log = Logger()

STRANGERS_AN_ADDRESS, STRANGERS = 4, 32


@implementer(pb.IPBRoot)
class BrokerFactory(pb.PBServerFactory):
    """Makes one guarded broker a connection, and knows all of them."""

    noisy = False

    def __init__(self, portal: Portal, clock: IReactorTime, complain: Complain, staff: StaffDirectory) -> None:
        super().__init__(self)  # type: ignore[no-untyped-call]
        self.brokers: set[GuardedBroker] = set()
        self._portal, self._clock, self._complain, self._staff = portal, clock, complain, staff
        self._until_empty: list[Deferred[None]] = []
        self._lines = FewLines(clock)
        self._refused = FewLines(clock)

    def buildProtocol(self, addr: IAddress | None) -> GuardedBroker:
        broker = GuardedBroker(self, self._clock)
        broker.factory = self  # type: ignore[assignment]
        login = Login(self._portal, broker, self._clock, self._log_in_refused, self._staff)
        broker.setNameForLocal("root", login)  # type: ignore[no-untyped-call]
        return broker

    def rootObject(self, broker: pb.Broker) -> Any:
        """pb asks for it in buildProtocol, which is not used."""

    def room_for(self, address: str) -> bool:
        """Whether one more stranger may come from there."""
        strangers = [broker.address for broker in self.brokers if not broker.logged_in]
        return len(strangers) < STRANGERS and strangers.count(address) < STRANGERS_AN_ADDRESS

    def opened(self, broker: GuardedBroker) -> None:
        self.brokers.add(broker)

    def closed(self, broker: GuardedBroker) -> None:
        self.brokers.discard(broker)
        if not self.brokers:
            waiting, self._until_empty = self._until_empty, []
            for waiter in waiting:
                waiter.callback(None)

    def part_from_all(self) -> Deferred[None]:
        """Close all connections; fires when they are closed."""
        if not self.brokers:
            return succeed(None)
        empty: Deferred[None] = Deferred()
        self._until_empty.append(empty)
        for broker in tuple(self.brokers):
            broker.part()
        return empty

    def cut_off(self, address: str, why: str) -> None:
        """One line each, ten a minute and address at most."""
        n_lines = self._lines.count(address)
        if n_lines <= LINES_A_MINUTE:
            log.warn("agent channel: {address} cut off: {why}", address=address, why=why)
        elif n_lines == LINES_A_MINUTE + 1:
            log.warn("agent channel: {address} cut off again and again", address=address)

    def _log_in_refused(self, number: str, address: str, act: str, refused: Refused) -> None:
        if self._refused.count(address) <= LINES_A_MINUTE:
            self._complain(number, address, act, refused)


class LimitingTLSFactory(TLSMemoryBIOFactory):
    """Turns away, before the handshake, whoever has too many connections already."""

    wrappedFactory: BrokerFactory  # noqa: N815 - Twisted's name

    def buildProtocol(self, addr: Any) -> Any:
        if self.wrappedFactory.room_for(addr.host):
            return super().buildProtocol(addr)
        self.wrappedFactory.cut_off(addr.host, "too many connections that are not logged in")
        return None


class AgentChannel(Service):
    """
    Serves the agents' desktop programs.

    :param endpoint: plain TCP; TLS is done here
    :param certificate: `own_certificate(folder).options`; None: in the clear, where nobody can listen
    :param desk: what its programs work with; `desk.complain` is told of every refusal, for the event log
    """

    name = "agents"

    def __init__(
        self,
        clock: IReactorTime,
        endpoint: IStreamServerEndpoint,
        certificate: CertificateOptions | None,
        desk: Desk,
    ) -> None:
        self._realm = SeatRealm(clock, desk)
        portal = Portal(self._realm, [StaffChecker(desk.staff)])
        self._brokers = BrokerFactory(portal, clock, desk.complain, desk.staff)
        self.factory = LimitingTLSFactory(certificate, False, self._brokers) if certificate else self._brokers
        self._endpoint = endpoint
        self._port: IListeningPort | None = None

    def startService(self) -> Deferred[None]:
        """Fires when the port is open."""
        super().startService()  # type: ignore[no-untyped-call]
        return self._endpoint.listen(self.factory).addCallback(self._listening)

    def stopService(self) -> Deferred[Any]:
        """Fires when port and connections are closed; the programs are told, and come back when the server does."""
        super().stopService()  # type: ignore[no-untyped-call]
        self._realm.close(Refused(Refusal.STOPPING))
        port, self._port = self._port, None
        closed: Deferred[Any] = maybeDeferred(port.stopListening) if port else succeed(None)
        return closed.addCallback(lambda _: self._brokers.part_from_all())

    def tell_all(self, notice: Phrase) -> None:
        """Show a sentence on every screen, also on those that come later."""
        self._realm.tell_all(notice)

    def tell_supervisors(self, alarm: AlarmNotice) -> None:
        """Show an alarm, or that it is over, on the screens of supervisors who are there now."""
        self._realm.tell_supervisors(alarm)

    def tell_marks(self) -> None:
        """What is in mailboxes has changed: show it to those who may open them."""
        self._realm.tell_marks()

    def tell_person(self, number: str, said: Said) -> bool:
        """Show a message at somebody's program; False: none is there that reads."""
        return self._realm.tell_person(number, said)

    @property
    def port_number(self) -> int:
        """Where it listens; 0 while it does not."""
        address: Any = self._port.getHost() if self._port else None
        return address.port if address else 0

    def _listening(self, port: IListeningPort) -> None:
        self._port = port
