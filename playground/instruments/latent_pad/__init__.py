"""The latent pad: a plane of latent codes under the hand, and the picture that the decoder makes of it, at display rate."""

from playground.instruments.latent_pad.component import Said, latent_pad, read
from playground.instruments.latent_pad.layers import Codes, Decoder, Manifold, Path, Prior
from playground.instruments.latent_pad.plane import Plane, Snapshot, pack

__all__ = ["Codes", "Decoder", "Manifold", "Path", "Plane", "Prior", "Said", "Snapshot", "latent_pad", "pack", "read"]
