"""What an import of a client leaves for later."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ORDERS = Path(__file__).parents[2] / "generated-examples" / "orders"
LOADED = """
import sys
from orders_client import Client
print(sorted(name for name in {later} if name in sys.modules))
"""


@pytest.mark.parametrize(
    "name", ["asyncio", "pydantic.main", "orders_client.models", "orders_client.errors"]
)
def test_importing_the_client_does_not_load(name: str) -> None:
    code = LOADED.format(later=[name])
    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=ORDERS, capture_output=True, text=True
    )
    assert (loaded.returncode, loaded.stdout, loaded.stderr) == (0, "[]\n", "")


def test_a_problem_is_where_the_errors_are() -> None:
    from runtime import errors
    from runtime.problem_document import Problem

    assert errors.Problem is Problem
    with pytest.raises(AttributeError):
        getattr(errors, "Solution")
