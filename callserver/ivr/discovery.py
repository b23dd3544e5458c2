"""
The shop's own menus: one .py file each in the plugins folder, with an instance at module level.

A menu file is somebody else's code; what is wrong with it is told with its file and line, and the rest works.
"""

from __future__ import annotations

import ast
import importlib.util
import inspect
import sys
import time
import traceback
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Any, NamedTuple

from twisted.python.reflect import safe_repr

from callserver.ivr.interfaces import IMenu
from callserver.ivr.menu_source import MenuSource
from callserver.ivr.texts import Texts
from callserver.ivr.time_limit import TimeIsUp, time_limit
from callserver.wire.catalogue import LANGUAGES, N_, Complaint

IMPORT_S = 10.0  # an import that takes longer is given up
SLOW_S = 2.0  # one that takes so long is told
RUN = "async def run(self, call)"


class MenuProblem(Complaint):
    """What is wrong with a menu file; the text names file, line and reason."""

    @property
    def file(self) -> str:
        """Its path; "" where it is not known."""
        place = str(self.details.get("place", ""))
        file, _, line = place.rpartition(":")
        return file if line.isdecimal() else place


class Found(NamedTuple):
    """
    The menus of a folder by name, and what is wrong with its files.

    `files`: where each stands, as far as it stands in one; `texts`: as they were read
    """

    menus: dict[str, IMenu]
    problems: list[MenuProblem]
    files: Mapping[str, Path] = MappingProxyType({})
    texts: Texts | None = None


def find_menus(
    folder: Path, taken: Collection[str] = (), limit_s: float = IMPORT_S, texts: Texts | None = None
) -> Found:
    """
    All menus in a folder; of two with one name the first file's is used.

    Runs the files: at the start in the main thread, for a reload in another one. twisted.plugin finds plugins on
    Python's path only, and writes a cache beside them; a shop's folder is neither on the path nor ours to write in.

    :param taken: names that the server's own menus have
    :param limit_s: how long an import may take
    :param texts: the files as somebody has read them; None: as they are now
    """
    files: dict[str, Path] = {}
    texts = texts or Texts()
    found = Found({}, [], files, texts)
    for path in sorted(folder.glob("*.py")):
        if path.name.startswith((".", "_")):  # not a menu's: a Mac's shadow file, an __init__
            continue
        menus, problems = read_menu_file(path, limit_s, texts)
        found.problems.extend(problems)
        for name, (menu, line) in menus.items():
            place = f"{path}:{line}"
            if name in taken:
                found.problems.append(own_menu(place, name))
            elif name in files:
                found.problems.append(_there_already(place, name, files[name]))
            else:
                found.menus[name], files[name] = menu, path
    return found


def read_menu_file(
    path: Path, limit_s: float = IMPORT_S, texts: Texts | None = None
) -> tuple[Mapping[str, tuple[IMenu, int]], list[MenuProblem]]:
    """The menus of one file by name, each with its line, and what is wrong in it."""
    try:
        content = (texts or Texts()).of(path)
        source = MenuSource(ast.parse(content, str(path)))
    except SyntaxError as problem:
        return {}, [
            MenuProblem("{place}: not Python: {problem}", place=f"{path}:{problem.lineno or 1}", problem=problem.msg)
        ]
    except (OSError, ValueError, RecursionError, MemoryError) as problem:
        return {}, [
            MenuProblem("{place}: cannot be read: {problem}", place=str(path), problem=str(problem) or words(problem))
        ]
    problems = [
        MenuProblem(one.msgid, place=f"{path}:{one.line}", code=one.code, known=", ".join(LANGUAGES))
        for one in source.mistakes()
    ]
    try:
        module = _imported(path, content, limit_s, problems)
    except MenuProblem as problem:
        return {}, [*problems, problem]
    menus, wrong = _File(path, source, module).menus()
    return menus, [*problems, *wrong]


def prompts_in(path: Path) -> list[tuple[int, str]]:
    """The prompts a file names, each with its line; none where it is not Python."""
    try:
        return list(MenuSource(ast.parse(path.read_bytes())).prompts())
    except (SyntaxError, OSError, ValueError, RecursionError, MemoryError):
        return []


