"""The stage: one big square on which every process of the playground is shown, played, scrubbed and touched."""

from playground.instruments.stage.component import Result, stage
from playground.instruments.stage.hands import Handles, Slice
from playground.instruments.stage.packing import pack, unpack
from playground.instruments.stage.scene import (
    Arrows,
    Bells,
    Brush,
    Contours,
    Curves,
    Density,
    Draws,
    Ellipses,
    Field,
    Frame,
    Histogram,
    Layer,
    Line,
    Mesh,
    Paths,
    Points,
    Scene,
)

__all__ = [
    "Arrows",
    "Bells",
    "Brush",
    "Contours",
    "Curves",
    "Density",
    "Draws",
    "Ellipses",
    "Field",
    "Frame",
    "Handles",
    "Histogram",
    "Layer",
    "Line",
    "Mesh",
    "Paths",
    "Points",
    "Result",
    "Scene",
    "Slice",
    "pack",
    "stage",
    "unpack",
]
