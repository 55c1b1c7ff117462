"""Which file may know what, read from the source itself: imports, forbidden calls, sizes and names.

A rule is a function from a parsed file to the lines that break it, or from all files to sentences that say what breaks it.
Each rule is first shown a file, or a few, that break it, so that none of them can pass by looking away.
"""

import ast
import copy
import re
import subprocess
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path, PurePosixPath

import pytest

from tests import graph

ROOT = Path(__file__).parents[1]
NEURAL = {  # the files that may import torch
    "core/diffusion/course.py",
    "core/diffusion/model.py",
    "core/diffusion/net.py",
    "core/nets.py",
    "core/painting/course.py",
    "core/painting/judge.py",
    "core/painting/likelihood.py",
    "core/painting/painter.py",
    "core/painting/unet.py",
    "core/vae/course.py",
    "core/vae/fit.py",
    "core/vae/forward.py",
    "core/vae/latent/geometry.py",
    "core/vae/model.py",
    "core/vae/step.py",
    "core/vae/truth/exact.py",
    "core/vae/truth/gap.py",
    "core/vae/truth/likelihood.py",
}
LEGACY = {
    "seed",
    "get_state",
    "set_state",
    "rand",
    "randn",
    "randint",
    "random",
    "random_sample",
    "ranf",
    "sample",
    "choice",
    "shuffle",
    "permutation",
    "normal",
    "uniform",
    "standard_normal",
    "exponential",
    "gamma",
    "beta",
    "binomial",
    "poisson",
    "multivariate_normal",
    "RandomState",
}
FORBIDDEN_NAMES = re.compile(r".+(Manager|Handler|Trainer)$")
LINES = {"core": 250, "pages": 150, "playground": 250}
FUNCTION = 60  # the most lines of a function
FILES = 14  # the most files of a room; a folder inside counts as one
HALLS = (  # hold rooms: only their own files count
    *("core", "playground", "tests"),
    *(f"tests/{part}" for part in ("core", "playground", "pages", "browser")),
)
DOORS = ("screen.py", "numbers.py", "files.py", "film.py", "panels/")  # what every rung's room has
ALLOWED_ARROWS = {  # room -> what it may import, beside itself; with `core`, all rooms of core
    "core.nouns": (),  # core/*.py
    "core.data": ("core.nouns",),
    "core.data.sets": ("core.nouns", "core.data", "core.mixture"),  # a set's exact density may be a mixture
    "core.evaluation": ("core.nouns", "core.data"),
    "core.region": ("core.nouns",),
    "core.mixture": ("core.nouns", "core.evaluation"),
    "core.kernels": ("core.nouns", "core.mixture", "core.evaluation"),
    "core.laws": ("core.nouns", "core.kernels", "core.mixture", "core.evaluation", "core.data"),
    "core.joint": ("core.nouns", "core.laws", "core.kernels", "core.mixture", "core.evaluation"),
    "core.vae": ("core.nouns", "core.mixture", "core.evaluation", "core.data"),
    "core.diffusion": ("core.nouns", "core.mixture", "core.evaluation", "core.data"),
    "core.painting": ("core.nouns", "core.diffusion", "core.evaluation", "core.data"),
    "core.categorical": ("core.nouns", "core.evaluation", "core.data"),
    "core.classification": ("core.nouns", "core.joint", "core.laws", "core.evaluation"),
    "core.samplers": ("core.nouns", "core.mixture", "core.evaluation"),
}
FAMILIES = {
    room for room in ALLOWED_ARROWS if room not in ("core.nouns", "core.data", "core.data.sets", "core.evaluation")
}
GROUND = tuple(
    f"playground.{name}" for name in ("session", "controls", "theme", "palette", "image", "plot", "importing")
)
FLOORS = (  # a room may import what lies on any floor below its own
    GROUND,
    ("playground.instruments",),
    ("playground.runs",),
    ("playground.shelf", "playground.trail"),
    ("playground.frame", "playground.shown"),
    ("playground.rungs",),
    ("pages",),
)
for number, floor in enumerate(FLOORS):
    below = ("core", *(room for lower in FLOORS[:number] for room in lower))
    ALLOWED_ARROWS |= dict.fromkeys(floor, (*below, *GROUND))
