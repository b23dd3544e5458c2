"""Who waits in the queues, a line each, the longest wait first."""

from __future__ import annotations

from dataclasses import dataclass

from callserver.desktop.model import ShopModel
from callserver.desktop.presenters.clocks import stopwatch
from callserver.wire.catalogue import text
from callserver.wire.messages import Waiter


@dataclass(frozen=True)
class WaiterLine:
    """Somebody who waits."""

    call_id: str
    place: str
    caller: str
    wait: str
    queue: str
    priority: str
    mark: str  # that he will be called back, or where it rings


def waiter_lines(model: ShopModel, language: str) -> tuple[WaiterLine, ...]:
    """Of all queues, by the server's seconds counted on."""
    waits = [
        (one.since_s + model.queue_age_s(name), name, one) for name, row in model.queues.items() for one in row.waiters
    ]
    waits.sort(key=lambda wait: -wait[0])
    return tuple(
        WaiterLine(
            call_id=one.call_id,
            place=str(place),
            caller=one.caller or text(language, "number withheld"),
            wait=stopwatch(waited_s),
            queue=queue,
            priority=str(one.priority),
            mark=_mark(one, language),
        )
        for place, (waited_s, queue, one) in enumerate(waits, 1)
    )


def _mark(one: Waiter, language: str) -> str:
    if one.rings_at:
        return text(language, "rings at {number}", number=one.rings_at)
    return text(language, "call-back") if one.call_back else ""
