"""What a program is told when it cannot have what it asks for: one JSON object, that names the field."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType

from callserver.wire.catalogue import Complaint, told
from callserver.wire.cells import printable

MESSAGE_MAX, FIELD_MAX = 1000, 200  # characters


class Unfit(Complaint):
    """
    A value that does not fit.

    :param field: where it stands, as "products[3].price_fen"; "" is the whole
    """

    def __init__(self, msgid: str, field: str, /, **details: object) -> None:
        super().__init__(msgid, **details)
        self.field = field


class Problem(Exception):
    """
    An answer that is no success.

    :param status: of HTTP
    :param code: a word for programs; it stays the same in every version
    :param complaint: for people
    :param field: which part of what was sent it is about; "" if none
    :param headers: that the answer has beside
    """

    def __init__(
        self,
        status: int,
        code: str,
        complaint: Complaint,
        field: str = "",
        headers: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        super().__init__(f"{status} {code}: {complaint}")
        self.status, self.code, self.complaint, self.field, self.headers = status, code, complaint, field, headers

    def as_json(self, language: str = "en") -> bytes:
        """The body of the answer."""
        message = printable(told(self.complaint, language))[:MESSAGE_MAX]
        error = {"code": self.code, "field": printable(self.field)[:FIELD_MAX] or None, "message": message}
        return json.dumps({"error": error}, ensure_ascii=False).encode()


def unfit(problem: Unfit) -> Problem:
    """The answer to a value that does not fit."""
    return Problem(400, "unfit", problem, problem.field)
