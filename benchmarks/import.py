"""What importing the emitted client of the synthetic document costs, and its first model.

The first use of a model counts the import of its module.
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
ROUNDS = 11
BARE = "import httpx2, pydantic"
CLIENT = f"{BARE}; import synthetic_client; synthetic_client.Client"
MODEL = """
import time, httpx2, pydantic
start = time.process_time()
from synthetic_client import models
models.Problem.model_validate_json('{"title": "T"}')
print(time.process_time() - start)
"""
MODULE = "import httpx2, pydantic; from synthetic_client import models"


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        spec = folder / "synthetic.yaml"
        spec.write_text(yaml.dump(document(), Dumper=yaml.CSafeDumper, sort_keys=False))
        command = [sys.executable, "-m", "generator", "build", str(spec), "-o"]
        cost([*command, str(folder / "out")], HERE.parent)
        measure(folder / "out")


def measure(project: Path) -> None:
    for code in (BARE, CLIENT, MODULE):  # the first import compiles
        cost(python(code), project)
    rounds = [
        [cost(python(code), project).seconds for code in (BARE, CLIENT, MODULE)]
        for _ in range(ROUNDS)
    ]
    bare, client, module = (median(column) for column in zip(*rounds, strict=True))
    said = [
        subprocess.run(
            python(MODEL), cwd=project, check=True, capture_output=True, text=True
        ).stdout
        for _ in range(ROUNDS)
    ]
    first = median(float(one) for one in said)
    print(f"httpx2 and pydantic     {bare * 1000:8.0f} ms")
    print(f"the client over that    {(client - bare) * 1000:8.0f} ms   (60)")
    print(f"its models over that    {(module - bare) * 1000:8.0f} ms")
    print(f"first use of one model  {first * 1000:8.0f} ms   (100)")


if __name__ == "__main__":
    main()
