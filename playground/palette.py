"""The one palette: a colour is a meaning, the same on every page and in both themes, safe for colour-blind eyes.

Roles are Okabe and Ito's (2008) colours; components and classes use what is left of that set, filled up from Tol's
muted set (2021), and always carry a number or a name beside the colour.
"""

from typing import Final

ROLES: Final = {  # role: (light theme, dark theme), the hue kept
    "data": ("#0072B2", "#4FA9DE"),
    "model": ("#D55E00", "#FF8B3D"),
    "truth": ("#009E73", "#2BC79A"),
    "noise": ("#8A8A8A", "#9A9A9A"),
    "hand": ("#CC79A7", "#E39CC3"),
}

CLASSES: Final = (  # component or class 0, 1, 2, ...: (light theme, dark theme)
    ("#E69F00", "#F2B233"),
    ("#56B4E9", "#6BC1F2"),
    ("#AA4499", "#D07AC3"),
    ("#999933", "#BDBD55"),
    ("#332288", "#8F83E0"),
    ("#CC6677", "#E58A98"),
    ("#44AA99", "#63C7B6"),
    ("#882255", "#C8639A"),
    ("#C9A94F", "#E6D88F"),
    ("#661100", "#C07A66"),
    ("#88CCEE", "#A5DBF5"),
    ("#D4C700", "#F5EC74"),
)

SURFACE: Final = {  # what is behind and around the picture: (light theme, dark theme)
    "page": ("#FFFFFF", "#101318"),
    "stage": ("#FDFDFC", "#161A21"),
    "grid": ("#E7E7E4", "#2A303A"),
    "text": ("#1B1F24", "#E8EAED"),
    "quiet": ("#5F6670", "#A3ABB6"),
}


def themed(dark: bool) -> dict[str, dict[str, str] | list[str]]:
    """Every colour of one theme: `roles`, `classes` and `surface`."""
    i = int(dark)
    return {
        "roles": {name: pair[i] for name, pair in ROLES.items()},
        "classes": [pair[i] for pair in CLASSES],
        "surface": {name: pair[i] for name, pair in SURFACE.items()},
    }
