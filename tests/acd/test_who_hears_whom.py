"""
Who hears whom in every situation that a call can come into, measured by a tone of its own on every leg.

A situation is a row of `SITUATIONS`: how it comes about, and who hears whom then. In each of them two strangers talk
too, whom nobody may hear, and who hear nobody else. On the way there, and in a moment of every act, nothing may click.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from twisted.trial.unittest import SynchronousTestCase

from callserver.acd.moves import dialled
from callserver.acd.moves.dialling import Dialling
from callserver.acd.moves.moves import Moves
from callserver.acd.seats.seat import Seat
from callserver.acd.supervision.supervision import Supervision
from callserver.calls.call import Call
from callserver.dsp.codecs import LINEAR_16
from callserver.dsp.frames import amplitude
from tests.acd.dialling_case import MemoryCallsOut
from tests.acd.seats.test_seat import TestOffer
from tests.hearing import TONES_HZ, DeafEar, Room, all_to_all
from tests.shop import VirtualShop, people

Heard = Mapping[str, set[str]]
CALLER, AGENT, THIRD, COLLEAGUE, SUPERVISOR, SECOND = "line 1", "seat 801", "line 2", "seat 802", "seat 900", "seat 804"
NUMBER = "62345678"
OUTSIDE = f"outside {NUMBER}"
STRANGERS = all_to_all("line 3", "seat 803")
SLOW_HZ = tuple(3.0 + 0.7 * n for n in range(12))  # so slow that a click stands out of every wave
LOUD_DBM0 = -6.0
CLICK = amplitude(-40.0)


class Scene:
    """A caller who talks with an agent; two strangers who talk; supervisors, a colleague and a third party."""

    n_lines = 3

    def __init__(self, slow: bool = False) -> None:
        if slow:
            self.shop = VirtualShop(n_lines=self.n_lines, n_seats=6, codec=LINEAR_16, ear=DeafEar)
        else:
            self.shop = VirtualShop(n_lines=self.n_lines, n_seats=6)
        self.place = ""  # where the caller is parked
        self.room = Room(self.shop, SLOW_HZ if slow else TONES_HZ)
        self.supervision = Supervision(
            self.shop.seats,
            self.shop.calls,
            self.shop.staff,
            tone=None,
            queues=("operator",),
            find_person=self.find_person,
            set_priority=lambda call_id, priority: None,
        )
        self.agent, self.colleague, self.stranger, self.supervisor, self.second = map(
            self.seat, ("801", "802", "803", "900", "804")
        )
        self.call = self.talk(self.agent, 0)
        self.talk(self.stranger, 2)
        self.third = self.shop.answered_call(1)  # with a menu, until the agent consults it
        waits = people(self.shop).queues
        self.out: Any = MemoryCallsOut(self.shop)
        self.moves = Moves(self.shop.seats, waits, self, self.shop.staff, self.shop.calls, out=self.out)
        self.dialling = Dialling(self.shop.seats, self.shop.staff, self.shop.calls, self.out, self)

    def seat(self, number: str) -> Seat:
        """Somebody logs in, and speaks from now on."""
        return self.room.seat(number)

    # Flows, where callers are left alone

    def has_menu(self, name: str) -> bool:
        return False

    def serve(self, call: Call, menu: str) -> None: ...

    def find_person(self, call: Call, queue: str, on_refused: object = None) -> None: ...

    # What they do

    def talk(self, seat: Seat, line: int) -> Call:
        """A caller rings at a seat, and is answered there."""
        call = self.shop.answered_call(line)
        seat.offer(TestOffer(call))
        seat.answer()
        return call

    def consult(self) -> None:
        """The agent holds his caller and talks with a third party."""
        self.agent.hold()
        self.agent.dial(TestOffer(self.third, right=None, wrap_up_s=0, is_queued=False))
        self.agent.rings_there()
        self.agent.answered_there()

    def listen(self, channel: str = AGENT) -> None:
        self.supervision.listen(self.supervisor, channel)

    def whisper(self) -> None:
        self.supervision.whisper(self.supervisor)

    def barge_in(self) -> None:
        self.supervision.barge_in(self.supervisor, AGENT)

    def take_over(self) -> None:
        self.supervision.take_over(self.supervisor)

    def secret(self) -> None:
        """The caller keys in a secret, for as long as the scene lasts."""
        self.telling = self.call.secret()
        self.telling.__enter__()


Act = Callable[[Scene], object]


def listen_to_line(scene: Scene) -> None:
    scene.listen(CALLER)


def listen_to_third(scene: Scene) -> None:
    scene.listen(THIRD)


def second_listens(scene: Scene) -> None:
    scene.supervision.listen(scene.second, AGENT)


def second_whispers(scene: Scene) -> None:
    second_listens(scene)
    scene.supervision.whisper(scene.second)


def second_barges_in(scene: Scene) -> None:
    scene.supervision.barge_in(scene.second, CALLER)


def stop(scene: Scene) -> None:
    scene.supervision.stop_listening(scene.supervisor)


def break_off(scene: Scene) -> None:
    scene.supervision.break_off(scene.supervisor, AGENT, "queue operator")


def hold(scene: Scene) -> None:
    scene.agent.hold()


def retrieve(scene: Scene) -> None:
    scene.agent.retrieve()


def cancel(scene: Scene) -> None:
    scene.agent.cancel()


def join(scene: Scene) -> None:
    scene.agent.join()


def three_way(scene: Scene) -> None:
    scene.agent.three_way()


def swap(scene: Scene) -> None:
    scene.agent.swap()


def transfer(scene: Scene) -> None:
    scene.moves.transfers.transfer(scene.agent, COLLEAGUE)


def supervisor_transfers(scene: Scene) -> None:
    scene.moves.transfers.transfer(scene.supervisor, COLLEAGUE)
    scene.colleague.answer()


def colleague_answers(scene: Scene) -> None:
    scene.colleague.answer()


def colleague_rejects(scene: Scene) -> None:
    scene.colleague.reject()


def agent_answers(scene: Scene) -> None:
    scene.agent.answer()


def pick_up_recall(scene: Scene) -> None:
    """What the agent has held rings at his own seat."""
    scene.moves.picking_up.pick_up(scene.second, "801")


def hide(scene: Scene) -> None:
    scene.moves.hiding.hide(scene.agent)


def show_again(scene: Scene) -> None:
    scene.moves.hiding.show_again(scene.agent)


def transfer_outside(scene: Scene) -> None:
    scene.moves.transfers.transfer(scene.agent, f"number {NUMBER}")
    outside_rings(scene)


def dial_outside(scene: Scene) -> None:
    scene.agent.hold()
    scene.dialling.consult(scene.agent, f"number {NUMBER}")
    outside_rings(scene)


def outside_rings(scene: Scene) -> None:
    leg = scene.out.people[NUMBER].leg
    scene.room.add(OUTSIDE, leg)
    scene.room.voices[OUTSIDE].level_dbm0 = scene.room.voices[CALLER].level_dbm0
    scene.out.people[NUMBER].rings()


def outside_answers(scene: Scene) -> None:
    scene.out.people[NUMBER].answers()


def park(scene: Scene) -> None:
    scene.place = scene.moves.parking.park(scene.agent)


def fetch(scene: Scene) -> None:
    scene.moves.parking.fetch(scene.colleague, scene.place)


def third_rings(scene: Scene) -> None:
    """At the colleague's."""
    scene.colleague.offer(TestOffer(scene.third, wrap_up_s=0))


