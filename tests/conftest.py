"""Fixtures of the whole-program tests."""

import os
import sys

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))

from diurna import Home  # noqa: E402
from newsstand import Newsstand  # noqa: E402
from sites import Sites  # noqa: E402
from tap import Tap  # noqa: E402


@pytest.fixture
def web():
    """An empty web: put pages into it."""
    with Sites() as sites:
        yield sites


@pytest.fixture
def newsstand(web):
    """The bundled newspapers on that web."""
    return Newsstand(web)


@pytest.fixture
def home(tmp_path, web):
    """A folder with configuration, store and digests, whose daemons go through that web."""
    made = Home(tmp_path, web)
    yield made
    made.close()


def pytest_addoption(parser):
    parser.addoption("--tap", metavar="FILE", help="write the results there as TAP")


def pytest_configure(config):
    path = config.getoption("--tap")
    if path and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Tap(path))
