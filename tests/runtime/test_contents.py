"""A body that is not what its type says is not sent, whatever the process does with warnings."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

TEMPLATES = Path(__file__).parent.parent.parent / "templates"
PROGRAM = """
import sys

from runtime.contents import Json
from runtime.model import Model
from runtime.server import raise_warnings

if "program" in sys.argv:
    raise_warnings()

class Note(Model):
    text: str

note = Note(text="a")
print(Json(Note).write(note))
note.text = 5
try:
    print(Json(Note).write(note))
except ValueError as unfit:
    print("refused:", "Expected `str`" in str(unfit))
"""


@pytest.mark.parametrize("place", ["program", "library"])
@pytest.mark.parametrize("action", ["default", "ignore", "error"])
def test_a_value_that_its_type_does_not_fit_is_refused(action: str, place: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-W", action, "-c", PROGRAM, place],
        env=os.environ | {"PYTHONPATH": str(TEMPLATES)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout == 'b\'{"text":"a"}\'\nrefused: True\n'
