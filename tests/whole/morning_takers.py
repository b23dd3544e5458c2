"""A morning's calls that others take: colleagues, the supervisor, and all of it by the keys of a telephone."""

from __future__ import annotations

from typing import Any

from callserver.wire.states import SeatState
from tests.whole.morning_case import MorningCase


class Takers(MorningCase):
    """Picked up, grabbed, listened to, taken over, broken off."""

    def picked_up(self) -> None:
        """What rings at a seat is taken at another: by its number, in the group, from a telephone."""
        for n, taker in enumerate(("pick_up", "pick_up_group"), 8):
            self.only("801")
            customer = self.comes(f"139123400{n:02}")
            self.morning.rings("801")
            self.wang.does(taker, "801" if taker == "pick_up" else "tea")
            self.morning.is_in("802", SeatState.TALKING)
            self.wang.does("hang_up")
            self.goes(customer)
        self.only("801")
        customer = self.comes("13912340010")
        self.morning.rings("801")
        self.chen.keys("*40801#")
        self.morning.is_in("803", SeatState.TALKING)
        self.chen.keys("*20")
        self.goes(customer)

    def grabbed(self) -> None:
        """Two wait; the later one is put first, and the other one grabbed."""
        self.only()
        late, later = self.comes("13912340011"), self.comes("13912340012")
        self.morning.wait_there("operator", 2)
        self.boss.does("missed_calls", "en")
        self.boss.does("report", {"report": "queue", "first": "2026-03-02", "last": "2026-03-02"})
        csv = {"report": "sales", "first": "2026-03-02", "last": "2026-03-02", "file": "csv"}
        self.boss.does("report_file", csv, 0)
        self.boss.does("day_sheet", "2026-03-02", "zh", 0)
        first, second = self.waiters()
        self.assertEqual([first["caller"], second["caller"]], ["13912340011", "13912340012"])
        self.boss.does("set_priority", second["call_id"], 7)
        self.assertEqual([one["caller"] for one in self.waiters()], ["13912340012", "13912340011"])
        self.wang.does("grab", first["call_id"])
        self.morning.is_in("802", SeatState.TALKING)
        self.li.does("ready")
        self.morning.rings("801")
        self.li.does("answer")
        self.wang.does("hang_up")
        self.li.does("hang_up")
        self.goes(late)
        self.goes(later)

    def waiters(self) -> list[Any]:
        """Who waits for the operators, as the supervisor's program shows it."""
        return [waiter for row in self.boss.does("waiting") if row["queue"] == "operator" for waiter in row["waiters"]]

    def supervised(self) -> None:
        """He listens to Chen's talk, whispers, joins it, leaves it, and at last takes it over."""
        self.only("803")
        customer = self.comes("13912340013")
        self.chen.takes_it()
        self.boss.does("listen", "seat 803")
        customer.says_hello()
        self.boss.does("whisper")
        self.boss.says(1)
        self.boss.does("barge_in", "")
        self.boss.says(1)
        self.boss.does("stop_listening")
        self.morning.is_in("803", SeatState.TALKING)
        self.boss.does("listen", "seat 803")
        self.boss.does("take_over")
        self.morning.is_in("800", SeatState.TALKING)
        self.assertIsNot(self.morning.state("803"), SeatState.TALKING)
        self.boss.does("hang_up")
        self.goes(customer)

    def looked_through(self) -> None:
        """He looks for a talk that was recorded, hears it, takes a copy, and writes on it what others should know."""
        self.shop.wait(5)
        found = self.boss.does("list_recordings", {"agent": "801", "shortest_s": 1}, "")["found"]
        number = found[-1]["number"]
        self.assertIn("801", found[-1]["agents"])
        self.boss.does("recording_marks", number)
        heard = self.boss.does("play_recording", number, 4000)
        self.assertEqual(len(heard["octets"]), min(65536, 2 * (heard["samples"] - 4000)))
        self.assertTrue(self.boss.does("export_recording", number, "mixed", 0)["octets"].startswith(b"RIFF"))
        self.boss.does("note_recording", number, "asks for the price")
        self.boss.does("classify_recording", number, "sale")
        self.boss.does("protect_recording", number, True)
        (row,) = self.boss.does("list_recordings", {"note": "PRICE", "protected": True}, "")["found"]
        self.assertEqual((row["number"], row["class"]), (number, "sale"))

    def broken_off(self) -> None:
        """He ends a talk whose customer goes back to the queue; he sends one agent into a pause and another home."""
        self.only("801")
        customer = self.comes("13912340014")
        self.morning.rings("801")
        self.li.does("answer")
        self.shop.wait(1)
        self.boss.does("break_off", "seat 801", "queue operator")
        self.boss.does("force_pause", "801", "see me")
        self.wang.does("ready")
        self.morning.rings("802")
        self.wang.does("answer")
        self.wang.does("hang_up")
        self.goes(customer)
        self.boss.does("force_log_out", "802")
        self.shop.wait(1)
        self.assertFalse(self.wang.is_here)
        self.wang.start()

    def by_keys(self) -> None:
        """Chen does by keys whatever can be done with a customer, and sends him on."""
        self.only("801")
        customer = self.comes("13912340024")
        self.morning.rings("801")
        self.chen.keys("*41#", "*21")
        self.morning.is_in("803", SeatState.HELD)
        self.chen.keys("*22", "*50", "*51", "*52", "*53")
        self.morning.is_in("803", SeatState.TALKING)
        self.chen.keys("*31802#", "*34", "*31710#")
        self.morning.rings("801")
        self.chen.keys("*34", "*60", "*6171#")
        self.morning.is_in("803", SeatState.TALKING)
        self.wang.does("ready")
        self.chen.keys("*30700#")  # the tea people, whoever of them comes first
        self.morning.rings("801")
        self.morning.rings("802")
        self.wang.does("answer")
        self.assertIsNot(self.morning.state("801"), SeatState.RINGING)
        self.chen.keys("*70802#", "*71", "*72#")
        self.assertEqual(len(self.morning.call_of("13912340024").parts), 3)
        self.chen.keys("*73")
        self.assertEqual(self.morning.agent_of("13912340024"), "seat 803")
        self.chen.keys("*20")
        self.goes(customer)

    def supervised_by_keys(self) -> None:
        """He puts the second one first and grabs the other; ends a colleague's talk, lets him pause, sends him home."""
        self.only()
        customer, second = self.comes("13912340025"), self.comes("13912340026")
        self.morning.wait_there("operator", 2)
        self.chen.keys("*432#7#")
        self.assertEqual([one["caller"] for one in self.waiters()], ["13912340026", "13912340025"])
        self.chen.keys("*422#")
        self.assertEqual(self.morning.agent_of("13912340025"), "seat 803")
        self.chen.keys("*20", "*135")
        self.morning.is_in("803", SeatState.PAUSED)
        self.goes(customer)
        self.chen.keys("*122", "*11")  # the wrap-up is over before its time; the pause that he wished for begins
        self.wang.does("ready")
        self.morning.rings("802")
        self.wang.does("answer")
        self.li.does("ready")
        self.chen.keys("*74802#710#", "*76802#4")
        self.assertEqual(self.shop.server.centre.seats["802"].status.reason, "training")
        self.morning.rings("801")
        self.chen.keys("*40801#", "*30720#")  # back to the menu
        self.assertNotIn("seat 803", [party.name for party in self.morning.call_of("13912340026").parts])
        self.chen.keys("*75802#")
        self.morning.is_in("802", SeatState.OFF)
        self.wang.start()
        self.goes(second)
