"""Figures: what stands beside an instrument and follows its film, frame by frame: a table, an equation, a sentence."""

from playground.instruments.figures.component import figures
from playground.instruments.parts.beside import Beside, Formula, Table, Words

__all__ = ["Beside", "Formula", "Table", "Words", "figures"]
