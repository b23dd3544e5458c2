"""Switches and notices in the database; each function runs in `store.read` or `store.write`."""

from __future__ import annotations

from callserver.ivr.loading.tables import NoticeRow, SwitchRow
from callserver.ivr.menu_files.switches import Notice, Switch, Switches
from callserver.store.tables import from_ms, to_ms


def all_() -> Switches:
    """Those that were not ended by hand; whether they count any more is seen at each moment."""
    hours = {
        row.hours: Switch(row.hours, row.open, from_ms(row.since_ms), from_ms(row.until_ms))
        for row in SwitchRow.select()
    }
    notices = {
        row.menu: Notice(row.menu, row.text, from_ms(row.since_ms), from_ms(row.until_ms)) for row in NoticeRow.select()
    }
    return Switches(hours, notices)


def switch(wanted: Switch) -> None:
    """In place of the one before."""
    end_switch(wanted.hours)
    SwitchRow.create(
        hours=wanted.hours, open=wanted.is_open, since_ms=to_ms(wanted.since), until_ms=to_ms(wanted.until)
    )


def end_switch(hours: str) -> None:
    """They are as they are written."""
    SwitchRow.delete().where(SwitchRow.hours == hours).execute()


def announce(wanted: Notice) -> None:
    """In place of the one before."""
    end_notice(wanted.menu)
    NoticeRow.create(menu=wanted.menu, text=wanted.text, since_ms=to_ms(wanted.since), until_ms=to_ms(wanted.until))


def end_notice(menu: str) -> None:
    """Nothing is read out before it."""
    NoticeRow.delete().where(NoticeRow.menu == menu).execute()
