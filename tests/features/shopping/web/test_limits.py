"""What strangers and busy programs can cost: so much and no more, and callers never wait for them."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from callserver.features.shopping.web.limits import Buckets, Lane, Limits
from tests.features.shopping.web.served import Connection, ServedShop
from tests.store.inline import StubbornStore

ORDER = {
    "external_id": "web-1",
    "member_number": "600001",
    "payment": "on delivery",
    "lines": [{"product": "1001", "quantity": 1}],
}


class LimitsCase(SynchronousTestCase):
    limits = Limits()

    def setUp(self) -> None:
        store = StubbornStore()
        self.addCleanup(store.database.close)
        self.shop = ServedShop(store, self.limits)

    def status(self, connection: Connection) -> int:
        return connection.answer().status


class RateTests(LimitsCase):
    limits = Limits(rate=2, burst=3, strange_rate=1, strange_burst=2)

    def test_rate(self) -> None:
        """A program that asks too often is told when to ask again; then it may. Another's key is free meanwhile."""
        found = [self.shop.ask("GET", "/v1/changes").status for _ in range(5)]
        self.assertEqual(found, [200, 200, 200, 429, 429])
        answer = self.shop.ask("GET", "/v1/changes")
        self.assertEqual((answer.error, answer.headers["retry-after"]), (("too_much", None), "1"))
        other = self.shop.make_key("other")
        self.assertEqual(self.shop.ask("GET", "/v1/changes", key=other).status, 403)
        self.shop.clock.advance(1)
        self.assertEqual(self.shop.ask("GET", "/v1/changes").status, 200)

    def test_strangers(self) -> None:
        """Who guesses keys is slowed down; who has one is not, also behind the same proxy."""
        found = [self.shop.ask("GET", "/v1/changes", key=f"cs_{n}").status for n in range(4)]
        self.assertEqual(found, [401, 401, 429, 429])
        self.assertEqual(self.shop.ask("GET", "/v1/changes").status, 200)
        self.assertEqual(self.shop.ask("GET", "/v1/changes", key="no", host="10.0.0.9").status, 401)


class AtOnceTests(LimitsCase):
    limits = Limits(at_once=2, waiting=3)

    def test_at_once(self) -> None:
        """While the database is busy so many wait, the others are sent away; who waits is served in order."""
        self.shop.store.locked = True
        waiting = []
        for n in range(3):
            connection = self.shop.connect()
            connection.send(self.shop.request("POST", "/v1/orders", ORDER | {"external_id": f"w{n}"}, self.shop.key))
            waiting.append(connection)
        self.assertEqual(self.status(waiting.pop()), 429)
        self.assertEqual([one.transport.value() for one in waiting], [b"", b""])
        self.shop.store.unlock()
        self.assertEqual([self.status(one) for one in waiting], [200, 200])
        self.assertEqual(self.shop.ask("POST", "/v1/orders", ORDER).status, 200)


class SizeTests(LimitsCase):
    limits = Limits(body_bytes=1000, strange_bytes=100, connections=4, address_connections=2, request_s=15)

    def test_body(self) -> None:
        """A body that is too long is not taken, told by its length or not; a stranger's may be shorter still."""
        for key, size, status in (
            (self.shop.key, 1001, 413),
            (self.shop.key, 900, 400),
            ("", 101, 413),
            ("", 90, 401),
        ):
            self.assertEqual(self.shop.ask("POST", "/v1/orders", b"x" * size, key=key).status, status, size)
        chunked = {"Transfer-Encoding": "chunked"}
        head = self.shop.request("POST", "/v1/orders", None, self.shop.key, chunked).replace(
            b"Content-Length: 0\r\n", b""
        )
        connection = self.shop.connect()
        connection.send(head + b"3e8\r\n" + b"x" * 1000 + b"\r\n")
        self.assertEqual(connection.transport.value(), b"")
        connection.send(b"1\r\nx\r\n0\r\n\r\n")
        answer = connection.answer()
        self.assertEqual((answer.status, answer.error), (413, ("too_long", None)))
        self.assertTrue(connection.transport.disconnecting)

    def test_form(self) -> None:
        """A form is not taken apart."""
        form = {"Content-Type": "multipart/form-data; boundary=x"}
        self.assertEqual(self.shop.ask("POST", "/v1/orders", b"--x\r\n\r\n--x--", headers=form).status, 415)

    def test_headers(self) -> None:
        """Headers without end are cut off."""
        connection = self.shop.connect()
        connection.send(b"GET / HTTP/1.1\r\n" + b"X: " + b"x" * 9000 + b"\r\n")
        self.assertTrue(connection.transport.disconnecting)

    def test_slow(self) -> None:
        """A request that comes byte by byte is waited for so long, from its first byte on; then cut off."""
        connection = self.shop.connect()
        octets = self.shop.request("GET", "/v1/changes", None, self.shop.key)
        for n in range(14):
            connection.send(octets[n : n + 1])
            self.shop.clock.advance(1)
        self.assertFalse(connection.transport.disconnecting)
        connection.send(octets[14:15])
        self.shop.clock.advance(1)
        self.assertTrue(connection.transport.disconnecting)

    def test_kept_open(self) -> None:
        """A program that keeps its connection has the whole time again for its next request."""
        connection = self.shop.connect()
        for _ in range(3):
            self.shop.clock.advance(10)
            connection.send(self.shop.request("GET", "/v1/changes", None, self.shop.key))
            self.assertEqual(self.status(connection), 200)
        self.assertFalse(connection.transport.disconnecting)

    def test_connections(self) -> None:
        """So many connections from one address, and so many in all; one that ends makes room."""
        first, second = self.shop.connect("10.0.0.1"), self.shop.connect("10.0.0.1")
        self.assertIsNone(self.shop.connect("10.0.0.1").protocol)
        others = [self.shop.connect("127.0.0.1") for _ in range(2)]
        self.assertIsNone(self.shop.connect("10.0.0.2").protocol)
        first.lose()
        self.assertIsNotNone(self.shop.connect("10.0.0.2").protocol)
        for one in (second, *others):
            one.lose()

    def test_garbage(self) -> None:
        """What is no HTTP is 400 and the end."""
        for garbage in (b"\r\n\r\n\r\n", b"\x16\x03\x01" * 50 + b"\r\n", b"GET\r\n", b"GET / HTTP/9.9\r\nA\r\n\r\n"):
            connection = self.shop.connect()
            connection.send(garbage)
            self.assertTrue(connection.transport.disconnecting, garbage)
            connection.lose()


