"""A fault at the window, by keys, in the whole server: the caller is put through to an office."""

from __future__ import annotations

from callserver.acd.organisation.parts import Part
from callserver.desktop.keys import Act
from callserver.desktop.views.faults import FaultsView
from callserver.wire.states import SeatState
from tests.whole.test_calls_out import speak
from tests.whole.window_case import WindowCase

OFFICE = "62345678"


class FaultTests(WindowCase):
    n_lines = 3  # one for the caller, one for the office, one in reserve for emergencies

    def setUp(self) -> None:
        super().setUp()
        self.allow("801")
        organisation = self.shop.server.centre.organisation
        self.do(organisation.save(Part.OFFICE, "1", {"name": "north", "phone": OFFICE}))
        self.do(organisation.save(Part.REGION, "Beijing", {"codes": "010", "offices": "1"}))
        self.at = self.window("801")

    def tab(self) -> FaultsView:
        self.press(self.at, Act.TAB_4)
        tab = self.at.tabs.currentWidget()
        assert isinstance(tab, FaultsView)
        return tab

    def test_put_through(self) -> None:
        """Ctrl+4, what it is, Ctrl+Enter: the office is dialled, has him by its key, and the list says so."""
        exchange = self.shop.server.exchange
        assert exchange is not None
        office = exchange.add_phone(OFFICE)
        self.call("01062345678", seconds=120)
        self.press(self.at, Act.ANSWER)
        tab = self.tab()
        self.assertEqual(tab.region.currentText(), "Nearest to 01062345678")
        self.type(self.at, "no water", enter=False)
        self.press(self.at, Act.CARRY_OUT)
        self.assertTrue(tab.notice.label.text().startswith("Reported"))
        self.assertIsNot(self.state("801"), SeatState.TALKING)
        self.pass_s(10)
        self.assertEqual(tab.presenter.data().cases[0][1:5], ("01062345678", "Beijing", "no water", "under way"))
        office.lift()
        speak(office, 2)
        self.pass_s(4)
        office.press("1")
        self.pass_s(10)
        office.hang_up()
        self.pass_s(15)
        ((*_, result, by),) = tab.presenter.data().cases
        self.assertEqual((result, by), ("answered", "1"))

    def test_nobody_there(self) -> None:
        """Where no office takes him he comes back, and the list says why."""
        self.call("01062345678", seconds=200)
        self.press(self.at, Act.ANSWER)
        tab = self.tab()
        self.type(self.at, "no water", enter=False)
        self.press(self.at, Act.CARRY_OUT)
        self.pass_s(60)
        self.assertIn(self.state("801"), (SeatState.RINGING, SeatState.TALKING, SeatState.HELD, SeatState.IDLE_PC))
        ((*_, result, by),) = tab.presenter.data().cases
        self.assertNotIn(result, ("answered", "under way"))
        self.assertTrue(by.startswith("1 "), by)