ALLOWED_ARROWS |= {
    "playground.server": ("playground.frame", "playground.runs", *GROUND),  # beside the floors
    "streamlit_app": ("playground.frame", "playground.server"),
}
ANY_BY_NAME = "playground/server/warm.py"  # imports ahead of time whatever pages will need
PARTS_OF_INSTRUMENTS = "parts"


@dataclass(frozen=True)
class Source:
    """A Python file: its path from the root, and its text."""

    path: str
    text: str

    @property
    def tree(self):
        return parsed(self.path, self.text)

    @property
    def nodes(self):
        """All that the file is made of."""
        return graph.walked(self.tree)

    @property
    def part(self):
        return self.path.split("/")[0]


@cache
def parsed(path, text):
    """A file's syntax, which no rule may change: all rules read the same."""
    return ast.parse(text, path)


@cache
def sources():
    """Every Python file of the application."""
    files = [p for part in LINES for p in sorted((ROOT / part).rglob("*.py"))]
    files += [p for p in [ROOT / "streamlit_app.py"] if p.exists()]
    return [Source(p.relative_to(ROOT).as_posix(), p.read_text("utf-8")) for p in files]


@cache
def imports(source):
    """(line, dotted name) of everything a file imports, at the top or inside a function."""
    return list(named(source.nodes))


def named(nodes):
    """What `imports` finds."""
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            above = "." * node.level + (node.module or "")
            yield from ((node.lineno, f"{above}.{alias.name}") for alias in node.names)
        if isinstance(node, ast.Call) and dotted(node.func) in (
            "__import__",
            "importlib.import_module",
            "import_module",
        ):
            yield from ((node.lineno, a.value) for a in node.args if isinstance(a, ast.Constant))


def dotted(node):
    """`a.b.c` for an attribute chain, "" for anything else."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


@cache
def chains(source):
    """(line, dotted name) of every chain of attributes."""
    return [(n.lineno, dotted(n)) for n in source.nodes if isinstance(n, ast.Attribute)]


def imported(source, *packages):
    """The lines that import one of these packages."""
    return [line for line, name in imports(source) if any(f"{name}.".startswith(f"{p}.") for p in packages)]


def mentioned(source, *names):
    """The lines whose attribute chains end in one of these names, or that import them."""
    lines = [line for line, name in chains(source) if name.endswith(names)]
    return lines + [line for line, name in imports(source) if name.endswith(names)]


def core_knows_no_screen(source):
    return imported(source, "streamlit", "altair", "plotly", "playground", "pages") if source.part == "core" else []


def playground_knows_no_page(source):
    return imported(source, "pages", "streamlit_app") if source.part == "playground" else []


def charts_know_no_streamlit(source):
    return imported(source, "streamlit") if source.path == "playground/shown/charts.py" else []


def only_session_touches_the_session(source):
    """And what mends Streamlit's own handling of the address, below the session."""
    kept = source.path in ("playground/session.py", "playground/server/address.py")
    return [] if kept else mentioned(source, ".session_state", ".query_params")


def pages_import_no_numbers(source):
    return imported(source, "torch", "scipy", "sklearn", "numpy") if source.part == "pages" else []


def only_neural_files_import_torch(source):
    return [] if source.path in NEURAL else imported(source, "torch")


def nothing_is_pickled(source):
    return imported(source, "pickle", "cloudpickle", "dill", "joblib", "shelve", "marshal")


def nothing_is_loaded_by_torch(source):
    return mentioned(source, "torch.load")


def randomness_is_never_global(source):
    """NumPy's old generator (but for RandomState where a built-in set is defined by it), `random` and torch's seed."""
    allowed = {"RandomState"} if source.path == "core/data/builtin.py" else set()
    names = tuple(f"{np}.random.{name}" for np in ("np", "numpy") for name in LEGACY - allowed)
    return [*mentioned(source, *names, "torch.manual_seed"), *imported(source, "random")]


def no_html_is_let_through(source):
    return [n.value.lineno for n in source.nodes if isinstance(n, ast.keyword) and n.arg == "unsafe_allow_html"]


