"""What agents can ask for to move calls between them: the services and their acts, put together once."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from callserver.acd.moves.destinations import Destinations
from callserver.acd.moves.flash_transfer import FlashTransfer
from callserver.acd.moves.hiding import Hiding
from callserver.acd.moves.moved import Flows
from callserver.acd.moves.parking import Parking, ParkingLimits
from callserver.acd.moves.pick_up import Members, PickUp, Waits
from callserver.acd.moves.recording_on_demand import RecordingOnDemand
from callserver.acd.moves.sending_keys import SendingKeys
from callserver.acd.moves.transfers import Transfers
from callserver.acd.offices.transfer import OfficeTransfers
from callserver.acd.seats.acts import CALL_ID_MAX, Act, number, on_screen, target
from callserver.acd.seats.seats import Rights, Seats
from callserver.calls.calls_out import CallsOut
from callserver.calls.dial_guard import classify
from callserver.calls.live_calls import LiveCalls
from callserver.wire.rights import Right
from callserver.wire.targets import NAME

FAULT_MAX = 500
KEYS = re.compile(r"[0-9*#]{1,32}")


def keys(value: Any) -> bool:
    """0-9, *, #, at most 32."""
    return isinstance(value, str) and KEYS.fullmatch(value) is not None


def region_or_telephone(value: Any) -> bool:
    """The name of a region, a telephone number, or ""."""
    return isinstance(value, str) and (not value or NAME.fullmatch(value) is not None)


def fault_text(value: Any) -> bool:
    """What the fault is: 1 to 500 characters."""
    return isinstance(value, str) and bool(value.strip()) and len(value) <= FAULT_MAX and value.isprintable()


def group(value: Any) -> bool:
    """A name, or "" for everybody."""
    return isinstance(value, str) and (not value or NAME.fullmatch(value) is not None)


def call_id(value: Any) -> bool:
    """As boards and waiting lists show it."""
    return isinstance(value, str) and 1 <= len(value) <= CALL_ID_MAX


def no_groups(name: str) -> Collection[str]:
    """A house without groups."""
    raise LookupError(name)


class Moves:
    """
    The services of one house.

    :param members: the staff numbers of a group
    :param out: None: no number is dialled
    :param offices: that callers can be sent to; None: this house has none
    """

    def __init__(
        self,
        seats: Seats,
        queues: Waits,
        flows: Flows,
        rights: Rights,
        calls: LiveCalls,
        *,
        members: Members = no_groups,
        out: CallsOut | None = None,
        offices: OfficeTransfers | None = None,
        parking: ParkingLimits = ParkingLimits(),  # noqa: B008
    ) -> None:
        self.destinations = Destinations(calls.clock, seats, queues, flows, out, offices)
        self.transfers = Transfers(self.destinations, flows, rights)
        self.flashing = FlashTransfer(out, rights)
        events = calls.events
        self.recording = RecordingOnDemand(calls, rights, events)
        self.sending_keys = SendingKeys(calls, rights, out.classify if out is not None else classify)
        self.hiding = Hiding(calls, seats)
        self.parking = Parking(calls.clock, flows, rights, parking)
        self.picking_up = PickUp(seats, queues, members, events)

    def rights_changed(self, number: str, before: frozenset[Right], after: frozenset[Right]) -> None:
        """What somebody does by a right that he has no more, ends."""
        self.recording.rights_changed(number, before, after)

    def acts(self) -> dict[str, Act]:
        """By their names on the agents' channel."""
        return {
            "transfer": Act(self.transfers.transfer, (target,), of_call=on_screen),
            "report_fault": Act(self.transfers.report_fault, (region_or_telephone, fault_text), of_call=on_screen),
            "flash_transfer": Act(self.flashing.transfer, (number,), of_call=on_screen),
            "pick_up": Act(self.picking_up.pick_up, (number,), Right.PICK_UP),
            "pick_up_group": Act(self.picking_up.pick_up_group, (group,), Right.PICK_UP),
            "park": Act(self.parking.park, of_call=on_screen),
            "list_parked": Act(self.parking.list_parked),
            "fetch": Act(self.parking.fetch, (number,)),
            "start_recording": Act(self.recording.start, of_call=on_screen),
            "stop_recording": Act(self.recording.stop, of_call=on_screen),
            "hide_secret": Act(self.hiding.hide, of_call=on_screen),
            "show_again": Act(self.hiding.show_again, of_call=on_screen),
            "send_keys": Act(self.sending_keys.send, (keys,), of_call=on_screen),
            "grab": Act(self.picking_up.grab, (call_id,)),  # its refusals are audited, so it asks for itself
        }
