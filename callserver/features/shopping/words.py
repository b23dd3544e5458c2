"""What orders and reservations have come to, in words for the shop's people."""

from callserver.features.shopping.tables import OrderState, ReservationState
from callserver.wire.catalogue import N_

ORDER_STATES = {
    OrderState.PLACED: N_("placed"),
    OrderState.PAID: N_("paid"),
    OrderState.PACKED: N_("packed"),
    OrderState.SHIPPED: N_("shipped"),
    OrderState.DELIVERED: N_("delivered"),
    OrderState.RETURNED: N_("returned"),
    OrderState.CANCELLED: N_("cancelled"),
}
RESERVATION_STATES = {
    ReservationState.OPEN: N_("open"),
    ReservationState.ORDERED: N_("became an order"),
    ReservationState.EXPIRED: N_("expired"),
    ReservationState.CANCELLED: N_("cancelled"),
}
