"""What was sold, and what can be added up of it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import get_args
from uuid import UUID

from reports_service import models

REGIONS: tuple[models.Region, ...] = get_args(models.Region.__value__)


@dataclass
class Ledger:
    """The sales in the order in which they were recorded, and the reports that were made."""

    sales: list[models.Sale] = field(default_factory=list)
    reports: dict[UUID, models.Report] = field(default_factory=dict)

    def between(self, first: date, last: date) -> list[models.Sale]:
        return [sale for sale in self.sales if first <= sale.day <= last]

    def of(self, region: models.Region) -> list[models.Sale]:
        return [sale for sale in self.sales if sale.region == region]


def total(sales: Iterable[models.Sale]) -> str:
    """The sum as the API writes amounts."""
    return f"{sum((Decimal(sale.amount) for sale in sales), Decimal()):.2f}"


def summary(region: models.Region, sales: list[models.Sale]) -> models.Summary:
    """The sums of a region's share of some sales."""
    share = [sale for sale in sales if sale.region == region]
    return models.Summary(region=region, sales=len(share), total=total(share))


def as_csv(sales: list[models.Sale]) -> str:
    """The sales as a file, a line each."""
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(["day", "region", "item", "amount"])
    lines.writerows((s.day, s.region, s.item, s.amount) for s in sales)
    return text.getvalue()
