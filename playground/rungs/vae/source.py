"""Which model is under the hand: one that was trained before, one that is trained here, or one from a file."""

from dataclasses import dataclass
from functools import lru_cache

import streamlit as st

from core import checkpoint
from core.checkpoint import Checkpoint, CheckpointError
from core.data import images
from core.data.images import Pictures
from core.vae import recipes
from core.vae.config import Config
from core.vae.recipes import RECIPES
from playground import controls, session
from playground.rungs.vae.plane import Codes, encoded
from playground.rungs.vae.training import told

HERE, FILE = "Train it here", "From a file"
PRESET = Config(width=96, epochs=100)
MAIN = ("latent", "beta", "likelihood", "architecture")
REST = ("width", "epochs", "rate")
HIDDEN = ("levels",)  # the pictures' own grey levels
MOST = 64  # MB of a checkpoint
SLOW = (
    "Convolutions learn several times slower than dense layers on a processor: ask for few epochs, and the line under the "
    "plane says how many it does a second."
)


@dataclass(frozen=True, eq=False)
class Source:
    """The model that was asked for: a `checkpoint` and the codes of the pictures under it, or what to train here.

    `id` names it in this session, `title` says it in words; `problem` is the sentence that says why there is none.
    """

    id: str
    title: str
    checkpoint: Checkpoint | None = None
    codes: Codes | None = None
    config: Config | None = None
    conditional: bool = False
    seed: int = 0
    problem: str = ""


@lru_cache(maxsize=1)
def titles() -> dict[str, str]:
    """Every stored checkpoint by its title; the titles of one set differ."""
    found: dict[str, str] = {}
    for name, recipe in RECIPES.items():
        if (recipes.FOLDER / f"{name}.safetensors").exists():
            found[name] = f"{recipe.config.latent}-D" + (" by class" if recipe.labelled else "")
    return found


def words() -> tuple[str, ...]:
    """Every word the choice of a model may show, the usual one first."""
    return (*dict.fromkeys(titles().values()), HERE, FILE)


def offered(pictures: Pictures) -> dict[str, str]:
    """The stored checkpoints of these pictures: title -> name."""
    return {title: name for name, title in titles().items() if RECIPES[name].dataset == pictures.name}


def choose(name: str, pictures: Pictures) -> Source:
    """The controls, and what was chosen."""
    held: tuple[str, Checkpoint] | None = session.recall(f"{name}.file", lambda: None)
    stored = offered(pictures)
    options = [*stored, HERE, *([FILE] if held else [])]
    if session.widget("model") not in (None, *options):
        session.set_widgets({"model": options[0]})
    chosen = st.segmented_control("Model", options, default=options[0], key="model", bind="query-params", required=True)
    if chosen == FILE and held:
        return kept(f"file-{held[0]}", "a file", held[1], pictures)
    if chosen in stored:
        found = recipes.stored(stored[chosen])
        return kept(stored[chosen], stored[chosen], found, pictures)
    return here(pictures)


def kept(name: str, title: str, held: Checkpoint, pictures: Pictures) -> Source:
    """A checkpoint with the codes of these pictures, or why it cannot be shown."""
    model = held.model
    if model.shape != pictures.shape:
        shapes = [f"{h} x {w}" + (" in colour" if c == 3 else "") for c, h, w in (model.shape, pictures.shape)]
        return Source(name, title, problem=f"This model knows pictures of {shapes[0]}; those chosen are {shapes[1]}.")
    try:
        codes = session.once("vae.codes", (name, pictures.digest), lambda: _codes(held, pictures))
    except ValueError as error:
        return Source(name, title, problem=str(error))
    note(held)
    return Source(name, title, held, codes, seed=held.seed)


def _codes(held: Checkpoint, pictures: Pictures) -> Codes:
    with st.spinner("Encoding the pictures..."):
        return encoded(held.model, pictures)


def note(held: Checkpoint) -> None:
    """One line on what a stored model is."""
    c, epochs = held.model.config, int(held.metrics.get("best_epoch", held.steps))
    seconds = held.metrics.get("cpu_seconds")
    cost = f" in {seconds:,.0f} CPU s" if seconds else ""
    nets = "convolutions" if c.architecture == "conv" else "dense layers"
    st.caption(f":orange-badge[trained] {nets}, {c.likelihood}, beta {c.beta:g}, {epochs:,} epochs{cost}")


def here(pictures: Pictures) -> Source:
    """The options of a training on this page."""
    values = controls.draw(PRESET, more=False, names=MAIN)
    if values["architecture"] == "conv":
        st.caption(SLOW)
    conditional = False
    known = told(pictures)
    if known is not None:
        conditional = st.toggle(
            "Tell it the class" if len(known.conditions) == 1 else "Tell it the attributes",
            key="conditional",
            bind="query-params",
            help="A conditional VAE: encoder and decoder are told the label, so the latent numbers hold the rest.",
        )
    with st.expander("More"):
        values |= controls.draw(PRESET, more=False, names=REST)
        rest = [o for o in controls.names(PRESET, more=True) if o not in HIDDEN]
        values |= controls.draw(PRESET, more=True, names=rest)
        seed = controls.draw(controls.Seed(), more=True)["seed"]
    try:
        config = Config(**values, levels=pictures.levels)
    except ValueError as error:
        return Source("here", HERE, problem=str(error))
    return Source("here", HERE, config=config, conditional=conditional, seed=seed)


def upload(name: str) -> None:
    """Load a checkpoint from a file: it becomes the model under the hand, or one sentence says why not."""
    key = f"{name}.checkpoint"

    def take() -> None:
        file = session.widget(key)
        if file is None:
            return
        raw = file.getvalue()
        try:
            found = checkpoint.load(raw, "vae")
        except CheckpointError as error:
            session.hold(f"{name}.refused", str(error))
            return
        session.hold(f"{name}.refused", "")
        session.hold(f"{name}.file", (session.fingerprint(raw).hex()[:12], found))
        known = {"pictures": found.dataset} if found.dataset in images.NAMES else {}
        session.set_widgets({"model": FILE, **known})

    st.file_uploader("Load a checkpoint", ["safetensors"], key=key, on_change=take, max_upload_size=MOST)
    if refused := session.recall(f"{name}.refused", str):
        st.error(session.plain(refused))
