"""The page of the VAE as a person meets it: stored models, a training, pictures of one's own, every panel, files and back."""

import contextlib
import io
import re

import numpy as np
import pytest
from PIL import Image

from core.data import images
from core.key import Key
from core.vae import recipes
from core.vae.truth import checks, exact
from playground.instruments.stage import unpack
from playground.rungs.vae import chosen, film, losses, pad, screen, through, training
from playground.rungs.vae.panels import geometry, scores, surgery, truth
from playground.rungs.vae.panels.parts import compared
from playground.runs import baton
from playground.shown import closer
from tests import apps

HERE = {"model": screen.HERE, "epochs": 3, "width": 16}


@pytest.fixture(autouse=True)
def _rested(monkeypatch):
    """Runs are complete when the page comes; none is left behind. Trainings and scores are of few pictures."""
    monkeypatch.setattr(training, "MOST", 200)
    monkeypatch.setattr("core.vae.scores.TESTED", 20)
    monkeypatch.setattr("core.vae.scores.TRAINED", 200)
    with apps.rested(monkeypatch):
        yield


def opened(**query):
    """The page with its quietest panel, unless another is asked for."""
    return apps.opened("pages/vae.py", **{"panel": "Code and files", **query})


def held(at, name):
    return at.session_state["held"][name]


def pads(at):
    """What the pads on the page were last sent."""
    return [c.proto.bytes for c in at.get("bidi_component") if c.key.startswith("pad.")]


def message(at):
    """What the pad was last sent."""
    return unpack(pads(at)[0])


def layers(at):
    return {layer["name"]: layer for layer in message(at)["scene"]["layers"]}


def bound(at):
    """The ELBO in the equation."""
    text = next(m.value for m in at.markdown if "ELBO" in m.value and m.value.startswith("$$"))
    return float(re.search(r"mathbf\{(-?[\d.]+)\}", text)[1])


def test_the_first_paint_is_a_trained_model_its_codes_and_a_picture():
    at = opened()
    assert not at.warning
    sent = layers(at)
    model = recipes.stored("vae-digits").model
    pictures = images.load("digits")
    codes = message(at)["frames"][0]["arrays"]["codes"]["z"]
    assert len(codes) == 1000
    assert sent["codes"]["arrays"]["pictures"].shape == (1000, 8, 8, 1)
    rows = held(at, "vae.codes")[1].arrays["rows"]
    np.testing.assert_allclose(codes, model.encode(pictures.images[rows])[0], atol=1e-5)
    np.testing.assert_array_equal(sent["codes"]["arrays"]["cls"], pictures.labels[rows])
    mean, log_var = model.encode(pictures.images[:1])
    np.testing.assert_allclose(sent["q"]["arrays"]["mean"], mean, atol=1e-5)
    np.testing.assert_allclose(sent["q"]["arrays"]["cov"][0], np.diag(np.exp(log_var[0])), atol=1e-6)
    np.testing.assert_allclose(sent["decoder"]["z"], mean[0], atol=1e-6)


def test_the_equation_holds_the_bound_of_the_picture():
    at = opened(row=7)
    x = images.load("digits").images[6:7]
    model = recipes.stored("vae-digits").model
    assert bound(at) == pytest.approx(exact.posterior(model, x[0]).elbo, abs=0.006)


def test_in_more_dimensions_the_bound_is_drawn_and_has_an_error():
    at = opened(row=7, model="16-D")
    x = images.load("digits").images[6:7]
    found = recipes.stored("vae-digits-16").model.elbo(np.repeat(x, 64, axis=0), Key(0) / "through" / "elbo", 1)
    assert bound(at) == pytest.approx(found.mean(), abs=0.06)
    error = float(re.search(r"pm ([\d.]+)\)", " ".join(m.value for m in at.markdown))[1])
    assert error == pytest.approx(found.std(ddof=1) / 8, abs=0.06)


EVERYWHERE = [(panel, {}) for panel in closer.titles(screen.PANELS)]
ELSEWHERE = [
    (panel, query) for panel in ("Numbers", "The truth beside it", "Geometry") for query in ({"model": "16-D"}, HERE)
]