def named_in(path: Path, content: bytes | None = None) -> list[tuple[str, int]]:
    """
    What a file leads callers to and says, each with its line; none where it is broken: that is told elsewhere.

    :param content: its bytes; None: as it is now
    """
    try:
        return list(MenuSource(ast.parse(path.read_bytes() if content is None else content)).named())
    except (SyntaxError, OSError, ValueError, RecursionError, MemoryError):
        return []


class _TextLoader(SourceFileLoader):
    """
    Imports what was read of a file, whatever stands in it by now, and keeps no compiled copy of it.

    Each import makes a module anew under the same name: a version that calls are still in goes on in its own.
    """

    def __init__(self, path: Path, content: bytes) -> None:
        super().__init__(f"callserver_plugins.{path.stem}", str(path.absolute()))
        self._content = content

    def get_data(self, path: str) -> bytes:
        return self._content

    def path_stats(self, path: str) -> Any:
        raise OSError  # so nothing is looked for beside the file, nor written there


def _imported(path: Path, content: bytes, limit_s: float, problems: list[MenuProblem]) -> ModuleType:
    loader = _TextLoader(path, content)
    spec = importlib.util.spec_from_file_location(loader.name, path.absolute(), loader=loader)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    before = sys.modules.get(spec.name)  # of a running server, whose calls go on in it
    sys.modules[spec.name] = module  # dataclasses look for it there
    began_s = time.monotonic()
    try:
        with time_limit(limit_s), _reactor_kept():
            spec.loader.exec_module(module)
    except KeyboardInterrupt:
        raise
    except BaseException as problem:
        sys.modules.pop(spec.name, None)
        if before is not None:
            sys.modules[spec.name] = before
        raise _not_imported(path, problem, limit_s) from problem
    took_s = time.monotonic() - began_s
    if took_s > SLOW_S:
        problems.append(
            MenuProblem("{place}: its import takes {took_s} s, so much later the server starts", place=f"{path}:1",
                        took_s=f"{took_s:.1f}")
        )  # fmt: skip
    return module


def _not_imported(path: Path, problem: BaseException, limit_s: float) -> MenuProblem:
    place = f"{path}:{line_of(problem, path)}"
    if isinstance(problem, TimeIsUp):
        return MenuProblem("{place}: its import does not end in {limit_s} s", place=place, limit_s=f"{limit_s:g}")
    if isinstance(problem, SystemExit):
        return MenuProblem(
            "{place}: its import would end the server (sys.exit); a menu file only defines its menu", place=place
        )
    return MenuProblem("{place}: its import fails: {problem}", place=place, problem=words(problem))


def line_of(problem: BaseException, path: Path) -> int:
    """The line of a file in which something went wrong, the innermost; 1 if none is known."""
    file = str(path.absolute())
    frames = [line for frame, line in traceback.walk_tb(problem.__traceback__) if frame.f_code.co_filename == file]
    return frames[-1] if frames else 1


def place_in(menu: IMenu, problem: BaseException) -> str:
    """File and line of a menu at which something went wrong; its file may have been taken away since."""
    try:
        path = Path(inspect.getfile(type(menu)))
    except (TypeError, OSError):
        return type(menu).__name__
    return f"{path}:{line_of(problem, path)}"


def words(problem: BaseException) -> str:
    """What an exception says, on one line and not without end, whatever its class does in its `str`."""
    try:
        text = " ".join(str(problem).split())
    except Exception:
        text = ""
    return f"{type(problem).__name__}: {text}"[:300] if text else type(problem).__name__


@contextmanager
def _reactor_kept() -> Iterator[None]:
    """Refuse `reactor.run()`, with which Twisted's examples end: it would never come back."""
    from twisted.internet import reactor  # not before: its import chooses the kind

    def refuse(*_: object, **__: object) -> None:
        raise RuntimeError("the server runs the reactor; a menu file does not")

    vars(reactor)["run"] = refuse
    try:
        yield
    finally:
        vars(reactor).pop("run", None)


