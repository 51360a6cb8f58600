"""The rules of the house as functions of one file; test_house.py holds the work tree to them and breaks each once.

1. A file has at most 400 lines, and a module says on its first line what lives there.
2. Crypto libraries and entropy have one door, keys/primitives.py; signatures and TUF are wrapped in keys/ alone.
3. Only keys/clock.py asks the time. Pure files touch no file, socket, process, clock or store.
4. Only UI files import the terminal library, and only UI files import UI files.
5. Documents and values are frozen; documents refuse unknown fields. What the terminal library sends is its own.
6. Nothing is left to do later, no check is silenced without a reason, and no text names a machine or an index.
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

from keys.errors import ExamKioskError

MAX_LINES = 400
ROOMS = ("keys", "exam_packages", "results", "terminal", "kiosk", "proctor")
NOT_OURS = {"build", "dist", "__pycache__"}
TEXT = {".py", ".md", ".toml", ".txt", ".tcss", ".csv", ".json", ".yml", ".svg", ".html", ".sh", ""}

CRYPTO = ("nacl", "cryptography", "secrets")
ENTROPY = ("os.urandom", "os.getrandom", "random.SystemRandom", "uuid.uuid1", "uuid.uuid4")
DOOR = PurePosixPath("keys/primitives.py")
WRAPPED = ("securesystemslib", "tuf")
CLOCK = PurePosixPath("keys/clock.py")
TIME = tuple(
    f"time.{name}" for name in ("time", "time_ns", "clock_gettime", "clock_gettime_ns", "localtime", "ctime")
)
DATE = ("datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today", "datetime.date.today")
WORLD = {
    *("os", "pathlib", "shutil", "tempfile", "socket", "subprocess", "select", "selectors", "signal", "time"),
    *("threading", "multiprocessing", "asyncio", "sqlite3", "sqlcipher3", "sqlalchemy", "logging", "random"),
}
PURE = re.compile(
    r"keys/(errors|encoding|container|sealing|statement|identities|codes|text|preflight)\.py"
    r"|exam_packages/(blueprint|interactions|items|form|scoring_key|mastering|route|package|sitting_plan|roster"
    r"|release|unlock|receipt|practice|glyphs|programme|outline|place|block_text|item_(draft|families|reader|writer)"
    r"|response_text|picture|(content|interaction|bank)_faults|key_places)\.py"
    r"|results/(wire|scoring)/.*"
    r"|kiosk/(session|timing|navigation|responses)\.py"
    r"|proctor/(sitting|reconcile)\.py"
)
UI = re.compile(
    r"(kiosk|proctor)/(app|cli|messages)\.py|(kiosk|proctor)/(screens|widgets|cli)(/.*|\.py)"
    r"|terminal/(driver|app|keys|theme|widgets)\.py|terminal/widgets/.*|(keys|exam_packages)/cli\.py|results/centre/cli/.*"
)
# The letters in brackets keep these patterns from finding themselves.
LATER = re.compile(r"\b(T[O]DO|F[I]XME|X[X]X|Not[I]mplementedError)\b")
SILENCED = re.compile(r"#\s*(noqa|type:\s*ignore)(?P<rest>.*)")
PLACES = re.compile(
    r"(?<![\w.])/(work|farm|root)/|/[t]mp/w\b|/[h]ome/\w+/|/opt/(pypi|wheels)|\bpy[p]i\.org|python[h]osted"
)


@dataclass(frozen=True)
class Source:
    """One file: its path from the root, and its text."""

    path: PurePosixPath
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """The parsed module."""
        return ast.parse(self.text)

    @property
    def is_product(self) -> bool:
        """Whether this is code that is installed."""
        return self.path.suffix == ".py" and (
            self.path.parts[0] in ROOMS or str(self.path) == "exam_kiosk.py"
        )

    @property
    def is_ui(self) -> bool:
        """Whether this file may draw."""
        return UI.fullmatch(str(self.path)) is not None

    def at(self, line: int, what: str) -> str:
        """A complaint about one line."""
        return f"{self.path}:{line}: {what}"


Rule = Callable[[Source], Iterator[str]]


def sources(root: Path) -> Iterator[Source]:
    """Every text file of the work tree that a person wrote or that is kept."""
    for path in sorted(root.rglob("*")):
        relative = path.relative_to(root)
        hidden = any(part.startswith(".") and part != ".ci" for part in relative.parts)
        made = NOT_OURS & set(relative.parts) or any(part.endswith(".egg-info") for part in relative.parts)
        if hidden or made or path.suffix not in TEXT or not path.is_file():
            continue
        yield Source(PurePosixPath(relative), path.read_text("utf-8"))


def imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and dotted name of everything imported, at any depth: `from a import b` is `a.b`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def uses(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and dotted name of every import and of every attribute, with import aliases followed."""
    known: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            known |= {
                a.asname or a.name.partition(".")[0]: a.name if a.asname else a.name.partition(".")[0]
                for a in node.names
            }
        elif isinstance(node, ast.ImportFrom):
            known |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    yield from imports(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            name = _dotted(node)
            head, _, tail = name.partition(".")
            if head in known and tail:
                yield node.lineno, f"{known[head]}.{tail}"


def _dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else "?"


def _under(name: str, *roots: str) -> bool:
    return any(name == root or name.startswith(f"{root}.") for root in roots)


def size(source: Source) -> Iterator[str]:
    """At most 400 lines."""
    lines = source.text.count("\n")
    if source.path.suffix == ".py" and lines > MAX_LINES:
        yield source.at(lines, f"longer than {MAX_LINES} lines")


def first_line(source: Source) -> Iterator[str]:
    """A module's first line is its docstring; a test's docstring is its claim."""
    if source.path.suffix != ".py":
        return
    if not source.text.startswith('"""') or len(source.text.splitlines()[0]) < 10:
        yield source.at(1, "the first line does not say what lives here")
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or source.path.parts[0] != "tests":
            continue
        if node.name.startswith("test_") and ast.get_docstring(node) is None:
            yield source.at(node.lineno, f"{node.name} does not claim anything")


def one_door(source: Source) -> Iterator[str]:
    """Crypto libraries and entropy only in keys/primitives.py; signatures and TUF only in keys/."""
    if not source.is_product:
        return
    for line, name in uses(source.tree):
        if source.path != DOOR and _under(name, *CRYPTO, *ENTROPY):
            yield source.at(line, f"{name} is for {DOOR} alone")
        if source.path.parts[0] != "keys" and _under(name, *WRAPPED):
            yield source.at(line, f"{name} is for keys/ alone")


def one_clock(source: Source) -> Iterator[str]:
    """Only keys/clock.py asks the time."""
    if source.is_product and source.path != CLOCK:
        for line, name in uses(source.tree):
            if _under(name, *TIME, *DATE):
                yield source.at(line, f"{name} is for {CLOCK} alone")


def pure(source: Source) -> Iterator[str]:
    """A pure file takes and gives values: it imports nothing that reaches the world."""
    if PURE.fullmatch(str(source.path)):
        for line, name in imports(source.tree):
            if name.partition(".")[0] in WORLD or name == "keys.clock.SystemClock":
                yield source.at(line, f"a pure file imports {name}")


def drawing(source: Source) -> Iterator[str]:
    """Only UI files import the terminal library, and no other file imports a UI file."""
    if not source.is_product or source.is_ui:
        return
    for line, name in imports(source.tree):
        if _under(name, "textual"):
            yield source.at(line, f"{name} in a file that does not draw")
        paths = (name.replace(".", "/") + ".py", name.rpartition(".")[0].replace(".", "/") + ".py")
        if any(UI.fullmatch(path) for path in paths):
            yield source.at(line, f"the UI file {name} in a file that does not draw")


def frozen(source: Source) -> Iterator[str]:
    """Dataclasses are frozen, but for messages between widgets; structs are frozen and refuse unknown fields."""
    if not source.is_product:
        return
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.ClassDef):
            continue
        if any(_dotted(base) in {"Struct", "msgspec.Struct"} for base in node.bases):
            yield from _settings(source, node, node.keywords, "frozen", "forbid_unknown_fields")
        for decorator in node.decorator_list:
            call = decorator.func if isinstance(decorator, ast.Call) else decorator
            if _dotted(call) in {"dataclass", "dataclasses.dataclass"} and not source.is_ui:
                keywords = decorator.keywords if isinstance(decorator, ast.Call) else []
                yield from _settings(source, node, keywords, "frozen")


