"""Strangers cost nothing: what they send is bounded before it is parsed, and the others notice nothing."""

from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from twisted.logger import LogEvent, capturedLogs, formatEvent
from twisted.spread import pb
from twisted.spread.banana import encode
from twisted.spread.jelly import jelly

from callserver.agents.broker import AGENT, LOG_IN_S, STRANGER
from callserver.agents.channel import STRANGERS, STRANGERS_AN_ADDRESS
from callserver.calls.roles import Role
from callserver.desktop.connection import ClientFactory
from callserver.wire.refusals import Refusal, Refused
from callserver.wire.states import SeatState
from tests.agents.channel_case import BLOCK, ChannelCase
from tests.agents.small_centre import PASSWORD
from tests.agents.wires import Stranger

SECRET = "a secret that was typed"
HELLO = encode(b"pb") + encode([b"version", 6])


def message(name: bytes, *args: Any, on: Any = b"root") -> bytes:
    """A remote call as pb would send it."""
    return encode([b"message", 1, on, name, 1, jelly(args), jelly({})])


class AttackCase(ChannelCase):
    def stranger(self, host: str = "198.51.100.7") -> Stranger:
        made = Stranger(self.channel.factory.wrappedFactory, host)
        self.addCleanup(lambda: made.protocol and made.leave())
        return made

    def assert_cut_off(self, stranger: Stranger, logged: list[LogEvent], why: str) -> None:
        """The connection is aborted, one line in the log says why, and neither parser holds anything of it."""
        self.assertTrue(stranger.cut_off)
        [line] = map(formatEvent, logged)
        self.assertIn(f"198.51.100.7 cut off: {why}", line)
        self.assertNotIn(SECRET, repr(logged))


