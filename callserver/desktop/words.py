"""What the program without a window prints."""

from callserver.wire.catalogue import N_, Detail, plural, text, told
from callserver.wire.cells import printable
from callserver.wire.messages import Card, Identity
from callserver.wire.words import reason_text

PHRASES = {
    "logged in": N_("logged in: {name} ({number})"),
    "logged out": N_("logged out: {cause}"),
    "rings": N_("a call rings:"),
    "offer gone": N_("it rings no more: {cause}"),
    "talking": N_("talking"),
    "hold": N_("hold"),
    "retrieve": N_("retrieve"),
    "hang up": N_("hang up"),
    "ended": N_("the call is over: {cause}"),
    "reject": N_("reject"),
    "lost": N_("no connection, trying again: {why}"),
    "alarm": N_("alarm: {text}"),
    "alarm over": N_("well again: {text}"),
    "demo": N_("this is a demo: goods, customers and orders are made up"),
}


def phrase(what: str, language: str, /, cause: str = "", **details: Detail) -> str:
    """One line about what happens."""
    return printable(text(language, PHRASES[what], cause=reason_text(cause, language), **details))


def card_lines(card: Card, language: str) -> list[str]:
    """What an agent should know of a caller before he answers."""
    lines = [_caller_line(card, language), _identity_line(card.identity, language)]
    if card.queue is not None:
        lines.append(
            plural(
                language,
                "queue {queue}, waited {n} second",
                "queue {queue}, waited {n} seconds",
                card.waited_s,
                queue=card.queue,
            )
        )
    if card.path:
        lines.append(text(language, "came by {path}", path=" > ".join(card.path)))
    lines += [told(row, language) for part in card.parts for row in part.rows]
    return [printable(line) for line in lines]


def _caller_line(card: Card, language: str) -> str:
    number = card.caller_number or text(language, "number withheld")
    return text(language, "caller {number} {name}", number=number, name=card.caller_name).rstrip()


def _identity_line(identity: Identity | None, language: str) -> str:
    if identity is None:
        return text(language, "no known customer")
    proof = text(language, "proved") if identity.proved else text(language, "only claimed")
    return text(language, "customer {number} {name} ({proof})", number=identity.number, name=identity.name, proof=proof)
