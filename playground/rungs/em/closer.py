"""What stands beside and below the stage of the EM page: figures, numbers, the choice of K, basins, code and files."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from core.check import Check
from core.dataset import Dataset
from core.evaluation import metrics
from core.key import Key
from core.mixture import checks, select
from core.mixture.gmm import GMM, Config, parameter_count
from core.process import Step
from playground import session
from playground.rungs.em import basins, numbers
from playground.rungs.em import film as mixture
from playground.runs import baton, film, hand, runs
from playground.runs.runs import Run

NAMES = ("Numbers", "How many?", "Basins", "Code and files")


def components(k: int) -> tuple[str, ...]:
    """The components' names on buttons."""
    return tuple(str(i) for i in range(1, k + 1))


def figures(step: Step[GMM], dataset: Dataset, config: Config) -> None:
    """The live numbers of the Step on show: log-likelihood, BIC, and the distance to the truth where it is known."""
    level, n = step.metrics["log_likelihood"], len(dataset)
    bic = metrics.bic(level * n, parameter_count(config, dataset.dim), n)
    rows = [("Log-likelihood", f"{level:.4f}", "nats per point"), ("BIC", f"{bic:,.0f}", "nats, less is better")]
    if dataset.truth is not None and dataset.entropy is not None:
        gap = session.once("em.gap", (dataset.name, step.state.means.tobytes()), lambda: distance(step.state, dataset))
        rows.append(("KL from the truth", numbers.estimate(gap), "nats, 0 is perfect"))
        rows.append(("Entropy of the truth", f"{dataset.entropy:.4f}", "nats, exact"))
    st.markdown(numbers.table(f"Step {step.index} ({step.phase})", rows))


def distance(model: GMM, dataset: Dataset) -> metrics.Estimate:
    """KL(truth, model) from fresh draws, nats."""
    x, log_p = mixture.truth_draws(dataset.name)
    return metrics.mean(log_p - model.log_prob(x))


def panel(
    name: str,
    run: Run,
    steps: Sequence[Step[GMM]],
    at: int,
    dataset: Dataset,
    config: Config,
    key: Key,
    start: GMM,
    given: GMM | None,
    code: str,
) -> None:
    """The chosen panel; `given` is the start if a hand or a fork chose it."""
    chosen = st.segmented_control(
        "Look closer", NAMES, default=NAMES[0], key="panel", bind="query-params", required=True
    )
    if chosen == "How many?":
        how_many(name, dataset, config, key)
    elif chosen == "Basins":
        basin_map(name, dataset, config, key, start)
    elif chosen == "Code and files":
        take_home(steps[at], dataset, config, key, given, code)
    else:
        in_numbers(run, steps, at, dataset, config)


def component(k: int) -> int:
    """The component that equations and basins speak of, from 0."""
    if k == 1:
        return 0
    words = components(k)
    chosen = st.segmented_control("Component", words, default="1", key="component", bind="query-params", required=True)
    return int(chosen or 1) - 1


def in_numbers(run: Run, steps: Sequence[Step[GMM]], at: int, dataset: Dataset, config: Config) -> None:
    """The half-step's equation with its values, the table of parameters and the self-test strip."""
    step = steps[at]
    which = component(config.components)
    st.markdown(numbers.equation(step, dataset, which))
    table = numbers.parameters(step.state, dataset)
    st.markdown(table)
    beside = ", the :green[true ones] beside them" * (":green" in table)
    st.caption(f"Trained: the parameters of step {step.index}{beside}. {session.plain(dataset.source)}")
    st.subheader("Self-test", anchor=False)
    floors = mixture.floors(dataset, config)

    def test() -> list[Check]:
        return checks.of_mixture(steps, at, floors, mixture.responsibilities(step, dataset))

    found = session.once("em.checks", (run.id, len(steps), at), test)
    st.markdown(numbers.self_test(found))


