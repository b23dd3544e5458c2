"""The account, behind a PIN: balance, points, the last movements; nothing of it is recorded or written down."""

from __future__ import annotations

from callserver.features.shopping import rules
from callserver.features.shopping.flow.counter import Counter
from callserver.features.shopping.flow.identify import prove
from callserver.features.shopping.flow.sentences import day
from callserver.features.shopping.flow.visitor import Visitor
from callserver.ivr import spoken
from callserver.ivr.dialogue import choose
from callserver.ivr.interfaces import Prompt

MOVEMENTS = 5  # the newest; who wants more asks a person


async def tell_account(counter: Counter, visitor: Visitor) -> None:
    """
    What he has, and how it came and went.

    :raises WantsPerson: he cannot prove who he is
    """
    call, member = counter.call, (await prove(counter, visitor)).member_number
    balance_fen, n_points = await counter.read(_standing, member)
    balance, points = spoken.money(call.language, balance_fen), spoken.number(call.language, n_points)
    await call.play_secret("balance-is", *balance, "pause", "points-are", *points)
    while await choose(call, "movements-or-back", keys="12") == "1":
        await call.play_secret(*await _movements(counter, member))


def _standing(member: str) -> tuple[int, int]:
    """His balance in fen, and his points; run in `store.read`."""
    return rules.balance(member), rules.points(member)


async def _movements(counter: Counter, member: str) -> list[Prompt]:
    said: list[Prompt] = []
    for one in await counter.read(rules.movements, member, MOVEMENTS):
        way = "movement-in" if one.amount_fen >= 0 else "movement-out"
        said += [*day(counter, one.at), way, *spoken.money(counter.call.language, abs(one.amount_fen)), "pause"]
    return said or ["no-movements"]
