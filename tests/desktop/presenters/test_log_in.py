"""The log-in panel: the server, its certificate, number and password."""

from __future__ import annotations

from dataclasses import replace

from callserver.desktop.not_connected import NO_ANSWER, NotConnected
from callserver.desktop.presenters.log_in import SERVERS_MAX
from callserver.desktop.presenters.log_in_data import Beside, Trust, Typed, first_typed
from callserver.desktop.presenters.ways import reconnect_s
from callserver.wire.catalogue import Complaint
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.states import SeatState
from tests.desktop.presenters.log_in_case import ONE, OTHER, SERVER, TYPED, LogInCase


class ServerTests(LogInCase):
    def test_reachable(self) -> None:
        """It says that the server answers and how fast, and looks again after half a minute."""
        self.assertFalse(self.shown.is_reachable)
        self.server.shows()
        self.assertEqual((self.shown.reach, self.shown.is_reachable), ("Reachable, 12 ms", True))
        self.clock.advance(31)
        self.assertEqual(len(self.server.looks), 2)

    def test_not_reached(self) -> None:
        """It says why not, and tries again by itself."""
        self.server.is_off()
        self.assertIn("Server not reached: nothing answers at shop.example", self.shown.reach)
        self.clock.advance(5.1)
        self.server.shows()
        self.assertTrue(self.shown.is_reachable)

    def test_on_its_way(self) -> None:
        """A server that is being started is no trouble: it says so calmly, and then that it is there."""
        self.panel.expect(Complaint("Starting the demo shop…"))
        self.server.is_off()
        self.assertEqual((self.shown.reach, self.shown.is_coming), ("Starting the demo shop…", True))
        self.clock.advance(30)
        self.server.shows()
        self.assertEqual((self.shown.reach, self.shown.is_coming), ("Reachable, 12 ms", False))

    def test_another_view(self) -> None:
        """Another language is spoken while it is looked for: it is looked for once."""
        self.life.speak("zh", TYPED)
        self.assertEqual(len(self.server.looks), 1)

    def test_gone_again(self) -> None:
        """A server that has gone shows no certificate: what was shown before cannot be trusted any more."""
        fingerprint = self.server.shows()
        self.clock.advance(31)
        self.server.is_off()
        self.assertEqual((self.shown.trust, self.shown.certificate), (Trust.UNSEEN, ""))
        self.assertFalse(self.panel.trust(fingerprint))

    def test_typing(self) -> None:
        """While another server is being typed it is not looked for at each letter."""
        for length in range(len("other:8800") + 1):
            self.panel.server_typed("other:8800"[:length])
        self.clock.advance(0.5)
        self.assertEqual([str(place) for place, _ in self.server.looks], [SERVER, "other:8800"])

    def test_no_server(self) -> None:
        """What is no server's place is said to be none, with an example; nothing is connected to."""
        self.panel.server_typed("shop example:0")
        self.clock.advance(1)
        self.assertIn("shop.example:8787", self.shown.reach)
        self.panel.log_in(Typed("shop example:0", "801", "secret"))
        self.assertEqual((self.shown.beside, self.server.clients), (Beside.SERVER, []))

    def test_reconnecting(self) -> None:
        """After 1, 2, 5, then every 10 seconds."""
        self.assertEqual([reconnect_s(n) for n in range(6)], [1, 2, 5, 10, 10, 10])


