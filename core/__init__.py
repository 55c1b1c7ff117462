"""Generative models as values: what is learned, drawn and judged, with no screen in sight.

Four nouns and one verb. A `Key` is randomness, a `Dataset` is what is learned, a `Step` is one frozen moment of a
process, a `Trace` a bounded recording of Steps; `fit(config, x, key, *, start=None)` is an iterator of models.
"""

MODELS = {
    "diffusion": "core.diffusion.fit",
    "gaussian": "core.laws.gaussian",
    "gmm": "core.mixture.gmm",
    "kde": "core.kernels.kde",
    "painter": "core.painting.fit",
    "vae": "core.vae.fit",
}
"""The catalogue: a model's name and the module that declares its `Config`, its model class and `fit`;
where models are kept in files, also what `core.checkpoint.Family` asks for."""