@pytest.mark.parametrize(("panel", "query"), EVERYWHERE + ELSEWHERE)
def test_every_panel_stands(panel, query):
    at = opened(panel=panel, **query)
    assert not at.error


@pytest.mark.parametrize("title", ["Drawn digits", "Jars", "Wallpapers", "Outfits"])
def test_every_set_opens_with_a_stored_model(title):
    at = opened(pictures=title)
    assert not at.warning
    assert any("trained" in c.value for c in at.caption)


def test_a_model_that_was_told_the_class_has_it_under_the_hand():
    at = opened(pictures="Drawn digits", model="2-D by class", row=5)
    decoder = layers(at)["decoder"]
    assert decoder["conditions"][0][0] == "class"
    assert decoder["held"] == [int(images.load("strokes").labels[4])]


def test_training_here_streams_snapshots_and_says_the_losses():
    at = opened(**HERE)
    run = held(at, "run.vae")
    assert run.job.progress().phase == "done"
    assert [frame["caption"] for frame in message(at)["frames"]] == [
        "Before the first epoch", "Epoch 1", "Epoch 2", "Epoch 3"]  # fmt: skip
    for frame, step in zip(message(at)["frames"], run.job.trace, strict=True):
        losses = frame["beside"]["losses"]
        assert losses["text"].startswith(f"Epoch {step.index}: loss {step.metrics['loss']:.2f} = ")
    assert apps.beside(at, "losses") == losses, "at rest, that of the last frame"
    assert "held out" in losses["text"]
    assert losses["chip"] == "trained"
    last = run.job.trace[-1]
    assert last.arrays["history"].shape == (4, 6)
    assert last.state.config.levels == 17


def test_a_training_begins_with_the_likelihood_of_the_stored_model():
    at = opened(**HERE)
    assert held(at, "run.vae").job.trace[-1].state.config.likelihood == "categorical"
    assert not any("another scale" in c.value for c in at.caption)
    at.selectbox(key="pictures").set_value("jars").run()
    assert at.segmented_control(key="likelihood").value == "bernoulli", "a categorical holds no 256 levels"
    assert not at.warning
    at.selectbox(key="pictures").set_value("digits").run()
    assert at.segmented_control(key="likelihood").value == "categorical"


@pytest.mark.parametrize("likelihood", ["bernoulli", "gaussian", "logistic"])
def test_a_bound_on_another_scale_says_so(likelihood):
    at = opened(**HERE, likelihood=likelihood)
    said = [c.value for c in at.caption if "another scale" in c.value]
    assert len(said) == (likelihood != "logistic")  # which gives the 17 levels a probability too
    assert all("a probability of 17 grey levels" in text for text in said)


def test_a_setting_trains_anew_and_a_rerun_does_not():
    at = opened(**HERE)
    run = held(at, "run.vae")
    at.run()
    assert held(at, "run.vae") is run
    at.number_input(key="beta").set_value(4.0).run()
    assert held(at, "run.vae") is not run
    assert held(at, "run.vae").job.trace[-1].state.config.beta == 4


def test_a_fork_begins_at_the_model_on_show_with_another_beta():
    at = opened(**HERE)
    run = held(at, "run.vae")
    scene = message(at)["scene"]["id"]
    at.session_state["pad.vae"] = {"rest": {"scene": scene, "frame": 1, "run": run.id}}
    at.run()
    assert any("for this picture, at epoch 1, where the player rests" in c.value for c in at.caption)
    at.button(key="vae.call_split").click().run()
    at.number_input(key="beta").set_value(9.0).run()
    assert not at.exception
    first = held(at, "run.vae").job.trace[0].state
    for name, weight in run.job.trace[1].state.weights.items():
        np.testing.assert_array_equal(first.weights[name], weight)
    assert first.config.beta == 9
    assert "Forked from epoch 1" in apps.words(at)
    at.number_input(key="width").set_value(24).run()
    assert "Forked" not in apps.words(at)


