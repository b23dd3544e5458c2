"""An agent's script: what can be written, and what is said of what cannot."""

from twisted.trial.unittest import SynchronousTestCase

from callserver.desktop.script import Step, all_steps, read_script
from callserver.desktop.script_acts import ACTS, LastAnswer, WaitingCall
from callserver.wire.catalogue import told
from callserver.wire.script_words import ScriptError
from tools.channel_document import acts_of_the_server

MISTAKES = (
    ("log in\nanswr", "line 2, column 1: no command 'answr'; did you mean 'answer'?"),
    ("answer", "line 1: a script begins with: log in"),
    ("", "line 1: a script begins with: log in"),
    ("log on", "line 1, column 5: log: is written: log in, or: log out"),
    ("log in\nwait rng", "line 2, column 6: wait: 'rng': nothing to wait for; did you mean 'ring'?"),
    ("log in\nwait", "line 2, column 1: wait: for what? There are ring, talk"),
    ("log in\nwait state sleeping", "line 2, column 12: wait: no state 'sleeping'; "),
    ("log in\nwait seat 802 tolking", "line 2, column 15: wait: no state 'tolking'; did you mean 'talking'?"),
    ("log in\nwait ring within never", "line 2, column 18: wait: 'never': needs seconds, more than 0"),
    ("log in\nwait 5 ring", "line 2, column 8: wait: 'ring' after 5 means nothing"),
    ("log in\nwait event mised", "line 2, column 12: wait: no such event: did you mean 'missed'?"),
    ("log in\nwait queue service", "line 2, column 12: wait: needs a queue and how many wait"),
    ("log in\nhold five", "line 2, column 6: hold: 'five': needs seconds"),
    ("log in\nconsult", "line 2, column 1: consult: is written: consult seat 802"),
    ("log in\npick up", "line 2, column 6: pick up: is written: pick up 802"),
    ("log in\nhang up now", "line 2, column 9: hang up: stands alone"),
    ("log in\nask 5", "line 2, column 5: ask: needs the name of an act"),
    ("log in\nask save_staff '{'", "line 2, column 16: ask: needs JSON between these quotation marks"),
    ("log in\nsay", "line 2, column 1: say: needs one WAV file"),
    ('log in\nsay "a.wav', "line 2, column 5: a quotation mark is missing: \"a.wav"),
    ("log in\nrepeat 0\nanswer\nend", "line 2, column 8: repeat: needs how often, as in: repeat 3"),
    ("log in\nrepeat\nanswer", "line 2: no end of this 'repeat'"),
    ("log in\nrepeat\nend", "line 2: nothing stands between this repeat and its end"),
    ("log in\nend", "line 2, column 1: nothing is open that could end here"),
    ("log in\nwait ring\nexpect refused no-right", "line 3: there is no act in the line above that could be refused"),
    ("log in\nanswer\nexpect refused no-write", "line 3, column 16: expect: no such refusal: did you mean 'no-right'?"),
)  # fmt: skip


class ReadTests(SynchronousTestCase):
    def acts(self, *lines: str) -> list[tuple[object, ...]]:
        """What the server is asked by these lines."""
        return [step.arguments for step in read_script("\n".join(("log in", *lines)))[1:]]

    def test_mistakes(self) -> None:
        """Each mistake is told with its line, its column and what would be right."""
        for text, complaint in MISTAKES:
            problem = self.assertRaises(ScriptError, read_script, text)
            self.assertIn(complaint, str(problem))

    def test_mistakes_in_chinese(self) -> None:
        """And in Chinese: every sentence of a mistake has its words."""
        for text, _ in MISTAKES:
            problem = self.assertRaises(ScriptError, read_script, text)
            self.assertTrue(told(problem, "zh").startswith("第"), told(problem, "zh"))
            self.assertNotEqual(told(problem, "zh").split("：", 1)[1], str(problem).split(": ", 1)[1])

    def test_examples(self) -> None:
        """Every act can be written as its own complaint says it."""
        for command, (act, _, example) in ACTS.items():
            (asked,) = self.acts(f"{command} {example}")
            self.assertEqual(asked[0], act, command)

    def test_as_the_server_takes_them(self) -> None:
        """What a script writes behind an act is what the server's act takes."""
        known = acts_of_the_server()
        for command, (act, _, example) in ACTS.items():
            if act in known:
                (asked,) = self.acts(f"{command} {example}")
                given = [one if isinstance(one, str | int) else "7" for one in asked[1:]]
                self.assertIsNone(known[act].misfit(given), command)

    def test_what_acts_take(self) -> None:
        """What stands behind a command becomes what the server is sent."""
        self.assertEqual(
            self.acts(
                "transfer queue service",
                "break off seat 802 hang up",
                "prolong 30",
                "force pause 802 team meeting",
                "use telephone",
                "fetch $",
                "grab 13912345678",
                "grab",
            ),
            [
                ("transfer", "queue service"),
                ("break_off", "seat 802", "hang up"),
                ("prolong_wrap_up", 30),
                ("force_pause", "802", "team meeting"),
                ("use_telephone", ""),
                ("fetch", LastAnswer()),
                ("grab", WaitingCall("13912345678")),
                ("grab", WaitingCall()),
            ],
        )

    def test_ask(self) -> None:
        """Any act by its name: figures are numbers, what stands in "" is text, in '' JSON, $ the last answer."""
        self.assertEqual(
            self.acts("""ask save_staff '{"number": "805", "rights": [2, 3]}' 5 "5" five $  # new"""),
            [("save_staff", {"number": "805", "rights": [2, 3]}, 5, "5", "five", LastAnswer())],
        )

    def test_blocks(self) -> None:
        """Blocks may stand in blocks."""
        steps = read_script("log in\nrepeat 2\n  ready\n  repeat\n    wait 1\n  end\nend\nlog out")
        self.assertEqual(
            [step.word for step in all_steps(steps)], ["log in", "repeat", "act", "repeat", "wait", "log out"]
        )
        self.assertEqual([step.word for step in steps], ["log in", "repeat", "log out"])

    def test_expected_refusal(self) -> None:
        """What is expected belongs to the act before it."""
        steps = read_script("log in\nlisten seat 802\nexpect refused no-right 16")
        self.assertEqual(
            steps[1:], (Step(2, "listen seat 802", "act", ("listen", "seat 802"), refused="no-right: 16"),)
        )
