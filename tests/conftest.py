"""The order of the tests: what drives a browser comes last, for it leaves an event loop running in its process."""

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mathematics first, then everything that needs no eyes, then the browser."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)
