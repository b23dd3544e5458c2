"""Looking for a server: whether it answers, and whether its certificate is the one that is trusted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.logger import Logger
from twisted.python.failure import Failure

from callserver.desktop.first_look import ShownCertificate
from callserver.desktop.not_connected import NotConnected
from callserver.desktop.own_settings import OwnSettings
from callserver.desktop.pinning import fingerprint_of
from callserver.desktop.places import Place, place_of
from callserver.desktop.presenters.log_in_data import Trust
from callserver.desktop.presenters.ways import Ways
from callserver.wire.catalogue import N_, Complaint

log = Logger()

TYPING_S = 0.4  # a server that is being typed is not looked for at each letter
AGAIN_S, STILL_THERE_S = 5.0, 30.0
NO_PLACE = N_("A server is written as shop.example:8787 or 192.168.1.5:8787")
CANNOT_KEEP = N_("The certificate cannot be kept in {file}: {problem}")


class NotKept(Complaint):
    """The certificate is not trusted; the sentence says why."""


class ServerLook:
    """
    Looks again from time to time, until it is stopped.

    :param changed: called whenever it is seen otherwise
    """

    def __init__(self, clock: IReactorTime, settings: OwnSettings, ways: Ways, changed: Callable[[], None]) -> None:
        self._clock, self._settings, self._ways, self._changed = clock, settings, ways, changed
        self.place: Place | None = None
        self.reach: Complaint | None = None  # how it was reached, or why not
        self.is_reached = False
        self._looking: Deferred[None] | None = None
        self._next_look: IDelayedCall | None = None
        self._shown: ShownCertificate | None = None

    def look_for(self, server: str, at_once: bool) -> None:
        """Another one stands in the field."""
        place = place_of(server)
        if place == self.place and self._looking is not None:
            self._changed()
            return
        self.stop()
        self.place, self._shown, self.is_reached, self.reach = place, None, False, None
        if place is None:
            self.reach = Complaint(NO_PLACE)
        elif at_once:
            self._look()
        else:
            self._next_look = self._clock.callLater(TYPING_S, self._look)
        self._changed()

    def _look(self) -> None:
        assert self.place is not None
        self._next_look, began_s = None, self._clock.seconds()
        self.reach = self.reach or Complaint("Looking for the server …")
        self._looking = looking = self._ways.look(self.place).addCallback(self._seen, began_s)
        looking.addErrback(self._not_seen)
        self._changed()

    def _seen(self, shown: ShownCertificate, began_s: float) -> None:
        took_ms = max(1, round(1000 * (self._clock.seconds() - began_s)))
        self._shown, self.is_reached = shown, True
        self.reach = Complaint("Reachable, {ms} ms", ms=took_ms)
        self._look_again(STILL_THERE_S)

    def _not_seen(self, failure: Failure) -> None:
        if failure.check(CancelledError):  # type: ignore[no-untyped-call]
            return
        problem = failure.value
        if not isinstance(problem, NotConnected):
            log.failure("the look for the server broke", failure)
        self._shown, self.is_reached = None, False
        self.reach = Complaint("Server not reached: {problem}", problem=problem)
        self._look_again(AGAIN_S)

    def _look_again(self, after_s: float) -> None:
        self._looking, self._next_look = None, self._clock.callLater(after_s, self._look)
        self._changed()

    def stop(self) -> None:
        """Look no more."""
        looking, self._looking = self._looking, None
        if looking is not None:
            looking.cancel()
        if self._next_look is not None and self._next_look.active():
            self._next_look.cancel()
        self._next_look = None

    @property
    def certificate_file(self) -> Path:
        """Where the one that is trusted is kept."""
        assert self.place is not None
        return self._settings.certificate_file(*self.place)

    @property
    def pinned(self) -> str:
        """The fingerprint that is trusted; "" if none is."""
        return "" if self.place is None else fingerprint_of(self.certificate_file)

    @property
    def trust(self) -> Trust:
        """How what it shows stands to that."""
        if self._shown is None:
            return Trust.UNSEEN
        pinned = self.pinned
        if not pinned:
            return Trust.FIRST
        return Trust.KNOWN if pinned == self._shown.fingerprint else Trust.CHANGED

    @property
    def fingerprints(self) -> tuple[str, ...]:
        """To be judged: the one that is shown; before it the one that is trusted, if that is another one."""
        trust = self.trust
        if self._shown is None or trust is Trust.KNOWN:
            return ()
        return (self._shown.fingerprint,) if trust is Trust.FIRST else (self.pinned, self._shown.fingerprint)

    def pin(self, fingerprint: str) -> bool:
        """Trust the certificate with this fingerprint from now on; False: it is not the one that is shown."""
        if self.place is None or self._shown is None or self._shown.fingerprint != fingerprint:
            return False
        try:
            self._settings.pin(*self.place, self._shown.pem)
        except OSError as problem:
            raise NotKept(
                CANNOT_KEEP, file=str(self.certificate_file), problem=problem.strerror or str(problem)
            ) from problem
        return True
