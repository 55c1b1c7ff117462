"""scikit-learn's handwritten digits: 1,797 real images of 8x8 pixels with 17 grey levels (Alpaydin and Kaynak, 1998).

The split is the one every number of this project on these images is measured on: 360 stratified test rows, and 287
stratified validation rows of what is left (`train_test_split`, `random_state` 0 both times).
"""

import numpy as np

from core.data.images import Pictures, Split
from core.key import Key
from core.process import frozen

TEST, VAL = 360, 287
SOURCE = "1,797 digits written by 43 people, counted down to 8x8 pixels (Alpaydin and Kaynak, 1998; UCI)."


def pictures(n: int, key: Key) -> Pictures:
    """The digits, whole; `n` and `key` are for the shared signature alone."""
    from sklearn.datasets import load_digits

    table = load_digits()
    labels = table.target.astype(np.int64)
    return Pictures(
        "digits",
        table.images[:, None].astype(np.uint8),
        source=SOURCE,
        levels=17,
        labels=labels,
        classes=tuple("0123456789"),
        split=anchor_split(labels),
    )


def anchor_split(labels: np.ndarray) -> Split:
    """1,150 rows to train on, 287 to choose by, 360 to judge by, in scikit-learn's order."""
    from sklearn.model_selection import train_test_split

    rest, test = train_test_split(np.arange(len(labels)), test_size=TEST, random_state=0, stratify=labels)
    train, val = train_test_split(rest, test_size=VAL, random_state=0, stratify=labels[rest])
    return Split(frozen(train), frozen(val), frozen(test))
