"""A built-in set that many ask for at once is made once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from core.data import images
from core.key import Key


def test_a_set_that_many_ask_for_at_once_is_rendered_once(monkeypatch):
    made, start = [], Barrier(4)
    module = images.import_module(images.MAKERS["jars"])
    pictures = module.pictures
    monkeypatch.setattr(module, "pictures", lambda *a: made.append(a) or pictures(*a))

    def ask(_):
        start.wait()
        return images.load("jars", 37, Key(5))

    with ThreadPoolExecutor(4) as people:
        found = list(people.map(ask, range(4)))
    assert len(made) == 1
    assert all(one is found[0] for one in found)