def pick_up(scene: Scene) -> None:
    scene.moves.picking_up.pick_up(scene.second, "802")


def calls_colleague(scene: Scene) -> None:
    scene.dialling.dial(scene.second, "802")


def consults_colleague(scene: Scene) -> None:
    scene.dialling.consult(scene.agent, COLLEAGUE)


def listen_to_colleague(scene: Scene) -> None:
    scene.listen(COLLEAGUE)


def agent_leaves(scene: Scene) -> None:
    scene.agent.hang_up()


def third_leaves(scene: Scene) -> None:
    scene.shop.lines[1].far_end.hang_up()


def hears(parts: Heard, **more: str | set[str]) -> Heard:
    """These, and one who hears others: `hears(TALK, seat_900=AGENT)`."""
    others = {name.replace("_", " "): {heard} if isinstance(heard, str) else heard for name, heard in more.items()}
    return dict(parts) | others


TALK, CONSULTS, JOINED = all_to_all(CALLER, AGENT), all_to_all(THIRD, AGENT), all_to_all(CALLER, THIRD)
THREE_WAY, SENT_ON = all_to_all(CALLER, AGENT, THIRD), all_to_all(CALLER, COLLEAGUE)
LEFT_OF_THREE = all_to_all(CALLER, THIRD, SUPERVISOR)
THREE, TAKEN_OVER = all_to_all(CALLER, AGENT, SUPERVISOR), all_to_all(CALLER, SUPERVISOR)
BOTH, BOTH_THERE, BOTH_LEFT = {CALLER, AGENT}, {THIRD, AGENT}, {CALLER, THIRD}

