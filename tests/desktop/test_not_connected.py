"""Why there is no connection is said in words, whatever the reason."""

from OpenSSL import SSL
from twisted.internet import defer, error
from twisted.python.failure import Failure
from twisted.spread import pb
from twisted.trial.unittest import SynchronousTestCase

from callserver.desktop import not_connected
from callserver.desktop.not_connected import NotConnected, not_reached, why


class WhyTests(SynchronousTestCase):
    def test_never_nothing(self) -> None:
        """A server killed in the middle leaves errors without a text behind: there are words for each, on one line."""
        for problem in (
            error.ConnectionLost(),
            error.ConnectionAborted(),
            SSL.Error(),
            SSL.Error([]),
            SSL.SysCallError(-1, "Unexpected EOF"),
            SSL.SysCallError(),
            SSL.ZeroReturnError(),
            OSError(),
            Exception(),
            Exception(""),
            Exception("two\nlines"),
            pb.PBConnectionLost(Failure(error.ConnectionLost())),
        ):
            for language in ("en", "zh"):
                said = why(problem).text(language)
                self.assertTrue(said.strip() and said.isprintable() and said[0] not in "([", (problem, said))

    def test_which(self) -> None:
        """Refused, unknown, unreachable, silent, closed and not TLS are told apart."""
        no_tls = SSL.Error([("SSL routines", "", "wrong version number")])
        said = [
            not_reached(problem, "shop", 8787).text("en")
            for problem in (
                error.ConnectionRefusedError(),
                error.DNSLookupError(),
                error.TCPTimedOutError(),
                error.NoRouteError(),
                error.TimeoutError(),
                defer.TimeoutError(),
                error.ConnectionDone(),
                no_tls,
            )
        ]
        away = "shop cannot be reached: it is off, or the network in between"
        self.assertEqual(
            said,
            [
                "nothing answers at shop, port 8787: the server does not run, or its port is another one",
                "there is no computer called shop",
                *[away] * 3,
                not_connected.NO_ANSWER,
                not_connected.CLOSED,
                not_connected.NO_TLS,
            ],
        )

    def test_below_a_command(self) -> None:
        """A command that a broken connection took with it says why that broke."""
        closed = pb.PBConnectionLost(Failure(error.ConnectionDone()))
        self.assertEqual(why(closed).text("en"), not_connected.CLOSED)

    def test_no_tls(self) -> None:
        """Whatever else answers at that port, of old programs and of web servers, is told from a broken connection."""
        for reason in ("wrong version number", "record layer failure", "packet length too long", "http request"):
            said = why(SSL.Error([("SSL routines", "", reason)])).text("en")
            self.assertEqual(said, not_connected.NO_TLS, reason)

    def test_said_once(self) -> None:
        """What has words keeps them."""
        lost = NotConnected(not_connected.NO_ANSWER)
        self.assertIs(why(lost), lost)
