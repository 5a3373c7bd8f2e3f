"""The results of Orders that have headers: each with its body and their values."""

from __future__ import annotations

from dataclasses import dataclass

from . import models


@dataclass(frozen=True, slots=True)
class ListOrders200:
    """The orders."""

    status: int
    body: list[models.Order]
    x_total_count: int
    """How many orders there are in all."""
