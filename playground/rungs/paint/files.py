"""What a person takes home from painting: the script, pictures, the checkpoint; and the way back for a painter."""

import io

import numpy as np

from core import checkpoint
from core.checkpoint import Checkpoint
from core.process import Step
from playground.rungs.paint import source, training, words
from playground.rungs.paint.screen import DATA, NAME, Screen
from playground.rungs.paint.source import FILE, STORED
from playground.shown import files, unlinked
from playground.shown.files import Download, Home

NEEDS = {
    "recipes.": "from core.painting import recipes",
    "Config(": "from core.painting.config import Config",
    "fit(": "from core.painting.fit import fit",
    "Wish(": "from core.painting.wish import Wish",
    "Sampler(": "from core.diffusion.walk import Sampler",
}
FROM_FILE = 'checkpoint.load(Path("painter.safetensors").read_bytes(), "painter").model'


def home(screen: Screen, step: Step[np.ndarray]) -> Home:
    """The script that paints these pictures again, the pictures when they are finished, and the painter."""
    offered, ends = [Download("Painter (checkpoint)", "painter.safetensors", lambda: saved(screen))], screen.ends()
    if ends is not None:
        columns = int(np.ceil(np.sqrt(len(ends))))
        offered = [
            Download("Pictures (PNG)", "pictures.png", lambda: files.sheet(ends, columns)),
            Download("Pictures (NPZ)", "pictures.npz", lambda: npz(ends, screen)),
            *offered,
        ]
    return Home(script(screen), offered, upload=source.upload, unlinked=left_out(screen))


def left_out(screen: Screen) -> list[str]:
    """What is on show and not in the link."""
    found = unlinked.pictures(DATA)
    if screen.source.course is not None:
        found.append(unlinked.TRAINING)
    elif screen.source.way == FILE:
        there = isinstance(source.stored(screen.pictures), str)
        found.append(unlinked.model("a training" if there else "the stored painter"))
    return found


def script(screen: Screen) -> str:
    """Python that paints the pictures on show, with `core` alone."""
    options = ", ".join(f"{name}={value!r}" for name, value in vars(screen.sampler).items())
    lines = [
        *painter(screen),
        f"sampler = Sampler({options})",
        f'key = Key({screen.seed}) / "{NAME}"',
        f"told = {told(screen)}  # {screen.wish.words}",
        f"x = painter.sample({screen.push.samples}, key, sampler, told, {screen.push.guidance!r})",
        "",
        'np.savez("pictures.npz", x=x)',
        'print("means", x.mean(axis=(1, 2, 3)).round(6).tolist())',
    ]
    return files.script(lines, NEEDS)


def told(screen: Screen) -> str:
    """What makes the labels of these pictures."""
    wish = screen.wish
    if not any(wish.values):
        return "None"
    if not wish.drawn:
        return f"np.array({list(wish.settled)})"
    return f'Wish({wish.values}).labels({screen.push.samples}, key / "told")'


def painter(screen: Screen) -> list[str]:
    """The lines that make the painter."""
    if screen.source.course is not None:
        return trained(screen)
    stored = f'recipes.stored("paint-{screen.pictures.name}").model'
    return [f"painter = {stored if screen.source.way == STORED else FROM_FILE}"]


def trained(screen: Screen) -> list[str]:
    """The lines that train the painter of the moment the training rests at."""
    source, pictures = screen.source, screen.pictures
    assert source.course is not None
    _, config, start, seed = source.course.spec
    found = start if isinstance(start, str) else training.SCRATCH
    rows = "np.arange(len(pictures))" if len(pictures.split.train) < 2 else "pictures.split.train"
    scaled = "" if pictures.levels == 256 else " / (pictures.levels - 1)"
    options = ", ".join(f"{name}={value!r}" for name, value in vars(config).items())
    begun = "None"
    if found.startswith("the painter of "):
        begun = f'recipes.stored("paint-{found.removeprefix("the painter of ")}").model'
    elif found != training.SCRATCH:
        begun = FROM_FILE
    known = "None"
    if source.painter is not None and source.painter.sizes == words.counts(pictures) != ():
        known = "pictures.factors.astype(int)[rows]" if pictures.name == "outfits" else "pictures.labels[rows][:, None]"
    return [
        screen.shelved.code,
        f"rows = {rows}",
        f"labels = {known}",
        f"config = Config({options})",
        f"start = {begun}",
        f'steps = fit(config, pictures.pixels[rows]{scaled}, Key({seed}) / "{training.NAME}", labels, start=start)',
        f"painter = next(step.state for step in steps if step.metrics['update'] >= {training.updates(source)})",
    ]


def npz(x: np.ndarray, screen: Screen) -> bytes:
    """NPZ: the pictures `x` (n, c, h, w) in [0, 1], and what was `told` of each (-1: nothing)."""
    out = io.BytesIO()
    np.savez_compressed(
        out, allow_pickle=False, x=np.asarray(x), told=np.array(-1 if screen.labels is None else screen.labels)
    )
    return out.getvalue()


def saved(screen: Screen) -> bytes:
    """The painter on show as a checkpoint."""
    held = screen.source.checkpoint
    if held is not None:
        return checkpoint.save(held)
    pictures, (steps, metrics) = screen.pictures, training.reached(screen.source)
    return checkpoint.save(Checkpoint(screen.painter, pictures.name, pictures.digest, screen.seed, steps, metrics))