class StrangerTests(AttackCase):
    def test_silence(self) -> None:
        """Who says nothing is cut off after 10 s, TLS handshake included; an agent who is logged in stays."""
        self.program()
        silent = Stranger(self.channel.factory)
        half = Stranger(self.channel.factory)
        half.says(b"\x16\x03\x01\x02\x00\x01\x00")  # the beginning of a ClientHello
        self.wires.pass_time(LOG_IN_S - 0.5)
        self.assertFalse(silent.cut_off or half.cut_off)
        self.wires.pass_time(1)
        self.assertTrue(silent.cut_off and half.cut_off)
        self.assertFalse(self.wires.pumps[0].server.is_over)
        silent.leave()
        half.leave()

    def test_too_many_connections(self) -> None:
        """Four from one address, 32 in all, before the handshake; who is logged in does not count."""
        self.program()
        factory = self.channel.factory
        came = [Stranger(factory) for _ in range(STRANGERS_AN_ADDRESS)]
        with capturedLogs() as logged:
            self.assertTrue(Stranger(factory).cut_off)
        self.assertIn("too many connections", formatEvent(logged[0]))
        came += [Stranger(factory, f"203.0.113.{n}") for n in range(STRANGERS - len(came))]
        self.assertFalse(any(stranger.cut_off for stranger in came))
        self.assertTrue(Stranger(factory, "203.0.113.200").cut_off)
        came.pop().leave()
        one_more = Stranger(factory, "203.0.113.200")
        self.assertFalse(one_more.cut_off)
        for stranger in (*came, one_more):
            stranger.leave()

    def test_flood_of_items(self) -> None:
        """64 KiB of one-byte items: not one of them reaches the parser."""
        stranger = self.stranger()
        with capturedLogs() as logged:
            stranger.says(b"\x7f\x7f\x03\x80" + b"\x01\x81" * 32000)
        self.assert_cut_off(stranger, logged, f"more than {STRANGER.total_bytes} bytes")
        self.assertEqual((stranger.protocol.buffer, stranger.protocol.listStack), (b"", []))

    def test_drip(self) -> None:
        """The same byte by byte: cut off as soon as the list announces itself."""
        stranger = self.stranger()
        with capturedLogs() as logged:
            stranger.says(b"\x7f\x03\x80" + b"\x01\x81" * 100, piece=1)
        self.assert_cut_off(stranger, logged, f"a message of more than {STRANGER.message_items} items")
        self.assertEqual(stranger.protocol.listStack, [])

    def test_deep(self) -> None:
        """Lists in lists in lists."""
        stranger = self.stranger()
        with capturedLogs() as logged:
            stranger.says(b"\x01\x80" * 200)
        self.assert_cut_off(stranger, logged, f"lists more than {STRANGER.depth} deep")

    def test_small_messages_for_ever(self) -> None:
        """Harmless messages, one after the other, end after a few; long ones at 4 KiB in all."""
        for data, why in (
            (encode([b"version", 6]), "more than 16 messages"),
            (message(b"x" * 900), "more than 4096"),
        ):
            stranger = self.stranger()
            stranger.says(HELLO)
            with capturedLogs() as logged:
                stranger.says(data * 1000, piece=len(data))
            self.assert_cut_off(stranger, logged, why)
            stranger.leave()

    def test_malformed(self) -> None:
        """Bytes that are no banana, or banana that is no Perspective Broker."""
        for why, data in {
            "type byte": b"\xff\xff",
            "a prefix": b"\x01" * 200,
            "broken protocol (KeyError)": encode(b"pb") + b"\x7f\x87",
            "a word no desktop program says": HELLO + encode([b"cachemessage", 1, 1, b"x", 1, [], []]),
            "broken protocol (ProtocolError)": encode(b"pb") + encode([b"version", 5]),
        }.items():
            with self.subTest(why):
                stranger = self.stranger()
                with capturedLogs() as logged:
                    stranger.says(data)
                self.assert_cut_off(stranger, logged, why)

    def test_http(self) -> None:
        """A browser on the wrong port."""
        stranger = self.stranger()
        stranger.says(b"GET /" + SECRET.encode() + b" HTTP/1.1\r\nHost: shop.example\r\nAccept: */*\r\n\r\n")
        self.assertTrue(stranger.cut_off)

    def test_unknown_calls(self) -> None:
        """Nothing but log-in can be called, and nothing that is sent is logged."""
        stranger = self.stranger()
        stranger.says(HELLO)
        with capturedLogs() as logged:
            stranger.says(message(b"jellyFor", SECRET))
            stranger.says(message(b"login", SECRET))
            stranger.says(message(b"login", "801", [SECRET], None))
            stranger.says(message(b"login", "801", SECRET, 7))
            stranger.says(message(b"hello", SECRET, on=1))
        self.assertFalse(stranger.cut_off)
        self.assertEqual(logged, [])
        self.assertEqual(self.centre.staff.tries, [])
        self.assertEqual(self.flushLoggedErrors(), [])

    def test_arguments_of_every_kind(self) -> None:
        """
        A log-in and a change of password with whatever is no list, a list of whatever, and that as deep as may be:
        refused, and not a word of it in the log.
        """
        deep: Any = SECRET
        for _ in range(STRANGER_DEPTH):
            deep = [deep]
        texts = jelly(["801", SECRET])
        kinds = [jelly(kind) for kind in (None, 7, 0, True, 1.5, SECRET, "", b"raw", [], {}, {"a": 1}, [deep], -1)]
        kinds += [
            [b"tuple"],
            [b"list", 7],
            7,
            -7,
            2**70,
            1.5,
            b"login",
            [b"remote", 5],
            [b"dictionary", 7],
            [b"unicode"],
        ]
        kinds += [[b"dictionary", [[b"list"], 1]], [b"tuple", jelly(deep), jelly(deep), jelly(deep)], [], [[], []]]
        with capturedLogs() as logged:
            for name in (b"login", b"change_password", b"", b"perspective_login", b"\xc3\xa4"):
                for kind in kinds:
                    for args, kw in (
                        (kind, jelly({})),
                        (texts, kind),
                        (kind, kind),
                        ([b"tuple", kind, kind, kind], kind),
                    ):
                        stranger = self.stranger()
                        stranger.says(HELLO)
                        stranger.says(encode([b"message", 1, b"root", name, 1, args, kw]))
                        stranger.leave()
                        self.clock.advance(61)
        self.assertEqual(self.flushLoggedErrors(), [])
        lines = [formatEvent(line) for line in logged]
        self.assertEqual([line for line in lines if "cut off" not in line], [])
        self.assertNotIn(SECRET, repr(logged))
        self.assertEqual(self.centre.staff.tries, [])

    def test_classes(self) -> None:
        """No class, module or copy is ever made of what a stranger sends."""
        dangerous: list[list[Any]] = [
            [b"module", b"os"],
            [b"class", b"os.system"],
            [b"function", b"os.system"],
            [b"instance", [b"class", b"subprocess.Popen"], [b"dictionary"]],
            [b"twisted.spread.pb.CopyableFailure", [b"dictionary", [b"value", SECRET.encode()]]],
            [b"local", b"root"],
            [b"cache", 1, b"x", [b"dictionary"]],
        ]
        for jellied in dangerous:
            with self.subTest(jellied[0]):
                stranger = self.stranger()
                stranger.says(HELLO)
                with capturedLogs() as logged:
                    stranger.says(encode([b"message", 1, b"root", b"login", 1, [b"tuple", jellied], [b"dictionary"]]))
                self.assertEqual((logged, self.centre.staff.tries), ([], []))
                stranger.leave()

    def test_log_does_not_drown(self) -> None:
        """An attacker who comes again and again gets ten lines a minute, and one that says so."""
        with capturedLogs() as logged:
            for _ in range(100):
                self.stranger().says(b"\xff")
        self.assertEqual(len(logged), 11)
        self.assertIn("again and again", formatEvent(logged[-1]))
        self.clock.advance(61)
        with capturedLogs() as logged:
            self.stranger().says(b"\xff")
        self.assertEqual(len(logged), 1)