def _settings(source: Source, node: ast.ClassDef, keywords: list[ast.keyword], *names: str) -> Iterator[str]:
    on = {one.arg for one in keywords if isinstance(one.value, ast.Constant) and one.value.value is True}
    yield from (
        source.at(node.lineno, f"{node.name} is without {name}=True") for name in names if name not in on
    )


def finished(source: Source) -> Iterator[str]:
    """Nothing is left for later, and a silenced check says why."""
    for number, line in enumerate(source.text.splitlines(), 1):
        if LATER.search(line):
            yield source.at(number, "is not finished")
        silenced = SILENCED.search(line) if source.path.suffix == ".py" else None
        if silenced and not re.search(r"[A-Za-z-]+\d*\]? +(- |# )\S", silenced["rest"]):
            yield source.at(number, "silences a check without a reason")


def places(source: Source) -> Iterator[str]:
    """No text names a path of somebody's machine or the address of a package index."""
    for number, line in enumerate(source.text.splitlines(), 1):
        if found := PLACES.search(line):
            yield source.at(number, f"names a place: {found[0]}")


RULES: tuple[Rule, ...] = (size, first_line, one_door, one_clock, pure, drawing, frozen, finished, places)


def own_errors() -> list[type[ExamKioskError]]:
    """Every error class of the product, after importing all of it."""
    for room in ROOMS:
        for module in pkgutil.walk_packages(importlib.import_module(room).__path__, f"{room}."):
            importlib.import_module(module.name)
    return [error for error in _below(ExamKioskError) if error.__module__.partition(".")[0] in ROOMS]


def _below(base: type[ExamKioskError]) -> Iterator[type[ExamKioskError]]:
    for error in base.__subclasses__():
        yield error
        yield from _below(error)
