"""The type of the progress: strict mypy fails where one of these ignores is not needed."""

from __future__ import annotations

import pytest
from reports_service import Job, models


async def report_wrongly(typed: Job[models.Step], plain: Job) -> None:
    await typed.progress(done=1)  # type: ignore[call-arg]
    await typed.progress(models.Ledger(sales=1))  # type: ignore[arg-type]
    await plain.progress(models.Ledger(sales=1))  # type: ignore[call-overload]


async def report_rightly(typed: Job[models.Step], plain: Job) -> None:
    await typed.progress(models.Step(phase="reading", sales=1))
    await plain.progress(done=1, total=2, message="half of it")


def test_a_step_is_one_of_those_declared() -> None:
    with pytest.raises(ValueError):
        models.Step.model_validate({"phase": "resting", "sales": 1})
