"""Where an agent's time goes: accounts that sum to the logged-in time exactly."""

from collections import Counter
from collections.abc import Callable

from callserver.wire.messages import SeatStatus
from callserver.wire.states import SeatState

READY, WRAP_UP, RINGING, TALKING, HOLD, DIALING = "ready", "wrap-up", "ringing", "talking", "hold", "dialling"
OF_STATE = {
    SeatState.IDLE_PC: READY,
    SeatState.IDLE_PHONE: READY,
    SeatState.RINGING: RINGING,
    SeatState.DIALING: DIALING,
    SeatState.RINGBACK: DIALING,
    SeatState.TALKING: TALKING,
    SeatState.HELD: HOLD,
}


def account(status: SeatStatus) -> str | None:
    """The account that a seat's time goes to while it looks so; None while nobody is logged in."""
    if status.state is SeatState.OFF:
        return None
    if status.state is SeatState.PAUSED:
        return WRAP_UP if status.wrap_up else f"paused: {status.reason}"
    return OF_STATE[status.state]


class Accounts:
    """Milliseconds per account since log-in; whole numbers of one clock, so the sum has no rounding."""

    def __init__(self, seconds: Callable[[], float]) -> None:
        self._seconds = seconds
        self._spent_ms: Counter[str] = Counter()
        self._account: str | None = None
        self._since_ms = 0

    def clear(self) -> None:
        """A new log-in begins at nought."""
        self._spent_ms.clear()
        self._account = None

    def switch(self, account: str | None) -> None:
        """From now on time goes to this account; None while nobody is logged in."""
        now_ms = round(self._seconds() * 1000)
        if self._account is not None:
            self._spent_ms[self._account] += now_ms - self._since_ms
        self._account, self._since_ms = account, now_ms

    def spent_ms(self) -> dict[str, int]:
        """Every account until now."""
        self.switch(self._account)
        return dict(self._spent_ms)
