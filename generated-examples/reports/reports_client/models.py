"""What travels: every schema of the API as a type."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, MISSING
from typing_extensions import TypeAliasType

from .runtime.constraints import Pattern
from .runtime.formats import Date, Uuid
from .runtime.model import Model, Whole

Region = TypeAliasType("Region", Literal["north", "south", "east", "west"] | str)


class Sale(Model):
    day: Date
    region: Region
    item: Annotated[str, Field(min_length=1)]
    amount: Amount


Amount = TypeAliasType("Amount", Annotated[str, Pattern("^[0-9]{1,9}\\.[0-9][0-9]\\Z")])
"""Euros, as decimal digits."""


Total = TypeAliasType("Total", Annotated[str, Pattern("^[0-9]{1,30}\\.[0-9][0-9]\\Z")])
"""Euros, as decimal digits, added up."""


class Ledger(Model):
    sales: Annotated[int, Field(ge=0), Whole]


class ReportRequest(Model):
    title: Annotated[str, Field(min_length=1, max_length=80)]
    from_: Annotated[Date, Field(alias="from")]
    to: Date


class Report(Model):
    id: Uuid
    title: str
    total: Total
    regions: list[Summary]


class SummaryRequest(Model):
    region: Region


class Summary(Model):
    region: Region
    sales: Annotated[int, Field(ge=0), Whole]
    total: Total


class ExportRequest(Model):
    region: Region | MISSING = MISSING


class StoredFile(Model):
    rows: Annotated[int, Field(ge=1), Whole]
    size: Annotated[int, Field(ge=1), Whole]
    """In bytes."""


class Step(Model):
    """How far a report is."""

    phase: Literal["reading", "adding", "writing"] | str
    sales: Annotated[int, Field(ge=0), Whole]
    """How many sales have been dealt with."""
    region: Region | MISSING = MISSING


class Refusal(Model):
    title: str
