"""Builds mutants in a process that may spend only so much: `python mutant_builds.py FOLDER FIRST END LARGEST`.

With one argument, a file, it builds that. Else it prints `START seed`, and then `DONE verdict`; SIGPROF ends the process when one document takes
10 s of the processor, and memory beyond 1 GB is a MemoryError.
"""

from __future__ import annotations

import faulthandler
import json
import os
import resource
import signal
import sys
import tempfile
import traceback
import warnings
from pathlib import Path
from random import Random
from typing import Any

from mutations import mutant

from generator.build import check
from generator.load import load
from generator.problems import CODES, Place, Refused, show
from generator.render import draft

SECONDS, BYTES = 10, 2**30
LARGEST = 1_000_000


def main() -> None:
    limit_memory()
    faulthandler.register(signal.SIGPROF, chain=True)
    warnings.simplefilter("error")
    if len(sys.argv) == 2:
        print(verdict_of(Path(sys.argv[1])))
        return
    first, end, largest = map(int, sys.argv[2:])
    seeds = documents(Path(sys.argv[1]), largest)
    with tempfile.TemporaryDirectory() as scratch:
        os.chdir(scratch)
        for seed in range(first, end):
            print(f"START {seed}", flush=True)
            print(f"DONE {verdict(seed, seeds)}", flush=True)


def verdict(seed: int, seeds: list[Any]) -> str:
    """`built`, `refused`, or on lines of its own why neither."""
    random = Random(seed)
    text, suffix = mutant(random, random.choice(seeds))
    content = text.encode(errors="surrogatepass")
    if len(content) > LARGEST:
        return "too large"
    path = Path(f"mutant{suffix}")
    path.write_bytes(content)
    return verdict_of(path)


def verdict_of(path: Path) -> str:
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        built(path)
    except Refused as refused:
        return placed(refused)
    except BaseException:
        return "failed\n" + traceback.format_exc(limit=-12)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    return "built"


def built(path: Path) -> None:
    """Everything of a build but formatting and writing; the runtime is no text of the document."""
    checked = check(path)
    for file in checked.plan.files:
        if file.template is None and file.path.endswith(".py"):
            continue
        text = draft(file).text
        text.encode()
        if file.path.endswith(".py"):
            compile(text, file.path, "exec", dont_inherit=True)
        elif file.path.endswith(".json"):
            json.loads(text)


def placed(refused: Refused) -> str:
    """`refused`, if every problem has a known code, a place in the document, and is shown."""
    for problem in refused.problems:
        at = problem.at
        if isinstance(at, Place):
            assert refused.documents is not None, problem
            at = refused.documents.span(at)
        assert problem.code in CODES, problem
        assert at.line > 0 and at.column > 0 and at.file, problem
        show(problem, refused.documents)
    return "refused" if refused.problems else "failed\nrefused without a problem"


def limit_memory() -> None:
    """1 GB more than what this process has of address space before it starts."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    most = pages * resource.getpagesize() + BYTES
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def documents(folder: Path, largest: int) -> list[Any]:
    """The documents to change: of our own those of the format that a folder is named for, and the folder's.

    The folder's only as far as they are one file, of so many bytes at most.
    """
    own = (Path(__file__).parent.parent / "specs").glob("*.yaml")
    found = [*folder.glob("*.yaml"), *folder.glob("*.json")]
    roots: list[Any] = [load(path).root for path in sorted(own)]
    kept = [load(path).root for path in sorted(found) if path.stat().st_size <= largest]
    return [root for root in roots if folder.name in root] + kept


if __name__ == "__main__":
    main()
