"""
The interface as a web resource: a route an operation, and around each the same questions in the same order.

Whose key is it; may it do this; has it asked too often, or for too much at once; is it JSON. Then the operation runs in
the database's thread, one at a time (`limits.Lane`), and what it has changed is kept before its answer goes out. Who
hangs up meanwhile has changed something or nothing; the same again under the same external id tells which.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from http import HTTPStatus
from math import ceil
from typing import Any

from klein import Klein
from peewee import PeeweeException
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.web.iweb import IRequest
from twisted.web.resource import IResource
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from callserver.acd.staff.few_lines import LINES_A_MINUTE, FewLines
from callserver.calls.audit import DONE, audit
from callserver.calls.event_log import EventLog
from callserver.calls.vocabulary import Kind
from callserver.features.shopping.web.keys import Key, KeyRing
from callserver.features.shopping.web.limits import Buckets, Lane, Limits
from callserver.features.shopping.web.openapi import PATH, describe
from callserver.features.shopping.web.operations import Operation, Request, perform
from callserver.features.shopping.web.problems import Problem
from callserver.features.shopping.web.scopes import Scope
from callserver.store.database import Store
from callserver.store.opening import StoreError
from callserver.wire.catalogue import Complaint

log = Logger()

WHO = "interface {name}"  # in the event log
BEARER = "bearer "
FAILED = "failed"
TARGET_MAX = 80
AGAIN_S = 5  # after the database did not answer


class Interface:
    """
    :param on_change: told that orders may have changed
    """

    def __init__(
        self,
        operations: Sequence[Operation],
        keys: KeyRing,
        store: Store,
        events: EventLog,
        clock: IReactorTime,
        limits: Limits,
        *,
        country: str = "cn",
        on_change: Callable[[], None] = lambda: None,
    ) -> None:
        self._keys, self._store, self._events, self._country = keys, store, events, country
        self._on_change = on_change
        self._lane = Lane(clock, limits.waiting, limits.at_once)
        self._asked = Buckets(clock.seconds, limits.rate, limits.burst)
        self._strangers = Buckets(clock.seconds, limits.strange_rate, limits.strange_burst)
        self._lines = FewLines(clock)
        self._description = json.dumps(describe(operations), ensure_ascii=False).encode()
        self.app = Klein()
        self.app.url_map.merge_slashes = False
        for operation in operations:
            self._route(operation)
        self.app.route(PATH, methods=["GET"])(self._describe)
        self.app.handle_errors(Problem)(self._refused)
        self.app.handle_errors(HTTPException)(self._not_served)
        self.app.handle_errors(Exception)(self._broken)

    def resource(self) -> IResource:
        return self.app.resource()

    def close(self) -> None:
        """What was begun is ended; what waits is not begun."""
        self._lane.close()

    def knows(self, request: IRequest) -> bool:
        """Whether it comes with a good key; asked before its body is taken."""
        return self._keys.find(_secret(request)) is not None

    def _route(self, operation: Operation) -> None:
        async def serve(request: IRequest, **path: str) -> bytes:
            return await self._serve(operation, request, path)

        self.app.route(operation.path, methods=[operation.method], endpoint=operation.name)(serve)

    def _describe(self, request: Any) -> bytes:
        return _sent(request, self._description)

    async def _serve(self, operation: Operation, request: Any, path: dict[str, str]) -> bytes:
        key = self._admit(operation.scope, request)
        if operation.body is not None and not _is_json(request):
            raise _problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "not_json", "needs Content-Type: application/json")
        came = Request(
            key.name,
            path,
            {_text(name): [_text(one) for one in values] for name, values in request.args.items()},
            request.content.read() if operation.body is not None else b"",
            self._events.now(),
            self._events.stamp(Kind.ORDER, person=WHO.format(name=key.name)),
            self._country,
        )
        return _sent(request, await self._act(operation, key, came))

    def _admit(self, scope: Scope, request: Any) -> Key:
        """
        :raises Problem: no key, the wrong one, or too often
        """
        key = self._keys.find(_secret(request))
        if key is None:
            address = request.getClientAddress().host
            wait_s = self._strangers.take(address)
            if wait_s:
                raise _too_much(wait_s)
            if not self._keys.were_read:
                raise _no_database()
            if self._lines.count(address) <= LINES_A_MINUTE:
                log.warn("interface: {address} has no good key", address=address)
            complaint = Complaint("needs a good key: Authorization: Bearer ...")
            headers = {"WWW-Authenticate": 'Bearer realm="callserver"'}
            raise Problem(HTTPStatus.UNAUTHORIZED, "no_key", complaint, headers=headers)
        wait_s = self._asked.take(key.name)
        if wait_s:
            raise _too_much(wait_s)
        if scope not in key.scopes:
            raise _problem(
                HTTPStatus.FORBIDDEN, "no_scope", "the key {key} is not for {scope}", key=key.name, scope=scope
            )
        if not self._lane.has_room(key.name):
            raise _too_much(1)
        return key

    async def _act(self, operation: Operation, key: Key, came: Request) -> bytes:
        try:
            return await self._lane.run(key.name, lambda: Deferred.fromCoroutine(self._do(operation, key, came)))
        except (PeeweeException, StoreError) as problem:
            log.warn("interface: {operation}: the database: {problem}", operation=operation.name, problem=problem)
            raise _no_database() from problem

    async def _do(self, operation: Operation, key: Key, came: Request) -> bytes:
        """To its end, whether who asked is still there or not."""
        if not operation.changes:
            answer, _ = await self._store.read(perform, operation, came)
            return answer
        result = FAILED
        try:
            answer, shown = await self._store.write(perform, operation, came)
            result = DONE
        except Problem as problem:
            result = problem.code
            raise
        finally:
            target = " ".join(came.path.values())[:TARGET_MAX]
            audit(self._events, WHO.format(name=key.name), operation.name, target, result=result)
        for event in shown:
            self._events.show(event)
        self._on_change()
        return answer

    # What is no success

    def _refused(self, request: Any, failure: Failure) -> bytes:
        problem: Any = failure.value
        return self._refuse(request, problem)

    def _refuse(self, request: Any, problem: Problem) -> bytes:
        request.setResponseCode(problem.status)
        for name, value in problem.headers.items():
            request.setHeader(name, value)
        return _sent(request, problem.as_json(_language(request)))

    def _not_served(self, request: Any, failure: Failure) -> bytes:
        """No such path, or not this method."""
        why: Any = failure.value
        complaint = Complaint("nothing is served here; see {path}", path=PATH)
        headers = {}
        if isinstance(why, MethodNotAllowed):
            complaint = Complaint("not by this method")
            headers = {"Allow": ", ".join(sorted(why.valid_methods or ()))}
        problem = Problem(why.code or 404, "not_served", complaint, headers=headers)
        return self._refuse(request, problem)

    def _broken(self, request: Any, failure: Failure) -> bytes:
        """A mistake of ours: told in the log, without what was sent."""
        if isinstance(failure.value, CancelledError):  # who asked has hung up
            return b""
        log.failure("the interface broke", failure)
        problem = Problem(HTTPStatus.INTERNAL_SERVER_ERROR, "broken", Complaint("a mistake of the server: see its log"))
        return self._refuse(request, problem)


def _sent(request: Any, body: bytes) -> bytes:
    request.setHeader("Content-Type", "application/json")
    request.setHeader("Content-Length", str(len(body)))
    return body


def _secret(request: Any) -> str:
    given = _text(request.getHeader(b"authorization") or b"")
    return given[len(BEARER) :].strip() if given.lower().startswith(BEARER) else ""


def _is_json(request: Any) -> bool:
    kind = _text(request.getHeader(b"content-type") or b"").partition(";")[0]
    return kind.strip().lower() == "application/json"


def _language(request: Any) -> str:
    wanted = _text(request.getHeader(b"accept-language") or b"").strip().lower()
    return "zh" if wanted.startswith("zh") else "en"


def _text(octets: bytes | str) -> str:
    return octets if isinstance(octets, str) else octets.decode("utf-8", "replace")


def _problem(status: int, code: str, msgid: str, **details: object) -> Problem:
    return Problem(status, code, Complaint(msgid, **details))


def _no_database() -> Problem:
    complaint = Complaint("the database does not answer; nothing was done, or all of it: ask again")
    headers = {"Retry-After": str(AGAIN_S)}
    return Problem(HTTPStatus.SERVICE_UNAVAILABLE, "no_database", complaint, headers=headers)


def _too_much(wait_s: float) -> Problem:
    headers = {"Retry-After": str(ceil(wait_s))}
    return Problem(
        HTTPStatus.TOO_MANY_REQUESTS, "too_much", Complaint("too much at once: ask again later"), "", headers
    )
