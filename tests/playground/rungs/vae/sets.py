"""Small Pictures of the spots, for the panels of a VAE, and the models that know them."""

import numpy as np

from core.data.images import Factor, Pictures, quantise
from core.key import Key
from core.vae import fit
from tests.core.vae.tiny_vae import last, spots, trained

FEW, LEVELS = 120, 5


def pictures(kind="factors"):
    """Spots with their true places ("factors"), with a class ("classes"), with a word ("words"), or with neither ("bare")."""
    x, where = spots(FEW)
    known = {}
    side = (where[:, 0] > 1.5).astype(np.int64)
    if kind in ("classes", "words"):
        known = {"labels": side, "classes": ("up", "down")}
    if kind == "factors":
        columns = (Factor("row", 0.0, 3.0, "px"), Factor("column", 0.0, 3.0, "px"))
        known = {"factors": where, "columns": columns}
    if kind == "words":
        known |= {"factors": side[:, None].astype(float), "columns": (Factor("half", 0, 1, words=("up", "down")),)}
    return Pictures(f"spots {kind}", quantise(x, LEVELS), levels=LEVELS, **known)


def model(latent=2, told=False):
    """A model of the spots; `told` the class."""
    if not told:
        return trained(latent=latent)
    data = pictures("classes")
    config = fit.Config(likelihood="categorical", width=16, levels=LEVELS, epochs=5, batch=32, rate=5e-3)
    return last(fit.fit(config, data.images, Key(0), labels=np.array(data.labels)[:, None])).state