class _File:
    """One imported menu file."""

    def __init__(self, path: Path, source: MenuSource, module: ModuleType) -> None:
        self._path, self._source = path, source
        self._values = dict(vars(module))
        own = {
            id(value): (name, value)
            for name, value in reversed(self._values.items())
            if issubclass(type(value), type) and value.__module__ == module.__name__
        }
        self._classes = dict(own.values())
        self._problems: list[MenuProblem] = []

    def menus(self) -> tuple[dict[str, tuple[IMenu, int]], list[MenuProblem]]:
        """By name, and what keeps others from being menus."""
        menus: dict[str, tuple[IMenu, int]] = {}
        instances = {id(value): (name, value) for name, value in self._values.items() if _provides(value)}
        for variable, menu in instances.values():
            name = self._name_of(menu)
            if name is None:
                continue
            line = self._source.line_of(variable)
            if name in menus:
                self._problems.append(_there_already(self._place(line), name, self._path))
            menus.setdefault(name, (menu, line))
        for name, kind in self._classes.items():
            self._look_at_class(name, kind, [menu for _, menu in instances.values()])
        if not menus and not self._problems:
            none = N_("{place}: there is no menu in it: no class with @implementer(IMenu) and no instance of one")
            self._problems.append(MenuProblem(none, place=self._place(1)))
        return menus, self._problems

    def _look_at_class(self, name: str, kind: type, instances: list[Any]) -> None:
        if any(other is not kind and issubclass(other, kind) for other in self._classes.values()):
            return  # what others are derived from
        place = self._place(self._source.line_of(name))
        if not IMenu.implementedBy(kind):
            if callable(getattr(kind, "run", None)):
                self._problems.append(
                    MenuProblem(
                        "{place}: {name} has a run, but no @implementer(IMenu) above its class", place=place, name=name
                    )
                )
        elif not any(isinstance(menu, kind) for menu in instances):
            code = f"{name.lower()} = {name}()"
            self._problems.append(
                MenuProblem("{place}: {name} is a class; add a line {code} below it", place=place, name=name, code=code)
            )

    def _name_of(self, menu: Any) -> str | None:
        """The name of a menu that can be run."""
        kind = type(menu).__name__
        wrong = _wrong_run(_attribute(menu, "run"))
        if wrong:
            place = self._place(self._source.line_in(kind, "run"))
            self._problems.append(MenuProblem(wrong, place=place, name=kind, code=RUN))
        name = _attribute(menu, "name")
        if isinstance(name, str) and name and name == " ".join(name.split()):
            return None if wrong else name
        self._problems.append(_wrong_name(self._place(self._source.line_in(kind, "name")), kind, name))
        return None

    def _place(self, line: int) -> str:
        return f"{self._path}:{line}"


def _attribute(menu: object, name: str) -> Any:
    try:
        return getattr(menu, name, None)
    except Exception:
        return None


def _provides(value: object) -> bool:
    try:
        return not isinstance(value, type) and IMenu.providedBy(value)
    except Exception:  # an object that answers every question with an exception
        return False


def _wrong_run(run: Any) -> str:
    """What is wrong with a menu's `run`, with places for {name} and {code}; "" if nothing is."""
    if not callable(run):
        return N_("{place}: {name} has no run; a menu has {code}")
    plain = inspect.unwrap(run)
    if inspect.isasyncgenfunction(plain):
        return N_("{place}: there is a yield in the run of {name}; a menu has {code}")
    if not inspect.iscoroutinefunction(plain):
        return N_("{place}: async is missing in the run of {name}; a menu has {code}")
    try:
        inspect.signature(run).bind(object())
    except TypeError:
        return N_("{place}: the run of {name} does not take a call and nothing else; a menu has {code}")
    return ""


def _wrong_name(place: str, kind: str, name: object) -> MenuProblem:
    if name is None:
        code = 'name = "..."'
        return MenuProblem("{place}: {name} has no name; add a line {code} in it", place=place, name=kind, code=code)
    wrong = N_("{place}: the name of {name} must be a text in quotes, on one line, not {code}")
    return MenuProblem(wrong, place=place, name=kind, code=safe_repr(name)[:100])  # type: ignore[no-untyped-call]


def own_menu(place: str, name: str) -> MenuProblem:
    """A file's menu is called like one of the server's own."""
    return MenuProblem(
        "{place}: the server itself has a menu {name}; give this one another name", place=place, name=name
    )


def _there_already(place: str, name: str, other: Path) -> MenuProblem:
    return MenuProblem(
        "{place}: a menu {name} is there already, in {other}; this one is not used", place=place, name=name, other=other
    )