def test_a_kept_run_has_a_pad_of_its_own_beside():
    at = opened(**HERE)
    at.button(key="vae.layers").click().run()
    assert len(pads(at)) == 1, "it is the present one"
    at.number_input(key="beta").set_value(9.0).run()
    assert not at.exception
    both = [unpack(raw) for raw in pads(at)]
    twins = [next(layer["twin"] for layer in pad["scene"]["layers"] if layer["name"] == "decoder") for pad in both]
    assert twins == ["vae", "vae"]
    assert [[frame["metrics"]["epoch"] for frame in pad["frames"]] for pad in both] == [[0, 1, 2, 3]] * 2
    for word in ("kept", "now"):
        assert any(f"badge[{word}]" in c.value for c in at.caption)
    at.button(key="vae.layers_clear").click().run()
    assert len(pads(at)) == 1
    decoder = layers(at)["decoder"]
    assert decoder["twin"] == ""


def test_the_marker_is_in_the_link_once_a_hand_has_moved_it():
    at = opened(row=3, z="1.5,-0.5")
    assert layers(at)["decoder"]["z"] == [1.5, -0.5]
    scene = message(at)["scene"]["id"]
    at.session_state["pad.vae"] = {
        "hand": {"scene": scene, "z": [0.25, 2.0], "labels": [], "axes": [0, 1], "point": None}
    }
    at.run()
    assert at.query_params["z"] in ("0.25,2", ["0.25,2"])
    assert layers(at)["decoder"]["z"] == [1.5, -0.5], "the hand is not moved by what it said"
    at.number_input(key="row").set_value(8).run()
    assert "z" not in at.query_params
    mean = recipes.stored("vae-digits").model.encode(images.load("digits").images[7:8])[0]
    np.testing.assert_allclose(layers(at)["decoder"]["z"], mean[0], atol=1e-5)


def test_many_dimensions_open_on_the_plane_that_is_used():
    at = opened(model="16-D")
    means = held(at, "vae.codes")[1].arrays["means"]
    assert layers(at)["decoder"]["plane"] == sorted(np.argsort(means.var(axis=0))[-2:].tolist())


def test_a_press_on_the_pad_chooses_the_picture():
    at = opened()
    scene = message(at)["scene"]["id"]
    sent = layers(at)["decoder"]["z"]
    hand = {"scene": scene, "z": [0.5, 0.5], "labels": [], "axes": [0, 1], "point": 12}
    at.session_state["pad.vae"] = {"hand": hand}
    at.run()
    at.run()
    row = int(held(at, "vae.codes")[1].arrays["rows"][12])
    assert at.number_input(key="row").value == row + 1
    assert layers(at)["decoder"]["z"] == sent, "the marker is where the press left it"


def test_conditional_training_is_told_the_class():
    at = opened(**HERE, conditional="true")
    assert held(at, "run.vae").job.trace[-1].state.classes == (10,)
    assert len(layers(at)["decoder"]["conditions"][0][1]) == 10


@pytest.mark.parametrize("latent", [1, 3])
def test_other_latent_dimensions(latent):
    at = opened(**HERE, latent=latent)
    assert layers(at)["decoder"]["latent"] == max(latent, 2)


def test_a_categorical_likelihood_of_256_levels_is_a_sentence():
    at = opened(pictures="Jars", **HERE, likelihood="categorical")
    assert "at most 64 grey levels" in at.warning[0].value


@pytest.mark.parametrize("name", ["latent", "beta", "likelihood", "model", "pictures", "panel", "encode", "seed"])
def test_a_wrong_link_falls_back_and_says_so(name):
    at = apps.visit("pages/vae.py", **{"panel": "Code and files", name: "[x](y)"})
    assert not at.exception
    assert sum("In this link" in w.value for w in at.warning) == 1


def png(side=40, light=False):
    out = io.BytesIO()
    y, x = np.mgrid[:side, :side]
    Image.fromarray((255 * ((np.hypot(x - 20, y - 20) < 12) != light)).astype(np.uint8)).save(out, "PNG")
    return out.getvalue()


def test_an_uploaded_picture_is_encoded():
    at = opened(encode=chosen.UPLOAD)
    at.file_uploader(key="vae.own").upload("ring.png", png(), "image/png").run()
    assert not at.exception
    assert not at.error
    mean = layers(at)["q"]["arrays"]["mean"]
    own = opened(row=1)
    assert not np.allclose(mean, layers(own)["q"]["arrays"]["mean"])


