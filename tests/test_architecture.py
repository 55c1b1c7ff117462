"""Which file may know what, read from the source itself: imports, forbidden calls, sizes and names.

A rule is a function from a parsed file to the lines that break it. Each rule is first shown a file that breaks it, so
that none of them can pass by looking away.
"""

import ast
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

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
LINES = {"core": 250, "pages": 150, "playground": 300}


@dataclass(frozen=True)
class Source:
    """A Python file: its path from the root, and its text."""

    path: str
    text: str

    @property
    def tree(self):
        return ast.parse(self.text, self.path)

    @property
    def part(self):
        return self.path.split("/")[0]


def sources():
    """Every Python file of the application."""
    files = [p for part in LINES for p in sorted((ROOT / part).rglob("*.py"))]
    files += [p for p in [ROOT / "streamlit_app.py"] if p.exists()]
    return [Source(p.relative_to(ROOT).as_posix(), p.read_text("utf-8")) for p in files]


def imports(source):
    """(line, dotted name) of everything a file imports, at the top or inside a function."""
    for node in ast.walk(source.tree):
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


def imported(source, *packages):
    """The lines that import one of these packages."""
    return [line for line, name in imports(source) if any(f"{name}.".startswith(f"{p}.") for p in packages)]


def mentioned(source, *names):
    """The lines whose attribute chains end in one of these names, or that import them."""
    lines = [n.lineno for n in ast.walk(source.tree) if isinstance(n, ast.Attribute) and dotted(n).endswith(names)]
    return lines + [line for line, name in imports(source) if name.endswith(names)]


def core_knows_no_screen(source):
    return imported(source, "streamlit", "altair", "plotly", "playground", "pages") if source.part == "core" else []


def playground_knows_no_page(source):
    return imported(source, "pages", "streamlit_app") if source.part == "playground" else []


def charts_know_no_streamlit(source):
    return imported(source, "streamlit") if source.path == "playground/shown/charts.py" else []


def only_session_touches_the_session(source):
    return [] if source.path == "playground/session.py" else mentioned(source, ".session_state", ".query_params")


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
    return [
        n.value.lineno for n in ast.walk(source.tree) if isinstance(n, ast.keyword) and n.arg == "unsafe_allow_html"
    ]


def no_process_is_forked_by_hand(source):
    return imported(source, "multiprocessing", "concurrent.futures.process")


def classes_are_named_for_what_they_are(source):
    classes = (n for n in ast.walk(source.tree) if isinstance(n, ast.ClassDef))
    return [n.lineno for n in classes if FORBIDDEN_NAMES.match(n.name)]


def files_are_short(source):
    lines = len(source.text.splitlines())
    return [lines] if lines > LINES.get(source.part, 20) else []


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
    no_process_is_forked_by_hand: [("playground/a.py", "from multiprocessing import Pool")],
    classes_are_named_for_what_they_are: [
        ("core/a.py", "class RunManager: pass"),
        ("core/a.py", "class GMMTrainer: ..."),
    ],
    files_are_short: [(f"{part}/a.py", "x = 1\n" * (most + 1)) for part, most in LINES.items()]
    + [("streamlit_app.py", "x = 1\n" * 21)],
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
    no_process_is_forked_by_hand: ("playground/a.py", "import subprocess, threading"),
    classes_are_named_for_what_they_are: ("core/a.py", "class Trace: ..."),
    files_are_short: ("core/a.py", "x = 1\n" * 250),
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


# Absolute paths of one machine


MACHINE = re.compile(r"(?<![\w./~<-])/(work|root|home)/\w")


def published():
    """Text of every file that git tracks or would track."""
    listing = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for name in filter(None, listing.stdout.split("\0")):
        try:
            yield name, (ROOT / name).read_text("utf-8")
        except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError):
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
