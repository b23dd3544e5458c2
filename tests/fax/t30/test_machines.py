"""What holds of every state of both machines."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from callserver.fax.t30.receiver.machine import receiving_machine
from callserver.fax.t30.sender.machine import sending_machine


def inputs_of(machine: Any) -> dict[str, set[str]]:
    """By the name of each state what it takes."""
    taken: dict[str, set[str]] = defaultdict(set)
    for before, happening, _, _ in machine.__automat_automaton__.allTransitions():
        taken[before.name].add(happening)
    return taken


class MachineTests(SynchronousTestCase):
    def test_every_state_can_be_left(self) -> None:
        """Silence, DCN, our own will and the end of the call lead on from wherever a session is."""
        for machine in (sending_machine, receiving_machine):
            for state, taken in inputs_of(machine).items():
                if state == "new":
                    self.assertEqual(taken, {"begin", "end", "gone"})
                elif state == "saying goodbye":
                    self.assertTrue({"silence", "dcn", "gone"} <= taken, state)
                else:
                    self.assertTrue({"silence", "dcn", "end", "gone"} <= taken, f"{state}: {sorted(taken)}")

    def test_over_is_over(self) -> None:
        for machine in (sending_machine, receiving_machine):
            self.assertNotIn("over", inputs_of(machine))

    def test_every_state_is_reached(self) -> None:
        for machine in (sending_machine, receiving_machine):
            transitions = machine.__automat_automaton__.allTransitions()
            reached = {after.name for _, _, after, _ in transitions}
            self.assertEqual({before.name for before, *_ in transitions} - reached, {"new"})