def test_a_picture_on_a_bright_ground_is_inverted_by_one_press():
    at = opened(encode=chosen.UPLOAD)
    at.file_uploader(key="vae.own").upload("ring.png", png(light=True), "image/png").run()
    assert any(
        re.match(r"Mean brightness 0\.[6-9]\d, and these pictures are bright on dark", c.value) for c in at.caption
    )
    at.button(key="vae.invert").click().run()
    assert not any("Mean brightness" in c.value for c in at.caption)
    other = opened(encode=chosen.UPLOAD)
    other.file_uploader(key="vae.own").upload("ring.png", png(), "image/png").run()
    assert not any("Mean brightness" in c.value for c in other.caption)
    np.testing.assert_allclose(layers(at)["q"]["arrays"]["mean"], layers(other)["q"]["arrays"]["mean"], atol=1e-6)


def test_a_hostile_picture_is_a_sentence():
    at = opened(encode=chosen.UPLOAD)
    at.file_uploader(key="vae.own").upload("x.png", b"\x89PNG\r\n\x1a\n" + bytes(60), "image/png").run()
    assert not at.exception
    assert len(at.error) == 1
    assert any(c.value == "Until then: picture 1 of the set, a 0." for c in at.caption), "no answer to the file"


def bytes_of(name="vae-jars"):
    return (recipes.FOLDER / f"{name}.safetensors").read_bytes()


def test_a_checkpoint_is_loaded_back_with_its_pictures():
    at = opened(panel="Code and files")
    at.file_uploader(key="vae.checkpoint").upload("mine.safetensors", bytes_of(), "application/octet-stream").run()
    assert not at.exception
    assert not at.error
    assert at.selectbox(key="pictures").value == "jars"
    want = recipes.stored("vae-jars").model.encode(images.load("jars").pixels[:1] / 255)[0]
    np.testing.assert_allclose(layers(at)["q"]["arrays"]["mean"], want, atol=1e-5)
    at.selectbox(key="pictures").set_value("digits").run()
    assert "knows pictures of 32 x 32" in at.warning[0].value


def test_a_damaged_checkpoint_is_a_sentence_and_takes_nothing_away():
    at = opened(panel="Code and files")
    raw = bytearray(bytes_of())
    raw[:8] = (1 << 40).to_bytes(8, "little")
    at.file_uploader(key="vae.checkpoint").upload("bad.safetensors", bytes(raw), "application/octet-stream").run()
    assert not at.exception
    assert len(at.error) == 1
    assert message(at)["frames"]


@pytest.mark.parametrize(
    "query",
    [{"row": 4}, {**HERE, "conditional": "true", "row": 2}, {"pictures": "Jars"}],
    ids=["stored", "here", "16-D"],
)
def test_the_script_prints_the_bound_on_the_screen(query):
    at = opened(panel="Code and files", **query)
    code = at.code[0].value
    assert "playground" not in code
    told = io.StringIO()
    code = code.replace("[:200]", f"[:{training.MOST}]")
    with contextlib.redirect_stdout(told):
        exec(compile(code, "script", "exec"), {"__name__": "script"})
    printed = float(re.search(r"ELBO (-?[\d.]+) nats", told.getvalue())[1])
    assert printed == pytest.approx(bound(at), abs=0.06)


def test_the_scores_stand_beside_the_classical_densities():
    at = opened(panel="Numbers")
    for _ in range(240):
        if any("| VAE, ELBO |" in m.value for m in at.markdown):
            break
        held(at, "run.vae.scores").job.wait(0.5)
        at.run()
    table = next(m.value for m in at.markdown if "nats per picture" in m.value)
    for name in scores.ANCHORS[:2]:
        assert f"| {name} |" in table


def own_set(n=30):
    g = Key(5).generator()
    out = io.BytesIO()
    np.save(out, (255 * g.random((n, 8, 8))).astype(np.uint8))
    return out.getvalue()


