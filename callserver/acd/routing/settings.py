"""What a shop can set of a queue; kept in the database, changed while calls wait."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from callserver.wire.targets import Target


class Strategy(Enum):
    """Who is rung first of those that may be (call-centre.md section 5)."""

    RING_ALL = "ring_all"
    LONGEST_IDLE = "longest_idle"
    FEWEST_CALLS = "fewest_calls"
    LEAST_TALK = "least_talk"
    ROUND_ROBIN = "round_robin"
    LINEAR = "linear"
    PROGRESSIVE = "progressive"
    RANDOM = "random"


class Order(Enum):
    """Which caller comes first."""

    PRIORITY = "priority"  # higher first, then who came first
    AGING = "aging"  # seconds waited and the bonus of the priority


@dataclass(frozen=True)
class QueueSettings:
    """One queue; times in seconds."""

    name: str
    number: str = ""  # that telephones of seats key for it; "": none
    group: str = ""  # of people who serve it; "": everybody with right 3
    strategy: Strategy = Strategy.LONGEST_IDLE
    order: Order = Order.PRIORITY
    weight: int = 0  # between queues that share agents: larger first
    priority: int = 0  # of its callers, unless something gives them another
    aging_bonus_s: float = 60.0  # a step of priority is worth so much waiting
    skills: Mapping[str, int] = field(default_factory=dict)  # needed, with the lowest level
    by_language: bool = False  # the caller's language is a skill that is needed
    level_step_s: float = 30.0  # the next penalty level opens after so much waiting
    ring_s: float = 15.0
    retry_s: float = 5.0  # a seat that has missed rests so long
    reject_s: float = 5.0  # after a reject: at 0 the same caller rang on there at once, where no other seat is free
    busy_s: float = 5.0  # where it could not ring at all
    misses: int = 3  # in a row, then the agent is paused; 0: never
    wrap_up_s: float = 10.0
    step_s: float = 10.0  # progressive: one more seat so often
    sticky_days: int = 0  # who talked with this customer last is asked first; 0: not
    # to come in and to stay
    calendar: str = ""  # of hours; "": always open
    wait_for_nobody: bool = False  # callers may wait where nobody is logged in
    wait_for_paused: bool = True  # and where all pause
    max_length: int = 0  # 0: no limit
    max_estimate_s: float = 0.0  # 0: no limit
    max_wait_s: float = 1800.0
    cut_off_s: float = 120.0  # who calls again within has his old place; 0: not
    # what becomes of whom
    on_closed: Target | None = None  # None: told, and a message or a call-back is offered
    on_nobody: Target | None = None
    on_full: Target | None = None
    on_timeout: Target | None = None
    exit_key: str = ""
    on_exit: Target | None = None
    # while waiting
    comfort_s: float = 60.0
    place_s: float = 90.0  # place and estimate, so often; 0: not told
    estimate_ceiling_s: float = 1800.0  # longer ones are not told
    # call-back in place of waiting
    call_back_key: str = ""  # "": not offered
    call_back_tries: int = 3
    call_back_retry_s: float = 300.0
    # what it is measured by
    service_level_s: float = 20.0
    short_abandon_s: float = 5.0
    alarm_length: int = 0  # more waiting than these: an alarm; 0: none
    alarm_wait_s: float = 0.0
    alarm_service_level: float = 0.0  # percent over 30 minutes
