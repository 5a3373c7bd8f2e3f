"""What several modules ask of one operation is made once, and kept with the models of its side."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from generator.targets.models import Models
from generator.targets.naming import Named

Made = TypeVar("Made")


def once(make: Callable[[Named, Models], Made]) -> Callable[[Named, Models], Made]:
    """The function, called once for an operation and a side."""

    def made(named: Named, models: Models) -> Made:
        found: Made | None = models.kept.get((make, named))
        if found is None:
            found = models.kept[make, named] = make(named, models)
        return found

    return made
