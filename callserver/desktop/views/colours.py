"""The colours of both themes, with the contrast between any two; plain Python."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

from callserver.wire.states import LineState, SeatState

State = LineState | SeatState

SHOWN_ALIKE: tuple[tuple[State, ...], ...] = (  # in the order of the two lists of colours below
    (LineState.NOT_LOADED, SeatState.OFF),
    (LineState.LOADED,),
    (LineState.IDLE, SeatState.IDLE_PHONE, SeatState.IDLE_PC),
    (LineState.RINGING_IN, SeatState.RINGING),
    (LineState.DIALING, SeatState.DIALING),
    (LineState.RINGBACK, SeatState.RINGBACK),
    (LineState.TALKING, SeatState.TALKING),
    (LineState.HELD, SeatState.HELD),
    (LineState.WAIT_HANGUP,),
    (LineState.FAXING,),
    (LineState.DISCONNECTED,),
    (SeatState.PAUSED,),
)


def _states(*colours: str) -> Mapping[State, str]:
    return {state: colour for alike, colour in zip(SHOWN_ALIKE, colours, strict=True) for state in alike}


@dataclass(frozen=True)
class Ground:
    """What a number of the wallboard stands on, and its own colour."""

    fill: str
    text: str


@dataclass(frozen=True)
class Colours:
    """One theme, as "#rrggbb"; words have a contrast of at least 4.5 on `ground` and `panel`, shapes of 3."""

    dark: bool
    ground: str  # of windows, lists and fields
    panel: str  # what is set apart: cards, legends, the heads of tables
    text: str
    soft: str  # text that matters less
    disabled: str
    frame: str
    focus: str
    marked: str  # behind what is selected
    on_marked: str
    good: str
    warning: str
    problem: str  # also the outline of buttons that destroy
    glyph: str  # on a badge that is filled with its state's colour
    states: Mapping[State, str]
    destroy: Ground = Ground("#b71c1c", "#ffffff")  # the button that carries it out
    within: Ground = Ground("#1b5e20", "#ffffff")  # the wallboard's numbers: within their limit,
    near: Ground = Ground("#ffd54f", "#1e1e1e")  # from 70 % of it on,
    beyond: Ground = Ground("#b71c1c", "#ffffff")  # beyond it


LIGHT = Colours(
    dark=False,
    ground="#ffffff",
    panel="#f6f8fa",
    text="#1f2328",
    soft="#444c56",
    disabled="#69727c",
    frame="#868f99",
    focus="#0b57d0",
    marked="#0b57d0",
    on_marked="#ffffff",
    good="#2e7d32",
    warning="#b45309",
    problem="#b71c1c",
    glyph="#ffffff",
    states=_states(
        "#616161", "#455a64", "#2e7d32", "#b45309", "#00695c", "#006a80",
        "#1565c0", "#6a1b9a", "#5d4037", "#ad1457", "#b71c1c", "#6b6000",
    ),
)  # fmt: skip
DARK = Colours(
    dark=True,
    ground="#1e1e1e",
    panel="#282828",
    text="#e6e6e6",
    soft="#c4cbd3",
    disabled="#959da5",
    frame="#7b838c",
    focus="#8ab4f8",
    marked="#2f6bc9",
    on_marked="#ffffff",
    good="#81c784",
    warning="#ffb74d",
    problem="#ef9a9a",
    glyph="#1e1e1e",
    states=_states(
        "#bdbdbd", "#90a4ae", "#81c784", "#ffb74d", "#4db6ac", "#4dd0e1",
        "#64b5f6", "#ce93d8", "#bcaaa4", "#f48fb1", "#ef9a9a", "#fff176",
    ),
)  # fmt: skip


@cache
def _faded(dark: bool) -> Colours:
    worn = DARK if dark else LIGHT
    grey = worn.disabled
    return replace(worn, text=grey, soft=grey, problem=grey, states=dict.fromkeys(worn.states, grey))


def faded(worn: Colours) -> Colours:
    """For what was so and perhaps is not any more: everything in the grey of what is disabled."""
    return _faded(worn.dark)


def contrast(one: str, other: str) -> float:
    """
    How well one colour is told from the other: from 1, not at all, to 21, black on white.

    WCAG 2.2, "contrast ratio" and "relative luminance", of sRGB.
    """
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@cache
def mixed(ground: str, colour: str, share: float) -> str:
    """The ground with so much of the colour in it, 0 to 1."""
    parts = (round(a + (b - a) * share) for a, b in zip(_rgb(ground), _rgb(colour), strict=True))
    return "#" + "".join(f"{part:02x}" for part in parts)


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(part / 255) for part in _rgb(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
