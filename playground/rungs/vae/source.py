"""Which model is under the hand: the controls for one that was trained before, is trained here, or comes from a file."""

from dataclasses import replace
from functools import lru_cache

import streamlit as st

from core.checkpoint import Checkpoint
from core.data.images import Pictures
from core.process import Step
from core.vae import recipes
from core.vae.config import Config
from core.vae.model import VAE
from core.vae.recipes import RECIPES
from playground import controls, session
from playground.rungs.vae import film
from playground.rungs.vae.screen import FILE, HERE, NAME, PRESET, Source
from playground.rungs.vae.training import told
from playground.runs import shared

MAIN = ("latent", "beta", "likelihood", "architecture")
REST = ("width", "epochs", "rate")
HIDDEN = ("levels",)  # the pictures' own grey levels
SLOW = (
    "Convolutions learn several times slower than dense layers on a processor: ask for few epochs, and the line under the "
    "plane says how many it does a second."
)


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


def preset(name: str) -> Config:
    """What a training of the set called `name` begins with: its stored model's likelihood, so that their nats compare."""
    stored = next((recipe.config for recipe in RECIPES.values() if recipe.dataset == name), PRESET)
    return replace(PRESET, likelihood=stored.likelihood, levels=stored.levels)


def standard(pictures: Pictures) -> VAE | None:
    """The stored model that a page of these pictures opens with."""
    return next((recipes.stored(name).model for name in offered(pictures).values()), None)


def choose(pictures: Pictures) -> Source:
    """The controls, and what was chosen."""
    held: tuple[str, Checkpoint] | None = session.recall(f"{NAME}.file", lambda: None)
    stored = offered(pictures)
    options = [*stored, HERE, *([FILE] if held else [])]
    session.settle("model", options, options[0])
    chosen = st.segmented_control("Model", options, default=options[0], key="model", bind="query-params", required=True)
    if chosen == FILE and held:
        return kept(f"file-{held[0]}", "a file", held[1], pictures)
    if chosen in stored:
        found = recipes.stored(stored[chosen])
        return kept(stored[chosen], stored[chosen], found, pictures, stored=True)
    return here(pictures)


def kept(name: str, title: str, held: Checkpoint, pictures: Pictures, stored: bool = False) -> Source:
    """A checkpoint with the codes of these pictures, or why it cannot be shown."""
    model = held.model
    if model.shape != pictures.shape:
        shapes = [f"{h} x {w}" + (" in colour" if c == 3 else "") for c, h, w in (model.shape, pictures.shape)]
        return Source(name, title, problem=f"This model knows pictures of {shapes[0]}; those chosen are {shapes[1]}.")
    try:
        of = pictures if stored else None
        step = shared.once(f"{NAME}.codes", (name, pictures.digest), of, lambda: encoded(model, pictures))
    except ValueError as error:
        return Source(name, title, problem=str(error))
    note(held)
    return Source(name, title, held, step, seed=held.seed, stored=stored)


def encoded(model: VAE, pictures: Pictures) -> Step[VAE]:
    """The only Step of a kept model's film; a person is told that it may take a while."""
    with st.spinner("Encoding the pictures..."):
        return film.still(model, pictures)


def note(held: Checkpoint) -> None:
    """One line on what a stored model is."""
    c, epochs = held.model.config, int(held.metrics.get("best_epoch", held.steps))
    seconds = held.metrics.get("cpu_seconds")
    cost = f" in {seconds:,.0f} CPU s" if seconds else ""
    nets = "convolutions" if c.architecture == "conv" else "dense layers"
    st.caption(f":orange-badge[trained] {nets}, {c.likelihood}, beta {c.beta:g}, {epochs:,} epochs{cost}")


def here(pictures: Pictures) -> Source:
    """The options of a training on this page."""
    usual = preset(pictures.name)
    before = session.recall(f"{NAME}.likelihood", lambda: usual.likelihood)
    if before != usual.likelihood and session.widget("likelihood") == before:
        session.set_widgets({"likelihood": usual.likelihood})  # nobody chose the one of the pictures before
    session.hold(f"{NAME}.likelihood", usual.likelihood)
    values = controls.draw(usual, more=False, names=MAIN)
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
        values |= controls.draw(usual, more=False, names=REST)
        rest = [o for o in controls.names(usual, more=True) if o not in HIDDEN]
        values |= controls.draw(usual, more=True, names=rest)
        seed = controls.draw(controls.Seed(), more=True)["seed"]
    try:
        config = Config(**values, levels=pictures.levels)
    except ValueError as error:
        return Source("here", HERE, problem=str(error))
    return Source("here", HERE, config=config, conditional=conditional, seed=seed)
