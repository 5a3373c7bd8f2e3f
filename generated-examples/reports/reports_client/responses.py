"""The results of Reports that have headers: each with its body and their values."""

from __future__ import annotations

from dataclasses import dataclass

from . import models


@dataclass(frozen=True, slots=True)
class ExportSales201:
    """Where the file is, since it is a big one."""

    status: int
    body: models.StoredFile
    location: str
    """The URL of the file."""
