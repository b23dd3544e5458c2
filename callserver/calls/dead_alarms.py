"""Which loss of a line is news: a modem that comes and goes all day must not bury the other alarms."""

from twisted.internet.interfaces import IReactorTime

SERVED_S = 60.0


class DeadAlarms:
    """The reasons told already; forgotten once the line has been in service for a minute."""

    def __init__(self, clock: IReactorTime) -> None:
        self._clock = clock
        self._told: set[str] = set()
        self._up_s: float | None = None

    def up(self) -> None:
        """The line serves."""
        self._up_s = self._clock.seconds()

    def is_new(self, reason: str) -> bool:
        """It is lost; whether to give the alarm."""
        if self._up_s is not None and self._clock.seconds() - self._up_s >= SERVED_S:
            self._told.clear()
        self._up_s = None
        new = reason not in self._told
        self._told.add(reason)
        return new
