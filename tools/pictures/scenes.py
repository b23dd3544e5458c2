"""What is on the pictures, in the order of a working day; each scene goes on from the one before."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtWidgets import QApplication, QWidget

from callserver.desktop.keys import Act
from callserver.desktop.panels import PANELS
from callserver.desktop.presenters.order_draft import ITEM, PIECES
from callserver.desktop.presenters.workplace import Workplace
from callserver.desktop.views.order_form import OrderFormView
from callserver.desktop.window import MainWindow
from tools.pictures.shop import PictureShop

CALLER, COLLEAGUE = "13912345678", "802"
USUAL = (1280, 720)
Scene = tuple[str, QWidget]


def scenes(shop: PictureShop, language: str) -> Iterator[Scene]:
    """Name and widget of each picture, when it is to be taken."""
    work = shop.workplace("801", language)
    colleague = shop.colleague(COLLEAGUE)
    shop.until(colleague.pause("meal"))
    window = MainWindow(work)
    window.resize(*USUAL)
    window.show()
    try:
        yield from _talk(shop, work, window)
    finally:
        window.leave()
        window.close()
        shop.until(work.client.stop())


def _talk(shop: PictureShop, work: Workplace, window: MainWindow) -> Iterator[Scene]:
    yield "idle", window
    shop.call(CALLER)
    yield "ringing", window
    window.act(Act.ANSWER)
    pass_s(shop, 3)
    yield "talking", window
    yield from _record(shop, window)
    window.act(Act.HOLD)
    pass_s(shop, 15)
    yield "on-hold", window
    window.act(Act.HOLD)
    pass_s(shop, 2)
    window.act(Act.HANG_UP)
    pass_s(shop, 2)
    yield "wrap-up", window
    yield from _panels(shop, window)


def _record(shop: PictureShop, window: MainWindow) -> Iterator[Scene]:
    """The caller's orders, parcels and faults; an order is put down for him, and given up."""
    for act, word in ((Act.TAB_2, "orders"), (Act.TAB_3, "delivery"), (Act.TAB_4, "faults")):
        window.act(act)
        pass_s(shop, 2)
        yield f"tab-{word}", window
    window.open(Act.NEW_ORDER)
    form = window.panel
    assert isinstance(form, OrderFormView)
    for item, pieces in (("1001", "2"), ("1004", "1"), ("1005", "300")):
        form.presenter.type(ITEM, item)
        form.presenter.type(PIECES, pieces)
        form.presenter.add()
        pass_s(shop, 1)
    yield "order-form", window
    form.presenter.type(ITEM, "")
    form.presenter.ask_to_discard()
    pass_s(shop, 1)
    yield "order-discard", window
    form.presenter.answer(True)
    pass_s(shop, 1)
    window.act(Act.TAB_1)


def _panels(shop: PictureShop, window: MainWindow) -> Iterator[Scene]:
    """Every panel that there is, as it opens."""
    for act in PANELS:
        window.open(act)
        pass_s(shop, 2)
        yield f"panel-{act.name.lower().replace('_', '-')}", window
    window.act(Act.WALL_WINDOW)
    pass_s(shop, 2)
    assert window.wall is not None
    yield "wallboard-window", window.wall
    window.act(Act.WALL_WINDOW)


def pass_s(shop: PictureShop, seconds: float) -> None:
    """Time passes, and what it brings is painted."""
    shop.wait(seconds)
    QApplication.processEvents()