STRANGER_DEPTH = STRANGER.depth - 6


class GuessTests(AttackCase):
    def connect(self) -> Any:
        """A program that speaks Perspective Broker and guesses."""
        broker = self.successResultOf(self.wires.connect(ClientFactory(self.clock)))
        self.wires.settle()
        return broker.remoteForName("root")

    def guess(self, root: Any, password: str) -> str:
        asked: Deferred[Any] = root.callRemote("login", "801", password, pb.Referenceable())
        self.wires.settle()
        return self.failureResultOf(asked).getErrorMessage()

    def test_three_tries(self) -> None:
        """After the third wrong password the connection is closed; no password is in any log or complaint."""
        root = self.connect()
        with capturedLogs() as logged:
            answers = [self.guess(root, SECRET) for _ in range(3)]
        self.assertEqual(answers, ["log-in"] * 3)
        self.assertTrue(self.wires.pumps[0].server.is_over)
        self.assertNotIn(SECRET, repr(logged) + repr(self.centre.complaints))
        self.assertEqual(len(self.centre.staff.tries), 3)

    def test_one_at_a_time(self) -> None:
        """While one password is being hashed, a second on the same connection is not."""
        waiting: Deferred[Any] = Deferred()

        def hashing(*who: str) -> Deferred[Any]:
            self.centre.staff.tries.append(who[::2])
            return waiting

        self.centre.staff.log_in = hashing
        root = self.connect()
        first = root.callRemote("login", "801", "one", pb.Referenceable())
        self.wires.settle()
        self.assertEqual(self.guess(root, "two"), "too-many-tries")
        self.assertEqual(len(self.centre.staff.tries), 1)
        waiting.errback(Refused(Refusal.LOG_IN))
        self.wires.settle()
        self.failureResultOf(first)

    def test_server_trouble(self) -> None:
        """If the staff book breaks, the program is told nothing but that, and the log why."""

        def broken(*who: str) -> Deferred[Any]:
            raise RuntimeError("disk")

        self.centre.staff.log_in = broken
        self.assertEqual(self.guess(self.connect(), SECRET), "server")
        [failure] = self.flushLoggedErrors(RuntimeError)
        self.assertNotIn(SECRET, str(failure))


