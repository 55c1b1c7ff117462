"""The options of a variational autoencoder and of its training, declared once (Kingma and Welling, 2014).

Where the others are from: beta, Higgins et al. (2017); its warm-up, Bowman et al. (2016); free nats, Kingma et al. (2016);
importance samples, Burda, Grosse and Salakhutdinov (2016); dropout, Srivastava et al. (2014); weight decay apart from the
gradient, Loshchilov and Hutter (2019); averaged weights, Polyak and Juditsky (1992); alike neighbouring levels, after
Gertheiss and Tutz (2009).
"""

from dataclasses import dataclass
from typing import Annotated

from core.options import Choice, Range, check

LIKELIHOODS = ("bernoulli", "gaussian", "logistic", "categorical")
ARCHITECTURES = ("mlp", "conv")
CODES = ("sampled", "mean")


@dataclass(frozen=True)
class Config:
    """Options of the model and of its training; nats are per image, epochs are passes over the training images."""

    latent: Annotated[int, Range(1, 16, "Latent dimensions", "How many numbers describe a picture.")] = 2
    architecture: Annotated[str, Choice(ARCHITECTURES, "Networks", "Dense layers or small convolutions.")] = "mlp"
    width: Annotated[
        int, Range(8, 1024, "Width", "Units of a dense layer; an eighth as many planes.", step=8, log=True)
    ] = 128
    layers: Annotated[int, Range(0, 4, "Hidden layers", "0 makes encoder and decoder affine.", more=True)] = 2
    likelihood: Annotated[str, Choice(LIKELIHOODS, "Likelihood", "What the decoder says about a pixel.")] = "bernoulli"
    levels: Annotated[int, Range(2, 256, "Grey levels", "Counted by logistic and categorical.", more=True)] = 256
    beta: Annotated[float, Range(0, 100, "Beta", "Weight of the KL; 1 is the bound on log p(x).")] = 1.0
    warmup: Annotated[int, Range(0, 1000, "Warm-up epochs", "Beta grows from 0 over these.", more=True)] = 0
    free: Annotated[
        float, Range(0, 8, "Free nats", "KL per latent dimension that costs nothing (free bits).", more=True)
    ] = 0.0
    code: Annotated[
        str, Choice(CODES, "Code", "Decode a draw from q, or its mean: with beta 0 a plain autoencoder.", more=True)
    ] = "sampled"
    samples: Annotated[int, Range(1, 64, "Importance samples", "More than 1 trains on IWAE.", more=True)] = 1
    epochs: Annotated[int, Range(1, 10_000, "Epochs", "Passes over the training images.", log=True)] = 100
    batch: Annotated[int, Range(8, 1024, "Batch", "Images an update looks at.", more=True)] = 64
    rate: Annotated[float, Range(1e-5, 0.1, "Learning rate", "Adam's step size.", log=True)] = 2e-3
    dropout: Annotated[float, Range(0, 0.9, "Dropout", "Hidden units switched off at random.", more=True)] = 0.0
    decay: Annotated[float, Range(0, 10, "Weight decay", "Pull of the weights to 0 (AdamW).", more=True)] = 0.0
    average: Annotated[float, Range(0, 0.9999, "Weight averaging", "Memory of the mean of weights.", more=True)] = 0.0
    smooth: Annotated[
        float, Range(0, 10, "Level smoothing", "Neighbouring levels of a categorical are kept alike.", more=True)
    ] = 0.0
    validation: Annotated[float, Range(0, 0.5, "Held-out share", "Images kept to judge by.", more=True)] = 0.1
    patience: Annotated[
        int, Range(0, 1000, "Patience (epochs)", "Stop when held-out images gain nothing; 0 goes on.", more=True)
    ] = 0

    def __post_init__(self) -> None:
        """Raise ValueError for an option outside its declaration, or for two that exclude each other."""
        check(self)
        if self.samples > 1 and (self.free > 0 or self.code == "mean"):
            raise ValueError("Importance samples (samples) need free nats 0 and a sampled code.")
        if self.likelihood == "categorical" and self.levels > 64:
            raise ValueError("A categorical likelihood (levels) holds at most 64 grey levels: the logistic holds 256.")
