"""What a build of a large document costs, step by step and beside other generators.

datamodel-codegen and openapi-python-client are found on the PATH, or by DATAMODEL_CODEGEN
and OPENAPI_PYTHON_CLIENT. Everything is processor time, which a busy machine changes least.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

import yaml
from measure import Cost, cost, middle, python
from synthetic import document

HERE = Path(__file__).parent
ROUNDS = int(os.environ.get("ROUNDS", "3"))

FLOOR = """
import sys, yaml
from pathlib import Path
text = Path(sys.argv[1]).read_text()
for event in yaml.parse(text, Loader=yaml.CSafeLoader):
    pass
made, copy = Path(sys.argv[2]), Path(sys.argv[3])
for path in made.rglob("*"):
    if path.is_file():
        (copy / path.name).write_bytes(path.read_bytes())
"""
RENDER = """
import sys
from pathlib import Path
from generator.build import check
from generator.garbage import uncollected
from generator.render import draft
with uncollected():
    for file in check(Path(sys.argv[1])).plan.files:
        draft(file)
"""
GROUP = """
import click
@click.group()
def main():
    "A group."
@main.command()
def build():
    "Build."
@main.command()
def check():
    "Check."
main()
"""
HELP = "from generator.cli import main; main()"


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        spec, changed = folder / "synthetic.yaml", folder / "changed.yaml"
        write(spec, changed)
        built(spec, changed, folder)
        helped()


def write(spec: Path, changed: Path) -> None:
    made = document()
    text = yaml.dump(made, Dumper=yaml.CSafeDumper, sort_keys=False)
    spec.write_text(text)
    changed.write_text(text.replace("if the caller may", "if the caller might", 1))
    print(f"1,000 operations, 800 schemas: {len(text) / 1e6:.1f} MB of YAML")


def built(spec: Path, changed: Path, folder: Path) -> None:
    out = folder / "out"
    build = [sys.executable, "-m", "generator", "build"]

    def cold() -> Cost:
        shutil.rmtree(out, ignore_errors=True)
        return cost([*build, str(spec), "-o", str(out)], HERE.parent)

    def one() -> Cost:
        original = spec.read_text()
        spec.write_text(changed.read_text())
        used = cost([*build, str(spec), "-o", str(out)], HERE.parent)
        spec.write_text(original)
        cost([*build, str(spec), "-o", str(out)], HERE.parent)
        return used

    whole = middle(cold, ROUNDS)
    same = middle(
        lambda: cost([*build, str(spec), "-o", str(out)], HERE.parent), ROUNDS
    )
    once = middle(one, 1)
    copy = folder / "copy"
    copy.mkdir()
    least = python(FLOOR, str(spec), str(out), str(copy))
    pairs = [(rendered(spec), cost(least)) for _ in range(ROUNDS)]
    line("the floor", pairs[0][1])
    line("load to render", pairs[0][0], f"{told(pairs)} x floor (3)")
    line("whole build, cold", whole)
    line("nothing changed", same, f"{same.seconds / whole.seconds:.2f} x cold (0.15)")
    line("one operation changed", once, f"{once.seconds / whole.seconds:.2f} x cold")
    beside(spec, folder, whole)


def told(pairs: list[tuple[Cost, Cost]]) -> str:
    """The median of the ratios of neighbouring runs, with the least and the most."""
    ratios = sorted(ours.seconds / theirs.seconds for ours, theirs in pairs)
    return f"{ratios[len(ratios) // 2]:.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})"


def rendered(spec: Path) -> Cost:
    """From the document to every text, but for the formatting."""
    return cost(python(RENDER, str(spec)), HERE.parent)


def beside(spec: Path, folder: Path, whole: Cost) -> None:
    models = found("DATAMODEL_CODEGEN", "datamodel-codegen")
    if models:
        output = ["--output", str(folder / "peer.py")]
        kind = ["--output-model-type", "pydantic_v2.BaseModel"]
        peer = [models, "--input", str(spec), *output, *kind]
        pairs = [(rendered(spec), cost(peer)) for _ in range(ROUNDS)]
        said = f"load to render is {told(pairs)} x this (0.2)"
        line("datamodel-codegen", pairs[0][1], said)
    client = found("OPENAPI_PYTHON_CLIENT", "openapi-python-client")
    if client:
        output = ["--output-path", str(folder / "peer"), "--meta", "none"]
        used = cost([client, "generate", "--path", str(spec), *output])
        said = f"a cold build is {whole.seconds / used.seconds:.2f} x this (1)"
        line("openapi-python-client", used, said)


def found(variable: str, name: str) -> str | None:
    return os.environ.get(variable) or shutil.which(name)


def helped() -> None:
    """`gen --help` beside a bare group of the same commands, in pairs."""
    group = middle(lambda: cost(python(GROUP, "--help")), 11)
    ours = middle(lambda: cost(python(HELP, "--help"), HERE.parent), 11)
    line("a bare click group", group)
    line("gen --help", ours, f"{ours.seconds / group.seconds:.2f} x that (1.3)")


def line(name: str, used: Cost, said: str = "") -> None:
    print(
        f"{name:24}{used.seconds:8.2f} s{used.megabytes:8.0f} MB   {said}", flush=True
    )


if __name__ == "__main__":
    main()
