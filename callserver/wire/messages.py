"""The shapes that server and desktop program exchange; on the wire they are dicts of str, int, bool, None and lists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from callserver.wire.rights import Right
from callserver.wire.states import SeatState

PORT = 8787
AUDIO_BLOCK_BYTES = 320  # 20 ms at 8 kHz, 16-bit little-endian, one channel
AUDIO_BLOCK_S = 0.02
CERTIFICATE_NAME = "localhost"  # in every server's own certificate; clients trust the certificate, not the name

Wire = dict[str, Any]


@dataclass(frozen=True)
class Customer:
    """Who the caller is in the shop's books; proved by a PIN or only claimed by his number."""

    number: str
    name: str
    proved: bool = False


@dataclass(frozen=True)
class BasketLine:
    """One item the caller has chosen and not yet bought."""

    item: str
    name: str
    quantity: int
    price_fen: int  # of one piece


@dataclass(frozen=True)
class PastOrder:
    """One order of the caller."""

    number: str
    placed: str  # ISO date
    state: str
    total_fen: int


@dataclass(frozen=True)
class Card:
    """What an agent sees of a call while it rings and while he talks."""

    call_id: str
    caller_number: str | None = None
    caller_name: str | None = None
    queue: str | None = None  # None: not a queued call
    waited_s: int = 0
    language: str = "zh"  # the caller's choice
    customer: Customer | None = None
    basket: tuple[BasketLine, ...] = ()
    orders: tuple[PastOrder, ...] = ()
    path: tuple[str, ...] = ()  # menus and steps the caller has come through, in words

    def waited(self, seconds: int) -> Card:
        """The same card after some more waiting."""
        return replace(self, waited_s=seconds)

    def to_wire(self) -> Wire:
        """As plain values."""
        customer = vars(self.customer).copy() if self.customer else None
        lists = {"basket": [vars(line).copy() for line in self.basket], "orders": [vars(o).copy() for o in self.orders]}
        return vars(self) | lists | {"customer": customer, "path": list(self.path)}

    @classmethod
    def from_wire(cls, wire: Mapping[str, Any]) -> Card:
        """What `to_wire` of another version gave: unknown fields are left out, missing ones keep their default."""
        card = known(cls, wire)
        if card.get("customer"):
            card["customer"] = Customer(**known(Customer, card["customer"]))
        card["basket"] = tuple(BasketLine(**known(BasketLine, line)) for line in card.get("basket", ()))
        card["orders"] = tuple(PastOrder(**known(PastOrder, order)) for order in card.get("orders", ()))
        card["path"] = tuple(card.get("path", ()))
        return cls(**card)


@dataclass(frozen=True)
class SeatStatus:
    """All that a screen shows of one seat; a newer one replaces an older one, so only the newest need arrive."""

    number: str  # staff number
    name: str = ""
    state: SeatState = SeatState.OFF
    reason: str = ""  # of a pause: "wrap-up", "missed", "client lost" or the agent's own word
    cause: str = ""  # what brought this state about: "answered", "caller hung up" ...
    call: Card | None = None  # rings or is in hand
    kept: Card | None = None  # a second call, kept held while another is consulted
    pause_wanted: bool = False  # takes effect after the call
    wrap_up_s: int = 0  # length of the wrap-up that begins with this status
    client_here: bool = True  # the desktop program answers

    @property
    def wrap_up(self) -> bool:
        """Whether the pause is the time after a call."""
        return self.state is SeatState.PAUSED and self.reason == WRAP_UP

    def to_wire(self) -> Wire:
        """As plain values."""
        cards = {"call": self.call and self.call.to_wire(), "kept": self.kept and self.kept.to_wire()}
        return vars(self) | cards | {"state": self.state.name}

    @classmethod
    def from_wire(cls, wire: Mapping[str, Any]) -> SeatStatus:
        """As Card.from_wire."""
        status = known(cls, wire)
        status["state"] = SeatState[status["state"]]
        for card in "call", "kept":
            status[card] = Card.from_wire(status[card]) if status.get(card) else None
        return cls(**status)


@dataclass(frozen=True)
class Hello:
    """What a desktop program is told when it has logged in."""

    number: str
    name: str
    rights: frozenset[Right]
    seat: SeatStatus
    languages: tuple[str, ...] = ("zh", "en")  # that the server speaks

    def to_wire(self) -> Wire:
        """As plain values."""
        rights = sorted(int(right) for right in self.rights)
        return vars(self) | {"languages": list(self.languages), "rights": rights, "seat": self.seat.to_wire()}

    @classmethod
    def from_wire(cls, wire: Mapping[str, Any]) -> Hello:
        """As Card.from_wire; rights this version does not know are left out."""
        hello = known(cls, wire)
        hello["rights"] = frozenset(Right(number) for number in hello["rights"] if number in {*map(int, Right)})
        hello["languages"], hello["seat"] = tuple(hello["languages"]), SeatStatus.from_wire(hello["seat"])
        return cls(**hello)


WRAP_UP, MISSED, CLIENT_LOST = "wrap-up", "missed", "client lost"


def known(shape: type, wire: Mapping[str, Any]) -> Wire:
    """The entries of a received dict that this version has fields for."""
    return {name: wire[name] for name in shape.__dataclass_fields__ if name in wire}  # type: ignore[attr-defined]