def test_a_set_of_ones_own_trains_from_scratch_by_itself():
    at = opened(pictures="Your own pictures", epochs=2)
    at.file_uploader(key="picture_files").upload("mine.npy", own_set(), "application/octet-stream").run()
    assert not at.exception
    assert not at.error, [e.value for e in at.error]
    assert at.segmented_control(key="model").options == [screen.HERE]
    assert held(at, "run.vae").job.trace[-1].index == 2


# What depends on what


WORK = {  # what is worked out, and where
    "codes": (film, "still"),
    "plane": (film, "plane"),
    "weights": (film, "snapshots"),
    "way": (through, "through"),
    "bound": (through, "bound"),
    "message": (pad, "pack"),
    "training": (training, "steps"),
    "losses": (losses, "charts"),
    "scores": (scores, "ranked"),
    "truth": (truth, "steps"),
    "surgery": (surgery, "steps"),
    "map": (geometry, "survey"),
    "ways": (geometry, "between"),
    "compared": (compared, "steps"),
    "self-test": (checks, "of_vae"),
}
PICTURE = ("way", "bound", "message")  # what follows from the picture on whatever page
MODEL = (*PICTURE, "codes", "plane", "weights")


def setting(**values):
    """A change of settings by their controls."""

    def change(at):
        for name, value in values.items():
            at.session_state[name] = value

    return change


def hand(point=None):
    """A hand that lets go of the marker somewhere, or that has pressed a picture."""

    def change(at):
        scene = message(at)["scene"]["id"]
        told = {"scene": scene, "z": [0.5, 0.5], "labels": [], "axes": [0, 1], "point": point}
        at.session_state["pad.vae"] = {"hand": told}

    return change


FOLLOWS = [  # the screen, the change, and all that is worked out anew
    ({}, setting(), ()),
    ({}, setting(row=7), PICTURE),
    ({}, hand(), ()),
    ({}, hand(point=12), PICTURE),
    ({}, setting(encode=chosen.DRAWN), ()),
    ({}, setting(model="16-D"), MODEL),
    ({}, setting(pictures="jars"), MODEL),
    ({}, setting(panel="Numbers"), ("scores",)),
    ({}, setting(panel="Self-test"), ("self-test",)),
    ({"panel": "Numbers"}, setting(row=7), PICTURE),
    ({"panel": "The truth beside it"}, setting(row=7), (*PICTURE, "truth")),
    ({"panel": "Surgery"}, setting(row=7), PICTURE),
    ({"panel": "Geometry"}, setting(row=7), (*PICTURE, "ways")),
    ({"panel": "Geometry"}, setting(path_to="3"), ("ways",)),
    ({"panel": "Representation"}, setting(row=7), PICTURE),
    ({"panel": "Representation", "pictures": "Jars"}, setting(shade="height"), ()),
    ({"panel": "Self-test"}, setting(row=7), (*PICTURE, "self-test")),
    (HERE, setting(row=7), PICTURE),
    (HERE, setting(seed=1), ("training", "losses", "plane", "weights", *PICTURE)),
    (HERE, setting(beta=4.0), ("training", "losses", "plane", "weights", *PICTURE)),
]


@pytest.mark.parametrize(("query", "change", "follows"), FOLLOWS)
def test_what_did_not_change_is_not_worked_out_again(monkeypatch, query, change, follows):
    monkeypatch.setattr(compared, "EPOCHS", 1)
    monkeypatch.setattr(geometry, "SIDES", (3, 5))
    at, done = opened(**query), []
    for name, (module, function) in WORK.items():
        made = getattr(module, function)
        monkeypatch.setattr(module, function, lambda *a, m=made, n=name, **k: done.append(n) or m(*a, **k))
    change(at)
    assert not at.run().exception
    assert sorted(done) == sorted(follows)


def test_with_a_stored_model_only_the_pad_is_a_fragment(monkeypatch):
    """A fragment copies all that is around it, at every change; and what follows from the picture alone needs none."""
    names, real = [], baton.fragment

    def noted(*given):
        return lambda body: names.append(body.__name__) or real(*given)(body)

    monkeypatch.setattr(baton, "fragment", noted)
    at = opened()
    assert not at.exception
    assert "stage" in names
    assert not {"encoded", "bounded"} & set(names)
