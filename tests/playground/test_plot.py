"""A chart on its way to the page: its columns leave it as tables that are called by what they hold."""

import numpy as np
import pytest
from jsonschema import ValidationError

from playground.shown import vega
from tests import apps
from tests.playground.shown import specs


def chart(values, height=120):
    layer = vega.layer("point", {"x": values}, {"x": vega.number("x")})
    return vega.layers([layer, layer], height)


def page(values):
    from playground import plot
    from tests.playground.test_plot import chart

    plot.show(chart(values), key="a", alt="some points")


def test_a_table_is_called_by_its_content():
    first, again, other = (specs.sent(chart(np.array(x))) for x in ([1.0, 2.0], [1.0, 2.0], [1.0, 3.0]))
    assert first == again
    assert list(first[1]) != list(other[1])
    assert len(first[1]) == 1, "what two layers share is sent once"


def test_what_is_no_number_is_no_value():
    assert specs.rows(chart(np.array([1.0, np.nan]))) == [{"x": 1.0}, {"x": None}]


def test_a_chart_is_not_changed_by_being_shown():
    made = chart(np.arange(3))
    specs.sent(made)
    assert made["layer"][0]["data"]["x"].tolist() == [0, 1, 2]


def test_the_page_gets_the_tables_and_the_height():
    (element,) = apps.opened(page, {"values": [1.0, 2.0]}).get("vega_lite_chart")
    assert element.proto.alt == "some points"
    assert [table.name for table in element.proto.datasets] == list(specs.sent(chart([1.0, 2.0]))[1])
    assert '"datasets"' not in element.proto.spec


def test_what_vega_lite_does_not_know_is_told():
    wrong = chart([1.0])
    wrong["layer"][0]["mark"]["strokewidth"] = 2
    with pytest.raises(ValidationError):
        specs.sent(wrong)
