"""What callers would suffer from in a menu that can be read: rounds without them, steps without a way out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from callserver.ivr.menu_files.faults import Fault
from callserver.ivr.menu_files.steps import Target, To, WrittenMenu
from callserver.ivr.menu_files.ways import ways
from callserver.wire.catalogue import N_

Place = tuple[str, str]  # menu, step

ON = (To.STEP, To.MENU, To.REPEAT, To.BACK)  # targets that keep the caller among menu files


class Checks:
    """
    Of several menus at once, since one leads into another.

    :param menus: by name, those that could be read
    """

    def __init__(self, menus: Mapping[str, WrittenMenu]) -> None:
        self._menus = menus
        self._steps = {(name, step.name): step for name, menu in menus.items() for step in menu.steps.values()}
        every = {place: list(ways(step, menus[place[0]])) for place, step in self._steps.items()}
        self._alone = {place: [w.target for w in found if not w.by_caller] for place, found in every.items()}
        self._leading = {place: [way.target for way in found] for place, found in every.items()}

    def faults(self, menu: str) -> list[Fault]:
        """Of one of them."""
        return [*self._rounds(menu), *self._dead_ends(menu)]

    def _rounds(self, menu: str) -> Iterator[Fault]:
        """Each round that needs no key, told at its first step of this menu."""
        told: set[Place] = set()
        for step in self._menus[menu].steps.values():
            around = self._around((menu, step.name))
            if around and not told & set(around):
                told |= set(around)
                path = " > ".join(self._name(place, menu) for place in [*around, around[0]])
                wrong = N_("goes round without the caller: {path}; let one lead out")
                yield Fault(wrong, step.line, path=path)

    def _around(self, start: Place) -> list[Place]:
        """A way from a step back to it on which nobody has to press a key; empty if there is none."""
        ahead, seen = [(start, [start])], {start}
        while ahead:
            place, path = ahead.pop()
            for following in self._next(place, self._alone[place]):
                if following == start:
                    return path
                if following not in seen:
                    seen.add(following)
                    ahead.append((following, [*path, following]))
        return []

    def _dead_ends(self, menu: str) -> Iterator[Fault]:
        """Steps from which no target and no hang-up can be reached."""
        leads_out = {p for p, targets in self._leading.items() if any(self._ends(one) for one in targets)}
        while more := {
            place
            for place, targets in self._leading.items()
            if place not in leads_out and leads_out & set(self._next(place, targets))
        }:
            leads_out |= more
        for step in self._menus[menu].steps.values():
            if (menu, step.name) not in leads_out and not self._around((menu, step.name)):
                wrong = N_("no way out of {section}; add a key, silence or wrong that leaves")
                yield Fault(wrong, step.line, section=str(step))

    def _next(self, place: Place, targets: list[Target]) -> Iterator[Place]:
        """Steps that follow; `repeat` and `back` lead round to the step itself."""
        for target in targets:
            if target.to is To.STEP:
                yield (place[0], target.name)
            elif target.to is To.MENU and target.name in self._menus:
                yield (target.name, self._menus[target.name].start)
            elif target.to in (To.REPEAT, To.BACK):
                yield place

    def _ends(self, target: Target) -> bool:
        return target.to not in ON or (target.to is To.MENU and target.name not in self._menus)

    def _name(self, place: Place, menu: str) -> str:
        return place[1] if place[0] == menu else f"{place[0]}.{place[1]}"
