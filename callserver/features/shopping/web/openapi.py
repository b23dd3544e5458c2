"""The description of the interface (OpenAPI 3.1), made from the operations that are served."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from callserver.features.shopping.web.fields import Fields, Maybe, Record, Text
from callserver.features.shopping.web.operations import Operation

PATH = "/v1/openapi.json"
VERSION = "1.0"  # of the interface; a field that is added changes the second figure
ABOUT = """Products, prices, stock, customers and deliveries go in; orders, reservations and their changes come out.

Money is in whole fen. Moments are in UTC. What is sent twice under the same `external_id` is done once. An answer \
that is no success says in `error` its `code` for programs, the `field` it is about, and a `message` for people (Chinese
where `Accept-Language` asks for it). 429 and 503 say in `Retry-After` when to ask again."""
ERROR = Record(
    "why not",
    {
        "error": Record(
            "why not",
            {
                "code": Text("a word for programs; it stays the same in every version", 64),
                "field": Maybe(Text("which part of what was sent it is about", 200)),
                "message": Text("for people", 1000),
            },
        )
    },
)
ALWAYS = {
    400: "something does not fit: `field` says what",
    401: "no key, or one that opens nothing",
    403: "the key is not for this",
    429: "too much at once",
    503: "the database does not answer: ask again",
}
WITH_BODY = {413: "too long", 415: "not JSON"}
OF_RULES = {404: "there is none", 409: "it cannot be done as things are: `code` says why"}


def describe(operations: Iterable[Operation]) -> dict[str, Any]:
    """The whole description."""
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        paths.setdefault(re.sub(r"<(\w+)>", r"{\1}", operation.path), {})[operation.method.lower()] = _one(operation)
    return {
        "openapi": "3.1.0",
        "info": {"title": "callserver: the shop's interface", "version": VERSION, "description": ABOUT},
        "paths": paths,
        "components": {
            "schemas": {"Error": ERROR.schema()},
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"key": []}],
    }


def _one(operation: Operation) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.says,
        "description": f"The key needs `{operation.scope}`.",
        "parameters": [
            *_parameters("path", operation.path_parts, required=True),
            *_parameters("query", operation.query, required=False),
        ],
        "responses": {"200": _answer("done", operation.answer.schema()) | _links(operation)} | _refusals(operation),
    }
    if operation.body is not None:
        content = {"application/json": {"schema": operation.body.schema()}}
        described["requestBody"] = {"required": True, "content": content}
    return described


def _links(operation: Operation) -> dict[str, Any]:
    number = {"number": "$response.body#/number"}
    links = {name: {"operationId": name, "parameters": number} for name in operation.then}
    return {"links": links} if links else {}


def _parameters(where: str, parts: Fields, *, required: bool) -> list[dict[str, Any]]:
    return [{"name": name, "in": where, "required": required, "schema": part.schema()} for name, part in parts.items()]


def _refusals(operation: Operation) -> dict[str, Any]:
    said = ALWAYS | (WITH_BODY if operation.body is not None else {})
    said |= {status: OF_RULES[status] for status in operation.refusals}
    error = {"$ref": "#/components/schemas/Error"}
    return {str(status): _answer(words, error) for status, words in sorted(said.items())}


def _answer(says: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": says, "content": {"application/json": {"schema": schema}}}
