"""The interface as a service of the server: its keys, its door, its messages. The telephone never waits for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from twisted.application.service import MultiService
from twisted.internet.defer import Deferred, maybeDeferred, succeed
from twisted.internet.interfaces import IListeningPort, IStreamServerEndpoint
from twisted.internet.ssl import CertificateOptions
from twisted.python.failure import Failure

from callserver.features import Shop
from callserver.features.shopping.web.extra import missing_libraries
from callserver.features.shopping.web.keys import KeyRing
from callserver.features.shopping.web.limits import Limits
from callserver.features.shopping.web.served import OPERATIONS
from callserver.features.shopping.web.site import EncryptedSite, ShopSite
from callserver.features.shopping.web.webhooks.courier import Courier
from callserver.features.shopping.web.webhooks.post import Poster
from callserver.wire.alarms import Alarm
from callserver.wire.catalogue import N_

if TYPE_CHECKING:
    from callserver.features.shopping.web.resource import Interface

Door = Callable[[str, int], tuple[IStreamServerEndpoint, CertificateOptions | None]]


class InterfaceService(MultiService):
    """
    From start to stop of the server; a port that is taken is an alarm, and calls go on.

    :param clock: of the server, and its network
    :param door: where programs come in at a host and port, and what encrypts it, where others could listen in
    """

    name = "interface"

    def __init__(
        self,
        shop: Shop,
        clock: Any,
        alarm: Alarm,
        door: Door,
        limits: Limits = Limits(),  # noqa: B008 - it is frozen
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._shop, self._clock, self._alarm, self._door, self._limits = shop, clock, alarm, door, limits
        self._config = shop.config.interface
        self._site: ShopSite | None = None
        self._interface: Interface | None = None
        self._port: IListeningPort | None = None
        self.keys = KeyRing(shop.store, clock)
        self.courier = Courier(clock, shop.store, Poster(clock), shop.events.now, alarm, self._config.webhook_hosts)
        for part in (self.keys, self.courier):
            part.setServiceParent(self)  # type: ignore[no-untyped-call]

    @property
    def port_number(self) -> int:
        """Where it listens; 0 while it does not."""
        address: Any = self._port.getHost() if self._port is not None else None
        return address.port if address is not None else 0

    def startService(self) -> None:
        super().startService()  # type: ignore[no-untyped-call]
        if missing := missing_libraries():
            libraries = ", ".join(missing)
            self._alarm(
                N_('no program is answered: {libraries} is missing; install "callserver[interface]"'),
                libraries=libraries,
            )
            return
        self._open()

    def stopService(self) -> Deferred[Any]:
        """Fires when the port is closed, and who was connected is not any more."""
        port, self._port = self._port, None
        closed: Deferred[Any] = maybeDeferred(port.stopListening) if port is not None else succeed(None)
        if self._site is not None and self._interface is not None:
            self._site.close_all()
            self._interface.close()
        parts: Deferred[Any] = super().stopService()  # type: ignore[no-untyped-call]
        return closed.addCallback(lambda _: parts)

    def _open(self) -> None:
        from callserver.features.shopping.web.resource import Interface  # klein installs a reactor where it is imported

        shop, clock = self._shop, self._clock
        self._interface = interface = Interface(
            OPERATIONS,
            self.keys,
            shop.store,
            shop.events,
            clock,
            self._limits,
            country=shop.config.exchange.country,
            on_change=self.courier.look,
        )
        self._site = ShopSite(interface.resource(), clock, self._limits, interface.knows)
        endpoint, certificate = self._door(self._config.host, self._config.port)
        site = self._site if certificate is None else EncryptedSite(certificate, self._site)
        endpoint.listen(site).addCallbacks(self._opened, self._not_opened)

    def _opened(self, port: IListeningPort) -> None:
        self._port = port
        if not self.running:
            port.stopListening()

    def _not_opened(self, failure: Failure) -> None:
        self._alarm(
            N_("[interface]: nothing can listen on {host}, port {port}: {problem}"),
            host=self._config.host,
            port=self._config.port,
            problem=str(failure.value),
        )
