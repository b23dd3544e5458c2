"""
One caller's way through menu files, step by step, on ICall alone.

However a menu is written, its caller comes to an end of it: after STEPS_MAX steps and hand-overs, counted over all
menus he passes, or `max_s` in them, a person has him; `checks` has refused rounds that need no key before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import timedelta

from callserver.calls.vocabulary import Kind
from callserver.ivr import spoken
from callserver.ivr.dialogue import DIGITS_MAX, END_KEY, PERSON_KEY, REPEAT_KEY, WantsPerson
from callserver.ivr.interfaces import ICall, IMenu, Prompt, Spoken
from callserver.ivr.menu_files.hours import OpeningHours
from callserver.ivr.menu_files.steps import (
    PERSON,
    Asking,
    Choice,
    ChooseLanguage,
    Digits,
    Go,
    Piece,
    Say,
    Slot,
    Step,
    Target,
    Text,
    To,
    When,
    WrittenMenu,
)
from callserver.ivr.menu_files.switches import Switches
from callserver.ivr.menu_files.values import OPENS

STEPS_MAX = 200
COUNTED_DIGITS = 4  # a longer number is said digit by digit
REPEAT = Target(To.REPEAT)
WANTS_PERSON = "person"  # outcome of a menu in Python
DONE = ("", "answered", "sent", "later", "left", "discarded", "heard", "opened")  # of hand-overs


class Journey:
    """
    Of one call.

    :param menus: all that the call can come to, as they were when it began: a reload changes nothing for it
    :param switches: what is otherwise than they say, at each moment
    """

    def __init__(self, call: ICall, menus: Mapping[str, IMenu], switches: Switches) -> None:
        self._call, self._menus, self._switches = call, menus, switches
        self._saved: dict[str, str] = {}
        self._heard: set[tuple[str, str]] = set()
        self._visits: Counter[tuple[str, str]] = Counter()
        self._asked: list[Target] = []  # the questions on the way here
        self._hours: OpeningHours | None = None  # that a step has looked at
        self._n_steps = 0

    async def go(self, menu: WrittenMenu) -> None:
        """From a menu's start until the call is over, or nobody served it."""
        self._menu, self._began, self._away = menu, self._call.now(), timedelta()
        if self._call.language not in menu.languages or not self._call.language_chosen:
            self._call.language = menu.languages[0]
        target: Target | None = Target(To.STEP, menu.start)
        await self._read_out()
        while target is not None:
            self._count()
            target = await (self._step(menu_step) if (menu_step := self._at(target)) else self._leave(target))

    def _at(self, target: Target) -> Step | None:
        """The step that a target is, if it is one."""
        if target.to is To.BACK:
            del self._asked[-1:]
        if target.to in (To.REPEAT, To.BACK):
            target = self._asked.pop() if self._asked else Target(To.STEP, self._menu.start)
        return self._menu.steps[target.name] if target.to is To.STEP else None

    def _count(self) -> None:
        self._n_steps += 1
        if self._n_steps > STEPS_MAX:
            raise WantsPerson("too many steps")
        if (self._call.now() - self._began - self._away).total_seconds() > self._menu.max_s:
            raise WantsPerson("too long in the menu")

    async def _step(self, step: Step) -> Target | None:
        """What follows; None: the call's end."""
        place = self._menu.name, step.name
        self._visits[place] += 1
        self._call.note(Kind.STEP, menu=self._menu.name, step=step.name, visit=self._visits[place])
        match step:
            case Say():
                await self._call.play(*self._said(step, step.text))
                return step.then
            case ChooseLanguage():
                return await self._choose_language(step)
            case When():
                return self._look_at_clock(step)
            case Choice():
                return await self._choose(step)
            case Digits():
                return await self._ask_digits(step)
            case Go():
                return await self._go(step)
        raise AssertionError(f"a step of no kind: {step}")

    # Steps

    async def _choose_language(self, step: ChooseLanguage) -> Target:
        text = step.text
        said = [Spoken(str(one), language) for language in self._menu.languages for one in text.said.get(language, ())]
        for _ in range(self._menu.tries):
            key = await self._call.collect(*(text.play or said))
            if key == PERSON_KEY:
                self._note(step, "person")
                return PERSON
            self._note(step, ("taken" if key in step.keys else "wrong") if key else "silence")
            if not key or key in step.keys:
                self._call.language = step.keys.get(key, self._menu.languages[0])
                return step.then
            self._call.forget_keys()
        return step.then

    def _look_at_clock(self, step: When) -> Target:
        self._hours, now = step.hours, self._call.now()
        state = self._switches.state(step.hours, now)
        by_hand = self._switches.switch(step.hours.name, now) is not None
        why = "switch" if by_hand else step.hours.rule(now.date()).special
        self._call.note(Kind.BRANCH, menu=self._menu.name, step=step.name, taken=state.value, why=why)
        return {"open": step.open, "closed": step.closed, "holiday": step.holiday}[state.value]

    async def _choose(self, step: Choice) -> Target:
        end = None if END_KEY in step.keys else END_KEY
        self._asked.append(Target(To.STEP, step.name))
        for failures in self._tries(step.asking):
            key = await self._call.collect(
                *self._said(step, step.text), max_digits=1, end_key=end, first_timeout_s=step.asking.wait_s
            )
            if key in step.keys:
                self._note(step, "taken")
                self._save(step, key if key not in (REPEAT_KEY, END_KEY, PERSON_KEY) else "")
                return step.keys[key]
            if (target := await self._not_taken(step, key, failures)) is not None:
                return target
        return step.asking.wrong

    async def _ask_digits(self, step: Digits) -> Target:
        self._asked.append(Target(To.STEP, step.name))
        for failures in self._tries(step.asking):
            keyed = await self._call.collect(
                *self._said(step, step.text),
                max_digits=DIGITS_MAX,
                end_key=END_KEY,
                first_timeout_s=step.asking.wait_s,
                between_timeout_s=self._menu.between_s,
                full_digits=step.most,
            )
            if keyed != PERSON_KEY and keyed.isdecimal() and step.fewest <= len(keyed) <= step.most:
                self._note(step, "taken")
                self._save(step, keyed)
                return step.then
            if (target := await self._not_taken(step, keyed, failures)) is not None:
                return target
        return step.asking.wrong

    async def _go(self, step: Go) -> Target | None:
        if prompts := self._said(step, step.text):
            await self._call.play(*prompts)
        return await self._hand_over(step.to, step.then, step.refused or self._menu.refused)

    # A question's manners

    def _tries(self, asking: Asking) -> Iterator[int]:
        yield from range(1, asking.tries + 1)

    async def _not_taken(self, step: Choice | Digits, keyed: str, failures: int) -> Target | None:
        """Where silence, or what is no answer, leads; None: the question is asked again."""
        asking = step.asking
        if keyed in (PERSON_KEY, REPEAT_KEY):
            self._note(step, "person" if keyed == PERSON_KEY else "repeat")
            return PERSON if keyed == PERSON_KEY else REPEAT
        self._note(step, "wrong" if keyed else "silence")
        self._call.forget_keys()  # typed ahead for an answer that was none
        if failures == asking.tries:
            return asking.wrong if keyed else asking.silence
        too_many = keyed.isdecimal() and len(keyed) > 1
        await self._call.play(("too-many-digits" if too_many else "not-understood") if keyed else "no-input")
        return None

    def _note(self, step: Step, result: str) -> None:
        self._call.note(Kind.REPLY, menu=self._menu.name, step=step.name, result=result)

    def _save(self, step: Choice | Digits, value: str) -> None:
        if step.save and value:
            self._saved[step.save] = value
            self._call.save(step.save, value)

    # What is said

    async def _read_out(self) -> None:
        """What somebody wants to be heard before this menu."""
        notice = self._switches.notice(self._menu.name, self._call.now())
        if notice is not None:
            await self._call.play(Spoken(notice.text, notice.language))

    def _said(self, step: Step, text: Text) -> list[Prompt]:
        """A step's text; the other one, if it has one, when the caller hears it once more."""
        language, place = self._call.language, (self._menu.name, step.name)
        heard = place in self._heard
        self._heard.add(place)
        if text.play:
            return list(text.play)
        pieces = (text.again.get(language) if heard else None) or text.said.get(language, ())
        return [prompt for piece in pieces for prompt in self._prompts(piece)]

    def _prompts(self, piece: Piece) -> list[Prompt]:
        if not isinstance(piece, Slot):
            return [Spoken(piece)]
        if piece == OPENS:
            return self._next_opening()
        value, language = self._saved.get(piece, ""), self._call.language
        if 0 < len(value) <= COUNTED_DIGITS and not value.startswith("0"):
            return [*spoken.number(language, int(value))]
        return [*spoken.digits(language, value)]

    def _next_opening(self) -> list[Prompt]:
        hours = self._hours or next(one.hours for one in self._menu.steps.values() if isinstance(one, When))
        now, language = self._call.now(), self._call.language
        opens = self._switches.opens_next(hours, now)
        if opens is None:
            return []
        return [*spoken.date(language, opens.date(), now.date()), *spoken.time_of_day(language, opens.time())]

    # Away from this menu

    async def _leave(self, target: Target) -> Target | None:
        return await self._hand_over(target, None, self._menu.refused)

    async def _hand_over(self, to: Target, then: Target | None, refused: Target | None) -> Target | None:
        """What follows; None: the caller is served, or has to leave word."""
        if to.to is To.STEP or to.to in (To.REPEAT, To.BACK):
            return to
        if to.to is To.PERSON and self._menu.person is not None and self._menu.person.to is not To.PERSON:
            return await self._hand_over(self._menu.person, None, refused)
        left = self._call.now()
        try:
            outcome = await self._outcome(to, comes_back=then is not None)
        except WantsPerson:
            if to.to is To.PLUGIN:
                self._call.note(Kind.TARGET, menu=self._menu.name, target=str(to), outcome=WANTS_PERSON)
            if to.to is not To.PLUGIN or self._menu.person is None:
                raise
            return PERSON
        self._away += self._call.now() - left
        self._call.note(Kind.TARGET, menu=self._menu.name, target=str(to), outcome=outcome)
        if to.to is To.MENU:
            return Target(To.STEP, self._menu.start)
        return then if outcome == "" else refused

    async def _outcome(self, to: Target, *, comes_back: bool) -> str:
        """Of a target that is no step; "" if it is done."""
        call = self._call
        match to.to:
            case To.MENU:
                self._enter(to.name)
                await self._read_out()
                return ""
            case To.PLUGIN:
                return await self._run(to.name)
            case To.QUEUE:
                return _refusal(await call.transfer_to_queue(to.name, comes_back=comes_back))
            case To.OFFICE if to.name == "nearest":
                return _refusal(await call.transfer_to_office())
            case To.OFFICE | To.NUMBER:
                return await call.send_to(str(to))
            case To.DOCUMENT:
                return _refusal(await call.fax_document(to.name))
            case To.MAILBOX:
                return _refusal(await call.leave_message(to.name))
            case To.PERSON:
                raise WantsPerson("asked for in the menu")
        await call.hang_up()
        return ""

    def _enter(self, name: str) -> None:
        """Another file's menu, in the same journey."""
        menu = getattr(self._menus.get(name), "written", None)
        if menu is None:
            raise WantsPerson(f"no menu {name}")
        self._menu, self._asked = menu, []

    async def _run(self, name: str) -> str:
        """A menu written in Python, until it returns."""
        menu = self._menus.get(name)
        if menu is None:
            raise WantsPerson(f"no menu {name}")
        self._call.note(Kind.PLUGIN, menu=self._menu.name, name=name)
        await menu.run(self._call)
        return ""


def _refusal(outcome: str) -> str:
    """Why a hand-over came to nothing; "" if it did not."""
    return "" if outcome in DONE else outcome