class CertificateTests(LogInCase):
    def test_first_connection(self) -> None:
        """The fingerprint is shown; nobody is logged in before it is trusted, and then it is remembered."""
        fingerprint = self.server.shows()
        self.assertEqual((self.shown.trust, self.shown.fingerprints), (Trust.FIRST, (fingerprint,)))
        self.panel.log_in(TYPED)
        self.assertEqual((self.shown.beside, self.server.clients), (Beside.CERTIFICATE, []))
        self.assertIn("then press “Trust and log in”", self.shown.problem)
        self.assertIn("First connection", self.shown.certificate)
        self.assertTrue(self.panel.trust(fingerprint))
        self.panel.log_in(TYPED)
        self.assertTrue(self.server.clients[0].is_started)
        self.assertEqual(self.settings.certificate_file("shop.example", 8787).read_bytes(), ONE)

    def test_another_than_was_read(self) -> None:
        """If the server shows another one while the fingerprint is being compared, that one is not trusted."""
        self.server.shows()
        self.assertFalse(self.panel.trust("AA:BB"))
        self.assertEqual(self.shown.trust, Trust.FIRST)

    def test_not_seen_yet(self) -> None:
        """Before its certificate was ever seen nothing is said to a server, least of all a password."""
        self.panel.log_in(TYPED)
        self.assertEqual((self.server.clients, self.shown.beside), ([], Beside.SERVER))
        self.assertTrue(self.shown.problem)

    def test_of_another_server(self) -> None:
        """A password that is typed for one server never goes to the one that was looked at before."""
        self.settings.pin("shop.example", 8787, ONE)
        self.server.shows()
        self.panel.log_in(replace(TYPED, server="other.example:8787"))
        self.assertEqual((self.server.clients, self.shown.beside), ([], Beside.SERVER))

    def test_last_servers(self) -> None:
        """The last one first, each once, and not all that there ever were."""
        self.settings.remember(servers=(*(f"shop{n}:1" for n in range(SERVERS_MAX)), SERVER))
        self.settings.pin("shop.example", 8787, ONE)
        self.server.shows()
        self.panel.log_in(TYPED)
        self.server.lets_in()
        self.assertEqual(self.settings.now.servers, (SERVER, *(f"shop{n}:1" for n in range(SERVERS_MAX - 1))))

    def test_changed(self) -> None:
        """It says so and connects to nobody; the new one can be trusted on purpose."""
        self.settings.pin("shop.example", 8787, ONE)
        new = self.server.shows(OTHER)
        self.assertIs(self.shown.trust, Trust.CHANGED)
        self.assertIn("changed", self.shown.certificate)
        self.assertEqual(len(self.shown.fingerprints), 2)
        self.panel.log_in(TYPED)
        self.assertEqual(self.server.clients, [])
        self.panel.trust(new)
        self.panel.log_in(TYPED)
        self.assertEqual(len(self.server.clients), 1)

    def test_broken_file(self) -> None:
        """A certificate that was kept and cannot be read is none: it is compared and trusted as the first one."""
        self.settings.pin("shop.example", 8787, b"\xff rubbish")
        self.server.shows()
        self.assertIs(self.shown.trust, Trust.FIRST)

    def test_cannot_be_kept(self) -> None:
        """Where it cannot be written it says so, and does not log in."""
        fingerprint = self.server.shows()
        self.settings.folder.parent.mkdir(parents=True, exist_ok=True)
        self.settings.folder.write_text("a file where the folder should be")
        self.assertFalse(self.panel.trust(fingerprint))
        self.assertIn("cannot be kept", self.shown.problem)


