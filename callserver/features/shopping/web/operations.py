"""
One thing that a program can ask for: the only place that says so.

From an operation come its route, its checks, and its page of the description that is served.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Any, NoReturn

from callserver.features.shopping.web.fields import Field, Fields, Maybe, Record, Rows, Text
from callserver.features.shopping.web.problems import Problem, Unfit, unfit
from callserver.features.shopping.web.scopes import Scope
from callserver.wire.catalogue import Complaint
from callserver.wire.records import EventRecord

Json = Any


@dataclass
class Asked:
    """
    A request whose parts are what its operation says, in the database's thread.

    :param stamp: the event of an order, if one comes of it
    :param shown: events that were kept, for who watches
    """

    key: str
    path: Mapping[str, Any]
    query: Mapping[str, Any]
    body: Any
    now: datetime
    stamp: EventRecord
    country: str
    shown: list[EventRecord] = field(default_factory=list)


@dataclass(frozen=True)
class Operation:
    """
    :param name: for programs, as "putProduct"
    :param scope: what a key needs
    :param act: run in `store.write` if it changes something, else in `store.read`; gives what `answer` says
    :param refusals: statuses that come of the shop's rules, beside those that all have
    :param then: names of operations that take the `number` of its answer
    """

    name: str
    method: str
    path: str
    scope: Scope
    says: str
    act: Callable[[Asked], Json]
    answer: Field
    path_parts: Fields = field(default_factory=dict)
    query: Fields = field(default_factory=dict)
    body: Field | None = None
    refusals: tuple[int, ...] = ()
    then: tuple[str, ...] = ()

    @property
    def changes(self) -> bool:
        return self.method != "GET"


@dataclass(frozen=True)
class Request:
    """What came over the wire."""

    key: str
    path: Mapping[str, str]
    query: Mapping[str, list[str]]
    body: bytes
    now: datetime
    stamp: EventRecord
    country: str


def perform(operation: Operation, request: Request) -> tuple[bytes, list[EventRecord]]:
    """
    Read what came, and do it; run in the database's thread, in one transaction.

    :return: the body of the answer, and events for who watches
    :raises Problem: nothing was done
    """
    try:
        asked = Asked(
            request.key,
            {name: part.read(request.path[name], name) for name, part in operation.path_parts.items()},
            read_query(operation.query, request.query),
            None if operation.body is None else operation.body.read(parsed(request.body), ""),
            request.now,
            request.stamp,
            request.country,
        )
    except Unfit as problem:
        raise unfit(problem) from problem
    found = operation.act(asked)
    return json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode(), asked.shown


def read_query(parts: Fields, given: Mapping[str, list[str]]) -> dict[str, Any]:
    """
    What stands behind the question mark; numbers are texts there.

    :raises Unfit: with the name
    """
    for name, values in given.items():
        if name not in parts:
            raise Unfit("there is no such parameter; there are {names}", name[:40], names=", ".join(parts) or "-")
        if len(values) > 1:
            raise Unfit("is given twice", name)
    return {name: part.read(_number(part, given[name][0]), name) for name, part in parts.items() if name in given}


def parsed(body: bytes) -> Json:
    """
    :raises Unfit: it is no JSON
    """
    try:
        return json.loads(body.decode(), parse_constant=_no_number)
    except UnicodeDecodeError as problem:
        raise Unfit("is not UTF-8", "") from problem
    except (ValueError, RecursionError) as problem:
        raise Unfit("is not JSON: {problem}", "", problem=str(problem)[:80]) from problem


def not_found(what: str, complaint: Complaint) -> Problem:
    """
    :param what: the name of the part in the path
    """
    return Problem(HTTPStatus.NOT_FOUND, "not_found", complaint, what)


def conflict(code: str, complaint: Complaint, field: str = "") -> Problem:
    """What was sent is right in itself, and cannot be done as things are."""
    return Problem(HTTPStatus.CONFLICT, code, complaint, field)


def page(says: str, row: Field, most: int) -> Record:
    """An answer of several rows with what to ask for next."""
    following = Maybe(Text("give it as `after` for the rows behind these; null: there are none", 64))
    return Record(says, {"rows": Rows(says, row, most, least=0), "after": following})


def _number(part: Field, text: str) -> object:
    whole = part.schema().get("type") == "integer" and text.isascii() and text.isdecimal() and len(text) < 18
    return int(text) if whole else text


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number")
