"""A VAE in numbers: the bound of the chosen picture with its values in it, the losses of a training, and the self-test."""

import numpy as np

from core.digits import minus
from core.process import Step
from core.vae.model import VAE
from core.vae.truth import checks
from playground.instruments.figures import Beside, Words
from playground.rungs.vae import film, seen, through
from playground.rungs.vae.screen import Screen
from playground.rungs.vae.through import Bound
from playground.shown.closer import SelfTest


def equation(found: Bound) -> str:
    """The bound with this picture's numbers, as Markdown."""
    r, k, e = found.reconstruction, found.kl, found.elbo
    digits = max(0, -int(np.floor(np.log10(r.error)))) if r.error > 1e-3 else 2
    first = rf"({r.value:.{digits}f} \pm {r.error:.{digits}f})" if r.error > 0 else f"{r.value:.{digits}f}"
    return (
        "$$\n\\begin{aligned}"
        r"\mathrm{ELBO} &= \mathbb{E}_q[\log p(x \mid z)] - \mathrm{KL}(q, p(z)) \\"
        rf"&= {first} - {k:.2f} \\"
        rf"&= \mathbf{{{e.value:.{digits}f}}} \;\le\; \log p(x)"
        "\\end{aligned}\n$$"
    )


def explained(found: Bound, dim: int, step: Step[VAE]) -> str:
    """What the numbers of the bound are, of which epoch, what each of a picture's `dim` numbers costs, and the colours."""
    when = "" if step.phase == film.KEPT else f", at epoch {step.index}, where the player rests"
    exact, bounded = ":green-badge[exact]", ":orange-badge[bound]"
    first = f"the first {exact}" if found.reconstruction.error == 0 else f"the first by {through.DRAWS} draws of q"
    return (
        f"Nats, for this picture{when}, with q = q(z|x): {first}, the KL {exact}, the ELBO a {bounded} on log p(x), "
        f"{minus(f'{found.elbo.value / dim:.3f}')} per number. "
        "Lost: blue where the decoder is too bright, orange where too dark."
    )


def scale(model: VAE, other: VAE | None) -> str:
    """Why a model's nats cannot stand beside those of the `other`, in a sentence; "" where they can, or there is none."""
    if other is None or measure(model) == measure(other):
        return ""
    return f"On another scale than the stored model, {measure(other)}: this is {measure(model)}, and their nats do not compare."


def measure(model: VAE) -> str:
    """What a likelihood gives a picture. Nats compare only between models that give one of the same kind and size."""
    c, n = model.config, int(np.prod(model.shape))
    levels = f"a probability of {c.levels} grey levels"
    kinds = {"bernoulli": "a score of grey pixels", "gaussian": "a density in units of full white"}
    return f"{kinds.get(c.likelihood, levels)} in {n:,} numbers"


def beside(step: Step[VAE]) -> dict[str, Beside]:
    """What stands beside the pad while a Step of a training is on show."""
    return {"losses": Words(losses(step), "trained")}


def losses(step: Step[VAE]) -> str:
    """The losses of a Step in words."""
    m = step.metrics
    held = f"; held out {-m['validation']:.2f}" if "validation" in m else ""
    return f"Epoch {step.index}: loss {m['loss']:.2f} = {m['reconstruction']:.2f} + {m['beta']:g} x {m['kl']:.2f} nats{held}."


def self_test(screen: Screen, step: Step[VAE]) -> SelfTest:
    """The identities of the model on show: of the chosen picture first, and of test pictures."""
    model, pictures, label = step.state, screen.pictures, through.of(screen, step).label
    rows = pictures.split.test[: checks.FEW - 1]
    x = np.concatenate([screen.chosen.x[None], seen.images(pictures, rows)])
    told = seen.told(model, pictures, rows)
    labels = None if told is None or label is None else np.concatenate([label[None], told])
    what = (*screen.spec(step), screen.chosen.id, None if label is None else tuple(label))
    return SelfTest(
        what,
        lambda: checks.of_vae(model, x, screen.key / "checks", labels),
        f"Of the model on show, with the chosen picture and {len(rows)} test pictures.",
    )