def pictures_travel_in_the_page(source):
    """Only playground/image.py shows pictures: what Streamlit serves by itself may be gone when it is asked for."""
    if source.path == "playground/image.py":
        return []
    calls = (n for n in source.nodes if isinstance(n, ast.Call))
    return [n.lineno for n in calls if dotted(n.func).endswith(".image")]


def charts_keep_their_place(source):
    """Only playground/plot.py shows charts: elsewhere they come with no height, and push down what follows."""
    if source.path == "playground/plot.py":
        return []
    calls = (n for n in source.nodes if isinstance(n, ast.Call))
    return [n.lineno for n in calls if dotted(n.func).endswith((".altair_chart", ".vega_lite_chart", ".plotly_chart"))]


def no_process_is_forked_by_hand(source):
    return imported(source, "multiprocessing", "concurrent.futures.process")


def classes_are_named_for_what_they_are(source):
    classes = (n for n in source.nodes if isinstance(n, ast.ClassDef))
    return [n.lineno for n in classes if FORBIDDEN_NAMES.match(n.name)]


def files_are_short(source):
    lines = len(source.text.splitlines())
    return [lines] if lines > LINES.get(source.part, 20) else []


def functions_are_short(source):
    functions = [n for n in source.nodes if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    return [n.lineno for n in functions if n.end_lineno - n.lineno + 1 > FUNCTION]


def checkpoints_name_no_model(source):
    """What is written to a file and read from it knows the catalogue, and none of the models in it."""
    if source.path != "core/checkpoint.py":
        return []
    words = (n for n in source.nodes if isinstance(n, ast.Constant) and isinstance(n.value, str))
    named = [n.lineno for n in words if f"{n.value}.".startswith(tuple(f"{family}." for family in FAMILIES))]
    return imported(source, *FAMILIES) + named


def panels_are_shown_by_screen_and_step(source):
    """Every panel has `show(screen, step)`."""
    if not re.fullmatch(r"playground/rungs/\w+/panels/(?!__init__)\w+\.py", source.path):
        return []
    shows = [n for n in source.tree.body if isinstance(n, ast.FunctionDef) and n.name == "show"]
    right = [n for n in shows if ast.unparse(bare(n.args)) == "screen, step"]
    return [] if right else [n.lineno for n in shows] or [1]


def bare(arguments):
    """Parameters without their annotations."""
    alone = copy.deepcopy(arguments)
    for argument in (n for n in ast.walk(alone) if isinstance(n, ast.arg)):
        argument.annotation = None
    return alone


def no_drawer_for_odds_and_ends(source):
    return [1] if Path(source.path).stem in ("utils", "util", "helpers", "misc", "common") else []


BREAKS = {  # rule: (path, text) of files that break it
    core_knows_no_screen: [
        ("core/a.py", "import streamlit as st"),
        ("core/a.py", "def f():\n    from altair import Chart"),
        ("core/a.py", "import plotly.express"),
        ("core/data/a.py", "from playground.shown import charts"),
        ("core/a.py", "import importlib\nimportlib.import_module('streamlit')"),
    ],
    playground_knows_no_page: [("playground/a.py", "from pages import home")],
    charts_know_no_streamlit: [("playground/shown/charts.py", "from streamlit import write")],
    only_session_touches_the_session: [
        ("pages/a.py", "import streamlit as st\nst.session_state['a'] = 1"),
        ("playground/a.py", "from streamlit import query_params"),
    ],
    pages_import_no_numbers: [
        ("pages/a.py", f"import {name}") for name in ("torch", "scipy.stats", "sklearn", "numpy")
    ],
    only_neural_files_import_torch: [("core/gmm.py", "import torch"), ("playground/a.py", "from torch import nn")],
    nothing_is_pickled: [("core/a.py", "import pickle"), ("playground/a.py", "from joblib import dump")],
    nothing_is_loaded_by_torch: [("core/a.py", "torch.load('a')"), ("core/a.py", "from torch import load")],
    randomness_is_never_global: [
        ("core/a.py", "np.random.seed(0)"),
        ("core/a.py", "x = numpy.random.normal(0, 1)"),
        ("core/a.py", "np.random.RandomState(0)"),
        ("core/data/builtin.py", "np.random.randn(3)"),
        ("core/a.py", "from numpy.random import randn"),
        ("core/a.py", "import random"),
        ("core/a.py", "torch.manual_seed(0)"),
    ],
    no_html_is_let_through: [("pages/a.py", "st.markdown('<b>', unsafe_allow_html=True)")],
    pictures_travel_in_the_page: [("pages/a.py", "st.image(x)"), ("playground/rungs/a.py", "left.image(x)")],
    charts_keep_their_place: [("pages/a.py", "st.altair_chart(x)"), ("playground/rungs/a.py", "left.altair_chart(x)")],
    no_process_is_forked_by_hand: [("playground/a.py", "from multiprocessing import Pool")],
    classes_are_named_for_what_they_are: [
        ("core/a.py", "class RunManager: pass"),
        ("core/a.py", "class GMMTrainer: ..."),
    ],
    files_are_short: [(f"{part}/a.py", "x = 1\n" * (most + 1)) for part, most in LINES.items()]
    + [("streamlit_app.py", "x = 1\n" * 21)],
    functions_are_short: [
        ("core/a.py", "def f():\n" + "    x = 1\n" * FUNCTION),
        ("pages/a.py", "class A:\n    async def f(self):\n" + "        x = 1\n" * FUNCTION),
        ("playground/a.py", "def f():\n    def g():\n        x = (\n" + "1,\n" * FUNCTION + ")\n"),
    ],
    checkpoints_name_no_model: [
        ("core/checkpoint.py", "from core.vae import model"),
        ("core/checkpoint.py", "def load():\n    from core import painting"),
        ("core/checkpoint.py", 'KINDS = {"a": "core.diffusion.model"}'),
    ],
    panels_are_shown_by_screen_and_step: [
        ("playground/rungs/a/panels/b.py", text)
        for text in (
            "",
            "def show(screen): ...",
            "def show(step, screen): ...",
            "def show(screen, step, picked): ...",
            "def show(screen, step, *more): ...",
            "def show(screen, step=None): ...",
            "def show(screen, *, step): ...",
            "class A:\n    def show(screen, step): ...",
        )
    ],
    no_drawer_for_odds_and_ends: [("core/utils.py", ""), ("playground/stage/helpers.py", "")],
}
ALLOWED = {  # rule: a file near the line that keeps it
    core_knows_no_screen: ("core/a.py", "import numpy\nfrom core import em"),
    playground_knows_no_page: ("playground/a.py", "from core import gmm"),
    charts_know_no_streamlit: ("playground/shown/charts.py", "import altair"),
    only_session_touches_the_session: ("playground/session.py", "import streamlit as st\nst.session_state['a'] = 1"),
    pages_import_no_numbers: ("pages/a.py", "import streamlit\nfrom playground.shown import charts"),
    only_neural_files_import_torch: ("core/a.py", "import torchlike"),
    nothing_is_pickled: ("core/a.py", "import json"),
    nothing_is_loaded_by_torch: ("core/a.py", "json.load(f)"),
    randomness_is_never_global: (
        "core/data/builtin.py",
        "np.random.RandomState(0)\nnp.random.Generator(np.random.PCG64(1))",
    ),
    no_html_is_let_through: ("pages/a.py", "st.markdown('**a**')"),
    pictures_travel_in_the_page: ("pages/a.py", "image.show(x)"),
    charts_keep_their_place: ("pages/a.py", "plot.show(x)"),
    no_process_is_forked_by_hand: ("playground/a.py", "import subprocess, threading"),
    classes_are_named_for_what_they_are: ("core/a.py", "class Trace: ..."),
    files_are_short: ("core/a.py", "x = 1\n" * 250),
    functions_are_short: ("core/a.py", "x = 1\ndef f():\n" + "    x = 1\n" * (FUNCTION - 1) + "x = 1\n" * FUNCTION),
    checkpoints_name_no_model: ("core/checkpoint.py", 'import core\nfrom core.key import Key\nKIND = "vae"'),
    panels_are_shown_by_screen_and_step: (
        "playground/rungs/a/panels/b.py",
        "def show(screen: Screen, step: Step) -> None: ...",
    ),
    no_drawer_for_odds_and_ends: ("core/units.py", ""),
}
RULES = pytest.mark.parametrize("rule", BREAKS, ids=lambda rule: rule.__name__)


@RULES
def test_rule(rule):
    assert {source.path: lines for source in sources() if (lines := rule(source))} == {}


@pytest.mark.parametrize(
    ("rule", "path", "text"),
    [
        pytest.param(rule, *case, id=f"{rule.__name__}-{i}")
        for rule, cases in BREAKS.items()
        for i, case in enumerate(cases)
    ],
)
def test_rule_sees_what_breaks_it(rule, path, text):
    assert rule(Source(path, text))


@RULES
def test_rule_allows_what_it_should(rule):
    assert not rule(Source(*ALLOWED[rule]))


def test_there_is_source_to_read():
    assert {"core", "playground"} <= {source.part for source in sources()}


# Rules about all files together


@dataclass(frozen=True)
class House:
    """All files that are there: path -> text, which matters for Python alone."""

    files: Mapping[str, str]

    @cached_property
    def graph(self):
        return graph.of(self.files)

    @property
    def folders(self):
        """Every folder, however deep, that holds a file."""
        return {str(folder) for path in self.files for folder in PurePosixPath(path).parents if str(folder) != "."}

    def tree(self, path):
        return parsed(path, self.files.get(path, ""))

    def imports(self, *parts):
        """(from, to, line) of what files of these parts import of the application."""
        for path, targets in self.graph.imports.items():
            if path.split("/")[0] in parts:
                yield from ((path, to, line) for to, line in targets.items() if not to.startswith("tests/"))


APPLICATION = ("core", "playground", "pages", "streamlit_app.py")


def room(path):
    """The room that a file lies in, as `ALLOWED_ARROWS` calls it."""
    parts = PurePosixPath(path.removesuffix(".py")).parts
    if parts[0] == "core":
        deep = 3 if parts[:3] == ("core", "data", "sets") and len(parts) > 3 else 2
        return "core.nouns" if len(parts) == 2 else ".".join(parts[:deep])
    return ".".join(parts[:2]) if parts[0] == "playground" else parts[0]


def rung(path):
    """The page whose room a file lies in, or None."""
    found = re.match(r"playground/rungs/(\w+)/", path)
    return found and found[1]


def instrument(path):
    """The instrument that a file belongs to, or None."""
    found = re.match(r"playground/instruments/(\w+)/", path)
    return found and found[1]


def rungs(house):
    return sorted({name for path in house.files if (name := rung(path))})


def arrows_go_one_way(house):
    for path, to, line in house.imports(*APPLICATION):
        here, there = room(path), room(to)
        allowed = (here, *ALLOWED_ARROWS.get(here, ()))
        may = any(f"{there}.".startswith(f"{name}.") for name in allowed)
        if here in ALLOWED_ARROWS and not may and path != ANY_BY_NAME:
            yield f"{path}:{line} imports {to}: {here} may not know {there}"


def every_room_is_in_the_table(house):
    rooms = {room(path) for path in house.files if path.endswith(".py") and path.startswith(APPLICATION)}
    for name in sorted(rooms - ALLOWED_ARROWS.keys() - {"playground.__init__"}):
        yield f"{name} is a new room: add a line to ALLOWED_ARROWS that says which rooms it may import"


def only_the_entry_imports_the_server(house):
    for path, to, line in house.imports(*APPLICATION, "checkpoints"):
        mine = room(path) in ("playground.server", "streamlit_app")
        if room(to) == "playground.server" and not mine:
            yield f"{path}:{line} imports {to}"


def no_rung_imports_another(house):
    for path, to, line in house.imports("playground"):
        if rung(path) and rung(to) and rung(path) != rung(to):
            yield f"{path}:{line} imports {to}"


def instruments_share_only_their_parts(house):
    for path, to, line in house.imports("playground"):
        here, there = instrument(path), instrument(to)
        if here and there and there not in (here, PARTS_OF_INSTRUMENTS):
            yield f"{path}:{line} imports {to}"


def no_circle_is_closed(house):
    """Files that import one another, however far around: every circle that is left once those before it are cut."""
    left = {path: set(targets) for path, targets in house.graph.imports.items()}
    while ring := closed(left):
        left = {path: left[path] & ring for path in ring}
        way = [min(left)]
        while (ahead := min(left[way[-1]])) not in way:
            way.append(ahead)
        circle = way[way.index(ahead) :]
        yield " -> ".join([*circle, ahead])
        left[circle[-1]].discard(ahead)


def closed(left):
    """The files of which one can go on for ever."""
    found = set(left)
    while loose := {path for path in found if not left[path] & found}:
        found -= loose
    return found


def rooms_are_small(house):
    inside = Counter()
    entries = {path for path in house.files if not path.endswith("/__init__.py")}
    entries |= {folder for folder in house.folders if str(PurePosixPath(folder).parent) not in HALLS}
    for entry in entries:
        inside[str(PurePosixPath(entry).parent)] += 1
    for folder, count in sorted(inside.items()):
        if count > FILES and folder.split("/")[0] in ("core", "playground", "pages", "tests"):
            yield f"{folder} holds {count}"


def every_rung_has_the_same_doors(house):
    for name in rungs(house):
        for door in DOORS:
            if not any(path.startswith(f"playground/rungs/{name}/{door}") for path in house.files):
                yield f"playground/rungs/{name} has no {door}"


def panels_in_the_table_exist(house):
    """`PANELS` in a room's screen is a table, title -> module in its `panels/`."""
    for name in rungs(house):
        screen = f"playground/rungs/{name}/screen.py"
        table = next((value for value in assigned(house.tree(screen), "PANELS")), None)
        if not isinstance(table, ast.Dict):
            yield f"{screen} has no table PANELS of titles and modules"
            continue
        for title, module in zip(table.keys, table.values, strict=True):
            path = f"playground/rungs/{name}/panels/{getattr(module, 'value', None)}.py"
            if path not in house.files:
                yield f"{screen}: {ast.unparse(title) if title else '**'} names {ast.unparse(module)}, which is no panel"


def assigned(tree, name):
    """What is assigned to a name at the top of a file."""
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if any(isinstance(target, ast.Name) and target.id == name for target in targets):
            yield node.value


def rooms_of_tests_mirror_those_of_the_house(house):
    for folder in sorted(house.folders):
        if (
            folder.startswith(("tests/core/", "tests/playground/"))
            and folder.removeprefix("tests/") not in house.folders
        ):
            yield f"{folder} tests no room"


def made(*paths, **texts):
    """Files without text, and files with one (`a__b` for `a/b.py`)."""
    return dict.fromkeys(paths, "") | {f"{name.replace('__', '/')}.py": text for name, text in texts.items()}


def full(folder, count, ending="py"):
    return made(*(f"{folder}/{i}.{ending}" for i in range(count)))


RUNG = made(*(f"playground/rungs/a/{name}" for name in ("numbers.py", "files.py", "film.py", "panels/b.py")))
RUNG |= {"playground/rungs/a/screen.py": 'PANELS: Mapping[str, str] = {"B": "b"}'}
HOUSE_BREAKS = {  # rule: houses that break it
    arrows_go_one_way: [
        made("core/laws/a.py", core__key="from core.laws import a"),
        made("core/mixture/gmm.py", core__data__builtin="def f():\n    from core.mixture.gmm import GMM"),
        made("core/mixture/gmm.py", core__data__sets="from core.mixture import gmm"),
        made("core/vae/fit.py", core__painting__fit="from core.vae import fit"),
        made("core/joint/a.py", core__laws__families__a="from ...joint import a"),
        made("core/data/read.py", core__mixture__em="import importlib\nimportlib.import_module('core.data.read')"),
        made("playground/shown/charts.py", playground__shelf__points="from playground.shown import charts"),
        made("playground/frame.py", playground__session="from playground import frame"),
        made("playground/frame.py", playground__shown__a="from playground import frame"),
        made("playground/runs/jobs.py", playground__instruments__stage__a="from playground.runs import jobs"),
        made("playground/rungs/a/film.py", playground__shown__a="from playground.rungs.a import film"),
        made("playground/shelf/points.py", playground__server__doors="from playground.shelf import points"),
        made("playground/shelf/points.py", streamlit_app="from playground.shelf import points"),
        made("core/__init__.py", "playground/palette.py", core__key="from playground import palette"),
    ],
    every_room_is_in_the_table: [made("core/flow/fit.py"), made("playground/odds.py"), made("playground/ends/a.py")],
    only_the_entry_imports_the_server: [
        made("playground/server/doors.py", pages__a="from playground.server import doors"),
        made("playground/server/doors.py", checkpoints__a="from playground.server import doors"),
        made("playground/server/__init__.py", playground__frame="import playground.server"),
    ],
    no_rung_imports_another: [
        made("playground/rungs/b/film.py", playground__rungs__a__film="from playground.rungs.b import film"),
        made("playground/rungs/b/film.py", playground__rungs__a__panels__c="def f():\n    from ...b.film import x"),
    ],
    instruments_share_only_their_parts: [
        made(
            "playground/instruments/stage/component.py",
            playground__instruments__easel__component="from playground.instruments.stage import component",
        ),
        made(
            "playground/instruments/easel/component.py",
            playground__instruments__parts__a="from playground.instruments.easel import component",
        ),
    ],
    no_circle_is_closed: [
        made(core__a="from core import b", core__b="def f():\n    from core import a"),
        made(
            core__a="from core import b", core__b="from core import c", core__c="import core.a", core__d="import core.a"
        ),
        made(core__a="from core.b import x\nfrom core.c import x", core__b="import core.c", core__c="import core.a"),
        {"core/x/__init__.py": "from core.x.a import f", "core/x/a.py": "from core.x import f"},
    ],
    rooms_are_small: [
        full("core/vae", FILES + 1),
        full("playground/instruments/stage", FILES, "js") | made("playground/instruments/stage/stage.css"),
        full("core/vae", FILES) | made("core/vae/latent/a.py"),
        full("core", FILES + 1),
        made(*(f"core/vae/{i}/a.py" for i in range(FILES + 1))),
        full("tests/core", FILES + 1),
        full("pages", FILES + 1),
        full("tests/browser", FILES + 1),
    ],
    every_rung_has_the_same_doors: [{p: t for p, t in RUNG.items() if p != path} for path in RUNG],
    panels_in_the_table_exist: [
        RUNG | {"playground/rungs/a/screen.py": text}
        for text in (
            "",
            'PANELS = ("B",)',
            'PANELS = {"B": "b", "C": "c"}',
            'PANELS = {"B": "playground.rungs.a.panels.b"}',
            'def f():\n    PANELS = {"B": "b"}',
            "PANELS = {'B': b}",
        )
    ],
    rooms_of_tests_mirror_those_of_the_house: [
        made("core/a.py", "tests/core/flow/test_a.py"),
        made("core/vae/a.py", "tests/core/vae/truth/test_a.py"),
        made("playground/rungs/a/film.py", "tests/playground/a/test_film.py"),
    ],
}
HOUSE_ALLOWED = {  # rule: a house near the line that keeps it
    arrows_go_one_way: made(
        "core/mixture/gmm.py",
        "core/data/sets/__init__.py",
        "playground/rungs/a/film.py",
        core__key="",
        core__data__sets__a="from core.mixture import gmm\nfrom core.data import read",
        core__data__read="from core.data.sets import a\nfrom core import key",
        core__painting__fit="from core.diffusion import fit",
        core__diffusion__fit="from core.mixture import gmm",
        playground__session="from core.options import options",
        playground__theme="from playground import session",
        playground__frame="from playground import theme\nfrom playground.runs import jobs",
        playground__runs__jobs="from playground.instruments.stage import a",
        playground__instruments__stage__a="from core.painting import fit",
        playground__server__server="from playground import frame\nfrom playground.server import warm",
        playground__server__warm="def f():\n    from playground.rungs.a import film",
        pages__a="from playground.rungs.a import film\nfrom playground import session, frame",
        streamlit_app="from playground import frame",
    ),
    every_room_is_in_the_table: made(
        "core/key.py", "core/vae/truth/a.py", "playground/__init__.py", "playground/frame.py"
    ),
    only_the_entry_imports_the_server: made(
        "playground/server/doors.py",
        playground__server__server="from playground.server import doors",
        streamlit_app="from playground.server import server",
        tests__playground__test_a="from playground.server import doors",
    ),
    no_rung_imports_another: made(
        "playground/rungs/a/film.py", playground__rungs__a__b="from playground.rungs.a import film"
    ),
    instruments_share_only_their_parts: made(
        "playground/instruments/parts/a.py",
        playground__instruments__stage__a="from playground.instruments.parts import a",
        playground__runs__film="from playground.instruments.stage import a",
    ),
    no_circle_is_closed: {
        "core/x/__init__.py": "from core.x.a import f",
        "core/x/a.py": "from core.x.b import f",
        "core/x/b.py": 'CHILD = "core.x.c"',
        "core/x/c.py": "from core.x.a import f\nfrom core.x.b import g",
    },
    rooms_are_small: full("core/vae", FILES)
    | full("core/laws", 3)
    | made("core/vae/__init__.py")
    | full("checkpoints", 40),
    every_rung_has_the_same_doors: RUNG,
    panels_in_the_table_exist: RUNG,
    rooms_of_tests_mirror_those_of_the_house: made(
        "core/vae/truth/a.py", "tests/core/vae/truth/test_a.py", "tests/browser/apps/a.py"
    ),
}


@cache
def project():
    return House(dict(published(binary=True)))


HOUSE_RULES = pytest.mark.parametrize("rule", HOUSE_BREAKS, ids=lambda rule: rule.__name__)


@HOUSE_RULES
def test_house_rule(rule):
    assert list(rule(project())) == []


@pytest.mark.parametrize(
    ("rule", "files"),
    [
        pytest.param(rule, files, id=f"{rule.__name__}-{i}")
        for rule, cases in HOUSE_BREAKS.items()
        for i, files in enumerate(cases)
    ],
)
def test_house_rule_sees_what_breaks_it(rule, files):
    assert list(rule(House(files)))


@HOUSE_RULES
def test_house_rule_allows_what_it_should(rule):
    assert list(rule(House(HOUSE_ALLOWED[rule]))) == []


def test_a_new_room_is_told_what_to_do():
    (said,) = every_room_is_in_the_table(House(made("core/flow/fit.py")))
    assert said.startswith("core.flow ")
    assert "ALLOWED_ARROWS" in said


def test_the_arrows_between_rooms_can_be_kept():
    """No room may, by way of others, import itself; a set's mixture is the one way back from `core.data`."""
    arrows = {name: [to for to in ALLOWED_ARROWS if to in allowed] for name, allowed in ALLOWED_ARROWS.items()}
    arrows = {name: set(to) - set(GROUND) for name, to in arrows.items() if name not in GROUND}
    arrows["core.data.sets"] -= {"core.mixture"}
    assert closed(arrows) == set()


# Absolute paths of one machine


MACHINE = re.compile(r"(?<![\w./~<-])/(work|root|home)/\w")


def published(binary=False):
    """Text of every file that git tracks or would track; "" for one that is not text, if asked for."""
    listing = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for name in filter(None, listing.stdout.split("\0")):
        try:
            yield name, (ROOT / name).read_text("utf-8")
        except UnicodeDecodeError:
            if binary:
                yield name, ""
        except (FileNotFoundError, IsADirectoryError):
            continue


def test_no_file_names_a_path_of_one_machine():
    assert {name: MACHINE.findall(text) for name, text in published() if MACHINE.search(text)} == {}


@pytest.mark.parametrize(
    ("text", "found"),
    [("open('/" + "home/me')", True), ("/" + "work/x", True), ("https://a.b/home/me", False), ("../home/me", False)],
    ids=["home", "work", "address", "relative"],
)
def test_a_path_of_one_machine_is_recognised(text, found):
    assert bool(MACHINE.search(text)) == found
