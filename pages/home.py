"""Home: what this is, a fit that plays, and the shelf of data to begin with."""

import streamlit as st

from core.data import builtin
from core.key import Key
from core.mixture.gmm import Config
from playground import frame, image, session
from playground.rungs.em import film, fitting
from playground.runs import film as stage
from playground.runs import run_bar, runs
from playground.shelf import points, thumbnails

NAME = "home"
SHOWN = {"pinwheel": 5, "eight_gaussians": 8, "two_moons": 6, "faithful": 2}
SEEDS = {"pinwheel": 3}
SAYS = {
    "game": "A hidden rule lets points fall. Say where the next one will.",
    "outfits": "Fifty outfits are seen; which one comes next, and which have never been there?",
    "pixels": "Count pictures pixel by pixel, and draw: snow. What does a pixel know of the next?",
    "decide": "Two ways to tell classes apart, and only one of them can draw.",
    "fit1": "Lay a bell over a column of numbers, by hand, and let eighteen laws compete for it.",
    "fit2": "Drag a line through two columns: what does one say of the other?",
    "em": "Guess, move, guess again: find hidden groups half-step by half-step.",
    "vae": "Pull two hidden numbers about and a picture follows.",
    "diffusion": "Dissolve points into noise, then walk the noise back.",
    "paint": "Say a few words, and pictures come out of the noise.",
}

frame.begin(
    "Generative Playground",
    "Draw, drag and upload; see how a model of p(x) is chosen, fitted, sampled and judged.",
    buttons=False,
)
left, right = st.columns([1.35, 1], gap="large")

with right:
    data = st.segmented_control(
        "Playing now",
        list(SHOWN),
        default="pinwheel",
        format_func=builtin.NAMES.__getitem__,
        key="hero",
        required=True,
        wrap=True,
    )
    dataset = builtin.load(data or "pinwheel")
    st.markdown(
        "**A model of p(x) is a machine that makes data.** To fit one is to turn its knobs until what it makes could "
        "have been what you saw. Here every step of that is a frame you can play, scrub and question; what is exact is "
        "drawn in green beside it.\n\n"
        "The fit playing here was computed when you opened this page: each point asks which Gaussian it came from (E), "
        "each Gaussian moves to the points it answers for (M). Open a page and take over:"
    )
    for rows in frame.PAGES.values():
        for name, title, icon in rows:
            if name != NAME:
                with st.container(gap=None):
                    st.page_link(frame.page(name), label=f"**{title}**", icon=icon)
                    st.caption(SAYS.get(name, ""))

config, key = Config(components=SHOWN[dataset.name]), Key(SEEDS.get(dataset.name, 0)) / "em"
start = fitting.begin(dataset, config, key, None)
run = runs.open_run(NAME, (dataset.digest, config), "", lambda: fitting.steps(dataset, config, key, start), of=dataset)
if not len(run.job.trace):
    with left:
        run_bar.wait(run)
    st.stop()
with left:
    stage.show(
        NAME,
        run,
        film.scene(dataset, None, False, None, f"{NAME}:{dataset.name}"),
        lambda steps, first: film.frames(dataset, steps, first),
    )

st.header("The shelf", anchor=False)
st.caption("Pick a data set to fit by hand, or bring your own: draw it, or drop in a CSV, Parquet or NumPy file.")
with st.container(horizontal=True, gap="medium"):
    for name, title in points.titles((1, 2)).items():
        with st.container(width=132 if len(title) < 20 else 190, gap="small"):
            image.show(
                thumbnails.thumbnail(name, session.dark()), f"A picture of the data set {title}", thumbnails.SIDE
            )
            st.page_link(
                frame.page("fit1" if builtin.NAMES.get(name) and builtin.dim(name) == 1 else "em"),
                label=title,
                query_params={"data": title},
            )
