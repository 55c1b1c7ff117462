"""The signal-to-noise curve, and how far noising ends from where a walk begins."""

import streamlit as st

from core.options import title
from core.process import Step
from playground import plot, session
from playground.rungs.diffusion import charts, numbers
from playground.rungs.diffusion.bench import Bench, Noising, repair
from playground.rungs.diffusion.screen import NAME, Screen


def show(screen: Screen, step: Step) -> None:
    """The panel; in discrete time the curve has its ticks."""
    bench, ticks = screen.bench, screen.sampler.ticks
    left, right = st.columns([1.2, 1], gap="large")
    with left:
        key = (bench.noising, step.metrics["t"], ticks, session.dark())
        drawn = session.once(f"{NAME}.snr", key, lambda: charts.signal(bench.schedule, *key[1:]))
        alt = "The signal-to-noise ratio falls all the way from data to noise"
        plot.show(drawn, key=f"{NAME}.snr", alt=alt)
        st.caption(numbers.clock(bench.schedule, ticks))
    with right:
        mismatch(bench)


def mismatch(bench: Bench) -> None:
    """The noised data against the Gaussian that a walk begins with, and the schedule that mends it."""
    key = (bench.dataset.digest, bench.noising, bench.units)
    words, wide = session.once(f"{NAME}.mismatch", key, lambda: numbers.mismatch(bench))
    st.markdown("**Prior mismatch**: how far the noised data are from the Gaussian that a walk begins with.")
    st.markdown(words)
    if wide:
        better: Noising = session.once(f"{NAME}.repair", key, lambda: repair(bench))
        values = {"schedule": better.schedule, "far": better.far}
        label = f"Repair: {title(better.schedule)}, as far as {better.far:g}"
        if st.button(label, icon=":material/build:", on_click=session.set_widgets, args=(values,)):
            st.rerun(scope="app")
    st.caption("KL(q(x_T), N(0, s² I)) / d, by quadrature: exact. Drag “How far noising goes” under More.")
