"""What can be told of a menu's mistakes from its text alone: a forgotten await, a sleep, a language there is not."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from callserver.wire.catalogue import LANGUAGES, N_

ACTS = frozenset(
    (
        "answer",
        "play",
        "collect",
        "collect_secret",
        "record",
        "wait_for",
        "transfer_to_queue",
        "transfer_to_office",
        "send_to",
        "fax_document",
        "leave_message",
        "open_mailbox",
        "receive_fax",
        "hang_up",
    )
)
SAYING = frozenset(("play", "collect", "collect_secret", "choose", "ask_number"))
DIALOGUE = frozenset(("choose", "ask_number"))
SLEEPS = frozenset(("time.sleep", "asyncio.sleep"))
FORGOTTEN = N_("{place}: await is missing before {code}")
SLEEP = N_("{place}: {code} stops the whole server; write await call.collect(first_timeout_s=3) to wait 3 s for a key")
LANGUAGE = N_("{place}: there is no language {code}; there are {known}")


@dataclass(frozen=True)
class Mistake:
    """One mistake in a menu's text; `msgid` has places for {place} and {code}."""

    line: int
    msgid: str
    code: str


class MenuSource:
    """The text of one menu file, as a tree."""

    def __init__(self, tree: ast.Module) -> None:
        self.tree = tree
        self._parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
        functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
        self._own = {function.name for function in functions if isinstance(function, ast.AsyncFunctionDef)}
        self._calls = {"call"} | {name for function in functions for name in _callers(function)}
        self._awaited = {
            name.id
            for node in ast.walk(tree)
            if isinstance(node, ast.Await | ast.Call | ast.Return)
            for name in ast.walk(node)
            if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Load)
        }

    def line_of(self, name: str) -> int:
        """Where a class, a function or a variable of the module stands; 1 if it is not found."""
        return _line(self.tree.body, name) or 1

    def line_in(self, class_name: str, name: str) -> int:
        """Where a method or an attribute of a class stands; the class's own line if it is not found there."""
        for node in self.tree.body:
            if isinstance(node, ast.ClassDef) and node.name == class_name:
                return _line(node.body, name) or node.lineno
        return 1

    def mistakes(self) -> Iterator[Mistake]:
        """In the order of the text."""
        found = [*self._forgotten_awaits(), *self._sleeps(), *self._languages()]
        yield from sorted(found, key=lambda mistake: mistake.line)

    def prompts(self) -> Iterator[tuple[int, str]]:
        """The names of prompts that are said as they stand, each with its line."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call) and _called(node).rpartition(".")[2] in SAYING:
                for said in node.args:
                    if isinstance(said, ast.Constant) and isinstance(said.value, str):
                        yield said.lineno, said.value

    def named(self) -> Iterator[tuple[str, int]]:
        """What it leads callers to, and the prompts it says, as far as they stand there as they are, with lines."""
        for node in ast.walk(self.tree):
            match node:
                case ast.Call(func=ast.Attribute(attr="transfer_to_queue"), args=[ast.Constant(value=str(name)), *_]):
                    yield f"queue {name}", node.lineno
                case ast.Call(func=ast.Attribute(attr="transfer_to_queue" | "transfer_to_office"), keywords=[*given]):
                    for one in given:
                        match one:
                            case ast.keyword(arg="queue", value=ast.Constant(value=str(name))) if name:
                                yield f"queue {name}", node.lineno
                case ast.Call(func=ast.Attribute(attr="fax_document"), args=[ast.Constant(value=str(name))]):
                    yield f"document {name}", node.lineno
                case ast.Call(func=ast.Attribute(attr="leave_message"), args=[ast.Constant(value=str(name))]):
                    yield f"mailbox {name}", node.lineno
                case ast.Call(func=ast.Attribute(attr="send_to"), args=[ast.Constant(value=str(target))]):
                    yield target, node.lineno
        yield from ((f"prompt {name.rpartition('/')[2]}", line) for line, name in self.prompts())

    def _forgotten_awaits(self) -> Iterator[Mistake]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call) and self._is_coroutine(node) and self._is_lost(node):
                yield Mistake(node.lineno, FORGOTTEN, f"{_called(node)}(...)")

    def _is_coroutine(self, node: ast.Call) -> bool:
        owner, _, name = _called(node).rpartition(".")
        if owner in self._calls:
            return name in ACTS
        return name in self._own if owner in ("", "self") and name not in DIALOGUE else owner == "" and name in DIALOGUE

    def _is_lost(self, node: ast.Call) -> bool:
        """Whether what it gives is used as if it were the answer, or not at all."""
        parent = self._parents[node]
        if isinstance(parent, ast.Assign | ast.AnnAssign | ast.NamedExpr):
            targets = parent.targets if isinstance(parent, ast.Assign) else [parent.target]
            return not any(isinstance(target, ast.Name) and target.id in self._awaited for target in targets)
        if isinstance(parent, ast.Return):
            return isinstance(self._function_of(parent), ast.AsyncFunctionDef)
        return isinstance(parent, LOSING)

    def _function_of(self, node: ast.AST) -> ast.AST | None:
        while node in self._parents:
            node = self._parents[node]
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
                return node
        return None

    def _sleeps(self) -> Iterator[Mistake]:
        sleeping = SLEEPS | {"sleep" for node in ast.walk(self.tree) if _imports_sleep(node)}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call) and _called(node) in sleeping and self._function_of(node) is not None:
                yield Mistake(node.lineno, SLEEP, f"{_called(node)}(...)")

    def _languages(self) -> Iterator[Mistake]:
        for node in ast.walk(self.tree):
            if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Constant):
                continue
            named = any(isinstance(target, ast.Attribute) and target.attr == "language" for target in node.targets)
            if named and node.value.value not in LANGUAGES:
                yield Mistake(node.lineno, LANGUAGE, repr(node.value.value))


LOSING = (
    ast.Expr,
    ast.Compare,
    ast.BoolOp,
    ast.UnaryOp,
    ast.BinOp,
    ast.If,
    ast.While,
    ast.IfExp,
    ast.FormattedValue,
    ast.Subscript,
    ast.Attribute,
    ast.For,
    ast.Match,
)


def _called(node: ast.Call) -> str:
    """ "call.play", "choose"; "" for what is called otherwise."""
    function = node.func
    if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
        return f"{function.value.id}.{function.attr}"
    return function.id if isinstance(function, ast.Name) else ""


def _callers(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    """The parameters that are a call."""
    parameters = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    yield from (one.arg for one in parameters if one.annotation is not None and "ICall" in ast.unparse(one.annotation))
    if function.name == "run" and len(parameters) == 2:
        yield parameters[1].arg


def _imports_sleep(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.ImportFrom)
        and node.module in ("time", "asyncio")
        and any(alias.name == "sleep" and alias.asname in (None, "sleep") for alias in node.names)
    )


def _line(body: list[ast.stmt], name: str) -> int | None:
    for node in body:
        names = {getattr(node, "name", "")}
        if isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = {target.id for target in targets if isinstance(target, ast.Name)}
        if name in names:
            return node.lineno
    return None
