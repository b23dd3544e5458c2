"""Alarms as those whom they concern read them."""

from callserver.wire.alarms import alarm_data, alarm_text


class Alarms(list[str]):
    """An `Alarm` that keeps what was said, in English."""

    def __call__(self, msgid: str, /, **details: object) -> None:
        self.append(alarm_text(alarm_data(msgid, details), "en"))
