"""What a program can be told by its client."""

from callserver.desktop.not_connected import NotConnected
from callserver.wire.messages import (
    Access,
    AlarmNotice,
    Card,
    ChannelRow,
    Hello,
    MailMark,
    Phrase,
    QueueRow,
    Said,
    SeatStatus,
)
from callserver.wire.refusals import Refused
from callserver.wire.states import SeatState

IN_CALL = (SeatState.DIALING, SeatState.RINGBACK, SeatState.TALKING, SeatState.HELD)


class AgentListener:
    """Told what happens; a program overrides what it wants to know."""

    def logged_in(self, hello: Hello) -> None:
        """The password was right; also after each reconnection."""

    def logged_out(self, cause: str) -> None:
        """By the agent or by force; the client has stopped."""

    def access(self, access: Access) -> None:
        """What he may do and all he may see, after a log-in and whenever his rights change: show that and no more."""

    def row(self, row: ChannelRow) -> None:
        """One line or seat that may be seen here looks otherwise."""

    def queue(self, row: QueueRow) -> None:
        """Others wait in a queue, or in another order."""

    def notice(self, notice: Phrase) -> None:
        """A sentence for everybody, such as that the server will stop; a newer one replaces it."""

    def alarm(self, alarm: AlarmNotice) -> None:
        """A supervisor should see to something, or need not any more."""

    def mail(self, mark: MailMark) -> None:
        """There is more in a mailbox that this person may open, or less; also after a log-in."""

    def said(self, said: Said) -> None:
        """A colleague has written to this person; also what came while he was out, after a log-in. Known by its id."""

    def status(self, status: SeatStatus) -> None:
        """The agent's own seat looks otherwise. The six below say the same, sorted."""

    def offered(self, card: Card) -> None:
        """A call rings."""

    def record_came(self, card: Card) -> None:
        """More is known of the caller who rings or is talked with: the shop's books have answered."""

    def offer_gone(self, cause: str) -> None:
        """It rings no more and was not answered here."""

    def talking(self, card: Card) -> None:
        """A call has begun."""

    def partner_gone(self, card: Card, cause: str) -> None:
        """The one whom a card was about has left the call, which goes on with others."""

    def ended(self, cause: str) -> None:
        """The call is over."""

    def round_trip(self, ms: int) -> None:
        """So many milliseconds there and back: each 3 s, as the server measures it."""

    def audio(self, block: bytes) -> None:
        """20 ms to hear, in a call: 16-bit little-endian, 8 kHz, one channel."""

    def lost(self, why: NotConnected | Refused) -> None:
        """The connection broke or did not come about, `why.text(language)`; the client tries again by itself."""

    def refused(self, why: Refused) -> None:
        """The server will not have us: wrong password, logged in elsewhere. The client has stopped."""


def tell(listener: AgentListener, before: SeatStatus, after: SeatStatus) -> None:
    """What has happened between two looks of a seat; looks in between may have been left out."""
    was, now = call_id(before), call_id(after)
    if before.state in IN_CALL and was not in (now, after.kept and after.kept.call_id):
        listener.ended(after.cause)
    if before.state is SeatState.RINGING and was != now:
        listener.offer_gone(after.cause)
    if before.state in IN_CALL:
        for card, left in _gone(before, after):
            listener.partner_gone(card, left)
    if after.call is None:
        return
    if after.state is SeatState.RINGING and (before.state is not SeatState.RINGING or was != now):
        listener.offered(after.call)
    if before.call is not None and was == now and not after.call.gone and _known(before.call) != _known(after.call):
        listener.record_came(after.call)
    if after.state is SeatState.TALKING and (before.state not in IN_CALL or was != now):
        listener.talking(after.call)


def _gone(before: SeatStatus, after: SeatStatus) -> list[tuple[Card, str]]:
    """Cards of before that are another's now, in the same call, and why."""
    now = {card.call_id: card.gone for card in (after.call, after.kept) if card is not None}
    cards = [card for card in (before.call, before.kept) if card is not None and not card.gone]
    return [(card, now[card.call_id]) for card in cards if now.get(card.call_id)]


def _known(card: Card) -> tuple[object, ...]:
    return card.identity, card.parts


def call_id(status: SeatStatus) -> str | None:
    """Of the call that rings or is in hand."""
    return status.call.call_id if status.call else None