# The acts by which each situation comes about, one after the other, and who hears whom then.
SITUATIONS: Mapping[str, tuple[tuple[Act, ...], Heard]] = {
    "talk": ((), TALK),
    "hold": ((hold,), {}),
    "retrieved": ((hold, retrieve), TALK),
    "consultation": ((Scene.consult,), CONSULTS),
    "back from it": ((Scene.consult, cancel), TALK),
    "swapped": ((Scene.consult, swap), TALK),
    "swapped twice": ((Scene.consult, swap, swap), CONSULTS),
    "swapped, cancelled": ((Scene.consult, swap, cancel), TALK),
    "swapped, joined": ((Scene.consult, swap, join), JOINED),
    "swapped, three-way": ((Scene.consult, swap, three_way), THREE_WAY),
    "swapped, left by the third": ((Scene.consult, swap, third_leaves), TALK),
    "swapped, hung up": ((Scene.consult, swap, agent_leaves), {}),
    "swapped, hung up, retrieved": ((Scene.consult, swap, agent_leaves, retrieve), CONSULTS),
    "internal consultation, swapped, joined": ((consults_colleague, colleague_answers, swap, join), SENT_ON),
    "listen to a seat, swapped": ((Scene.listen, Scene.consult, swap), hears(TALK, seat_900=BOTH)),
    "listen to a line, swapped": ((listen_to_line, Scene.consult, swap), hears(TALK, seat_900=BOTH)),
    "listen, swapped, three-way": (
        (Scene.listen, Scene.consult, swap, three_way),
        hears(THREE_WAY, seat_900=set(THREE_WAY)),
    ),
    "left by the third": ((Scene.consult, third_leaves), {}),
    "attended transfer": ((Scene.consult, join), JOINED),
    "three-way": ((Scene.consult, three_way), THREE_WAY),
    "three-way, agent leaves": ((Scene.consult, three_way, agent_leaves), JOINED),
    "three-way, third leaves": ((Scene.consult, three_way, third_leaves), TALK),
    "three-way, hold": ((Scene.consult, three_way, hold), {}),
    "blind transfer, rings": ((transfer,), {}),
    "blind transfer": ((transfer, colleague_answers), SENT_ON),
    "transfer to a number": ((transfer_outside, outside_answers), all_to_all(CALLER, OUTSIDE)),
    "transfer to a number, rings": ((transfer_outside,), {}),
    "consult a number, rings": ((dial_outside,), {AGENT: {OUTSIDE}}),
    "consult a number": ((dial_outside, outside_answers), all_to_all(AGENT, OUTSIDE)),
    "consult a number, joined": ((dial_outside, outside_answers, join), all_to_all(CALLER, OUTSIDE)),
    "listen, consult a number, rings": ((Scene.listen, dial_outside), {AGENT: {OUTSIDE}, SUPERVISOR: {AGENT, OUTSIDE}}),
    "listen to a line, transfer to a number": (
        (listen_to_line, transfer_outside, outside_answers),
        hears(all_to_all(CALLER, OUTSIDE), seat_900={CALLER, OUTSIDE}),
    ),
    "listen, hidden secret": ((Scene.listen, hide), {SUPERVISOR: {AGENT}}),
    "barge in, hidden secret": ((Scene.barge_in, hide), all_to_all(AGENT, SUPERVISOR)),
    "parked": ((park,), {}),
    "fetched": ((park, fetch), SENT_ON),
    "rings at a colleague": ((third_rings,), TALK),
    "pick-up": ((third_rings, pick_up), dict(TALK) | all_to_all(THIRD, SECOND)),
    "internal call, rings": ((calls_colleague,), TALK),
    "internal call": ((calls_colleague, colleague_answers), dict(TALK) | all_to_all(COLLEAGUE, SECOND)),
    "internal consultation, rings": ((consults_colleague,), {}),
    "internal consultation": ((consults_colleague, colleague_answers), all_to_all(AGENT, COLLEAGUE)),
    "internal consultation, joined": ((consults_colleague, colleague_answers, join), SENT_ON),
    "joined while it rings": ((consults_colleague, join, colleague_answers), SENT_ON),
    "blind transfer, comes back": ((transfer, colleague_rejects), {}),
    "blind transfer, taken back": ((transfer, colleague_rejects, agent_answers), TALK),
    "recall picked up": ((hold, agent_leaves, pick_up_recall), all_to_all(CALLER, SECOND)),
    "secret entry": ((Scene.secret,), {}),
    "secret hidden by the agent": ((hide,), {}),
    "secret hidden by the agent, told": ((hide, show_again), TALK),
    "secret hidden, then blind transfer": ((hide, transfer, colleague_answers), SENT_ON),
    "listen to a seat": ((Scene.listen,), hears(TALK, seat_900=BOTH)),
    "listen to a line": ((listen_to_line,), hears(TALK, seat_900=BOTH)),
    "listen to a line with a menu": ((listen_to_third,), hears(TALK, seat_900=THIRD)),
    "listen to a line, back in the queue": ((listen_to_line, break_off), {SUPERVISOR: {CALLER}}),
    "listen no more": ((Scene.listen, stop), TALK),
    "listen, hold": ((Scene.listen, hold), {}),
    "listen to a seat, consultation": ((Scene.listen, Scene.consult), hears(CONSULTS, seat_900=BOTH_THERE)),
    "listen to a seat, back": ((Scene.listen, Scene.consult, cancel), hears(TALK, seat_900=BOTH)),
    "listen to a line, consultation": ((listen_to_line, Scene.consult), CONSULTS),
    "listen to a seat, transfer": ((Scene.listen, Scene.consult, join), JOINED),
    "listen to a line, transfer": ((listen_to_line, Scene.consult, join), hears(JOINED, seat_900=BOTH_LEFT)),
    "listen to the consulted": ((Scene.consult, listen_to_third, join), hears(JOINED, seat_900=BOTH_LEFT)),
    "listen, secret entry": ((Scene.listen, Scene.secret), {SUPERVISOR: {AGENT}}),
    "listen to a line, secret entry": ((listen_to_line, Scene.secret), {}),
    "listen, three-way": ((Scene.listen, Scene.consult, three_way), hears(THREE_WAY, seat_900=set(THREE_WAY))),
    "listen to a line, three-way": (
        (listen_to_line, Scene.consult, three_way),
        hears(THREE_WAY, seat_900=set(THREE_WAY)),
    ),
    "listen, blind transfer": ((Scene.listen, transfer, colleague_answers), SENT_ON),
    "listen to a line, blind transfer": (
        (listen_to_line, transfer, colleague_answers),
        hears(SENT_ON, seat_900=set(SENT_ON)),
    ),
    "listen to a line, parked": ((listen_to_line, park), {}),
    "listen to a line, fetched": ((listen_to_line, park, fetch), hears(SENT_ON, seat_900=set(SENT_ON))),
    "listen to a seat, internal consultation": (
        (Scene.listen, consults_colleague, colleague_answers),
        hears(all_to_all(AGENT, COLLEAGUE), seat_900={AGENT, COLLEAGUE}),
    ),
    "listen to the consulted colleague": (
        (consults_colleague, colleague_answers, listen_to_colleague, join),
        hears(SENT_ON, seat_900=set(SENT_ON)),
    ),
    "two listen": ((Scene.listen, second_listens), hears(TALK, seat_900=BOTH, seat_804=BOTH)),
    "whisper": ((Scene.listen, Scene.whisper), hears(TALK, seat_900=BOTH, seat_801={CALLER, SUPERVISOR})),
    "whisper from the line": (
        (listen_to_line, Scene.whisper),
        hears(TALK, seat_900=BOTH, seat_801={CALLER, SUPERVISOR}),
    ),
    "whisper, hold": ((Scene.listen, Scene.whisper, hold), {AGENT: {SUPERVISOR}}),
    "whisper, consultation": (
        (Scene.listen, Scene.whisper, Scene.consult),
        hears(CONSULTS, seat_900=BOTH_THERE, seat_801={THIRD, SUPERVISOR}),
    ),
    "whisper, three-way": (
        (Scene.listen, Scene.whisper, Scene.consult, three_way),
        hears(THREE_WAY, seat_900=set(THREE_WAY), seat_801={CALLER, THIRD, SUPERVISOR}),
    ),
    "whisper, secret entry": (
        (Scene.listen, Scene.whisper, Scene.secret),
        {SUPERVISOR: {AGENT}, AGENT: {SUPERVISOR}},
    ),
    "two whisper": (
        (Scene.listen, Scene.whisper, second_whispers),
        hears(TALK, seat_900=BOTH, seat_804=BOTH, seat_801={CALLER, SUPERVISOR, SECOND}),
    ),
    "barge in": ((Scene.barge_in,), THREE),
    "listen, barge in": ((Scene.listen, Scene.barge_in), THREE),
    "barge in, another listens": ((Scene.barge_in, second_listens), hears(THREE, seat_804=set(THREE))),
    "barge in, hold": ((Scene.barge_in, hold), {}),
    "barge in, secret entry": ((Scene.barge_in, Scene.secret), all_to_all(AGENT, SUPERVISOR)),
    "two barge in": ((Scene.barge_in, second_barges_in), all_to_all(CALLER, AGENT, SUPERVISOR, SECOND)),
    "barge in, agent leaves": ((Scene.barge_in, agent_leaves), TAKEN_OVER),
    "barge in, transfer": ((Scene.barge_in, Scene.consult, join), all_to_all(CALLER, THIRD, SUPERVISOR)),
    "barge in, out again": ((Scene.barge_in, stop), TALK),
    "barge in, three-way": (
        (Scene.consult, three_way, Scene.barge_in),
        all_to_all(CALLER, AGENT, THIRD, SUPERVISOR),
    ),
    "barge in, blind transfer of what is left": ((Scene.barge_in, agent_leaves, supervisor_transfers), SENT_ON),
    "take over a three-way": ((Scene.listen, Scene.consult, three_way, Scene.take_over), LEFT_OF_THREE),
    "take over": ((Scene.listen, Scene.take_over), TAKEN_OVER),
    "take over one who is held": ((Scene.listen, hold, Scene.take_over), TAKEN_OVER),
    "take over a consultation": ((Scene.listen, Scene.consult, Scene.take_over), all_to_all(THIRD, SUPERVISOR)),
    "break off": ((Scene.listen, break_off), {}),
}


class SituationTests(SynchronousTestCase):
    make = Scene

    def test_who_hears_whom(self) -> None:
        """Nobody hears whom he should not, and everybody whom he should."""
        for name, (acts, heard) in SITUATIONS.items():
            scene = self.make()
            for act in acts:
                act(scene)
                scene.room.talk(0.1)
            self.assertEqual(scene.room.hears(), dict(heard) | STRANGERS, name)

    def test_no_clicks(self) -> None:
        """From one act to the next no leg gets a step of more than -40 dBm0, however loud all speak."""
        self.patch(dialled, "RING_BACK", np.zeros(8000, np.float32))  # too fast a wave for this measure
        for name, (acts, _) in SITUATIONS.items():
            scene = self.make(slow=True)
            for voice in scene.room.voices.values():
                voice.level_dbm0 = LOUD_DBM0
            scene.room.talk(0.5)
            scene.room.forget()
            for act in acts:
                act(scene)
                scene.room.talk(0.13)
            for who, voice in scene.room.voices.items():
                steps = np.abs(np.diff(voice.sound()))
                self.assertLess(max(steps, default=0), CLICK, f"{name}: {who}")
