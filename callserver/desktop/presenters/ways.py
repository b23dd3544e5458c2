"""How the window reaches a server."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime, IStreamClientEndpoint

from callserver.desktop.client import AgentClient
from callserver.desktop.first_look import ShownCertificate
from callserver.desktop.model import ShopModel
from callserver.desktop.places import Place

RECONNECT_S = (1.0, 2.0, 5.0, 10.0)


@dataclass(frozen=True)
class Person:
    """
    Who logs in.

    :param new_password: in place of the first one
    :param takes_over: also when he is logged in elsewhere
    """

    number: str
    password: str
    new_password: str | None = None
    takes_over: bool = False


class Ways(Protocol):
    """How to reach a server."""

    def look(self, place: Place) -> Deferred[ShownCertificate]:
        """Whether it answers, and with which certificate."""

    def endpoint(self, place: Place, certificate_file: Path) -> IStreamClientEndpoint:
        """To the one that has this certificate."""

    def client(self, endpoint: IStreamClientEndpoint, person: Person, model: ShopModel) -> AgentClient:
        """Who talks with it."""


def reconnect_s(failures: int) -> float:
    """How long to wait before the next try."""
    return RECONNECT_S[min(failures, len(RECONNECT_S) - 1)]


def staying_client(
    clock: IReactorTime, endpoint: IStreamClientEndpoint, person: Person, model: ShopModel
) -> AgentClient:
    """One that tries again when the connection is lost."""
    new, takes_over = person.new_password, person.takes_over
    return AgentClient(clock, endpoint, person.number, person.password, model, reconnect_s, new, take_over=takes_over)
