"""What the tiny feature brings to the server."""

from zope.interface import implementer

from callserver.acd.seats.acts import Act, word
from callserver.acd.seats.seat import Seat
from callserver.features import Asked, Feature, Share, Shop
from callserver.ivr.interfaces import ICall, IMenu
from callserver.wire.messages import CardPart, Phrase
from callserver.wire.rights import Right


@implementer(IMenu)
class HelloMenu:
    """Says welcome and hangs up."""

    name = "hello"

    async def run(self, call: ICall) -> None:
        await call.answer()
        await call.play("welcome")


def greet(seat: Seat, whom: str) -> str:
    """An act of agents."""
    return f"{seat.number} greets {whom}"


def card(asked: Asked) -> Share:
    """A line on the agent's card."""
    return Share(part=CardPart("tiny", (Phrase("basket empty"),)))


def declare(shop: Shop) -> Feature:
    return Feature("tiny", menus=(HelloMenu(),), acts={"greet": Act(greet, (word,), Right.ANSWER_QUEUED)}, card=card)
