"""What needs what in this project, read from its files without running any: imports, names in strings, pages, data.

A file is known by its path from the root. A file **needs** another if it imports it, at the top or in a function; names it
in a string (`"core.vae.fit"` in a catalogue, `"pages/em.py"` or `/em?seed=1` in a test, `import` statements in a script that
a test hands to another process); or reads it: a module that says `__file__` reads what is not Python in its own folder
and in every folder that it names ("checkpoints"). A page needs what its closer look imports by name from its room.

A file **passes** another whose text matters to it and whose needs do not: the `__init__` of a package on the way to a
module, and a test module of which it takes some definitions: it needs what these use, not all that stands beside them.
So does a test with the fixtures it asks of the conftests above it. Who takes a name that an `__init__` only hands on needs the
module that defines it; who takes a package itself (`import core`) needs what that imports and names.

Some needs are left out on purpose. What shows or imports any page on demand (`AHEAD`) needs none in particular, and a
test that goes round all pages (it reads `frame.PAGES`) is kept in `rounds`, apart from the tests of single pages.
"""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path, PurePosixPath

PARTS = ("core", "playground", "pages", "checkpoints", "tests")
ENTRY = "streamlit_app.py"
CATALOGUE = "core/__init__.py"
AHEAD = ("playground/frame.py", "playground/server/warm.py", CATALOGUE)
"""Files that name pages to show, or modules to import before or when they are asked for: only their imports at the top
count. But a test that takes the catalogue needs every model it names."""
VISITORS = ("tests/pages/", "tests/browser/")
"""The tests in which `/em?seed=1` means a page; to a test of the server it is any address that answers."""
ADDRESS = re.compile(r"/(\w+)(?:\?.*)?", re.DOTALL)
ABOUT = "ABOUT"
"""The name under which a test of a page's furniture says whose it is: `ABOUT = ("playground/shelf/",)`."""
Use = tuple[str, str, int]  # a module; the name taken from it, "" for the module itself; the line


@dataclass(frozen=True)
class File:
    """A Python file: its path from the root and its syntax."""

    path: str
    tree: ast.Module

    @property
    def package(self) -> str:
        """The dotted name of the package that it lies in (or is)."""
        return ".".join(PurePosixPath(self.path).parts[:-1])

    @cached_property
    def bound(self) -> dict[str, list[ast.AST]]:
        """What stands at the top, by the names it binds; "" for what binds none. Every imported name stands alone."""
        found: dict[str, list[ast.AST]] = {}
        for node in self.tree.body:
            if isinstance(node, ast.Import | ast.ImportFrom):
                for alias in node.names:
                    one = ast.Import([alias]) if isinstance(node, ast.Import) else single(node, alias)
                    name = alias.asname or alias.name.split(".")[0]
                    found.setdefault(name, []).append(ast.copy_location(one, node))
                continue
            names = [node.name] if isinstance(node, ast.FunctionDef | ast.ClassDef) else targets(node)
            for name in names or [""]:
                found.setdefault(name, []).append(node)
        return found

    def slice(self, names: Iterable[str]) -> list[ast.AST]:
        """What stands at the top under these names, and all that it uses in turn."""
        wanted, seen = list(names), set()
        while wanted:
            if (name := wanted.pop()) in self.bound and name not in seen:
                seen.add(name)
                wanted += [used for node in self.bound[name] for used in mentions(node)]
        return [node for name in seen for node in self.bound[name]]


@cache
def walked(node: ast.AST) -> tuple[ast.AST, ...]:
    """A node and all below it, gone through once for all who ask."""
    return tuple(ast.walk(node))


def single(node: ast.ImportFrom, alias: ast.alias) -> ast.ImportFrom:
    """The import of one of the names."""
    return ast.ImportFrom(node.module, [alias], node.level)


def targets(node: ast.AST) -> list[str]:
    """The names that an assignment at the top binds."""
    left = [*getattr(node, "targets", ()), getattr(node, "target", None)]
    return [n.id for target in left if target for n in walked(target) if isinstance(n, ast.Name)]


def mentions(node: ast.AST) -> set[str]:
    """Names that are used: variables, and parameters, which may be fixtures."""
    return {n.id if isinstance(n, ast.Name) else n.arg for n in walked(node) if isinstance(n, ast.Name | ast.arg)}


