"""What every test shares: no screen, kernels that are compiled once, and no thread left behind."""

import os
import threading
import time
from collections.abc import Iterator

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from hypothesis import HealthCheck, Phase, settings

_COMMON = {
    "deadline": None,  # a machine that others use too is slow now and then
    "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.differing_executors],
}
settings.register_profile("quick", max_examples=25, **_COMMON)
settings.register_profile("ci", max_examples=100, derandomize=True, **_COMMON)
settings.register_profile("long", max_examples=2000, **_COMMON)
# Much is drawn and nothing made smaller: to look for what the others have not met.
settings.register_profile("raw", max_examples=300, phases=(Phase.explicit, Phase.generate), **_COMMON)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))

LASTING = ("cnnbuilder-",)
"""How the names of threads begin that may outlive a test: the kernels' own pool, started once."""


@pytest.fixture(scope="session")
def kernels() -> None:
    """The compiled kernels, for every test that runs a network. They stay in the user's cache folder (or the one that
    CNNBUILDER_CACHE names) from one run of the tests to the next."""
    from cnnbuilder.kernels import prepare

    prepare()


@pytest.fixture(autouse=True)
def no_thread_left() -> Iterator[None]:
    """Fail the test that leaves a Python thread running."""
    before = set(threading.enumerate())
    yield
    patience = time.monotonic() + 2
    for thread in set(threading.enumerate()) - before:
        if not thread.name.startswith(LASTING):
            thread.join(max(0.0, patience - time.monotonic()))
            assert not thread.is_alive(), f"the test left the thread {thread.name!r} running"
