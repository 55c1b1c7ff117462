"""Stateless randomness: a seed and a path of names.

A draw depends on its `Key` alone, never on what was drawn before it, so a picture can be made again from a link.
`Key(0) / "init"` names a stream, `Key(0) / "init" / 3` one of its children; siblings are independent. The seed and the
path are written out unambiguously, hashed with SHA-256, and the digest seeds the generator.
"""

import hashlib
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Key:
    """A named stream of random numbers: a seed (any integer) and a path of names."""

    seed: int
    path: tuple[str | int, ...] = ()

    def __truediv__(self, name: str | int) -> "Key":
        """The child stream called `name`."""
        return Key(self.seed, (*self.path, name))

    def __str__(self) -> str:
        """The key as one would type it, to be shown beside what it drew."""
        return " / ".join([f"Key({self.seed})", *(repr(name) for name in self.path)])

    def digest(self) -> bytes:
        """32 bytes that depend on the seed, the names, their order and their types."""
        return hashlib.sha256(repr((int(self.seed), self.path)).encode()).digest()

    def generator(self) -> np.random.Generator:
        """A fresh NumPy generator at the start of this stream."""
        return np.random.Generator(np.random.PCG64(int.from_bytes(self.digest(), "little")))
