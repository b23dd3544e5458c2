"""Whoever reads the log of twenty modems can tell them apart."""

import ast
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

import callserver.lines

FOLDER = Path(callserver.lines.__file__).parent
NO_LINE = {"lock_file.py"}  # which is named by its path
LEVELS = ("debug", "info", "warn", "error", "critical", "failure")


class LogTests(SynchronousTestCase):
    def test_line_number(self) -> None:
        """What is logged of a modem begins with its line."""
        for file in sorted(FOLDER.glob("*.py")):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if file.name not in NO_LINE and isinstance(node, ast.Call) and _is_log(node):
                    assert isinstance(node.args[0], ast.Constant)
                    self.assertTrue(node.args[0].value.startswith("{line}: "), f"{file.name}:{node.lineno}")


def _is_log(node: ast.Call) -> bool:
    name = node.func
    logs = isinstance(name, ast.Attribute) and isinstance(name.value, ast.Name) and name.value.id == "log"
    return logs and isinstance(name, ast.Attribute) and name.attr in LEVELS
