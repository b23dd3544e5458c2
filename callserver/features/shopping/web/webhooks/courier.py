"""
Sends the messages that are due, to each target one at a time.

    looking ── a letter is due ──► sending ── answer, error, or ANSWER_S over ──► keeping ──► looking

Invariants, whatever a target does and whenever the server is killed:

- A target has at most one message under way (`_under_way`), so its changes arrive in their order.
- Every try ends: `ANSWER_S` after it began at the latest. A target that answers late or never costs itself its place in
  time, and others nothing.
- What has come of a try is on disk before the next one. A kill in between sends the message again (same sequence
  number, so that it is known for the same) and never skips one.
- Trouble with the database stops this target until the next look, not the service.

每个目标同一时刻只有一条消息在途；每次尝试都有时限；结果写盘之后才发下一条，因此只会重发，不会漏发。
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime

from twisted.application.service import Service
from twisted.internet.defer import CancelledError, Deferred, TimeoutError
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.logger import Logger
from twisted.python.failure import Failure

from callserver.features.shopping.web.webhooks.hosts import check_target
from callserver.features.shopping.web.webhooks.letters import Letter, due_letters, keep_outcome
from callserver.features.shopping.web.webhooks.retries import Outcome, outcome_of
from callserver.features.shopping.web.webhooks.signing import HEADER, signature
from callserver.store.database import Store
from callserver.wire.alarms import Alarm
from callserver.wire.catalogue import N_, Complaint

log = Logger()

LOOK_S = 2.0
ANSWER_S = 10.0
Post = Callable[[str, dict[str, str], bytes], Deferred[int]]
"""URL, headers and body of a message; fires with the status of HTTP, and can be cancelled."""


class Courier(Service):
    """
    :param allowed: hosts beside this computer that messages may go to
    """

    def __init__(
        self,
        clock: IReactorTime,
        store: Store,
        post: Post,
        now: Callable[[], datetime],
        alarm: Alarm,
        allowed: Collection[str] = (),
    ) -> None:
        self._clock, self._store, self._post, self._now, self._alarm = clock, store, post, now, alarm
        self._allowed = allowed
        self._timer: IDelayedCall | None = None
        self._under_way: dict[str, Deferred[None]] = {}  # by target
        self._wanted = False  # a look, while one is made

    def startService(self) -> None:
        super().startService()  # type: ignore[no-untyped-call]
        self._tick()

    def stopService(self) -> None:
        super().stopService()  # type: ignore[no-untyped-call]
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        for sending in tuple(self._under_way.values()):
            sending.cancel()

    def look(self) -> None:
        """Something may be due: now, not at the next tick."""
        if self._timer is None:
            self._wanted = True
        else:
            self._timer.reset(0)

    def _tick(self) -> None:
        self._timer, self._wanted = None, False
        found = self._store.read(due_letters, self._now(), tuple(self._under_way))
        found.addCallbacks(self._begin, lambda failure: log.failure("webhooks: nothing can be looked for", failure))
        found.addBoth(self._looked)

    def _looked(self, _: object) -> None:
        if self.running:
            self._timer = self._clock.callLater(0 if self._wanted else LOOK_S, self._tick)

    def _begin(self, letters: list[Letter]) -> None:
        for letter in letters:
            if self.running and letter.target not in self._under_way:
                sending: Deferred[None] = Deferred.fromCoroutine(self._send(letter))
                if not sending.called:
                    self._under_way[letter.target] = sending
                sending.addBoth(self._sent, letter.target)

    def _sent(self, result: Failure | None, target: str) -> None:
        self._under_way.pop(target, None)
        if not isinstance(result, Failure):
            self.look()
        elif not isinstance(result.value, CancelledError):
            log.failure("webhooks: what came of a message to {target} is not kept", result, target=target)

    async def _send(self, letter: Letter) -> None:
        outcome = await self._try(letter)
        if await self._store.write(keep_outcome, letter, outcome, self._now()):
            self._alarm(
                N_("{target} does not take the message of change {sequence}: {trouble}; see: interface webhooks dead"),
                target=letter.target,
                sequence=letter.sequence,
                trouble=outcome.trouble,
            )

    async def _try(self, letter: Letter) -> Outcome:
        try:
            check_target(letter.url, self._allowed)
            headers = {
                "Content-Type": "application/json",
                HEADER: signature(letter.secret, self._now(), letter.body),
                "Callserver-Sequence": str(letter.sequence),
            }
            status = await self._post(letter.url, headers, letter.body).addTimeout(ANSWER_S, self._clock)
            return outcome_of(status)
        except Complaint as problem:
            return Outcome(str(problem))
        except CancelledError:  # the server stops
            raise
        except TimeoutError:
            return Outcome(f"no answer in {ANSWER_S:g} s")
        except Exception as problem:
            return Outcome(str(problem) or type(problem).__name__)
