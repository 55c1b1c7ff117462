"""Which tests a change reaches: on small made-up trees, where it can be seen at a glance, and on the project itself."""

import subprocess
from functools import cache
from pathlib import Path

import pytest

from tests import graph, near

ROOT = Path(__file__).resolve().parents[1]
TREE = {
    "core/__init__.py": 'MODELS = {"a": "core.a"}',
    "core/a.py": "",
    "core/b.py": "from core.a import f",
    "core/data/__init__.py": "from core.data.read import read",
    "core/data/read.py": 'import subprocess\nCHILD = "core.data.child"',
    "core/data/child.py": "from core.key import Key",
    "core/data/table.py": 'from pathlib import Path\nTABLES = Path(__file__).parent / "tables"',
    "core/data/tables/t.csv": "1,2",
    "core/key.py": "",
    "core/recipes.py": 'from pathlib import Path\nFOLDER = Path(__file__).parents[1] / "checkpoints"',
    "checkpoints/a.safetensors": "",
    "checkpoints/README.md": "",
    "playground/frame.py": 'from playground import session\nREST = ("core.b",)\n\ndef warm():\n    import core.key',
    "playground/session.py": "",
    "playground/server/__init__.py": "",
    "playground/server/__main__.py": "from playground.server import server",
    "playground/server/server.py": 'from playground import frame\nAPP = "streamlit_app.py"',
    "playground/stage/__init__.py": "from playground.stage.component import stage\nfrom playground.stage.scene import Scene",
    "playground/stage/component.py": "from pathlib import Path\nHERE = Path(__file__).parent",
    "playground/stage/scene.py": "",
    "playground/stage/main.js": "",
    "playground/rungs/x/screen.py": 'PANELS = {"Deep": "playground.rungs.x.panels.deep"}',
    "playground/rungs/x/panels/deep.py": "def show(screen, step):\n    from core import b",
    "playground/rungs/y/panels/wide.py": "",
    "pages/x.py": "from playground import frame\nfrom playground.rungs.x import screen",
    "pages/y.py": "from importlib import import_module\nimport_module('core.recipes')\nfrom playground.stage import stage",
    "streamlit_app.py": "from playground import frame",
    "tests/core/test_a.py": "from core import a",
    "tests/core/test_all.py": "import core\nimport core.key",
    "tests/core/test_table.py": "from ..helper import shown\nfrom core.data.table import TABLES",
    "tests/helper.py": "from core.recipes import FOLDER\nfrom core.b import f\n\ndef shown():\n    return f",
    "tests/pages/test_x.py": 'PAGE = "pages/x.py"',
    "tests/pages/test_house.py": 'from playground import frame\nALL = frame.PAGES\nONE = "pages/x.py"',
    "tests/playground/stage/test_scene.py": "from playground.stage import Scene",
    "tests/playground/stage/test_stage.py": "from playground.stage import stage",
    "tests/browser/conftest.py": (
        "import pytest\nfrom core.key import Key\n\n"
        '@pytest.fixture\ndef app():\n    return ["-m", "playground.server"]\n\n'
        '@pytest.fixture\ndef open_x(app):\n    return f"{app}/x?seed=1"\n\n'
        "@pytest.fixture\ndef score():\n    return Key(0)\n"
    ),
    "tests/browser/test_x.py": "def borrowed():\n    return 1\n\ndef test_it(open_x):\n    assert open_x",
    "tests/browser/test_y.py": (
        "from tests.browser.test_x import borrowed\n\n"
        'def test_it(app, page):\n    page.goto(f"{app.url}/y?seed=1&word=a+b")'
    ),
    "tests/browser/test_round.py": "from playground import frame\n\ndef test_it(app):\n    assert frame.PAGES",
}


