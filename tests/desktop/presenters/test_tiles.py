from dataclasses import replace

from twisted.trial.unittest import SynchronousTestCase

from callserver.desktop.presenters.legend import legend
from callserver.desktop.presenters.tiles import WORDS, arranged, state_of, tile
from callserver.wire.states import LineState, SeatState
from tests.desktop.board_shop import LINES, SEATS, line, seat

L, S = LineState, SeatState


class TileTests(SynchronousTestCase):
    def test_words(self) -> None:
        """Every state of a line and a seat has a word on its tile, in both languages, and another sentence aloud."""
        for language in ("zh", "en"):
            for state in (*LineState, *SeatState):
                row = line(1, state) if isinstance(state, LineState) else seat("801", "王芳", state)
                shown = tile(row, 5, language)
                self.assertTrue(shown.word)
                self.assertIs(shown.state, state)
                self.assertLessEqual(len(shown.word), 16)  # there is no room for more
        self.assertEqual(set(WORDS), {*LineState, *SeatState})

    def test_talk(self) -> None:
        """A line's tile says who calls, since when, and with whom he talks."""
        shown = tile(LINES[2], 134, "en", partner="802")
        self.assertEqual((shown.title, shown.word, shown.clock), ("Line 3", "talking", "2:14"))
        self.assertEqual((shown.caller, shown.what), ("13800138000", "→ 802"))

    def test_aloud(self) -> None:
        """Read aloud, a tile tells all that is seen on it."""
        shown = tile(SEATS[1], 134, "en", partner="Line 3")
        for part in ("802", "刘洋", "talking", "2:14", "13800138000", "with Line 3", "another call held"):
            self.assertIn(part, shown.spoken)

    def test_step(self) -> None:
        """Of a caller in a menu the step is told, of one who waits that he does, of a pause the reason."""
        self.assertEqual(tile(LINES[3], 5, "en").what, "order-status")
        self.assertEqual(tile(LINES[4], 5, "en").what, "waits in a queue")
        self.assertEqual(tile(SEATS[2], 5, "en").what, "break")
        self.assertEqual(tile(LINES[10], 5, "en").what, "unplugged")

    def test_wrap_up(self) -> None:
        """The wrap-up is no pause: it has a word and a badge of its own."""
        shown = tile(SEATS[3], 5, "en")
        self.assertTrue(shown.wrap_up)
        self.assertEqual((shown.word, shown.what), ("wrap-up", ""))

    def test_depth(self) -> None:
        """The longer a state lasts, the deeper its colour: ringing after 10 and 20 s, a talk after 1 and 5 min."""
        for state, limits in ((L.RINGING_IN, (10, 20)), (L.TALKING, (60, 300)), (L.HELD, (60, 180))):
            depths = [tile(line(1, state), age_s, "en").depth for limit in limits for age_s in (limit - 0.1, limit)]
            self.assertEqual(depths, [0, 1, 1, 2], state)

    def test_depth_of_waiting(self) -> None:
        """Who waits in a queue has five minutes before the deepest; a dead line is deep at once, an idle one never."""
        self.assertEqual(tile(line(1, L.HELD, sub="queue"), 200, "en").depth, 1)
        self.assertEqual(tile(line(1, L.DISCONNECTED), 0, "en").depth, 2)
        self.assertEqual(tile(line(1, L.IDLE), 1e6, "en").depth, 0)

    def test_blinks(self) -> None:
        """Only what rings blinks."""
        blinking = {row.channel for row in (*LINES, *SEATS) if tile(row, 1, "en").blinks}
        self.assertEqual(blinking, {"line 2"})

    def test_newer_server(self) -> None:
        """A state that only a newer server knows does not break the board."""
        self.assertIs(state_of(replace(LINES[0], state="DREAMING")), L.LOADED)
        self.assertIs(state_of(replace(SEATS[0], state="DREAMING")), S.OFF)


class ArrangedTests(SynchronousTestCase):
    def test_last_column(self) -> None:
        """Twenty lines and four seats in six columns: the seats are the sixth column, as in the document."""
        channels = [row.channel for row in arranged((*SEATS, *reversed(LINES)), 6) if row]
        self.assertEqual(channels[5::6], ["seat 801", "seat 802", "seat 803", "seat 804"])
        self.assertEqual([one for one in channels if one[0] == "l"], [f"line {number}" for number in range(1, 21)])

    def test_each_once(self) -> None:
        """However many there are, each line and seat has one place, lines and seats in their order."""
        for lines, seats, columns in ((3, 4, 6), (2, 9, 3), (20, 0, 5), (0, 3, 4), (20, 4, 1), (31, 4, 6), (20, 9, 6)):
            rows = [*LINES[:lines], *(line(number, L.IDLE) for number in range(21, 1 + lines))]
            rows += [seat(str(800 + number), "", S.OFF) for number in range(seats)]
            placed = [row for row in arranged(rows, columns) if row is not None]
            self.assertCountEqual(placed, rows)
            self.assertEqual([row for row in placed if row in rows[:lines]], rows[:lines])

    def test_columns_of_seats(self) -> None:
        """With few lines, or many seats, seats have columns of their own, and the whole is as low as it can be."""
        for lines, seats, wanted in ((16, 4, {5}), (20, 9, {4, 5}), (5, 4, {4, 5}), (20, 2, {5})):
            rows = [*LINES[:lines], *(seat(str(800 + number), "", S.IDLE_PC) for number in range(seats))]
            placed = arranged(rows, 6)
            columns = {place % 6 for place, row in enumerate(placed) if row and row.channel.startswith("seat")}
            self.assertEqual(columns, wanted, (lines, seats))

    def test_nobody_there(self) -> None:
        """Seats where nobody is come last: who works stands above."""
        placed = arranged([*LINES[:4], seat("801", "", S.OFF), seat("802", "", S.IDLE_PC)], 3)
        self.assertEqual([row.channel for row in placed if row and row.person], ["seat 802", "seat 801"])


class LegendTests(SynchronousTestCase):
    def test_legend(self) -> None:
        """The legend has the document's 19 sentences, and two more: 21, lines first, in both languages."""
        for language in ("zh", "en"):
            lines = legend(language)
            self.assertEqual(len(lines), 21)
            self.assertEqual({line.state for line in lines}, {*LineState, *SeatState})
            self.assertTrue(all(isinstance(line.state, LineState) for line in lines[:11]))
        self.assertEqual(legend("zh")[0].sentence, "通道尚未加载流程")
        self.assertEqual(legend("zh")[11].sentence, "通道已经有座席员工通过座席电话机登录，并且当前空闲中")
