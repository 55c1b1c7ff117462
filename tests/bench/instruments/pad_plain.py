"""What the latent pad is measured against: two sliders, a rerun, torch, st.image. Settings as the playground's."""

import numpy as np
import streamlit as st

from tests.browser.apps.pad_models import SPECS, decode, weights


@st.cache_resource
def decoder() -> bytes:
    """The weights, kept from run to run."""
    return weights(SPECS["conv"])


z = [st.slider(name, -3.5, 3.5, 0.0, 0.05, key=name) for name in ("z1", "z2")]
picture = decode(SPECS["conv"], decoder(), np.array([z]))[0, 0]
st.image(np.kron(picture, np.ones((12, 12))), clamp=True, width=384)
