"""The tab of faults: what was passed on to offices for this customer, and a new fault, by which he is put through."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from callserver.desktop.presenters.clocks import moment
from callserver.desktop.presenters.record_tab import RecordTab
from callserver.desktop.presenters.workplace import Workplace
from callserver.wire.catalogue import N_
from callserver.wire.messages import Hello, SeatStatus
from callserver.wire.rights import Right
from callserver.wire.states import SeatState
from callserver.wire.words import reason_text

FAULT_MAX = 500
TALKS = (SeatState.TALKING, SeatState.HELD)
UNDER_WAY = N_("under way")
LOOKS_EVERY_S = 5  # at what is under way
Row = Mapping[str, Any]


@dataclass(frozen=True)
class FaultsData:
    """
    :param cases: when, number, region, fault, what came of it, which offices were tried
    :param regions: what `report` takes, and its word; the first is the region of the caller's number
    :param why_not: why no fault can be reported; "" if one can
    """

    cases: tuple[tuple[str, ...], ...]
    regions: tuple[tuple[str, str], ...]
    region: str
    draft: str
    may_report: bool
    why_not: str
    note: str
    told: str
    problem: str


class Faults(RecordTab[FaultsData]):
    """
    Of all numbers of the customer in the tabs; of a caller who is nobody's, by his.

    It asks while its tab is seen, and again while an office is being dialled. What is typed stays with its call.
    """

    def __init__(self, work: Workplace, show: Callable[[FaultsData], None]) -> None:
        super().__init__(work, show)
        self._numbers: tuple[str, ...] = ()  # whose cases are shown
        self._cases: dict[str, Row] = {}  # by their ids
        self._next: dict[str, str] = {}  # what asks for more, by number
        self._regions: tuple[str, ...] = ()
        self._region = ""
        self._drafts: dict[str, str] = {}
        self._told = ""
        self._was_told, self._waits_s = False, 0

    def start(self) -> None:
        super().start()
        self._endings.append(self.work.seconds.watch(self._look_again))

    def data(self) -> FaultsData:
        cases, words = sorted(self._cases.values(), key=lambda one: str(one["at"]), reverse=True), self.work.words
        nearest = words("Nearest to {number}", number=self.work.record.telephone or words("the caller's number"))
        seat, call = self.model.seat, self.model.seat.call
        is_his = call is not None and call.call_id == self.work.record.call_id  # and not of whom he consults
        is_here = seat.state in TALKS and is_his and not seat.supervises
        why_not = self.work.lacks(Right.DIAL_INTERNAL) or ("" if is_here else words("Only in a call"))
        return FaultsData(
            cases=tuple(map(self._case, cases)),
            regions=(("", nearest), *((one, one) for one in self._regions)),
            region=self._region,
            draft=self._draft,
            may_report=not why_not and bool(self._draft.strip()),
            why_not=why_not,
            note=words("No faults yet") if self._was_told and not cases else "",
            told=self._told,
            problem=self.problem,
        )

    # What the person does

    def see(self) -> None:
        super().see()
        self.do(self.client.ask("list_targets"), self._are)

    def more(self) -> None:
        """The next fifty of each number."""
        for number, place in self._next.items():
            self._list(number, place)

    def type(self, text: str) -> None:
        """What the fault is; it stays with this call until it is reported."""
        self._drafts[self.work.record.call_id] = text[:FAULT_MAX]
        self._told = self.problem = ""
        self.refresh()

    def choose(self, region: str) -> None:
        """Whose office is to be dialled."""
        self._region = region
        self.refresh()

    def report(self) -> None:
        """The caller is put through to the nearest office; if none takes him he comes back."""
        call_id, text = self.work.record.call_id, self._draft.strip()
        if text and self.data().may_report:
            asked = self.client.ask("report_fault", self._region, text, call_id=call_id)
            self.do(asked, lambda _: self._reported(call_id))

    @property
    def has_draft(self) -> bool:
        """Whether something is typed that is reported to nobody."""
        return any(text.strip() for text in self._drafts.values())

    # What makes it look otherwise

    def status(self, status: SeatStatus) -> None:
        self.refresh()

    def logged_in(self, hello: Hello) -> None:
        self._another()

    # What it is made of

    @property
    def _draft(self) -> str:
        return self._drafts.get(self.work.record.call_id, "")

    def _whose(self) -> tuple[str, ...]:
        """Whose faults: the numbers of who is shown; the caller's, too, if it is he."""
        record = self.work.record
        customer, call = record.customer, self.model.customer
        his = tuple(customer["telephones"]) if customer is not None else ()
        is_he = call is not None and call.identity is not None and call.identity.number == record.member
        mine = (record.telephone,) if customer is None or is_he else ()
        return tuple(dict.fromkeys(number for number in (*mine, *his) if number))

    def _another(self) -> None:
        numbers = self._whose()
        if numbers != self._numbers:
            self._numbers, self._cases, self._next, self._was_told = numbers, {}, {}, False
            self._region = self._told = ""
        self._ask()
        self.refresh()

    def _ask(self) -> None:
        if self._is_open:
            for number in self._numbers:
                self._list(number, "")

    def _list(self, number: str, place: str) -> None:
        page = self._numbers, number, place
        ask = partial(self.client.ask, "list_cases", number, place)
        self.do_once(f"list_cases {page}", ask, partial(self._listed, *page), anew=not place)

    def _listed(self, numbers: tuple[str, ...], number: str, place: str, answer: Row) -> None:
        if numbers != self._numbers:
            return  # another one is shown by now
        is_first = not any(one["number"] == number for one in self._cases.values())
        self._cases |= {one["case"]: one for one in answer["found"]}
        self._was_told = True
        if place or is_first:
            places = {**self._next, number: answer["next"]}
            self._next = {one: place for one, place in places.items() if place}

    def _look_again(self) -> None:
        self._waits_s += 1
        is_under_way = any(not one["result"] for one in self._cases.values())
        if self._waits_s >= LOOKS_EVERY_S and is_under_way:
            self._waits_s = 0
            self._ask()

    def _are(self, answer: Row) -> None:
        self._regions = tuple(dict.fromkeys(region for office in answer["offices"] for region in office["regions"]))
        if self._region not in self._regions:
            self._region = ""

    def _reported(self, call_id: str) -> None:
        self._drafts.pop(call_id, None)
        self._told = self.work.words("Reported; the caller is being put through to the office")
        self._ask()

    def _case(self, case: Row) -> tuple[str, ...]:
        tried = ", ".join(f"{one['office']} {self._result(one['result'])}" for one in case["attempts"])
        result = self._result(case["result"])
        region = str(case["region"]) or self.work.words("not known")
        office = str(case["office"]) or tried
        return moment(case["at"]), str(case["number"]), region, str(case["note"]), result, office

    def _result(self, result: str) -> str:
        return reason_text(result, self.work.language) if result else self.work.words(UNDER_WAY)
