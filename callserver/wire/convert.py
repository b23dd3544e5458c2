"""
Messages as what Perspective Broker carries without a class: dicts, lists, str, int, bool and None.

Both ends may be of different versions: what only the other one knows is left out, what it does not send keeps its
default. What is of a wrong type is a `WireError`, which names the place and never the value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from dataclasses import is_dataclass
from functools import partial
from typing import Any, TypeVar, get_origin

from cattrs import BaseValidationError, Converter, transform_error
from cattrs.cols import homogenous_tuple_structure_factory, mapping_structure_factory
from cattrs.gen import make_dict_structure_fn

from callserver.wire.causes import Reason
from callserver.wire.rights import Right
from callserver.wire.states import LineState, SeatState

Wire = dict[str, Any]
Message = TypeVar("Message")
Structure = Callable[[Any, Any], Any]
LIST = (list, tuple)


class WireError(ValueError):
    """A message from the other end that does not have the shape it must have."""


def to_wire(message: Any) -> Wire:
    """A message of `callserver.wire.messages` as plain values."""
    wire: Wire = _converter.unstructure(message)
    return wire


def from_wire(shape: type[Message], wire: object) -> Message:
    """
    The message that `to_wire` of this or another version gave.

    :raises WireError: it is none
    """
    try:
        return _converter.structure(wire, shape)
    except (BaseValidationError, WireError) as problem:
        places = transform_error(problem, format_exception=_said) if isinstance(problem, BaseValidationError) else ()
        raise WireError(f"no {shape.__name__}: {'; '.join(places) or problem}") from None


def _said(problem: BaseException, shape: object) -> str:
    """cattrs' own texts may quote what was sent."""
    if isinstance(problem, KeyError):
        return "a field is missing"
    return str(problem) if isinstance(problem, WireError) else "does not fit"


def _exactly(*kinds: type) -> Structure:
    """Only these types: True is no number here, a number no text."""
    names = " or ".join(kind.__name__ for kind in kinds)

    def check(value: Any, _: Any) -> Any:
        if type(value) not in kinds:
            raise WireError(f"needs {names}, not {type(value).__name__}")
        return value

    return check


def _checked(needs: type | tuple[type, ...], inner: Structure) -> Structure:
    """Before cattrs takes a container apart: a text is not taken for a list of characters."""
    name = "a list" if needs is LIST else "a dict"

    def check(value: Any, shape: Any) -> Any:
        if not isinstance(value, needs):
            raise WireError(f"needs {name}, not {type(value).__name__}")
        return inner(value, shape)

    return check


def _make() -> Converter:
    converter = Converter(unstruct_collection_overrides={Set: sorted, tuple: list})
    for plain in (str, int, bool):
        converter.register_structure_hook(plain, _exactly(plain))
    converter.register_structure_hook_func(lambda shape: shape == str | int, _exactly(str, int))
    _tell_floats(converter)
    _tell_enums(converter)
    _tell_containers(converter)
    return converter


def _tell_floats(converter: Converter) -> None:
    """As whole thousandths: the guard of the agents' channel knows no floats."""
    whole = _exactly(int)
    converter.register_unstructure_hook(float, lambda value: round(value * 1000))
    converter.register_structure_hook(float, lambda value, shape: whole(value, shape) / 1000)


def _tell_enums(converter: Converter) -> None:
    """States by name, rights by number, reasons as they are stored."""
    for states in (LineState, SeatState):
        converter.register_unstructure_hook(states, lambda state: state.name)
        converter.register_structure_hook(states, _state)
    converter.register_unstructure_hook(Right, int)
    converter.register_structure_hook_func(lambda shape: shape == frozenset[Right], _checked(LIST, _rights))
    converter.register_unstructure_hook(Reason, str)
    converter.register_structure_hook_func(lambda shape: shape == Reason | None, _reason)


def _state(name: Any, states: Any) -> Any:
    if not isinstance(name, str) or name not in states.__members__:
        raise WireError("an unknown state")  # there is no default for it: the message cannot be shown
    return states[name]


def _rights(numbers: Any, _: Any) -> frozenset[Right]:
    known = set(map(int, Right))
    return frozenset(Right(number) for number in numbers if type(number) is int and number in known)


def _reason(text: Any, _: Any) -> Reason | None:
    return Reason.parse(text) if isinstance(text, str) else None


def _tell_containers(converter: Converter) -> None:
    shapes: tuple[tuple[Callable[[Any], bool], type | tuple[type, ...], Callable[..., Any]], ...] = (
        (lambda shape: isinstance(shape, type) and is_dataclass(shape), dict, make_dict_structure_fn),
        (lambda shape: get_origin(shape) is tuple, LIST, homogenous_tuple_structure_factory),
        (lambda shape: get_origin(shape) is Mapping, dict, mapping_structure_factory),
    )
    for is_one, needs, make in shapes:
        converter.register_structure_hook_factory(is_one, partial(_checked_by, converter, needs, make))


def _checked_by(
    converter: Converter, needs: type | tuple[type, ...], make: Callable[..., Structure], shape: Any
) -> Structure:
    return _checked(needs, make(shape, converter))


_converter = _make()
