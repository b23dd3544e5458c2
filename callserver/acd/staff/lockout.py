"""Who has tried too often: pure, from the log-ins of the last day."""

from collections.abc import Sequence
from dataclasses import dataclass

MINUTE_S, HOUR_S, DAY_S = 60.0, 3600.0, 86400.0
PAIR_FAILURES, PAIR_WINDOW_S = 5, 15 * MINUTE_S  # of one account from one address
PAIR_LOCK_S, PAIR_LOCK_MAX_S = 15 * MINUTE_S, 4 * HOUR_S  # the first one; each next is twice as long
ACCOUNT_SLOW_FAILURES, ACCOUNT_SLOW_S = 10, 5.0  # then one try in 5 s
ACCOUNT_FAILURES = 100  # a day; then a supervisor has to unlock it
ADDRESS_FAILURES = 20  # an hour


@dataclass(frozen=True)
class Attempt:
    """One log-in that was judged by its password."""

    at_s: float
    account: str
    address: str
    ok: bool


def obstacle(attempts: Sequence[Attempt], account: str, address: str, now_s: float) -> str | None:
    """
    Why a log-in is not even judged now; None if it is.

    :param attempts: of the last day, by this account or from this address, in order
    """
    failures = [attempt for attempt in attempts if not attempt.ok]
    of_account = [attempt.at_s for attempt in failures if attempt.account == account]
    of_address = [attempt for attempt in failures if attempt.address == address and attempt.at_s > now_s - HOUR_S]
    if len(of_account) >= ACCOUNT_FAILURES:
        return "account locked"
    if now_s < pair_locked_until_s(attempts, account, address):
        return "account locked for this address"
    if len(of_account) >= ACCOUNT_SLOW_FAILURES and now_s < of_account[-1] + ACCOUNT_SLOW_S:
        return "account slowed down"
    return "address locked" if len(of_address) >= ADDRESS_FAILURES else None


def pair_locked_until_s(attempts: Sequence[Attempt], account: str, address: str) -> float:
    """End of the last lock that failures of an account from an address have brought; a right password clears them."""
    until_s, lock_s = 0.0, PAIR_LOCK_S
    recent: list[float] = []
    for attempt in attempts:
        if (attempt.account, attempt.address) != (account, address):
            continue
        if attempt.ok:
            until_s, lock_s, recent = 0.0, PAIR_LOCK_S, []
            continue
        recent = [at_s for at_s in recent if at_s > attempt.at_s - PAIR_WINDOW_S] + [attempt.at_s]
        if len(recent) == PAIR_FAILURES:
            until_s, recent = attempt.at_s + lock_s, []
            lock_s = min(2 * lock_s, PAIR_LOCK_MAX_S)
    return until_s
