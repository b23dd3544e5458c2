"""The settings of config.ini as the server tells them, page by page."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from twisted.python.failure import Failure

from callserver.desktop.client import AgentClient
from callserver.desktop.presenters.form import Row

At = tuple[str, str]  # section and setting


class SettingsFile:
    """
    `rows` are those of one state of the file; while another is read, they stay.

    :param told: called when all is read, with whether the file is another one than before
    :param not_read: called with why it could not be read
    """

    def __init__(self, client: AgentClient, told: Callable[[bool], None], not_read: Callable[[Failure], None]) -> None:
        self._client, self._told, self._not_read = client, told, not_read
        self.sections: list[Row] = []
        self.rows: Mapping[At, Row] = {}
        self.digest = ""
        self.findings: list[Row] = []  # what is wrong with the file
        self._coming: dict[At, Row] = {}
        self._is_other, self._n_reads = False, 0

    def read(self) -> None:
        """From its beginning; a reading that is under way comes to nothing."""
        self._coming, self._n_reads = {}, self._n_reads + 1
        self._ask("")

    def section_names(self) -> list[str]:
        """In the file's order."""
        return [str(one["section"]) for one in self.sections]

    def _ask(self, place: str) -> None:
        asked = self._client.ask("list_settings", place)
        asked.addCallback(self._paged, place, self._n_reads).addErrback(self._not_read)

    def _paged(self, page: Row, place: str, n: int) -> None:
        if n != self._n_reads:
            return
        if place and page["digest"] != self.digest:  # changed between two pages
            self.read()
            return
        if not place:
            self._is_other = self.digest != page["digest"]
            self.digest, self.sections, self.findings = page["digest"], page["sections"], page["findings"]
        self._coming |= {(row["section"], row["key"]): row for row in page["settings"]}
        if page["next"]:
            self._ask(page["next"])
        else:
            self.rows = self._coming
            self._told(self._is_other)
