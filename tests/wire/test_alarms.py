"""An alarm is kept so that everybody reads it in his own language."""

import json

from twisted.trial.unittest import SynchronousTestCase

from callserver.wire.alarms import alarm_data, alarm_text
from callserver.wire.catalogue import Complaint
from callserver.wire.records import Value
from tests.alarms import Alarms


class AlarmTests(SynchronousTestCase):
    def kept(self, msgid: str, **details: object) -> dict[str, Value]:
        """As it comes back from the event log."""
        data: dict[str, Value] = json.loads(json.dumps(alarm_data(msgid, details)))
        return data

    def told(self, data: dict[str, Value]) -> tuple[str, str]:
        return alarm_text(data, "en"), alarm_text(data, "zh")

    def test_with_data(self) -> None:
        """A sentence with its data, in either language."""
        full = self.kept("{free_mb} MB free for recordings", free_mb=1000)
        self.assertEqual(full, {"text": "{free_mb} MB free for recordings", "free_mb": 1000})
        self.assertEqual(self.told(full), ("1000 MB free for recordings", "录音磁盘只剩 1000 MB"))

    def test_reasons(self) -> None:
        """What a modem failed over is told in the reader's language too, however many complaints lie in each other."""
        silent = Complaint("no answer to {command} in {limit_s} s", command="AT+VTR", limit_s=5)
        failure = Complaint("the modem does not answer: {problem}", problem=silent)
        self.assertEqual(
            self.told(self.kept("does not answer: {problem}", problem=failure)),
            (
                "does not answer: the modem does not answer: no answer to AT+VTR in 5 s",
                "无法摘机应答：调制解调器没有应答：5 秒内没有对 AT+VTR 的应答",
            ),
        )

    def test_from_the_system(self) -> None:
        """What the system or a driver says stays as it came, also with braces in it."""
        self.assertEqual(
            self.told(self.kept("the database fails: {problem}", problem=OSError("disk {full}"))),
            ("the database fails: disk {full}", "数据库出错：disk {full}"),
        )

    def test_words(self) -> None:
        """A reason that the catalogue knows is told in the language, another as it came."""
        known = self.kept("line dead: {reason_word}", reason_word="the modem was unplugged")
        self.assertEqual(self.told(known)[0], "line dead: the modem was unplugged")
        self.assertNotIn("unplugged", self.told(known)[1])
        other = self.kept("line dead: {reason_word}", reason_word="/dev/ttyACM0: I/O error")
        self.assertEqual(self.told(other)[1], "线路断开：/dev/ttyACM0: I/O error")

    def test_old_events(self) -> None:
        """The ready-made text of an older version is shown as it came; an event without any is no harm."""
        self.assertEqual(self.told({"text": "line dead: {odd} unplugged"}), ("line dead: {odd} unplugged",) * 2)
        self.assertEqual(self.told({}), ("", ""))

    def test_as_a_part_gives_it(self) -> None:
        """Parts that know no event log give the alarm with the sentence first, whatever the details are called."""
        alarms = Alarms()
        alarms("{msgid} of {channel}", msgid="a", channel="b")
        self.assertEqual(alarms, ["a of b"])
