"""What all tests share: their order, one processor a process, and examples that are the same every day."""

import functools
import gc
import os
import sys

import pytest
from hypothesis import HealthCheck, settings
from threadpoolctl import threadpool_limits

settings.register_profile(
    "fixed",
    max_examples=30,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("soak", settings.get_profile("fixed"), max_examples=2000)
settings.load_profile(os.environ.get("EXAMPLES", "fixed"))  # EXAMPLES=soak: a long search for counterexamples


def pytest_collection_finish() -> None:
    """Keep the libraries that are imported by now to one processor, as the server does: queues of tests run side by side.

    What is imported by now is never garbage, and what is installed stays what it is: neither is gone through again.
    """
    threadpool_limits(1)
    gc.collect()
    gc.freeze()
    if "streamlit.testing.v1" in sys.modules:  # every AppTest looks for components in all that is installed
        from streamlit.components.v2 import manifest_scanner

        manifest_scanner.scan_component_manifests = functools.cache(manifest_scanner.scan_component_manifests)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mathematics first, then everything that needs no eyes, then the browser, which leaves an event loop running."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


@pytest.fixture(autouse=True)
def _nothing_shared(monkeypatch: pytest.MonkeyPatch) -> None:
    """What one test has computed for all sessions is not there in the next."""
    if (shared := sys.modules.get("playground.runs.shared")) is not None:
        monkeypatch.setattr(shared, "store", shared.Store())
