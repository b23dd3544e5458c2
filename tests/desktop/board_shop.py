"""A busy shop on the board: twenty lines, four seats, every state once at least, two who wait."""

from callserver.wire.messages import Card, ChannelRow, Phrase, QueueRow, SeatStatus, Waiter
from callserver.wire.states import LineState, SeatState

L, S = LineState, SeatState


def line(number: int, state: LineState, since_s: float = 40, **more: object) -> ChannelRow:
    """A line's row."""
    return ChannelRow(f"line {number}", state.name, since_s=since_s, **more)  # type: ignore[arg-type]


def seat(number: str, name: str, state: SeatState, since_s: float = 40, **more: object) -> ChannelRow:
    """A seat's row."""
    return ChannelRow(f"seat {number}", state.name, since_s=since_s, person=number, name=name, **more)  # type: ignore[arg-type]


LINES = (
    line(1, L.IDLE),
    line(2, L.RINGING_IN, 4, call_id="c2", caller="075522223333"),
    line(3, L.TALKING, 134, call_id="c3", caller="13800138000", sub="bridged", menu="main 3"),
    line(4, L.TALKING, 20, call_id="c4", caller="13912345678", sub="order-status", menu="main 3"),
    line(5, L.HELD, 80, call_id="c5", caller="075588889999", sub="queue"),
    line(6, L.HELD, 200, call_id="c6", caller="13611112222", sub="bridged"),
    line(7, L.DIALING, 3, call_id="c7", caller="801"),
    line(8, L.RINGBACK, 9, call_id="c8", caller="802"),
    line(9, L.WAIT_HANGUP, 1, call_id="c9"),
    line(10, L.FAXING, 33, call_id="c10", caller="02012345678", sub="page 2"),
    line(11, L.DISCONNECTED, 600, reason=Phrase("unplugged")),
    line(12, L.LOADED, 3600),
    line(13, L.NOT_LOADED, 3600),
    line(14, L.TALKING, 700, call_id="c14", caller="13712345678", sub="bridged", draining=True),
    *(line(number, L.IDLE, 60 * number) for number in range(15, 21)),
)
SEATS = (
    seat("801", "王芳", S.IDLE_PC),
    seat("802", "刘洋", S.TALKING, 134, call_id="c3", caller="13800138000", kept=True),
    seat("803", "陈静", S.PAUSED, 250, sub="break"),
    seat("804", "Zhao Lei", S.PAUSED, 12, sub="wrap-up"),
)
QUEUES = (
    QueueRow("order", 2, 80, (Waiter("c5", "075588889999", 80, 0), Waiter("c15", None, 31, 5, call_back=True))),
    QueueRow("service"),
)


def heard(how: str = "listens") -> SeatStatus:
    """The supervisor's own seat while he listens to 802."""
    card = Card("c3", caller_number="13800138000")
    return SeatStatus("801", "王芳", SeatState.TALKING, reason=how, call=card)