class AgentAttackTests(AttackCase):
    def setUp(self) -> None:
        super().setUp()
        self.client, self.diary = self.program()
        self.broker = self.wires.pumps[0].server

    def remote(self, name: str, *args: Any, **named: Any) -> str:
        """What a program that does not keep to the library gets."""
        perspective: Any = self.client._perspective
        asked = perspective.callRemote(name, *args, **named)
        self.wires.settle()
        return self.failureResultOf(asked).getErrorMessage()

    def test_bad_arguments(self) -> None:
        """Too many, of another type, too long: refused with the name of what is wanted, never logged with its value."""
        with capturedLogs() as logged:
            for name, args in {
                "hold": ({SECRET: 1},),
                "pause": (7,),
                "prolong_wrap_up": (True,),
                "audio": (BLOCK + b"x",),
                "answer": (None,),
            }.items():
                self.assertTrue(self.remote(name, *args).startswith("bad-argument"), name)
            self.assertTrue(self.remote("pause", reason=SECRET).startswith("bad-argument"))
            self.assertTrue(self.remote("pause", {SECRET}).startswith("bad-argument"))
        self.assertEqual(logged, [])
        self.assertEqual(self.flushLoggedErrors(), [])

    def test_arguments_that_are_no_list(self) -> None:
        """Also who has logged in gets a refusal for them, and the log is spared; he stays connected."""
        perspective: Any = self.client._perspective
        broker: Any = self.client._broker
        with capturedLogs() as logged:
            for name in (b"pause", b"audio", b"hello", b"change_password", b"hold"):
                for args, kw in ((7, jelly({})), (jelly(None), jelly({})), (jelly(()), 7), (jelly(SECRET), jelly([]))):
                    answer: Deferred[Any] = Deferred()
                    broker.waitingForAnswers[1000] = answer
                    broker.sendEncoded([b"message", 1000, perspective.luid, name, 1, args, kw])
                    self.wires.settle()
                    self.assertEqual(self.failureResultOf(answer).getErrorMessage(), "bad-argument: arguments")
        self.assertEqual(logged, [])
        self.assertTrue(self.is_here())

    def test_unknown_acts(self) -> None:
        """Only the acts that are offered can be called."""
        for name in ("break_off", "MessageReceived", "__init__"):
            self.assertEqual(self.remote(name), "unknown-act")

    def test_flood(self) -> None:
        """Thousands of messages at once: cut off after some hundred; the caller and the others are still there."""
        _, other = self.program("802")
        offer = self.centre.ring("801")
        self.wires.settle()
        self.ask(self.client.answer())
        said = self.reach()
        with capturedLogs() as logged:
            for _ in range(3000):
                self.client.send_audio(BLOCK)
            self.wires.up = False
            self.wires.settle()
        self.assertIn("more than 100 messages a second", formatEvent(logged[0]))
        self.assertLess(len(said), 600)
        self.assertEqual((self.state(), offer.caller.role, offer.end), (SeatState.HELD, Role.HELD, ""))
        self.assertFalse(self.is_here())
        self.assertEqual(other.lines[-1][0], "logged in")

    def test_a_stall_is_no_flood(self) -> None:
        """Nine seconds of sound that arrive at once after a stall are taken."""
        self.centre.ring("801")
        self.wires.settle()
        self.ask(self.client.answer())
        said = self.reach()
        for _ in range(450):
            self.client.send_audio(BLOCK)
        self.wires.settle()
        self.assertEqual(len(said), 450)

    def test_big_message(self) -> None:
        """More than 256 KiB in one message, or more items than any act has."""
        for data, why in (
            (encode(b"x" * (AGENT.message_bytes + 1)), "a message of more than 262144 bytes"),
            (encode([1] * 2000), "a message of more than 1024 items"),
        ):
            client, _ = self.program("802")
            with capturedLogs() as logged:
                client._broker.transport.write(data)  # type: ignore[union-attr]
                self.wires.up = False
                self.wires.settle()
            self.wires.up = True
            client.stop()
            self.assertIn(why, formatEvent(logged[0]))

    def test_broken_program(self) -> None:
        """A program whose ping fails is there all the same; what failed there is not taken apart here."""

        class Broken(Exception):
            pass

        def ping() -> None:
            raise Broken(SECRET)

        mind: Any = self.wires.pumps[0].client.localObjects[1].object
        mind.remote_ping = ping
        with capturedLogs() as logged:
            self.wires.pass_time(12)
        self.assertEqual(len(self.flushLoggedErrors(Broken)), 4)  # at the program's own end
        self.assertFalse(self.broker.is_over)
        self.assertNotIn("cut off", repr(logged))

    def test_talking_on_after_a_takeover(self) -> None:
        """The program that was replaced can do nothing more, however it tries."""
        perspective: Any = self.client._perspective
        self.program()
        self.assertTrue(self.broker.is_over)
        self.assertRaises(pb.DeadReferenceError, perspective.callRemote, "pause", "lunch")
        self.assertEqual(self.state(), SeatState.IDLE_PC)


class ClockTests(AttackCase):
    def test_nothing_left_behind(self) -> None:
        """After attackers and agents have gone no timer and no connection is left."""
        clock = self.clock
        assert isinstance(clock, Clock)
        client, _ = self.program(password=PASSWORD)
        stranger = self.stranger()
        stranger.says(b"\xff")
        stranger.leave()
        self.ask(client.log_out())
        self.wires.pass_time(5)
        self.assertEqual(clock.getDelayedCalls(), [])
        self.assertEqual(self.channel.factory.wrappedFactory.brokers, set())
