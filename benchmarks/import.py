"""What importing the emitted client of the synthetic document costs, and its first model.

Both are timed inside a process that has imported httpx2 and pydantic. pydantic loads half of itself
at the first model of a program, whoever wrote it: a model by hand is timed beside ours.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

import yaml
from measure import cost, python
from synthetic import document

HERE = Path(__file__).parent
ROUNDS = 15
TIMED = """
import time, httpx2, pydantic
{before}
start = time.process_time()
{code}
print(time.process_time() - start)
"""
CLIENT = "import synthetic_client; synthetic_client.Client"
MODEL = """
from synthetic_client import models
models.Problem.model_validate_json('{"title": "T"}')
"""
BY_HAND = """
class Problem(pydantic.BaseModel):
    type: str | None = None
    title: str | None = None
    detail: str | None = None
    status: int | None = None
Problem.model_validate_json('{"title": "T"}')
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        spec = folder / "synthetic.yaml"
        spec.write_text(yaml.dump(document(), Dumper=yaml.CSafeDumper, sort_keys=False))
        command = [sys.executable, "-m", "generator", "build", str(spec), "-o"]
        cost([*command, str(folder / "out")], HERE.parent)
        measure(folder / "out")


def measure(project: Path) -> None:
    cases = [("", CLIENT), ("", MODEL), ("", BY_HAND), (BY_HAND, MODEL)]
    rounds = [[seconds(*case, project) for case in cases] for _ in range(ROUNDS + 1)]
    # The first round compiles.
    client, model, by_hand, ours = map(median, zip(*rounds[1:], strict=True))
    print(f"the client                     {client * 1000:6.1f} ms   (60)")
    print(f"first use of one model         {model * 1000:6.1f} ms   (100)")
    print(f"first use of one by hand       {by_hand * 1000:6.1f} ms")
    print(f"ours behind that               {ours * 1000:6.1f} ms")


def seconds(before: str, code: str, project: Path) -> float:
    """The processor time of a text of Python, behind httpx2, pydantic and another text."""
    command = python(TIMED.format(before=before, code=code))
    done = subprocess.run(
        command, cwd=project, check=True, capture_output=True, text=True
    )
    return float(done.stdout)


if __name__ == "__main__":
    main()
