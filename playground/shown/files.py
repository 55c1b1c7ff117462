"""What a person takes home: a script that makes the numbers again, and files no spreadsheet or script stumbles over."""

import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from core.data.images import contact_sheet

WIDE = 640  # about how wide a sheet of pictures is made, in pixels
IMPORTS = {  # what begins somewhere in the lines: the import it needs
    "Path(": "from pathlib import Path",
    "np.": "import numpy as np",
    "checkpoint.": "from core import checkpoint",
    "builtin.": "from core.data import builtin",
    "clinic.": "from core.data import clinic",
    "Choices(": "from core.data.readers.choices import Choices",
    "images.load": "from core.data import images",
    "picture_clinic.": "from core.data import picture_clinic",
    "Cut(": "from core.data.picture_clinic import Cut",
    "read(": "from core.data.read import read",
    "bundle(": "from core.data.readers.pictures.read import bundle",
    "read_pictures(": "from core.data.readers.pictures.read import read_pictures",
    "Key(": "from core.key import Key",
    "sketch.": "from playground.shelf import sketch",
}


@dataclass(frozen=True)
class Download:
    """One file that is offered: the words on its button, its name, and what makes its bytes when it is pressed."""

    label: str
    name: str
    make: Callable[[], bytes]


@dataclass(frozen=True)
class Home:
    """What a page gives a person to take home: the `script`, the `files`, and what is said of them (`notes`).

    `upload`, where there is one, draws the way back: a file of this page that can be opened here again. `pandas` reads
    the same rows of a person's own file without us. `unlinked` says what is on show and no link can hold.
    """

    script: str
    files: Sequence[Download]
    notes: Sequence[str] = ()
    upload: Callable[[], object] | None = None
    pandas: str = ""
    unlinked: Sequence[str] = ()


def script(lines: Sequence[str], needs: Mapping[str, str]) -> str:
    """The lines as a program, after the imports for what stands in them: the house's, and the page's own (`needs`)."""
    body = "\n".join(lines)
    found = {line for word, line in {**IMPORTS, **needs}.items() if re.search(rf"(?<![\w.]){re.escape(word)}", body)}
    groups = [sorted(line for line in found if rank(line) == i) for i in range(3)]
    return "\n\n".join(["\n".join(group) for group in groups if group] + [body.rstrip() + "\n"])


def rank(line: str) -> int:
    """0 for Python's own modules, 1 for those of others, 2 for ours."""
    module = line.split()[1].split(".")[0]
    return 2 if module in ("core", "playground") else 1 if module == "numpy" else 0


def safe(name: str) -> str:
    """A column's name that no spreadsheet takes for a formula."""
    return "'" + name if name[:1] in "=+-@\t\r" else name


def sheet(x: np.ndarray, columns: int) -> bytes:
    """PNG: pictures (n, c, h, w) in [0, 1] side by side, each pixel a crisp square."""
    made = np.rint(255 * contact_sheet(np.asarray(x), columns, 1)).astype(np.uint8)
    times = max(WIDE // made.shape[1], 1)
    made = made.repeat(times, axis=0).repeat(times, axis=1)
    out = io.BytesIO()
    Image.fromarray(made[..., 0] if made.shape[2] == 1 else made).save(out, "PNG")
    return out.getvalue()
