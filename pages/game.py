"""The game: a rule that nobody sees lets points fall; where will the next one be?"""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.process import Step
from playground import controls, session
from playground.frame import begin, experiments, onward
from playground.rungs.game import film, law, numbers, places, rules
from playground.rungs.game.law import Seen
from playground.rungs.game.screen import NAME, PANELS, PRESET, WORDS, Options, Screen, screen
from playground.runs import baton, runs
from playground.runs import film as stage
from playground.runs.runs import Run
from playground.shown import closer

TRIES: dict[str, tuple[dict[str, object], str]] = {
    "The best box there is": (
        {"rule": rules.FIRST, "model": law.BOX, "revealed": "true", "panel": "What is area?"},
        "Of all boxes one is best. Lay it over the map, then try to beat it with a polygon.",
    ),
    "Too rich for twenty points": (
        {
            "rule": rules.FIRST,
            "model": law.MIXTURE,
            "components": 12,
            "points": 20,
            "revealed": "true",
            "panel": "Ladder",
        },
        "Twelve Gaussians on twenty points: sharp where points fell, blind where none did. Give it 200.",
    ),
    "Guess the second rule": (
        {"rule": rules.SECOND, "points": 20},
        "Twenty points of another rule. Guess five more, then reveal it: how many were right?",
    ),
}

begin(
    "The game",
    "Points fall where a hidden rule allows. Guess where the next one will be, then build a model that guesses for you.",
)
words = {**WORDS, "panel": closer.titles(PANELS)}


def workbench() -> None:
    """Everything that follows the controls."""
    lines = session.complaints((PRESET, controls.Seed()), words)
    left, right = st.columns([1.35, 1], gap="large")
    with right:
        found = ask()
        said, figures = st.container(), st.container()
    if lines:
        said.warning("\n\n".join(lines))
    if found is None:
        return own(left)
    run = found.run()
    with left:
        instrument(found, run)
    if not len(run.job.trace):
        return
    step = run.job.trace[-1]
    with figures:
        st.markdown(numbers.figures(found, step))
        if why := numbers.impossible(found, step):
            st.caption(why)
    closer.closer(NAME, PANELS, found, step)


def own(place: DeltaGenerator) -> None:
    """A sheet to draw an island on, or nothing until there is a picture."""
    drawing = session.widget("rule") == rules.DRAWN
    with place:
        told = stage.still(NAME, film.sheet(drawing))
        st.caption("Draw an island: the points will fall on it." if drawing else "Points will fall on your picture.")
    if told.drawn is not None and rules.draw(told.drawn[0]):
        st.rerun()


def instrument(found: Screen, run: Run) -> None:
    """The map; a corner, a guess or a mark let go of runs the page again."""
    waiting = run.job.progress().alive

    @baton.fragment(runs.every(run), run.job.news)
    def look() -> None:
        progress = run.job.progress()
        step = run.job.trace[-1] if len(run.job.trace) else None
        told = stage.still(NAME, film.scene(found, step))
        if progress.error:
            st.warning(progress.error)
        play(found, step)
        if film.moved(found, step, told.handles) or (waiting and not progress.alive):
            st.rerun(scope="app")

    look()


def play(found: Screen, step: Step[Seen] | None) -> None:
    """What is done with the map, and what came of it."""
    with st.container(horizontal=True, gap="small"):
        if not found.revealed:
            st.button("Guess here", icon=":material/pin_drop:", key=f"{NAME}.guess", on_click=guess, args=(found,))
        if len(film.guesses(found)):
            st.button(
                "Forget the guesses",
                icon=":material/restart_alt:",
                key=f"{NAME}.forget",
                on_click=forget,
                args=(found,),
            )
        if found.rule.title == rules.DRAWN:
            st.button("Another island", icon=":material/brush:", key=f"{NAME}.another", on_click=rules.forget)
    st.caption(numbers.guesses(found))
    if found.revealed and step is not None:
        for line in numbers.reasons(found, step):
            st.markdown(line)


def guess(found: Screen) -> None:
    """Take the place of the mark for a guess."""
    film.take(found)


def forget(found: Screen) -> None:
    """Begin again."""
    places.put(film.GUESSES, found.dataset.digest, None)


def ask() -> Screen | None:
    """The controls at the right; there is no screen before an island is drawn."""
    rule = rules.called(controls.choose("Rule", rules.RULES, "rule"))
    values = controls.draw(PRESET, more=False)
    kind = controls.choose("Model", law.MODELS, "model")
    if kind == law.MIXTURE:
        values |= controls.draw(PRESET, more=True, names=("components",))
    revealed = st.toggle("Reveal the rule", key="revealed", bind="query-params")
    with st.expander("More"):
        if kind in law.BY_HAND:
            values |= controls.draw(PRESET, more=True, names=("spare",))
        seed = controls.draw(controls.Seed(), more=True)["seed"]
    return None if rule is None else screen(rule, Options(**values), kind, seed, revealed)


workbench()
experiments(NAME, TRIES)
onward("a region knows only in and out; what if every one of 4,032 things has a probability of its own?", "outfits")
