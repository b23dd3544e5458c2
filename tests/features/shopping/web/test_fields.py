"""The description cannot say anything else than what is done: judged by a validator that nobody here wrote."""

from __future__ import annotations

import json
from typing import Any

import jsonschema_rs
from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from callserver.features.shopping.web.fields import Field
from callserver.features.shopping.web.openapi import PATH, describe
from callserver.features.shopping.web.operations import parsed
from callserver.features.shopping.web.problems import Unfit
from callserver.features.shopping.web.served import OPERATIONS

WORDS = ("1001", "600001", "web-1", "on delivery", "balance", "shipped", "delivery", "zh", "+8613800138000", "sf")
TIMES = (
    "2026-03-02T09:30:00Z",
    "2026-03-02T09:30:00+08:00",
    "2026-03-02T09:30:00",
    "2026-03-02",
    "2026-99-99T09:30:00Z",
)
TEXTS = st.text(max_size=12) | st.sampled_from((*WORDS, *TIMES, "x" * 400, "a\nb", "\x9f"))
SCALARS = st.none() | st.booleans() | st.integers(-2, 60) | st.integers() | st.floats(allow_nan=False) | TEXTS
BODIES = [(one.name, one.body) for one in OPERATIONS if one.body is not None]


def near(field: Any) -> st.SearchStrategy[Any]:
    """Values that fit a field, or nearly."""
    if hasattr(field, "fields"):
        parts = {name: near(part) for name, part in field.fields.items()}
        whole = st.fixed_dictionaries({}, optional=parts) | st.fixed_dictionaries(parts)
        return whole | st.builds(lambda one, value: one | {"surprise": value}, whole, SCALARS)
    if hasattr(field, "field") and hasattr(field, "most"):
        return st.lists(near(field.field), max_size=3)
    if hasattr(field, "field"):
        return st.none() | near(field.field)
    return SCALARS


def fits(field: Field, value: object) -> bool:
    try:
        field.read(value, "")
    except Unfit:
        return False
    return True


class OneSourceTests(SynchronousTestCase):
    @settings(max_examples=400, deadline=None)
    @given(st.data())
    def test_said_and_done(self, data: st.DataObject) -> None:
        """What the description allows is taken, what it does not is refused, and nothing else."""
        name, field = data.draw(st.sampled_from(BODIES))
        assert field is not None
        value = data.draw(near(field))
        said = jsonschema_rs.validator_for(json.dumps(field.schema()), validate_formats=False).is_valid(value)
        done = fits(field, value)
        if said and not done:  # a day that there is not has the form of one
            self.assertIn("since", json.dumps(value), name)
        else:
            self.assertEqual(said, done, (name, value))

    def test_every_operation(self) -> None:
        """Each is described once, under its own name, with its answer; each is served."""
        described = describe(OPERATIONS)
        names = [one["operationId"] for path in described["paths"].values() for one in path.values()]
        self.assertEqual(sorted(names), sorted(operation.name for operation in OPERATIONS))
        self.assertEqual(len(set(names)), len(names))
        self.assertNotIn(PATH, described["paths"])

    @settings(max_examples=300, deadline=None)
    @given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
    def test_garbage(self, octets: bytes) -> None:
        """Whatever octets come, they are JSON or a clear refusal."""
        try:
            found = parsed(octets)
        except Unfit as problem:
            self.assertTrue(str(problem))
        else:
            json.dumps(found, allow_nan=False)
