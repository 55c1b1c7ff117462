"""Small Pictures of the spots, for the panels of a VAE, the models that know them, and screens that show them."""

import numpy as np

from core.checkpoint import Checkpoint
from core.data.images import Factor, Pictures, quantise
from core.key import Key
from core.vae import fit
from playground.rungs.vae import film
from playground.rungs.vae.screen import Screen, Source
from playground.shelf import picture
from playground.shelf.pictures import Shelved
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


def shown(latent=2, told=False, kind=None, row=3):
    """A screen of the spots and the Step on show: what a panel is given."""
    data = pictures(kind or ("classes" if told else "factors"))
    held = Checkpoint(model(latent, told), data.name, data.digest)
    step = film.still(held.model, data)
    source = Source("test", "test", held, step)
    return Screen(Shelved(data, ""), source, picture.of_set(data, row, "The picture")), step
