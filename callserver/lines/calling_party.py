"""Caller ID comes in pieces and says not when it is complete."""

from collections.abc import Callable

from twisted.internet.interfaces import IDelayedCall, IReactorTime

from callserver.lines.interfaces import Caller
from callserver.modem.caller_id import CallingParty, calling_party
from callserver.modem.results import CallerIdField
from callserver.wire import numbers

QUIET_S = 0.1  # modems write all fields in one go


class CallerIdGatherer:
    """Gathers the fields of one call and tells `on_caller` once, when no more come."""

    def __init__(self, clock: IReactorTime, country: str, on_caller: Callable[[Caller], None]) -> None:
        self._clock, self._country, self._on_caller = clock, country, on_caller
        numbers.load(country)  # now, not when somebody rings
        self._fields: dict[str, bytes] = {}
        self._timer: IDelayedCall | None = None

    def add(self, field: CallerIdField) -> None:
        """One more field; of two alike the first counts."""
        self._fields.setdefault(field.tag, field.value)
        self._stop()
        self._timer = self._clock.callLater(QUIET_S, self.finish)

    def finish(self) -> None:
        """Tell what there is, if it says anything of the caller."""
        fields = self.forget()
        party = calling_party(fields, self._country)
        if "NMBR" in fields or party != CallingParty():
            self._on_caller(Caller(party.number, party.name, party.withheld, party.normal))

    def forget(self) -> dict[str, bytes]:
        """What was gathered, which is kept no longer."""
        self._stop()
        fields, self._fields = self._fields, {}
        return fields

    def _stop(self) -> None:
        if self._timer is not None and self._timer.active():
            self._timer.cancel()
        self._timer = None
