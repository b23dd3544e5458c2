"""Whether it is really them: passwords and PINs are judged one at a time, and nobody learns anything from failing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from twisted.internet.defer import Deferred, DeferredLock
from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import deferLater
from twisted.logger import Logger

from callserver.acd.staff import attempts, passwords
from callserver.acd.staff.attempts import Secret
from callserver.acd.staff.few_lines import LINES_A_MINUTE, FewLines
from callserver.acd.staff.lockout import Attempt
from callserver.acd.staff.rules import NUMBER, Staff
from callserver.store.database import Store
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.typed import typed_text

REFUSED_AFTER_S = 0.5  # whatever is wrong takes this long: wrong, unknown and locked look alike

log = Logger()


class LogIns:
    """
    Judges who says that he is somebody.

    A password and a PIN of one account share its limits (`lockout`): guesses at one are guesses at both.

    :param in_thread: runs what takes long
    """

    def __init__(
        self,
        store: Store,
        clock: IReactorTime,
        now: Callable[[], datetime],
        in_thread: Callable[..., Deferred[Any]],
    ) -> None:
        self._store, self._clock, self._now, self._in_thread = store, clock, now, in_thread
        self._turn = DeferredLock()  # guesses side by side would not yet see each other's failures
        self._lines = FewLines(clock)

    async def proved(self, number: str, given: str, address: str, secret: Secret) -> tuple[Staff, str]:
        """
        The person, and his secret as the book has it.

        :raises Refused: LOG_IN, it is not him, or he may not come in; after the same time in any case
        """
        typed = typed_text(number)
        account = typed if NUMBER.fullmatch(typed) else ""
        await self._turn.acquire()
        try:
            began_s = self._clock.seconds()
            person, kept, why = await self._judge(account, given, address, secret)
        finally:
            self._turn.release()
        if person is not None and kept is not None:
            return person, kept
        self._log_refused(account, address, why)
        await deferLater(self._clock, max(0.0, began_s + REFUSED_AFTER_S - self._clock.seconds()))
        raise Refused(Refusal.LOG_IN)

    def _log_refused(self, account: str, address: str, why: str) -> None:
        n_lines = self._lines.count(address)
        if n_lines <= LINES_A_MINUTE:
            log.warn("log-in as {account} from {address} refused: {why}", account=account, address=address, why=why)
        elif n_lines == LINES_A_MINUTE + 1:
            log.warn("log-ins from {address} are refused again and again", address=address)

    async def _judge(
        self, account: str, given: str, address: str, secret: Secret
    ) -> tuple[Staff | None, str | None, str]:
        person, kept, why = await self._store.read(attempts.look_up, account, address, self._now(), secret)
        right = await self._in_thread(passwords.matches, given, kept)
        if why is not None:
            return None, None, why
        await self._store.write(attempts.note, Attempt(self._now().timestamp(), account, address, right))
        if right:
            return person, kept, ""
        return None, None, f"wrong {secret.value}" if kept else "unknown number" if person is None else "no PIN"
