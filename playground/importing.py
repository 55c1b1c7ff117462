"""Modules brought in one at a time: two threads that import the same things at once can lock each other out."""

import sys
from importlib import import_module
from threading import Lock
from types import ModuleType

lock = Lock()


def known(name: str) -> bool:
    """Whether the module was brought in before, so that it is there at once."""
    return name in sys.modules


def fetch(name: str) -> ModuleType:
    """The module of this name; a new one is imported when nobody else imports anything."""
    if known(name):
        return import_module(name)
    with lock:
        return import_module(name)
