"""What the admin reads about calls."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from unittest.mock import patch

from click.testing import CliRunner, Result
from peewee import SqliteDatabase
from playhouse.migrations import Runner
from twisted.trial.unittest import SynchronousTestCase

from callserver.calls.vocabulary import Kind
from callserver.commands.calls import call, calls
from callserver.commands.report_words import EVENTS, prompt_texts, words
from callserver.store import tables
from callserver.store.journal import append_event
from callserver.store.opening import MIGRATIONS
from callserver.store.tables import CallRow, call_columns
from callserver.wire.cells import cells
from callserver.wire.dial_results import DialResult
from callserver.wire.records import EventRecord, Value

ENGLISH = {"CALLSERVER_LANGUAGE": "en"}
BEGAN = datetime(2026, 1, 5, 9, 0, 0, 250_000, tzinfo=UTC)


def event(kind: Kind | str, at_s: float = 0.0, call_id: str = "", **data: Value) -> EventRecord:
    name = kind if isinstance(kind, str) else kind.value
    return EventRecord(BEGAN + timedelta(seconds=at_s), at_s, "shop", name, call_id, "line 3", None, data)


class WordsTests(SynchronousTestCase):
    def test_every_kind_has_words(self) -> None:
        """Whatever the log knows is told in both languages."""
        self.assertEqual(set(EVENTS), {kind.value for kind in Kind})

    def test_offer(self) -> None:
        """Who was rung, why, and why not the others."""
        offer = event(
            Kind.OFFER, seat="801", candidates=["801", "803"], passed_over={"802": "paused"}, why="longest idle"
        )
        self.assertEqual(
            words(offer, "en"), "offered to seat 801: longest idle; candidates 801, 803; passed over 802: paused"
        )
        self.assertEqual(words(offer, "zh"), "呼叫座席 801：空闲最久；候选 801, 803；未选 802: 暂停中")

    def test_order(self) -> None:
        """Goods, money as people write it, and what is left."""
        items: list[Value] = [{"item": "1001", "quantity": 2, "price_fen": 6800}]
        order = event(Kind.ORDER, order="58204713", items=items, total_fen=13605, stock={"1001": 48})
        self.assertEqual(words(order, "en"), "order 58204713: 1001 × 2, total 136.05 yuan; stock 1001: 48")

    def test_audit(self) -> None:
        """What somebody did whose acts are kept, or was not let do, is told in words."""
        done = event(Kind.AUDIT, act="listen", target="seat 802", result="done")
        refused = event(Kind.AUDIT, act="barge_in", target="", result="no-right: 17")
        self.assertEqual(words(done, "en"), "listens in, seat 802: done")
        self.assertEqual(words(done, "zh"), "监听，座席 802：已执行")
        self.assertEqual(words(refused, "en"), "barges in: not allowed: barge in and break off")

    def test_states_and_reasons(self) -> None:
        """Codes are told in words, also with a detail; the text of an old record stays as it is."""
        cases = (
            ({"to": "talking", "reason": "answered"}, "状态：通话中（已接听）", "state: talking (answered)"),
            ({"to": "held", "reason": "held"}, "状态：保持中（保持）", "state: held (hold)"),
            (
                {"to": "loaded", "reason": "disabled"},
                "状态：已加载未启用（已停用）",
                "state: loaded, not enabled (disabled)",
            ),
            ({"to": "idle", "reason": ""}, "状态：空闲", "state: idle"),
            ({"to": "talking", "sub": "queue", "reason": ""}, "状态：通话中，队列", "state: talking, queue"),
            (
                {"to": "paused", "sub": "lunch", "reason": "paused"},
                "状态：暂停中，lunch（示忙）",
                "state: paused, lunch (pause)",
            ),
            ({"to": "paused", "reason": "lunch"}, "状态：暂停中（lunch）", "state: paused (lunch)"),
        )
        for data, chinese, english in cases:
            told = event(Kind.STATE, **data)
            self.assertEqual((words(told, "zh"), words(told, "en")), (chinese, english))
        ended = event(Kind.END, by="agent 801", reason="caller_hung_up: busy")
        self.assertEqual(words(ended, "zh"), "通话结束：座席 801，来电者挂机（忙音）")
        self.assertEqual(words(ended, "en"), "end, by agent 801: caller hung up (busy tone)")
        left = event(Kind.LEAVE, queue="orders", outcome="timed_out", wait_s=3)
        self.assertEqual(words(left, "en"), "leaves queue orders: waited too long after 3 s")

    def test_calls_out(self) -> None:
        """Each result of a call out has its own words, in both languages."""
        told = event(Kind.DIAL_RESULT, result="no_dial_tone", number="62345678", dial_class="local", detail="")
        self.assertEqual(words(told, "en"), "call out to 62345678: no dial tone on the line")
        self.assertEqual(words(told, "zh"), "呼出 62345678：线路上没有拨号音")
        for language in ("zh", "en"):
            said = {words(event(Kind.DIAL_RESULT, result=one.value, number="1"), language) for one in DialResult}
            self.assertEqual(len(said), len(DialResult))

    def test_names_are_not_codes(self) -> None:
        """A caller, a menu or a file that is called like a code keeps its name."""
        self.assertEqual(words(event(Kind.CALLER_ID, number="139", name="idle"), "zh"), "来电号码 139 idle")
        self.assertEqual(words(event(Kind.MENU, name="queue"), "zh"), "流程 queue")

    def test_rights(self) -> None:
        """A refused right is named."""
        refused = event(Kind.RIGHT_REFUSED, right="5", act="grab", address="::1")
        self.assertEqual(words(refused, "en"), "not allowed: grab waiting calls (grabs a caller)")

    def test_alarms(self) -> None:
        """An alarm is a sentence of the catalogue with its data, or a plain text that is shown as it came."""
        alarm = event(Kind.ALARM, text="{file}: {problem}", file="a.wav", problem={"text": "no sound in it"})
        self.assertEqual(
            (words(alarm, "en"), words(alarm, "zh")), ("alarm: a.wav: no sound in it", "告警：a.wav：里面没有声音")
        )
        self.assertEqual(words(event(Kind.ALARM, text="disk {full}"), "zh"), "告警：disk {full}")
        reason: Value = {"text": "{line} is busy", "line": "line 3"}
        told = words(event(Kind.ALARM, text="does not answer: {problem}", problem=reason), "zh")
        self.assertEqual(told, "告警：无法摘机应答：line 3 正忙")

    def test_interrupted(self) -> None:
        """Whether a prompt was heard to its end."""
        told = [words(event(Kind.PROMPT_END, interrupted=cut), "zh") for cut in (True, False)]
        self.assertEqual(told, ["播放结束（被打断）", "播放结束"])

    def test_missing_and_new(self) -> None:
        """An event that lacks a field, or is of a kind from a newer version, is still a line."""
        self.assertEqual(words(event(Kind.RING), "en"), "ring")
        self.assertEqual(words(event("fax_phase", page=2), "en"), "fax_phase page=2")

    def test_nothing_moves_the_cursor(self) -> None:
        """A caller's name from the wire is only text."""
        self.assertEqual(
            words(event(Kind.CALLER_ID, number="139", name="\x1b[2Jx{oops}"), "en"), "caller 139 ?[2Jx{oops}"
        )


class CommandTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.shop = Path(self.mktemp())
        self.shop.mkdir()
        (self.shop / "config.ini").write_text("[recording]\nannounce = yes\n")
        database = SqliteDatabase(self.shop / "callserver.db")
        tables.database.initialize(database)
        with database.connection_context():
            Runner(database, str(MIGRATIONS)).up()
            self.add_call("aaaa-1", caller_number="13912345678", caller_name="[bold]Li[/]")
            self.add_call(
                "bbbb-2", 60, ended_at=BEGAN + timedelta(seconds=121.5), end_reason="caller_hung_up", agent="801"
            )
            append_event(event(Kind.RING, 60.0, "bbbb-2", count=1))
            append_event(event(Kind.KEY, 63.017, "bbbb-2", digit="5", source="sound"))

    def add_call(self, call_id: str, at_s: float = 0, **known: object) -> None:
        fields = {"id": call_id, "direction": "in", "channel": "line 3", "started_at": BEGAN + timedelta(seconds=at_s)}
        CallRow.insert(call_columns(fields | known) | {"node": "shop"}).execute()

    def run_command(self, *arguments: str) -> Result:
        name, *others = arguments
        return CliRunner(env=ENGLISH).invoke({"calls": calls, "call": call}[name], [*others, "--shop", str(self.shop)])

    def test_list(self) -> None:
        """The newest call first; a caller named like markup is shown as he is named."""
        with patch.dict("os.environ", COLUMNS="120"):
            result = self.run_command("calls", "--language", "en")
        self.assertEqual(result.exit_code, 0, result.output)
        head, newest, oldest = result.output.splitlines()
        self.assertIn("number", head)
        self.assertEqual(newest.split()[2:], ["in", "3", "801", "1:01", "caller", "hung", "up", "bbbb-2"])
        self.assertIn("13912345678 [bold]Li[/]", oldest)

    def add_calls_out(self) -> None:
        """801's that was answered, 802's that was not, one of the offices."""
        with tables.database.connection_context():
            for n, (by, number, result, end) in enumerate(
                (
                    ("801", "62345678", "answered", "caller_hung_up"),
                    ("802", "013912345678", "no_answer", "not_reached: no_answer"),
                    ("office", "01062345678", "busy", "not_reached: busy"),
                )
            ):
                ended = BEGAN + timedelta(seconds=3000)
                called = {"direction": "out", "channel": "line 12", "caller_number": number, "end_reason": end}
                self.add_call(f"{n}0ut0ut0-1", 1000 + n, ended_at=ended, **called)
                told = event(Kind.DIAL_RESULT, 1010, f"{n}0ut0ut0-1", result=result, number=number)
                append_event(replace(told, person=by))

    def test_calls_out(self) -> None:
        """Which way a call went, who has dialled, and what came of it stand in the list, in 80 columns."""
        self.add_calls_out()
        for language, way, said in (
            ("en", "out 12", ("busy", "no answer", "answered")),
            ("zh", "呼出 12", ("忙", "无人应答", "已接听")),
        ):
            with patch.dict("os.environ", COLUMNS="80"):
                rows = self.run_command("calls", "--language", language).output.splitlines()
            self.assertLessEqual(max(map(cells, rows)), 80)
            for row, by, result in zip(rows[1:4], ("", "802", "801"), said, strict=True):
                self.assertIn(way, row)
                self.assertIn(by, row.split()) if by else None
                self.assertIn(result, row)
            self.assertNotIn(way, "".join(rows[4:]))

    def test_a_call_out(self) -> None:
        """The same in the head of one call's report, and for programs."""
        self.add_calls_out()
        said = self.run_command("call", "10ut", "--language", "en").output.splitlines()
        self.assertIn("line: out line 12", said)
        self.assertIn("agent: 802", said)
        self.assertIn("end: no answer", said)
        one = json.loads(self.run_command("calls", "--number", "62345678", "--json").output)[0]
        self.assertEqual((one["direction"], one["dialled_by"], one["dial_result"]), ("out", "801", "answered"))

    def test_one_number(self) -> None:
        """Only the calls from one number."""
        result = self.run_command("calls", "--number", "13912345678", "--json")
        self.assertEqual([one["id"] for one in json.loads(result.output)], ["aaaa-1"])

    def test_timeline(self) -> None:
        """To the millisecond, from the beginning of the call; the first characters of the id are enough."""
        result = self.run_command("call", "bb", "--language", "zh")
        lines = result.output.splitlines()
        self.assertIn("座席: 801", lines)
        self.assertRegex(lines[-1], r"^\d\d:\d\d:03\.267 +\+3\.017 线路 3 .*按键 5（声音）$")

    def test_eighty_columns(self) -> None:
        """On a terminal of 80 columns no line is longer, whatever the names and ends; ids are whole."""
        name = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
        with tables.database.connection_context():
            self.add_call(
                "cccccccc-3333", caller_number="+8613912345678", caller_name=name, order_number="12345678", agent="801",
                ended_at=BEGAN + timedelta(hours=1), end_reason="line_lost: the modem was unplugged"
            )  # fmt: skip
            self.add_call("dddddddd-4444", caller_number="13912345678", caller_name="欧阳龙井绿茶茶叶有限公司")
            names: list[Value] = ["recorded-notice", "welcome", "main-menu"]
            append_event(event(Kind.PROMPT, 1.0, "dddddddd-4444", names=names, language="zh"))
            append_event(event(Kind.RECORDING, 2.0, "dddddddd-4444", file="1234567890" * 9 + ".wav"))
        for language in ("en", "zh"):
            for line in (("calls",), ("call", "dddd")):
                with patch.dict("os.environ", COLUMNS="80"):
                    said = self.run_command(*line, "--language", language).output
                self.assertLessEqual(max(map(cells, said.splitlines())), 80, said)
                self.assertIn("dddddddd", said)

    def test_a_merged_call(self) -> None:
        """One that went into another names it as the list does, by the beginning of its id, in 80 columns."""
        other = "7d1f0a2b-1c2d-4e5f-8a9b-0123456789ab"
        with tables.database.connection_context():
            self.add_call(f"eeeeeeee{other[8:]}", ended_at=BEGAN, end_reason=f"transferred: {other}")
        for language in ("en", "zh"):
            said = self.run_command("calls", "--language", language).output
            self.assertLessEqual(max(map(cells, said.splitlines())), 80)
            self.assertNotIn(other, said)
            self.assertIn(other, self.run_command("call", "eeee", "--language", language).output)

    def test_nothing_is_blank(self) -> None:
        """A transfer to the nearest office that failed, and a fault of no region, are whole sentences."""
        failed = event(Kind.TRANSFER_FAILED, target="office", reason="no_office")
        self.assertEqual(words(failed, "en"), "the transfer failed, office: no office of that region")
        case = event(Kind.OFFICE_CASE, region="", found_by="nothing")
        self.assertEqual(words(case, "en"), "fault for an office, the region is not known (nothing told it)")

    def test_prompts_in_words(self) -> None:
        """A timeline says what was said to the caller, not what the files are called; free text as it was."""
        names: list[Value] = ["zh/welcome", "“茶”", "own-prompt"]
        prompt = event(Kind.PROMPT, names=names, language="zh")
        texts = {"zh/welcome": "欢迎。", "welcome": "Welcome."}
        self.assertEqual(words(prompt, "en", texts), "says 欢迎。 “茶” own-prompt (Chinese)")
        with tables.database.connection_context():
            append_event(event(Kind.PROMPT, 1.0, "bbbb-2", names=["own"], language="zh"))
        own = self.shop / "own" / "en"
        own.mkdir(parents=True)
        (own / "catalogue.toml").write_text('[sentences]\nown = "Tea for two."\n')
        (self.shop / "config.ini").write_text("[recording]\nannounce = yes\n[server]\nprompts = own\n")
        self.assertIn("says Tea for two. (Chinese)", self.run_command("call", "bb", "--language", "en").output)

    def test_digits_of_another_language(self) -> None:
        """Digits said one by one in Chinese are read in English too; what only Chinese has, as it was said."""
        prompts = [Path(__file__).parents[2] / "voice-prompts"]
        said, own = prompt_texts(prompts, "en"), prompt_texts(prompts, "zh")
        prompt = event(Kind.PROMPT, names=["digit-1", "digit-3", "digit-9"], language="zh")
        self.assertEqual(words(prompt, "en", said), "says one three nine (Chinese)")
        self.assertEqual(words(prompt, "zh", own), "播放：幺 三 九（中文）")
        price = event(Kind.PROMPT, names=["item-price-is", "number-68-yuan", "“茶”"], language="zh")
        self.assertEqual(words(price, "en", said), "says 每件 六十八元 “茶” (Chinese)")

    def test_kept_place(self) -> None:
        """Since when a place was kept, in the shop's time."""
        entry = event(Kind.ENTRY, 60.0, queue="operator", place=1, kept_for_s=50.0)
        zone = timezone(timedelta(hours=8))
        self.assertEqual(words(entry, "en", zone=zone), "enters queue operator, place 1: kept for him since 17:00:10")

    def test_places(self) -> None:
        """Where somebody is transferred to, as people name it: a number outside is no caller's number."""
        for target, said in (
            ("group 90", "group 90"),
            ("seat 802", "seat 802"),
            ("number 62345678", "number 62345678"),
        ):
            self.assertEqual(
                words(event(Kind.TRANSFER, by="seat 801", target=target), "en"), f"transferred by seat 801: {said}"
            )

    def test_the_shops_time(self) -> None:
        """Times are the shop's, wherever the computer is, and the zone is named."""
        (self.shop / "config.ini").write_text("[recording]\nannounce = yes\n[server]\ntime_zone = Asia/Shanghai\n")
        self.assertIn("01-05 17:01", self.run_command("calls").output)
        said = self.run_command("call", "bb", "--language", "en").output
        self.assertIn("time: 2026-01-05 17:01:00.250 CST", said)
        self.assertIn("17:01:03.267", said)

    def test_an_hour_that_comes_twice(self) -> None:
        """In the night in which clocks go back, which of the two hours it was stands beside the time."""
        (self.shop / "config.ini").write_text("[recording]\nannounce = yes\n[server]\ntime_zone = Europe/Berlin\n")
        night = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
        for n in range(3):
            self.add_call(f"cccc-{n}", (night - BEGAN).total_seconds() + 3600 * n)
        said = self.run_command("calls").output
        for time in (r"10-25 02:30(:00)?\+0200 ", r"10-25 02:30(:00)?\+0100 ", "10-25 03:30(:00)? "):
            self.assertRegex(said, time)

    def test_json(self) -> None:
        """For programs: the record and its events, UTC with milliseconds."""
        told = json.loads(self.run_command("call", "bbbb-2", "--json").output)
        self.assertEqual(told["call"]["ended_at"], "2026-01-05T09:02:01.750+00:00")
        self.assertEqual([one["kind"] for one in told["events"]], ["ring", "key"])
        self.assertEqual(told["events"][1]["data"], {"digit": "5", "source": "sound"})

    def test_no_such_call(self) -> None:
        """One line, for an unknown id, for one that is too short, and for a folder that is no shop."""
        self.assertIn("no call with an id that starts with 'zz'", self.run_command("call", "zz").output)
        self.assertIn("several calls", self.run_command("call", "").output)
        result = CliRunner(env=ENGLISH).invoke(calls, ["--shop", str(self.shop / "elsewhere")])
        self.assertEqual(result.exit_code, 1)
        self.assertIn("no shop here", result.output)

    def test_a_slip_in_the_settings(self) -> None:
        """Calls can be looked up while a line's settings are wrong; not while it is unknown where the calls are."""
        config = self.shop / "config.ini"
        config.write_text("[recording]\nannounce = perhaps\n[line 1]\ndevice = emulated\nmenu =\n")
        self.assertIn("13912345678", self.run_command("calls").output)
        config.write_text("[recording]\nannounce = yes\n[server]\ndatabase = mysql://localhost/shop\n")
        self.assertIn("[server] database", str(self.run_command("calls").exception))

    def test_no_database_is_made(self) -> None:
        """Looking at a shop that has never run says so, and leaves no file behind."""
        for file in self.shop.glob("callserver.db*"):
            file.unlink()
        self.assertEqual(self.run_command("calls").exit_code, 1)
        self.assertEqual([file.name for file in self.shop.iterdir()], ["config.ini"])