class GarbageTests(LimitsCase):
    limits = Limits(rate=1e6, burst=10**6, strange_rate=1e6, strange_burst=10**6)

    def test_garbage(self) -> None:
        """Whatever octets come, cut anywhere: nothing breaks, and the next program is served."""
        token = st.sampled_from(
            [b"GET ", b"POST ", b"/v1/orders", b" HTTP/1.1", b"\r\n", b"Content-Length: 3", b"Host: x"]
        )
        more = st.sampled_from(
            [b"Transfer-Encoding: chunked", b"Expect: 100-continue", b"{}", b"3\r\nabc\r\n0\r\n\r\n"]
        )
        octets = st.lists(token | more | st.binary(max_size=6), max_size=20).map(b"".join)

        @settings(max_examples=150, deadline=None)
        @given(octets, st.integers(1, 30))
        def send(sent: bytes, size: int) -> None:
            connection = self.shop.connect()
            for at in range(0, len(sent), size):
                if not connection.transport.disconnecting:
                    connection.send(sent[at : at + size])
            connection.lose()
            self.assertEqual(self.shop.ask("GET", "/v1/changes").status, 200)

        send()
        self.assertEqual(self.flushLoggedErrors(), [])


class BucketTests(SynchronousTestCase):
    @settings(max_examples=50, deadline=None)
    @given(st.lists(st.floats(0, 3), max_size=60))
    def test_never_more(self, waits: list[float]) -> None:
        """In no stretch of time there are more than `burst` and `rate` allow; who waits as told may."""
        now = [0.0]
        buckets, passed = Buckets(lambda: now[0], rate=2, burst=4), []
        for wait in waits:
            now[0] += wait
            again_s = buckets.take("x")
            if again_s:
                now[0] += again_s
                self.assertEqual(buckets.take("x"), 0)
            passed.append(now[0])
        for n, first in enumerate(passed):
            for m, last in enumerate(passed[n:], 1):
                self.assertLessEqual(m, 4 + 2 * (last - first) + 1e-6)

    def test_forgets(self) -> None:
        """However many addresses there are, it keeps only so many."""
        buckets = Buckets(lambda: 0.0, rate=1, burst=1)
        for n in range(3 * Buckets.MOST):
            buckets.take(str(n))
        self.assertLessEqual(len(buckets), Buckets.MOST)


class LaneTests(SynchronousTestCase):
    def test_one_at_a_time(self) -> None:
        """A job begins when the one before has ended; one that nobody waits for any more is not begun."""
        lane, jobs, begun = Lane(Clock(), 9, 9), [Deferred() for _ in range(4)], []
        answers = [lane.run("x", lambda n=n: begun.append(n) or jobs[n]) for n in range(4)]  # type: ignore[misc]
        self.assertEqual(begun, [0])
        answers[1].cancel()
        self.failureResultOf(answers[1], CancelledError)
        jobs[0].errback(ValueError())
        self.failureResultOf(answers[0], ValueError)
        self.assertEqual(begun, [0, 2])
        answers[2].cancel()
        self.failureResultOf(answers[2], CancelledError)
        self.assertEqual(begun, [0, 2])
        jobs[2].callback("nobody hears it")
        self.assertEqual(begun, [0, 2, 3])
        jobs[3].callback("done")
        self.assertEqual(self.successResultOf(answers[3]), "done")
        self.assertTrue(lane.has_room("x"))

    def test_rests(self) -> None:
        """After a job of a second nothing is begun for half a second; when it is closed, what waits is given up."""
        clock, first, begun = Clock(), Deferred[None](), []
        lane = Lane(clock, 9, 9)
        lane.run("x", lambda: first)
        second, third = (lane.run("x", lambda n=n: begun.append(n) or Deferred()) for n in (2, 3))  # type: ignore[misc]
        clock.advance(1)
        first.callback(None)
        clock.advance(0.4)
        self.assertEqual(begun, [])
        clock.advance(0.2)
        self.assertEqual(begun, [2])
        lane.close()
        self.assertNoResult(second)
        self.failureResultOf(third, CancelledError)
        self.assertFalse(lane.has_room("y"))

    def test_closed_at_rest(self) -> None:
        """Nothing is left of a lane that is closed while it rests."""
        clock, first = Clock(), Deferred[None]()
        lane = Lane(clock, 9, 9)
        lane.run("x", lambda: first)
        waiting = lane.run("x", Deferred[None])
        clock.advance(1)
        first.callback(None)
        lane.close()
        self.failureResultOf(waiting, CancelledError)
        self.assertEqual(clock.getDelayedCalls(), [])

    def test_a_job_that_breaks(self) -> None:
        """A job that breaks before it waits for anything does not block the lane."""
        lane = Lane(Clock(), 1, 1)
        self.failureResultOf(lane.run("x", lambda: 1 / 0), ZeroDivisionError)  # type: ignore[arg-type, return-value]
        self.assertTrue(lane.has_room("x"))