def how_many(name: str, dataset: Dataset, config: Config, key: Key) -> None:
    """K from 1 to 12, each from several starts, with BIC's choice marked."""
    from playground.shown import charts  # here, because its library is a tenth of a cold start

    spec = (dataset.digest, config.covariance, config.floor, key)
    run = runs.open_run(f"{name}.select", spec, "", lambda: mixture.sweep(dataset, config, key))

    polled = runs.every(run)

    @baton.fragment(run_every=polled)
    def chart() -> None:
        progress = run.job.progress()
        if polled and not progress.alive:
            st.rerun(scope="app")  # and look no more
        if progress.error:
            st.warning(progress.error)
        if not len(run.job.trace):
            st.caption("Fitting K = 1...")
            return
        rows = run.job.trace[-1].state
        best = select.chosen(rows)
        left, right = st.columns([1, 1.2], gap="large")
        with left:
            for title, drawn in charts.selection(rows, best.components if best else None, 12, session.dark()).items():
                st.altair_chart(drawn, key=f"{name}.{title}", alt=title)
        with right:
            if progress.alive:
                share = run.job.trace[-1].metrics["progress"]
                st.progress(share, f"Fitted K = 1 to {len(rows)}, {select.RESTARTS} starts each.")
            elif best:
                st.markdown(
                    f"BIC chooses **K = {best.components}**. A fifth of the points was held out for the scores."
                )
                set_k = {"components": best.components}
                use = f"Use K = {best.components}"
                if st.button(use, on_click=session.set_widgets, args=(set_k,), key=f"{name}.use"):
                    st.rerun(scope="app")
            st.dataframe(numbers.judged(rows), hide_index=True)

    chart()


def basin_map(name: str, dataset: Dataset, config: Config, key: Key, start: GMM) -> None:
    """Thousands of starts coloured by where they end; dragging the start on the map drags it on the stage."""
    if dataset.dim == 1 and config.components == 1:
        st.caption("One Gaussian has one end, wherever it starts. Choose K = 2 or more to see basins.")
        return
    plane = basins.plane(dataset, config.components, component(config.components))
    spec = (dataset.digest, config, key, plane.across, plane.up, basins.rest(start, plane))
    run = runs.open_run(f"{name}.basins", spec, "", lambda: basins.steps(dataset, config, start, plane))

    polled = runs.every(run)

    @baton.fragment(run_every=polled)
    def chart() -> None:
        steps = run.job.trace.snapshot()[1]
        if polled and not run.job.progress().alive:
            st.rerun(scope="app")  # and look no more
        if run.job.progress().error:
            st.warning(run.job.progress().error)
        if not steps:
            st.caption("Starting everywhere at once...")
            return
        left, right = st.columns([1.35, 1], gap="large")
        with left:
            scene = basins.scene(
                dataset, start, plane, steps, f"{run.id}:{hand.version(name)}:{hand.encode(plane.hand(start))}"
            )
            said = film.show(f"{name}.basins", run, scene, basins.film(dataset, start, plane))
        right.markdown(basins.summary(dataset, steps[-1].state))
        place = hand.moved(said.handles, plane.hand(start))
        if place is not None:
            situation = (dataset.digest, config.components, config.start, key.seed)
            runs.unfork(name)
            hand.put(name, situation, plane.moved(start, place[0]))
            st.rerun(scope="app")

    chart()


def take_home(step: Step[GMM], dataset: Dataset, config: Config, key: Key, given: GMM | None, code: str) -> None:
    """The script that makes these parameters again, the files, and the link."""
    from playground.rungs.em import files  # here, because pandas is another tenth

    st.code(files.script(code, config, key.seed, given, step.index), language="python")
    with st.container(horizontal=True):
        offered: dict[str, Any] = {"on_click": "ignore", "icon": ":material/download:"}
        table = files.responsibilities
        st.download_button(
            "Responsibilities (CSV)", lambda: table(step.state, dataset), "responsibilities.csv", **offered
        )
        draws = files.samples
        st.download_button("Samples (CSV)", lambda: draws(step.state, dataset, key.seed), "samples.csv", **offered)
        st.download_button("Parameters (JSON)", files.as_json(step.state, dataset), "parameters.json", **offered)
    st.caption("A link to this screen:")
    st.code(session.link(), language=None, wrap_lines=True)
