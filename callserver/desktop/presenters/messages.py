"""Messages between colleagues: to one, to several, to a group or to everybody; what was written before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from twisted.internet.defer import Deferred

from callserver.desktop.foreign import beside
from callserver.desktop.presenters.clocks import moment
from callserver.desktop.presenters.paged_list import Page, PagedList
from callserver.desktop.presenters.rows import Row, colleagues, own, seat_row
from callserver.wire.messages import Access, ChannelRow, Hello, Said
from callserver.wire.rights import Right
from callserver.wire.typed import typed_text

EVERYBODY = "everybody"
BETWEEN = str.maketrans(",;，；、", "     ")


@dataclass(frozen=True)
class MessagesData:
    """
    Whom one can write to, and what was written, the newest first.

    :param n_sent: grows with each message that the server has taken
    """

    people: tuple[Row, ...]
    rows: tuple[Row, ...]
    nothing: str
    everybody: str  # what the button says
    may_everybody: bool
    why_not: str
    more: bool
    problem: str
    info: str
    n_sent: int


class Messages(PagedList[MessagesData]):
    """What comes is read when the panel is open; until then it is counted."""

    is_open = False
    _found: tuple[dict[str, Any], ...] = ()
    _info = ""
    _n_sent = 0

    def data(self) -> MessagesData:
        words = self.work.words
        return MessagesData(
            people=tuple(seat_row(self.work, row) for row in colleagues(self.work)),
            rows=tuple(map(self._row, self._found)),
            nothing="" if self._found else words("No messages of the last 30 days"),
            everybody=words("Everybody"),
            may_everybody=not self.work.lacks(Right.SUPERVISOR),
            why_not=self.work.lacks(Right.SUPERVISOR),
            more=bool(self._next),
            problem=self.problem,
            info=self._info,
            n_sent=self._n_sent,
        )

    def start(self) -> None:
        super().start()
        self.count_seconds()  # how long each colleague is as he is

    # What the person does

    def opened(self) -> None:
        """It is looked at."""
        self.is_open, self.problem, self._info = True, "", ""
        self.model.read_all()
        self._ask_first()

    def closed(self) -> None:
        """It is looked at no more."""
        self.is_open = False

    def send(self, whom: str, text: str) -> None:
        """
        Write to these.

        :param whom: staff numbers, "group NAME", "everybody", with blanks or commas between
        """
        numbers, written = _whom(whom), typed_text(text)
        if not numbers:
            self.problem = self.work.words("Choose somebody first")
        elif not written:
            self.problem = self.work.words("Write something first")
        else:
            self.do_once("tell_people", lambda: self.client.ask("tell_people", numbers, written), self._told)
        self.refresh()

    def text_of(self, key: str) -> str:
        """A message whole."""
        return next((str(one["text"]) for one in self._found if str(one["id"]) == key), "")

    def answer_to(self, key: str) -> str:
        """Who has written it, or to whom it went."""
        one = next((one for one in self._found if str(one["id"]) == key), None)
        if one is None:
            return ""
        return str(one["recipient"] if one["sender"] == own(self.work) else one["sender"])

    def _told(self, answer: dict[str, list[str]]) -> None:
        self._n_sent += 1
        words, full = self.work.words, ", ".join(answer["full"])
        self._info = words("Sent: {n}", n=len(answer["told"]) + len(answer["kept"]))
        if answer["kept"]:
            self._info = words(
                "{sent}; at the next log-in: {numbers}", sent=self._info, numbers=", ".join(answer["kept"])
            )
        if full:
            self.problem = words("Not sent to {numbers}: 100 messages wait there unread", numbers=full)
        self._ask_first()

    def _ask(self, place: str) -> None:
        problem = self.problem
        super()._ask(place)
        self.problem = problem  # of what was sent, and stays

    def ask_page(self, place: str) -> Deferred[Page]:
        return self.client.ask("list_said", "", place)

    def _first(self, page: Page) -> None:
        self._found, self._next = tuple(page["found"]), page["next"]

    def _behind(self, page: Page) -> None:
        self._found = (*self._found, *page["found"])

    def _row(self, one: dict[str, Any]) -> Row:
        words, is_own = self.work.words, one["sender"] == own(self.work)
        if one["to"] == EVERYBODY:
            to = words("Everybody")
        else:
            to = one["to"] or f"{one['recipient']} {beside(one['recipient_name'])}".rstrip()
        title = words("To {name}", name=to) if is_own else f"{one['sender']} {beside(one['name'])}".rstrip()
        return Row(str(one["id"]), f"{title} · {moment(one['at'])}", str(one["text"]))

    # What makes it look otherwise

    def said(self, said: Said) -> None:
        if self.is_open and self.model.unread:
            self.model.read_all()
            self._ask_first()
        self.refresh()

    def access(self, access: Access) -> None:
        self.refresh()

    def row(self, row: ChannelRow) -> None:
        self.refresh()

    def logged_in(self, hello: Hello) -> None:
        if self.is_open:
            self._ask_first()


def toggled(whom: str, number: str) -> str:
    """The field with this one in it, or no more."""
    numbers = _whom(whom)
    return " ".join([one for one in numbers if one != number] if number in numbers else [*numbers, number])


def _whom(typed: str) -> list[str]:
    words, found = typed_text(typed).translate(BETWEEN).split(), []
    while words:
        word = words.pop(0)
        found.append(f"{word} {words.pop(0)}" if word == "group" and words else word)
    return found