def strings(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """Every string, the fixed pieces of f-strings included."""
    for node in nodes:
        yield from (n.value for n in walked(node) if isinstance(n, ast.Constant) and isinstance(n.value, str))


def uses(nodes: Iterable[ast.AST], package: str = "") -> Iterator[Use]:
    """Every import, at the top or inside."""
    for node in (n for top in nodes for n in walked(top)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "", node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            module = ".".join([*above, *([node.module] if node.module else [])])
            yield from ((module, alias.name, node.lineno) for alias in node.names)


def script(text: str) -> ast.Module:
    """A string as a program; an empty one if it is none."""
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError):
        return ast.Module([], [])


def later(tree: ast.Module) -> list[ast.AST]:
    """What a file of `AHEAD` is held to: its imports at the top."""
    return [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]


class Reader:
    """Finds what files mean by the names they use, in a tree of given paths."""

    def __init__(self, files: Mapping[str, File], data: Iterable[str]) -> None:
        self.files, self.data = files, sorted(data)
        self.modules = {dotted(path): path for path in files}
        self.edges = cache(self._edges)

    def find(self, module: str, name: str, depth: int = 0) -> tuple[set[str], set[str]]:
        """What an import needs, and what it passes."""
        if name and (inside := self.modules.get(f"{module}.{name}")):
            return {inside}, self.above(inside)
        path = self.modules.get(module)
        if path is None:
            return set(), set()
        if name and path.endswith("__init__.py") and depth < 5:
            file = self.files[path]
            for node in file.bound.get(name, []):
                if isinstance(node, ast.ImportFrom):
                    needed, passed = self.find(*next(uses([node], file.package))[:2], depth + 1)
                    return needed, passed | {path} | self.above(path)
        return {path}, self.above(path)

    def above(self, path: str) -> set[str]:
        """The `__init__` of every package on the way to a module."""
        return {
            init for p in PurePosixPath(path).parents if (init := f"{p}/__init__.py") in self.files and init != path
        }

    def named(self, file: File, text: str) -> set[str]:
        """The files that a string names: a module, a path from the root or from the file's folder, a page's address."""
        if "\n" in text or not text:
            return set()
        found = {text, *self.main(text)} & self.files.keys()
        if "." in text and text in self.modules:
            found.add(self.modules[text])
        if text.endswith(".py") and "/" not in text:
            here = f"{PurePosixPath(file.path).parent}/"
            found |= {path for path in self.files if path.startswith(here) and path.endswith(f"/{text}")}
        if file.path.startswith(VISITORS) and (page := ADDRESS.fullmatch(text)):
            found |= {f"pages/{page[1]}.py"} & self.files.keys()
        return found - {file.path}

    def main(self, text: str) -> set[str]:
        """What `python -m` runs, if a string with a dot in it names a package."""
        return {f"{text.replace('.', '/')}/__main__.py"} if "." in text else set()

    def reads(self, file: File) -> set[str]:
        """What is not Python in the file's own folder and in those it names, if it reads anything beside itself."""
        if not any(isinstance(n, ast.Name) and n.id == "__file__" for n in walked(file.tree)):
            return set()
        names = set(strings([file.tree]))
        here = PurePosixPath(file.path).parent
        return {p for p in self.data if (at := PurePosixPath(p).parent) == here or at.name in names}

    def doors(self, page: str) -> set[str]:
        """What a page's closer look imports by name: the panels of its room, its numbers and files."""
        room = f"playground/rungs/{PurePosixPath(page).stem}/"
        opened = (f"{room}numbers.py", f"{room}files.py", f"{room}panels/")
        return {path for path in self.files if path.startswith(opened)} if page.startswith("pages/") else set()

    def _edges(self, path: str, names: tuple[str, ...] | None) -> tuple[frozenset[str], frozenset[str]]:
        """What a file needs and passes, or what some of its definitions do."""
        file = self.files[path]
        nodes = [file.tree] if names is None else file.slice(names)
        nodes = later(file.tree) if path in AHEAD else nodes
        needs, passes = set(), set()
        scripts = [script(text) for text in strings(nodes) if "import " in text] if path.startswith("tests/") else []
        for module, name, _ in uses([*nodes, *scripts], file.package):
            needed, passed = self.find(module, name)
            for target in needed - {path}:
                if name and target.startswith("tests/") and name in self.files[target].bound:
                    more, on_the_way = self.edges(target, (name,))
                    needed, passed = needed - {target} | more, passed | on_the_way | {target}
            needs |= needed
            passes |= passed
        needs |= {found for text in strings(nodes) for found in self.named(file, text)}
        if path.startswith("tests/") and CATALOGUE in needs:
            catalogue = self.files[CATALOGUE]
            needs |= {found for text in strings([catalogue.tree]) for found in self.named(catalogue, text)}
        return frozenset(needs - {path}), frozenset(passes - {path})

    def whole(self, path: str) -> tuple[frozenset[str], frozenset[str]]:
        """What a file needs and passes; a test module with the fixtures of the conftests above it that it asks for."""
        file = self.files[path]
        needs, passes = self.edges(path, None)
        needs |= self.reads(file) | self.doors(path)
        if not PurePosixPath(path).name.startswith("test_"):
            return needs, passes
        asked = mentions(file.tree) | set(strings([file.tree]))
        for folder in PurePosixPath(path).parents:
            if (conftest := self.files.get(f"{folder}/conftest.py")) is not None:
                own = {
                    n for n in conftest.bound if n in asked or n == "" or n.startswith("pytest_") or auto(conftest, n)
                }
                more, on_the_way = self.edges(conftest.path, tuple(sorted(own)))
                needs, passes = needs | more, passes | on_the_way | {conftest.path}
                asked |= {used for node in conftest.slice(own) for used in mentions(node)}
        return (self.about(file) | pageless(needs), passes) if ABOUT in file.bound else (needs, passes)

    def about(self, file: File) -> set[str]:
        """What lies in the rooms that a test says it is about; the page it opens is only where it looks at them."""
        rooms = tuple(strings(file.bound[ABOUT]))
        return {path for path in self.files if path.startswith(rooms)}


def auto(conftest: File, name: str) -> bool:
    """Whether a fixture is used unasked."""
    decorators = (d for node in conftest.bound[name] for d in getattr(node, "decorator_list", ()))
    return any(isinstance(n, ast.keyword) and n.arg == "autouse" for d in decorators for n in walked(d))


def dotted(path: str) -> str:
    """The name that a file is imported by."""
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def goes_round(file: File) -> bool:
    """Whether a test visits every page that there is."""
    named = PurePosixPath(file.path).name.startswith("test_")
    return named and any(
        isinstance(n, ast.Attribute) and n.attr == "PAGES" and isinstance(n.value, ast.Name) and n.value.id == "frame"
        for n in walked(file.tree)
    )


@dataclass(frozen=True)
class Graph:
    """Who imports, needs and passes whom, by path; `imports` holds import statements alone, with their lines."""

    imports: Mapping[str, Mapping[str, int]]
    needs: Mapping[str, frozenset[str]]
    passes: Mapping[str, frozenset[str]]
    rounds: frozenset[str]

    def unvisited(self, folder: str) -> "Graph":
        """The same, but that tests in this folder do not need the pages they open."""
        return replace(self, needs={p: pageless(n) if p.startswith(folder) else n for p, n in self.needs.items()})

    def reach(self, changed: Iterable[str]) -> dict[str, int]:
        """All that a change can reach: its path, and over how many needs; what is changed itself is 0 away."""
        back: dict[str, set[str]] = {}
        for path, needed in self.needs.items():
            for other in needed:
                back.setdefault(other, set()).add(path)
        found = dict.fromkeys(changed, 0)
        found |= {path: 1 for path, passed in self.passes.items() if passed & found.keys() and path not in found}
        edge = list(found)
        for path in edge:  # grows while it is read
            for other in sorted(back.get(path, ())):
                if other not in found:
                    found[other] = found[path] + 1
                    edge.append(other)
        return found


def listed(root: Path) -> list[str]:
    """Every file of the project's parts, by its path from the root."""
    found = [
        p for part in PARTS for p in sorted((root / part).rglob("*")) if p.is_file() and "__pycache__" not in p.parts
    ]
    found += [root / ENTRY] if (root / ENTRY).exists() else []
    return [p.relative_to(root).as_posix() for p in found]


def read(root: Path, gone: Iterable[str] = ()) -> Graph:
    """The graph of a tree; `gone` are files that are no longer there, so that it can be asked who still needs them."""
    there = {path: (root / path).read_text("utf-8") if path.endswith(".py") else "" for path in listed(root)}
    return of(dict.fromkeys(gone, "") | there)


def of(texts: Mapping[str, str]) -> Graph:
    """The graph of these files, path -> text; of what is not Python the path is enough."""
    files = {path: File(path, ast.parse(text, path)) for path, text in texts.items() if path.endswith(".py")}
    reader = Reader(files, texts.keys() - files.keys())
    both = {path: reader.whole(path) for path in files}
    rounds = frozenset(path for path, file in files.items() if goes_round(file))
    return Graph(
        {path: imported(reader, file) for path, file in files.items()},
        {path: pageless(needs) if path in rounds else needs for path, (needs, _) in both.items()},
        {path: passes for path, (_, passes) in both.items()},
        rounds,
    )


def pageless(needs: frozenset[str]) -> frozenset[str]:
    """Without the pages."""
    return frozenset(path for path in needs if not path.startswith("pages/"))


def imported(reader: Reader, file: File) -> dict[str, int]:
    """What a file imports by statement, or by `import_module("a.name")`, and the line where it first does.

    A package counts where it hands a name on, and not where it only lies on the way to a module.
    """
    found: dict[str, int] = {}
    for module, name, line in [*uses([file.tree], file.package), *called(file.tree)]:
        needed, passed = reader.find(module, name)
        through = {reader.modules.get(module, "")} & passed if f"{module}.{name}" not in reader.modules else set()
        for path in (needed | through) - {file.path}:
            found.setdefault(path, line)
    return found


def called(tree: ast.Module) -> Iterator[Use]:
    """Modules imported by a call with their name written out."""
    for n in walked(tree):
        name = getattr(n.func, "attr", getattr(n.func, "id", "")) if isinstance(n, ast.Call) else ""
        if name in ("import_module", "__import__"):
            yield from ((a.value, "", n.lineno) for a in n.args if isinstance(a, ast.Constant))
