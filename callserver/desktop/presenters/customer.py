"""The first tab: who the customer is; several who may be the caller; a new one, written down in the call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from callserver.desktop.foreign import beside
from callserver.desktop.presenters.presenter import Presenter
from callserver.desktop.presenters.workplace import Workplace
from callserver.wire.catalogue import N_, yuan
from callserver.wire.messages import SeatStatus
from callserver.wire.refusals import Refused

FIELDS = ("name", "telephones", "address", "language")  # what an agent may write
FIELD_WORDS = {
    "name": N_("Name"),
    "telephones": N_("Telephones"),
    "address": N_("Address"),
    "language": N_("Language"),
}
LANGUAGE_WORDS = {"zh": N_("Mandarin"), "en": N_("English")}
PIN_WORDS = {
    "none": N_("no PIN"),
    "set": N_("PIN set"),
    "first": N_("PIN to be changed at its first use"),
    "locked": N_("PIN locked"),
}


@dataclass(frozen=True)
class CustomerData:
    """
    :param values: what stands in the fields, by their names in `FIELDS`
    :param problem_field: the field that the problem is about; "" if it is about none
    """

    heading: str
    facts: str
    values: Mapping[str, str]
    hits: tuple[tuple[str, str], ...]  # member number, and a line about him
    is_new: bool
    may_claim: bool
    has_draft: bool
    problem: str
    problem_field: str


@dataclass(frozen=True)
class _Draft:
    values: Mapping[str, str]
    is_one: bool = False  # there is something to save: blanks alone are typed, and nothing else


class Customer(Presenter[CustomerData]):
    """
    What is typed stays with the customer for whom it was typed: who comes back to him finds it again.

    A draft is kept by member number; that of a new customer by the telephone number of the call, which goes with it.
    """

    def __init__(self, work: Workplace, show: Callable[[CustomerData], None]) -> None:
        super().__init__(work, show)
        self.record = work.record
        self._drafts: dict[str, _Draft] = {}
        self._problem_field = ""

    def start(self) -> None:
        super().start()
        self._endings.append(self.record.watch(self._another))

    def data(self) -> CustomerData:
        record = self.record
        customer = record.customer
        draft = self._drafts.get(self._key)
        return CustomerData(
            heading=self._heading(),
            facts=self._facts(customer) if customer is not None else "",
            values=draft.values if draft is not None else self._values(),
            hits=tuple((str(one["number"]), _line(one)) for one in record.hits),
            is_new=customer is None and not record.hits,
            may_claim=customer is not None and self._caller_is_here() and not self._is_the_caller(),
            has_draft=draft is not None and draft.is_one,
            problem=self.problem or (self.work.told(record.problem) if record.problem else ""),
            problem_field=self._problem_field if self.problem else "",
        )

    # What the person does

    def type(self, field: str, text: str) -> None:
        """Something else stands in a field."""
        before = self._drafts.get(self._key) or _Draft(self._values())
        values = dict(before.values) | {field: text}
        if values == self._values():
            self._drafts.pop(self._key, None)
        else:
            self._drafts[self._key] = replace(before, values=values, is_one=_bare(values) != _bare(self._values()))
        self.refresh()

    def save(self) -> None:
        """What was typed goes into the books."""
        member, key = self.record.member, self._key
        draft = self._drafts.get(key)
        if draft is None or not draft.is_one:
            return
        changed = {field: text for field, text in draft.values.items() if text != self._values()[field] or not member}
        said = ("telephones", *(field for field, text in changed.items() if text.strip() or member))  # "": he has none
        settings = {field: text.strip() for field, text in changed.items() if field in said}
        self._problem_field = ""
        asked = self.client.ask("save_customer", member, settings)
        asked.addErrback(self._keep_field)
        self.do(asked, lambda saved: self._saved(key, draft, saved))

    def discard(self) -> None:
        """What was typed is forgotten."""
        self._drafts.pop(self._key, None)
        self.problem = ""
        self.refresh()

    def choose(self, member: str) -> None:
        """This one of several is it."""
        self.record.choose(member)

    def new(self) -> None:
        """None of these: he is to be written down."""
        self.record.clear()

    def claim(self) -> None:
        """The caller says that he is this customer, and the agent believes it."""
        record = self.record
        self.do(self.client.ask("identify_caller", record.member, record.call_id), lambda _: record.look_again())

    @property
    def has_drafts(self) -> bool:
        """Whether something is typed, for whomever, that is not in the books."""
        return any(draft.is_one for draft in self._drafts.values())

    # What makes it look otherwise

    def status(self, status: SeatStatus) -> None:
        self.refresh()

    # What it is made of

    def _heading(self) -> str:
        record, words = self.record, self.work.words
        if record.customer is not None:
            return f"{beside(record.customer['name'])} · {words('Member {number}', number=record.member)}"
        if record.hits:
            return words("{n} customers match {telephone}", n=len(record.hits), telephone=record.telephone)
        return words("New customer")

    def _facts(self, customer: Mapping[str, Any]) -> str:
        words = self.work.words
        facts = [
            words("Balance ¥{balance}", balance=yuan(customer["balance_fen"])),
            words("Points {n}", n=customer["points"]),
            words(PIN_WORDS[customer["pin"]]),
            words("Orders {n}", n=customer["orders"]),
        ]
        if customer["reservations"]:
            facts.append(words("Reservations {n}", n=len(customer["reservations"])))
        return " · ".join(facts)

    def _values(self) -> Mapping[str, str]:
        customer = self.record.customer
        if customer is None:
            return {"name": "", "telephones": self.record.telephone, "address": "", "language": ""}
        return {
            "name": customer["name"],
            "telephones": ", ".join(customer["telephones"]),
            "address": customer["address"],
            "language": customer["language"],
        }

    @property
    def _key(self) -> str:
        """Of the draft."""
        return self.record.member or f"new {self.record.telephone or self.record.call_id}"

    def _caller_is_here(self) -> bool:
        call = self.model.customer
        return call is not None and call.call_id == self.record.call_id

    def _is_the_caller(self) -> bool:
        call = self.model.customer
        return call is not None and call.identity is not None and call.identity.number == self.record.member

    def _another(self) -> None:
        self.problem = ""
        self.refresh()

    def _saved(self, key: str, draft: _Draft, saved: Mapping[str, Any]) -> None:
        left, is_shown = self._drafts.pop(key, draft), self._key == key
        if left is not draft:  # more has been typed meanwhile
            self._drafts[str(saved["number"])] = left
        if is_shown:  # else another one is shown by now
            self.record.show(saved)

    def _keep_field(self, failure: Any) -> Any:
        if isinstance(failure.value, Refused):
            self._problem_field = str(failure.value.data.get("field_word", ""))
        return failure


def _bare(values: Mapping[str, str]) -> Mapping[str, str]:
    """As they are saved: without blanks around them."""
    return {field: text.strip() for field, text in values.items()}


def _line(one: Mapping[str, Any]) -> str:
    return " · ".join(
        filter(None, (beside(one["name"]), one["number"], " ".join(one["telephones"]), beside(one["address"])))
    )