@pytest.fixture
def tree(tmp_path):
    """`tree(**changes)` writes the made-up project, and answers its graph."""

    def write(gone=(), **more):
        for path, text in (TREE | more).items():
            if path not in gone:
                (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
                (tmp_path / path).write_text(text)
        return graph.read(tmp_path, gone)

    return write


def files_of(found, *changed):
    """The tests that a change reaches by the graph alone."""
    return {path for path in found.reach(changed) if near.is_test(path)}


def reached(found, *changed):
    """All that a change reaches, but for itself."""
    return found.reach(changed).keys() - set(changed)


@pytest.mark.parametrize(
    ("path", "needed"),
    [
        ("core/b.py", {"core/a.py"}),
        ("core/data/read.py", {"core/data/child.py"}),
        ("core/data/table.py", {"core/data/tables/t.csv"}),
        ("core/recipes.py", {"checkpoints/a.safetensors", "checkpoints/README.md"}),
        ("playground/rungs/x/screen.py", {"playground/rungs/x/panels/deep.py"}),
        ("playground/rungs/x/panels/deep.py", {"core/b.py"}),
        ("pages/y.py", {"core/recipes.py", "playground/stage/component.py", "playground/rungs/y/panels/wide.py"}),
        ("playground/server/server.py", {"playground/frame.py", "streamlit_app.py"}),
        ("tests/core/test_all.py", {"core/__init__.py", "core/a.py", "core/key.py"}),
        ("tests/pages/test_x.py", {"pages/x.py"}),
    ],
)
def test_what_a_file_needs(tree, path, needed):
    assert tree().needs[path] == needed


def test_a_package_on_the_way_counts_by_its_own_text_alone(tree):
    found = tree()
    assert found.passes["core/data/table.py"] == set()
    assert {"core/__init__.py", "core/data/__init__.py"} <= found.passes["tests/core/test_table.py"]
    assert "tests/core/test_table.py" in reached(found, "core/data/__init__.py")
    assert "tests/core/test_table.py" not in reached(found, "core/data/read.py")


def test_a_catalogue_in_a_package_is_needed_by_those_who_take_the_package(tree):
    assert {"tests/core/test_all.py", "tests/core/test_a.py"} <= files_of(tree(), "core/a.py")
    assert "tests/core/test_all.py" not in files_of(tree(), "core/b.py")
    assert "tests/core/test_table.py" not in files_of(tree(**{"tests/helper.py": "def shown(): ..."}), "core/a.py")


def test_who_keeps_models_of_any_kind_needs_none_in_particular(tree):
    kept = {"core/keep.py": "from core import MODELS", "tests/core/test_keep.py": "from core import keep"}
    assert "tests/core/test_keep.py" in files_of(tree(**kept), "core/keep.py")
    assert "tests/core/test_keep.py" not in files_of(tree(**kept), "core/a.py")


def test_a_name_that_a_package_hands_on_is_looked_up_where_it_is_defined(tree):
    scene, stage = "tests/playground/stage/test_scene.py", "tests/playground/stage/test_stage.py"
    assert {scene, stage} & files_of(tree(), "playground/stage/component.py") == {stage}
    assert {scene, stage} & files_of(tree(), "playground/stage/main.js") == {stage}
    assert {scene, stage} <= files_of(tree(), "playground/stage/__init__.py")


def test_of_a_test_module_one_needs_the_definitions_one_takes(tree):
    found = tree()
    assert found.needs["tests/core/test_table.py"] == {"core/b.py", "core/data/table.py"}
    assert "tests/helper.py" in found.passes["tests/core/test_table.py"]
    assert "pages/x.py" not in found.needs["tests/browser/test_y.py"]
    assert "tests/browser/test_x.py" in found.passes["tests/browser/test_y.py"]


def test_of_a_conftest_one_needs_the_fixtures_one_asks_for_and_those_they_ask_for(tree):
    found = tree()
    server = {"playground/server/__init__.py", "playground/server/__main__.py"}
    assert found.needs["tests/browser/test_x.py"] == {"pages/x.py", *server}
    assert found.needs["tests/browser/test_y.py"] == {"pages/y.py", *server}
    assert {"tests/browser/test_x.py", "tests/browser/test_y.py"} <= files_of(found, "tests/browser/conftest.py")
    asked = tree(**{"tests/browser/test_z.py": "def test_it(score): ..."})
    assert asked.needs["tests/browser/test_z.py"] == {"core/key.py"}
    unasked = {"tests/browser/conftest.py": "from core import b\n@fixture(autouse=True)\ndef any():\n    b.f()"}
    assert tree(**unasked).needs["tests/browser/test_y.py"] == {"pages/y.py", "core/b.py"}


def test_a_fixture_may_ask_for_one_of_a_conftest_further_up(tree):
    found = tree(
        **{
            "tests/conftest.py": "from core import b\n@fixture\ndef deep():\n    b.f()",
            "tests/browser/conftest.py": "@fixture\ndef through(deep): ...",
            "tests/browser/test_z.py": "def test_it(through): ...",
        }
    )
    assert found.needs["tests/browser/test_z.py"] == {"core/b.py"}


def test_the_frame_needs_no_page_and_nothing_that_it_warms_up(tree):
    found = tree()
    assert found.needs["playground/frame.py"] == {"playground/session.py"}
    assert "tests/browser/test_y.py" not in files_of(found, "core/b.py")
    assert {"tests/browser/test_x.py", "tests/browser/test_y.py"} <= files_of(found, "playground/session.py")


def test_a_script_that_a_test_runs_needs_what_it_imports(tree):
    run, tells = 'RUN = """\nfrom core import b\nb.f()\n"""', '"""We import core.b where it is needed."""'
    assert tree(**{"tests/core/test_c.py": run}).needs["tests/core/test_c.py"] == {"core/b.py"}
    assert tree(**{"tests/core/test_c.py": tells}).needs["tests/core/test_c.py"] == set()
    assert tree(**{"core/c.py": run}).needs["core/c.py"] == set()


def test_import_statements_know_their_lines_and_no_strings(tree):
    found = tree()
    assert found.imports["playground/frame.py"] == {"playground/session.py": 1, "core/key.py": 5}
    assert found.imports["core/data/read.py"] == {}
    assert found.imports["pages/y.py"] == {
        "core/recipes.py": 2,
        "playground/stage/__init__.py": 3,
        "playground/stage/component.py": 3,
    }


def test_reach_counts_the_needs_in_between(tree):
    found = tree().reach(["core/a.py"])
    room = "playground/rungs/x"
    chain = ("core/a.py", "core/b.py", f"{room}/panels/deep.py", "pages/x.py", "tests/pages/test_x.py")
    assert [found[path] for path in chain] == [0, 1, 2, 3, 4]
    assert found[f"{room}/screen.py"] == 3


def test_what_needs_a_file_that_is_gone_is_reached(tree):
    assert "tests/core/test_a.py" in files_of(tree(gone=["core/a.py"]), "core/a.py")


# What is run


def planned(found, *changed, gone=()):
    """The test files that are run."""
    return set(near.plan(found, changed, gone).tests)


def test_a_changed_test_runs_itself_and_what_borrows_from_it(tree):
    assert planned(tree(), "tests/browser/test_x.py") == {"tests/browser/test_x.py", "tests/browser/test_y.py"}
    assert planned(tree(), "tests/core/test_a.py") == {"tests/core/test_a.py"}


def test_a_test_that_is_gone_is_not_run(tree):
    gone = ["tests/core/test_a.py"]
    assert planned(tree(gone=gone), *gone, gone=gone) == set()


def test_a_page_runs_its_own_tests_and_its_cases_of_those_that_go_round(tree):
    plan = near.plan(tree(), ["playground/rungs/x/screen.py"])
    own, rounds = (
        {"tests/pages/test_x.py", "tests/browser/test_x.py"},
        {"tests/pages/test_house.py", "tests/browser/test_round.py"},
    )
    assert set(plan.tests) == own | rounds
    assert set(plan.rounds) == rounds
    assert plan.cases == "(not test_round or x]) and (not test_house or x])"
    assert "2 of them only for x" in plan.line


def test_what_the_frame_needs_runs_those_that_go_round_whole(tree):
    plan = near.plan(tree(), ["playground/session.py"])
    assert {"tests/pages/test_house.py", "tests/browser/test_round.py"} <= set(plan.tests)
    assert plan.cases == ""


def test_core_drives_no_browser_but_where_a_browser_test_imports_it(tree):
    assert planned(tree(), "core/b.py") == {"tests/core/test_table.py", "tests/pages/test_x.py"}
    imports = {"tests/browser/test_z.py": "from core import b"}
    assert "tests/browser/test_z.py" in planned(tree(**imports), "core/b.py")


def test_what_a_browser_runs_reaches_browser_tests_and_its_own_room(tree):
    more = {"tests/pages/test_y.py": 'PAGE = "pages/y.py"'}
    plan = near.plan(tree(**more), ["playground/stage/main.js"])
    assert set(plan.tests) == {
        "tests/playground/stage/test_stage.py",
        "tests/browser/test_y.py",
        "tests/browser/test_round.py",
    }
    assert plan.cases == "(not test_round or y])"
    assert "tests/pages/test_y.py" in planned(tree(**more), "playground/stage/component.py")


@pytest.mark.parametrize("path", ["Makefile", "pyproject.toml", "tests/requirements.txt", "tests/conftest.py"])
def test_what_changes_how_everything_runs_runs_everything(tree, path):
    found = tree()
    plan = near.plan(found, [path, "core/b.py"])
    assert set(plan.tests) == {path for path in found.needs if near.is_test(path)}
    assert "all" in plan.line


def test_what_reads_every_file_always_runs_and_words_alone_reach_nothing_else(tree):
    assert planned(tree(), "README.md") == set()
    assert planned(tree(**{"tests/test_architecture.py": ""}), "README.md") == {"tests/test_architecture.py"}
    assert near.plan(tree(), []).tests == ()


def test_the_nearest_runs_first_and_a_wide_change_is_called_wide(tree):
    found = tree(**{f"tests/core/test_{i}.py": "from core.data.child import x" for i in range(near.WIDE)})
    plan = near.plan(found, ["core/key.py"])
    assert plan.tests[0] == "tests/core/test_all.py"
    assert plan.tests[1] == "tests/core/test_0.py"
    assert "wide" in plan.line
    assert "wide" not in near.plan(found, ["core/a.py"]).line


def test_changes_are_all_since_the_branch_left(tmp_path):
    def git(*words):
        who = ("-c", "user.name=a", "-c", "user.email=a@b")
        subprocess.run(["git", *who, *words], cwd=tmp_path, check=True, capture_output=True)

    def commit(**files):
        for name, text in files.items():
            (tmp_path / name).write_text(text)
        git("add", "-A")
        git("commit", "-q", "-m", "x")

    git("init", "-q", "-b", "main")
    commit(kept="", edited="1", gone="1", moved="one and the same", **{".gitignore": "ignored"})
    git("checkout", "-q", "-b", "mine")
    commit(committed="1")
    git("checkout", "-q", "main")
    commit(elsewhere="1")
    git("checkout", "-q", "mine")
    for name in ("edited", "untracked", "ignored"):
        (tmp_path / name).write_text("2")
    (tmp_path / "gone").unlink()
    git("mv", "moved", "ä b")
    changed, gone = near.changes(tmp_path, "main")
    assert changed == ["committed", "edited", "gone", "moved", "untracked", "ä b"]
    assert gone == ["gone", "moved"]
    assert near.changes(tmp_path, "HEAD")[0] == ["edited", "gone", "moved", "untracked", "ä b"]
    assert near.default(tmp_path) == "HEAD"
    with pytest.raises(SystemExit, match="merge-base nowhere HEAD"):
        near.changes(tmp_path, "nowhere")


# The project itself


@cache
def project():
    return graph.read(ROOT)


@pytest.mark.parametrize(
    ("path", "some", "none"),
    [
        ("playground/rungs/em/numbers.py", "tests/pages/test_em.py tests/browser/em/test_em.py", "tests/core/mixture"),
        (
            "core/painting/unet.py",
            "tests/core/painting/test_unet.py tests/pages/test_paint.py",
            "tests/pages/test_em.py",
        ),
        ("core/mixture/gmm.py", "tests/core/mixture/test_gmm.py tests/test_contract.py", "tests/playground/server"),
        ("playground/shelf/upload.py", "tests/browser/data/test_app_data.py", "tests/core/mixture"),
        ("playground/rungs/em/files.py", "tests/browser/em/test_em.py", "tests/browser/data/test_app_data.py"),
        ("playground/instruments/stage/main.js", "tests/browser/instruments/test_stage.py", "tests/pages"),
        ("core/data/readers/text/read.py", "tests/core/data/readers/test_child.py", "tests/core/mixture"),
        ("core/data/sets/tables/galaxies.csv", "tests/core/data/test_builtin.py", "tests/core/vae"),
        ("checkpoints/vae-jars.safetensors", "tests/core/vae/test_recipes.py", "tests/pages/test_em.py"),
        ("core/diffusion/fit.py", "tests/test_contract.py", "tests/core/laws"),
    ],
)
def test_a_change_in_the_project_reaches_some_and_not_all(path, some, none):
    assert (ROOT / path).exists()
    found = planned(project(), path)
    assert set(some.split()) <= found
    assert [test for test in found if test.startswith(none)] == []


@pytest.mark.parametrize("name", sorted(path.stem for path in (ROOT / "pages").glob("*.py")))
def test_a_changed_page_runs_in_the_house(name):
    plan = near.plan(project(), [f"pages/{name}.py"])
    assert plan.pages == (name,)
    house = {"tests/pages/test_house.py", "tests/browser/test_app_frame.py", "tests/playground/server/test_warm.py"}
    assert set(plan.rounds) == house


def test_every_module_of_core_is_reached_by_some_test():
    needed = {p for test in project().needs if near.is_test(test) for p in project().needs[test]}
    for path in (edge := list(needed)):  # grows while it is read
        more = project().needs.get(path, frozenset()) - needed
        needed |= more
        edge += more
    core = {p for p in project().needs if p.startswith("core/") and not p.endswith("__init__.py")}
    assert core - needed == set()
