"""The easel: a grid of pictures that is painted step by step, each of them seen closely; and a sheet to mask one on."""

from playground.instruments.easel.component import Mask, Said, easel, masking, read, read_mask
from playground.instruments.easel.packing import KINDS, Easel, Frame, Kind, bytes_of, pack, pack_mask

__all__ = [
    "KINDS",
    "Easel",
    "Frame",
    "Kind",
    "Mask",
    "Said",
    "bytes_of",
    "easel",
    "masking",
    "pack",
    "pack_mask",
    "read",
    "read_mask",
]
