"""The column that is named in a refusal is the nearest to serving, and its mend serves."""

import numpy as np
import pytest

from core.data import clinic
from core.data.examine import ClinicError
from core.data.read import parse

TEXT = "name,x,y\n" + "".join(
    f"n{i},{'oops' if i == 7 else i * 1.5},{'bad' if i % 9 == 0 else i * i}\n" for i in range(40)
)


def test_the_column_with_the_fewest_odd_cells_is_named_and_either_mend_makes_it_numbers():
    table = parse("bad.csv", TEXT.encode())
    assert table["x"].obstacle.share == pytest.approx(1 / 40)
    assert (table["x"].obstacle.line, table["x"].obstacle.row) == (9, 8)
    with pytest.raises(ClinicError, match=r'column x is words because of row 9 \("oops"\)') as refused:
        clinic.propose(table)
    assert len(refused.value.ways) == 2
    right = np.array([i * 1.5 for i in range(40)])
    for way in refused.value.ways:
        values = parse("bad.csv", TEXT.encode(), way.choices)["x"].values
        np.testing.assert_array_equal(values[np.isfinite(values)], np.delete(right, 7))