class PersonTests(LogInCase):
    def setUp(self) -> None:
        super().setUp()
        self.pin()

    def test_log_in(self) -> None:
        """Right number and password: the work begins; server, number and way are there the next time."""
        self.panel.log_in(Typed(SERVER, " ８０１ ", "secret-words", by_telephone=True, telephone="8001"))
        self.assertTrue(self.shown.is_busy)
        self.server.lets_in()
        self.assertIsNotNone(self.stage.work)
        self.assertEqual(self.server.asked, [("801", "secret-words", None, False)])
        again = first_typed(self.settings)
        self.assertEqual((again.server, again.number, again.password), (SERVER, "801", ""))
        self.assertTrue(again.by_telephone)
        self.assertEqual(self.server.clients[0].asked, [("use_telephone", "8001")])

    def test_something_missing(self) -> None:
        """It says what is missing, beside it; nothing is sent."""
        for typed, beside in (
            (Typed(SERVER, "", "secret"), Beside.PERSON),
            (Typed(SERVER, "801", ""), Beside.PERSON),
            (Typed(SERVER, "801", "secret", by_telephone=True), Beside.TELEPHONE),
        ):
            self.panel.log_in(typed)
            self.assertTrue(self.shown.problem)
            self.assertIs(self.shown.beside, beside)
        self.assertEqual(self.server.clients, [])

    def test_wrong_password(self) -> None:
        """One line says so, and one can try again."""
        self.panel.log_in(TYPED)
        self.server.refuses(Refused(Refusal.LOG_IN))
        self.assertIn("Wrong number or password", self.shown.problem)
        self.assertFalse(self.shown.is_busy)
        self.panel.log_in(TYPED)
        self.assertEqual(len(self.server.clients), 2)

    def test_first_password(self) -> None:
        """A first password has to be changed: two fields appear, with the rules; both have to be the same."""
        self.panel.log_in(TYPED)
        self.server.refuses(Refused(Refusal.MUST_CHANGE))
        self.assertTrue(self.shown.must_change)
        self.assertIn("8 characters", self.shown.problem)
        self.panel.log_in(Typed(SERVER, "801", "secret-words", new="tulip-42", again="tulip-43"))
        self.assertIn("not the same", self.shown.problem)
        self.panel.log_in(Typed(SERVER, "801", "secret-words", new="short", again="short"))
        self.server.refuses(Refused(Refusal.WEAK_PASSWORD, "it needs at least 8 characters"))
        self.assertIn("at least 8", self.shown.problem)
        self.assertIs(self.shown.beside, Beside.NEW_PASSWORD)
        self.panel.log_in(Typed(SERVER, "801", "secret-words", new="tulip-42", again="tulip-42"))
        self.assertEqual(self.server.asked[-1], ("801", "secret-words", "tulip-42", False))

    def test_changed_and_not_let_in(self) -> None:
        """The new password is taken and the log-in then refused, or no answer came: no new one is asked for again."""
        new = replace(TYPED, new="tulip-42", again="tulip-42")
        for end in (
            lambda: self.server.refuses(Refused(Refusal.VERSIONS, "the server is older")),
            lambda: self.server.model.lost(NotConnected(NO_ANSWER)),
        ):
            self.panel.log_in(TYPED)
            self.server.refuses(Refused(Refusal.MUST_CHANGE))
            self.panel.log_in(new)
            self.assertFalse(self.shown.is_changed)
            self.server.clients[-1].password_is_new = True
            end()
            self.assertEqual((self.shown.must_change, self.shown.is_changed), (False, True))
            self.assertTrue(self.shown.problem)

    def test_elsewhere(self) -> None:
        """Who is logged in at another window can take over."""
        self.panel.log_in(TYPED)
        self.server.refuses(Refused(Refusal.ELSEWHERE))
        self.assertTrue(self.shown.may_take_over)
        self.assertIn("801 is logged in at another window", self.shown.problem)
        self.panel.log_in(TYPED, take_over=True)
        self.assertTrue(self.server.asked[-1][3])

    def test_another_person(self) -> None:
        """What one has to do, a new password or a yes to take over, is not asked of the next, nor done to him."""
        self.panel.log_in(TYPED)
        self.server.refuses(Refused(Refusal.MUST_CHANGE))
        other = replace(TYPED, number="802", new="tulip-42", again="tulip-42")
        self.panel.log_in(other)
        self.assertEqual((self.server.asked[-1], self.shown.must_change), (("802", "secret-words", None, False), False))
        self.server.refuses(Refused(Refusal.ELSEWHERE))
        self.panel.log_in(TYPED, take_over=True)
        self.assertEqual(self.server.asked[-1], ("801", "secret-words", None, False))
        self.assertFalse(self.shown.may_take_over)

    def test_no_new_password(self) -> None:
        """An empty new password is none: the rules are said, nothing is sent."""
        self.panel.log_in(TYPED)
        self.server.refuses(Refused(Refusal.MUST_CHANGE))
        self.panel.log_in(TYPED)
        self.assertEqual((len(self.server.asked), self.shown.beside), (1, Beside.NEW_PASSWORD))
        self.assertIn("8 characters", self.shown.problem)

    def test_server_typed_meanwhile(self) -> None:
        """While he is logged in another server is typed: the one that let him in is there the next time."""
        self.panel.log_in(replace(TYPED, by_telephone=True, telephone=" 80-01 "))
        self.panel.server_typed("shop exam")
        self.server.lets_in()
        again = first_typed(self.settings)
        self.assertEqual((again.server, again.telephone), (SERVER, "8001"))
        self.assertNotIn("None", self.settings.now.servers)

    def test_let_in_once(self) -> None:
        """The work begins once; a status that comes before the log-in is through begins nothing."""
        self.panel.log_in(TYPED)
        self.server.seat(SeatState.IDLE_PC)
        self.assertIsNone(self.stage.work)
        self.server.lets_in()
        work = self.stage.work
        self.server.seat(SeatState.PAUSED)
        self.assertIs(self.stage.work, work)

    def test_server_falls_silent(self) -> None:
        """The log-in does not go on for ever: it says why, and the person decides."""
        self.panel.log_in(TYPED)
        self.server.model.lost(NotConnected(NO_ANSWER))
        self.assertTrue(self.server.clients[0].is_stopped)
        self.assertEqual(self.shown.problem, "The server does not answer")

    def test_another_language(self) -> None:
        """At once, with what is typed and what is said; it is remembered at this computer."""
        self.panel.log_in(TYPED)
        self.server.refuses(Refused(Refusal.LOG_IN))
        english = self.shown.problem
        self.life.speak("zh", TYPED)
        self.assertNotEqual(self.shown.problem, english)
        self.assertEqual((self.stage.typed, self.settings.now.language), (TYPED, "zh"))
