"""Who hears whom, as the table of roles says."""

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from callserver.calls.roles import LISTENERS, Part, Role, gains, overheard

NAMES = ("line 1", "line 2", "seat 801", "seat 802", "seat 900")
T, H, A, S = Role.TALKS, Role.HELD, Role.ALONE, Role.SECRET


def hears(parts: dict[str, Part[str]], sink: str) -> set[str]:
    """Whom a participant hears."""
    return {source for source, other in gains(parts) if other == sink}


class RolesTests(SynchronousTestCase):
    def test_two_talk(self) -> None:
        """Caller and agent hear each other, nobody hears himself."""
        parts = {"line 1": Part[str](T), "seat 801": Part[str](T)}
        self.assertEqual(gains(parts), {("line 1", "seat 801"): 1.0, ("seat 801", "line 1"): 1.0})

    def test_conference(self) -> None:
        """Of three who talk each hears the two others."""
        parts = {name: Part[str](T) for name in NAMES[:3]}
        for name in parts:
            self.assertEqual(hears(parts, name), set(parts) - {name})

    def test_hold(self) -> None:
        """Held, and who holds: neither hears nor is heard."""
        parts = {"line 1": Part(H, "seat 801"), "seat 801": Part[str](A)}
        self.assertEqual(gains(parts), {})

    def test_listener(self) -> None:
        """A supervisor beside an agent hears both sides and is heard by none."""
        parts = {"line 1": Part[str](T), "seat 801": Part[str](T), "seat 900": Part(Role.LISTENS, "seat 801")}
        self.assertEqual(hears(parts, "seat 900"), {"line 1", "seat 801"})
        self.assertEqual(hears(parts, "line 1"), {"seat 801"})
        self.assertEqual(hears(parts, "seat 801"), {"line 1"})

    def test_listener_follows(self) -> None:
        """When the agent holds, his listener hears silence, and not the caller."""
        parts = {"line 1": Part(H, "seat 801"), "seat 801": Part[str](A), "seat 900": Part(Role.LISTENS, "seat 801")}
        self.assertEqual(hears(parts, "seat 900"), set())

    def test_whisper(self) -> None:
        """A whisper reaches the agent alone: not the caller, not another listener."""
        parts = {
            "line 1": Part[str](T),
            "seat 801": Part[str](T),
            "seat 900": Part(Role.WHISPERS, "seat 801"),
            "seat 802": Part(Role.LISTENS, "seat 801"),
        }
        self.assertEqual(hears(parts, "seat 801"), {"line 1", "seat 900"})
        self.assertEqual(hears(parts, "line 1"), {"seat 801"})
        self.assertEqual(hears(parts, "seat 802"), {"line 1", "seat 801"})
        self.assertEqual(hears(parts, "seat 900"), {"line 1", "seat 801"})

    def test_whisper_while_he_holds(self) -> None:
        """Who holds can still be whispered to."""
        parts = {"line 1": Part(H, "seat 801"), "seat 801": Part[str](A), "seat 900": Part(Role.WHISPERS, "seat 801")}
        self.assertEqual(gains(parts), {("seat 900", "seat 801"): 1.0})

    def test_secret(self) -> None:
        """While a PIN is keyed in nobody hears the caller, and a supervisor beside the agent hears only the agent."""
        parts = {"line 1": Part[str](S), "seat 801": Part[str](T), "seat 900": Part(Role.LISTENS, "seat 801")}
        self.assertEqual(hears(parts, "line 1"), set())
        self.assertEqual(hears(parts, "seat 801"), set())
        self.assertEqual(hears(parts, "seat 900"), {"seat 801"})

    def test_beside_nobody(self) -> None:
        """Who listens to one that is not in the call hears nothing."""
        parts = {"line 1": Part[str](T), "seat 801": Part[str](T), "seat 900": Part(Role.LISTENS, "seat 777")}
        self.assertEqual(hears(parts, "seat 900"), set())

    def test_beside_a_line(self) -> None:
        """With a menu or a queue the line is heard, and what it is told; held, it is not; nor is an agent who holds."""
        for role, heard in ((A, {"line 1"}), (H, set()), (S, set())):
            parts = {"line 1": Part[str](role), "seat 900": Part(Role.OVERHEARS, "line 1")}
            self.assertEqual(hears(parts, "seat 900"), heard)
            self.assertEqual(overheard(parts), {"seat 900": "line 1"} if heard else {})
        holds = {"line 1": Part(H, "seat 801"), "seat 801": Part[str](A), "seat 900": Part(Role.LISTENS, "seat 801")}
        self.assertEqual((hears(holds, "seat 900"), overheard(holds)), (set(), {}))

    @given(
        st.dictionaries(
            st.sampled_from(NAMES),
            st.builds(Part, st.sampled_from(Role), st.sampled_from((*NAMES, None))),
        )
    )
    def test_every_row_and_column(self, parts: dict[str, Part[str]]) -> None:
        """Only who talks or whispers is heard; only who talks, listens, whispers, or is whispered to hears."""
        for (source, sink), gain in gains(parts).items():
            self.assertEqual(gain, 1.0)
            self.assertNotEqual(source, sink)
            speaks, listens = parts[source], parts[sink]
            if speaks.role is Role.ALONE:
                self.assertEqual((listens.role, listens.beside), (Role.OVERHEARS, source))
                continue
            self.assertIn(speaks.role, (Role.TALKS, Role.CALLED, Role.WHISPERS))
            if speaks.role is Role.WHISPERS:
                self.assertEqual(speaks.beside, sink)
                self.assertIn(listens.role, (Role.TALKS, Role.ALONE))
            elif listens.role is not Role.TALKS:
                self.assertIn(listens.role, LISTENERS)
                self.assertIs(parts[str(listens.beside)].role, Role.TALKS)
        for source, speaks in parts.items():
            for sink, listens in parts.items():
                if source != sink and speaks.role is listens.role is Role.TALKS:
                    self.assertIn((source, sink), gains(parts))
