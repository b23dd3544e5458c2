"""Callers are told what became of their reservations: by a call-back, or when they call next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from callserver.features.shopping.rules.customers import plain, telephones_of
from callserver.features.shopping.rules.goods import Name
from callserver.features.shopping.tables import Reservation, ReservationState, Telling
from callserver.store.prepared import Prepared
from callserver.store.tables import to_ms


@dataclass(frozen=True)
class News:
    """What somebody is to be told: his pieces have come and are ordered for him, or he has waited in vain."""

    reservation: str
    state: ReservationState  # ORDERED, EXPIRED
    item: str
    name: Name
    quantity: int
    order: str | None
    number: str  # where he can be reached
    tries: int = 0


_UNTOLD = Prepared(
    lambda *numbers: (
        Telling.select(Telling.reservation).where(Telling.told_ms.is_null(), Telling.number.in_(numbers)).limit(1)
    )
)


def add_news(row: Reservation, now: datetime, *, call_back: bool) -> None:
    """Part of a transaction; nothing where nobody can be reached. Without a call-back he is told when he calls."""
    number = row.caller_number or next(iter(telephones_of(row.customer_id or "")), None)
    if number is not None:
        due_ms = to_ms(now) if call_back else None
        Telling.create(reservation=row.id, number=plain(number), made_ms=to_ms(now), next_try_ms=due_ms)


def news_to_call(now: datetime, n: int = 20) -> list[News]:
    """Who is to be called back now, who has waited longest first."""
    due = Telling.told_ms.is_null() & (Telling.next_try_ms <= to_ms(now))
    return [
        _news(row) for row in Telling.select().where(due).order_by(Telling.next_try_ms, Telling.reservation).limit(n)
    ]


def news_for(numbers: Sequence[str]) -> list[News]:
    """What whoever calls from one of these numbers is to be told, the oldest first."""
    wanted = [plain(number) for number in numbers]
    if not _UNTOLD.rows(*wanted):  # as nearly always
        return []
    his = Telling.told_ms.is_null() & Telling.number.in_(wanted)
    return [_news(row) for row in Telling.select().where(his).order_by(Telling.reservation)]


def news_of(member_number: str) -> list[News]:
    """What a customer is to be told from wherever he calls, the oldest first."""
    reached = Telling.number.in_([plain(number) for number in telephones_of(member_number)])
    his = Telling.told_ms.is_null() & (reached | (Reservation.customer == member_number))
    return [_news(row) for row in Telling.select().join(Reservation).where(his).order_by(Telling.reservation)]


def was_told(reservation: str, now: datetime) -> None:
    """He has heard it."""
    Telling.update(told_ms=to_ms(now)).where(_mine(reservation), Telling.told_ms.is_null()).execute()


def call_again(reservation: str, at: datetime | None) -> None:
    """He was not reached; another call-back goes out then, or none: he is told when he calls."""
    changes = {"tries": Telling.tries + 1, "next_try_ms": None if at is None else to_ms(at)}
    Telling.update(changes).where(_mine(reservation)).execute()


def _mine(reservation: str) -> object:
    return Telling.reservation == Reservation.select(Reservation.id).where(Reservation.number == reservation)


def _news(row: Telling) -> News:
    about: Reservation = row.reservation
    name = Name(about.product.name_zh, about.product.name_en)
    state = ReservationState(about.state)
    return News(about.number, state, about.product_id, name, about.quantity, about.order_id, row.number, row.tries)
