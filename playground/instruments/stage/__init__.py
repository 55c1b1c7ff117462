"""The stage: one big square on which every process of the playground is shown, played, scrubbed and touched."""

from playground.instruments.parts.layers import (
    Arrows,
    Bells,
    Contours,
    Curves,
    Density,
    Draws,
    Ellipses,
    Field,
    Histogram,
    Mesh,
    Paths,
    Points,
)
from playground.instruments.parts.message import unpack
from playground.instruments.parts.packing import pack
from playground.instruments.parts.scene import Brush, Frame, Layer, Line, Role, Scene
from playground.instruments.stage.component import Result, stage
from playground.instruments.stage.hands import Handles, Slice

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
    "Role",
    "Scene",
    "Slice",
    "pack",
    "stage",
    "unpack",
]
