"""What stands beside and below the stage of the diffusion page: the run's bar and the panels."""

from collections.abc import Callable, Sequence

import streamlit as st

from core.process import Step
from playground import session
from playground.rungs.diffusion import files, numbers, training
from playground.rungs.diffusion.bench import Bench, Noising, repair
from playground.rungs.diffusion.panels import field, guidance, memory, quality, solvers, straightness, time_axis
from playground.rungs.diffusion.screen import NAME, PANELS, TAUGHT, Screen
from playground.rungs.diffusion.training import Learning
from playground.runs import baton, film, run_bar, runs
from playground.runs.runs import Run

APART: dict[str, Callable[[Screen, Step, Run], None]] = {  # panels with a file of their own
    "Time axis": time_axis.show,
    "Field": field.show,
    "Memory": memory.show,
    "Straightness": straightness.show,
    "Solvers": solvers.show,
    "Guidance": guidance.show,
    "Quality": quality.show,
    "Code and files": files.show,
}


def bar(run: Run, dragged: bool, reset: Callable[[], None]) -> None:
    """How far the walk is computed; pause, resume and cancel while it lives, and the way back to one's own start."""
    progress = run.job.progress()
    if progress.error:
        st.warning(progress.error)
    with st.container(horizontal=True, gap="small"):
        st.caption(run_bar.status(NAME, progress.phase, progress.steps, progress.rate, "half-steps"))
        if progress.phase == "paused":
            run_bar.press(NAME, "Resume", "play_arrow", run.job.resume)
        elif progress.alive:
            run_bar.press(NAME, "Pause", "pause", run.job.pause)
        if dragged and run_bar.press(NAME, "Own start", "restart_alt", reset):
            st.rerun(scope="app")


def watch(course: Run) -> None:
    """One line on a training that goes on; the page follows when it ends."""

    polled, stage = runs.every(course), training.stage_of(course)

    @baton.fragment(run_every=polled)
    def look() -> None:
        progress = course.job.progress()
        if polled and training.stage_of(course) != stage:
            st.rerun(scope="app")
        if progress.error:
            st.warning(progress.error)
        done = progress.steps * training.EVERY
        st.caption(f"Training: {min(done, training.UPDATES):,} of {training.UPDATES:,} updates. Panel Train shows it.")

    look()


def panel(screen: Screen, step: Step, run: Run) -> None:
    """The half-step's equation, and the chosen panel."""
    st.markdown(numbers.equation(screen.bench, step))
    shown = st.segmented_control(
        "Look closer", PANELS, default=PANELS[0], key="panel", bind="query-params", required=True
    )
    if shown == "Train" and screen.course is not None:
        train(screen.own, screen.course, screen.asked.learning)
    elif shown in TAUGHT and screen.course is None:
        st.rerun(scope="app")  # the panel was chosen a moment ago, and its training begins with the page
    elif shown in APART:
        APART[shown](screen, step, run)
    else:
        schedule(screen.bench, step, screen.sampler.ticks)


def schedule(bench: Bench, step: Step, ticks: int) -> None:
    """The signal-to-noise curve (with its `ticks` in discrete time), and how far noising ends from where a walk begins."""
    from playground.rungs.diffusion import charts  # here, because its library is a tenth of a cold start

    left, right = st.columns([1.2, 1], gap="large")
    with left:
        st.altair_chart(
            charts.signal(bench.schedule, step.metrics["t"], ticks, session.dark()), key=f"{NAME}.snr",
            alt="The signal-to-noise ratio falls all the way from data to noise",
        )  # fmt: skip
        st.caption(numbers.clock(bench.schedule, ticks))
    with right:
        key = (bench.dataset.digest, bench.noising)
        words, wide = session.once(f"{NAME}.mismatch", key, lambda: numbers.mismatch(bench))
        st.markdown("**Prior mismatch**: how far the noised data are from the Gaussian that a walk begins with.")
        st.markdown(words)
        if wide:
            better: Noising = session.once(f"{NAME}.repair", key, lambda: repair(bench))
            values = {"schedule": better.schedule, "far": better.far}
            label = f"Repair: {better.schedule}, as far as {better.far:g}"
            if st.button(label, icon=":material/build:", on_click=session.set_widgets, args=(values,)):
                st.rerun(scope="app")
        st.caption("KL(q(x_T), N(0, s² I)) / d, by quadrature: exact. Drag “How far noising goes” under More.")


def train(bench: Bench, course: Run, learning: Learning) -> None:
    """The training as a film: samples of the half-trained model, both scores, the loss over its floor."""
    from playground.rungs.diffusion import charts  # here, because its library is a tenth of a cold start

    t = st.slider("Time t of the scores", 0.05, 0.95, 0.3, 0.05, key="time", bind="query-params")
    polled, stage = runs.every(course), training.stage_of(course)
    places = session.once(f"{NAME}.whole", object(), lambda: [True])

    @baton.fragment(run_every=polled)
    def instrument() -> None:
        steps = course.job.trace.snapshot()[1]
        follows = session.widget("says") == "learned" and training.stage_of(course) != stage
        if polled and (follows or not course.job.progress().alive):
            st.rerun(scope="app")
        if not steps:
            st.caption("The first updates...")
            return
        left, right = st.columns([1.35, 1], gap="large")
        with left:

            def frames(part: Sequence[Step], first: int) -> list:
                return training.frames(bench, list(part), t)

            found = film.show(training.NAME, course, training.scene(bench, course.id, t), frames)
            at = min(film.shown(training.NAME, course, found), len(steps) - 1)
            reset = (lambda: runs.unfork(training.NAME)) if runs.forked(training.NAME) else None
            run_bar.bar(training.NAME, course, steps[at], f"of {training.UPDATES // training.EVERY + 1} parts", reset)
        with right:
            step, loss = steps[at], steps[at].arrays["loss_by_time"]
            key = (bench.dataset.digest, bench.noising, learning.target)
            middles, floor = session.once(
                f"{NAME}.floor", key, lambda: training.floor(bench, learning.target, len(loss))
            )
            alt = "The loss at every time lies above the floor that no network can avoid"
            chart = charts.losses(middles, loss, floor, session.dark())
            st.altair_chart(chart, key=f"{NAME}.loss", alt=alt)
            excess = training.excess(loss, step.arrays["examples"], floor)
            rows = [
                ("Updates", f"{step.metrics['steps']:,.0f}", "of the weights"),
                ("Loss", f"{step.metrics['loss']:.4f}", "squared error per dimension"),
                ("Excess over the floor", f"{excess:.4f}", "the network's own error"),
            ]
            st.markdown(numbers.table(f"Part {step.index}", rows))
        rested = session.changed(f"{NAME}.train.rest", training.rested(course)) and not places[0]
        if rested and session.widget("says") == "learned":
            st.rerun(scope="app")

    places[0] = True
    instrument()
    places[0] = False
