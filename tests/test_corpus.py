"""Every document of the corpus: what is built of it holds, or it is refused by name and place."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from generator.build import build
from generator.problems import Refused, show
from real.driving import faults
from real.emitted import TEMPLATES, Project
from real.raw import Document
from spoken import corpus, needs_corpus

HERE = Path(__file__).parent
TABLE = HERE / "corpus.txt"
SHARE = frozenset(
    "azure-lro box-v2025 camara-carrier-billing camara-geofencing-subscriptions "
    "dcg-webhooks-external fcg-upload modelina-callback-basic oai31-tictactoe "
    "oai32t-media-type-examples oai32t-path-item-object-example opc-31-specific "
    "twilio-messaging-v3".split()
)
"""What the ordinary run takes: large, asynchronous, of several files, multipart, 3.2, refused."""


@dataclass(frozen=True)
class Row:
    """What became of one document."""

    name: str
    verdict: str
    faults: tuple[str, ...]


def name_of(entry: Path) -> str:
    """The name of a document's file, or of the folder that holds its files."""
    roots = (p for p in entry.parents if p.name in ("openapi", "nasty"))
    return entry.relative_to(next(roots)).parts[0].removesuffix(entry.suffix)


def row(entry: Path, folder: Path) -> Row:
    """Build a document and put what came out through everything but the type checker."""
    name = name_of(entry)
    document = Document(entry)
    try:
        build(entry, folder).apply()
    except Refused as refused:
        errors = [p for p in refused.problems if p.severity == "error"]
        first = show(errors[0], refused.documents).splitlines()[0]
        where = first.partition(entry.name)[2]
        return Row(name, f"refused: {entry.name}{where}", ())
    project = Project(folder)
    with project.importable():
        unasked: list[str] = []
        found = [*wrong(project, document, folder, unasked)]
    return Row(name, verdict(document, unasked), tuple(found))


def verdict(document: Document, unasked: list[str]) -> str:
    """What a document that was built has; some operations no request fits."""
    counts = {
        "operations": len([*document.operations()]),
        "callbacks": len(document.callbacks()),
        "webhooks": len(document.webhooks()),
        "that no request fits": len(unasked),
    }
    told = (f"{count} {what}" for what, count in counts.items() if count)
    return f"built: {', '.join(told) or 'nothing to call'}"


def wrong(
    project: Project, document: Document, folder: Path, unasked: list[str]
) -> Iterator[str]:
    """Everything about a project that is not as its document says."""
    project.import_all()
    wanted = Counter((o.method, o.called) for o in document.operations())
    for sync in (False, True):
        missing = wanted - project.client_calls(sync)
        yield from (f"the client has no method for {each}" for each in missing)
    callbacks = Counter(document.callbacks())
    senders = Counter((s.expression, s.method) for s in project.senders())
    yield from (f"no sender of callback {each}" for each in callbacks - senders)
    webhooks = Counter(name for name, _ in document.webhooks())
    publishers = Counter(w.name for w in project.publishers())
    yield from (f"no sender of webhook {each}" for each in webhooks - publishers)
    events = len(document.callback_names()) + len(webhooks)
    if (hooks := len(project.receiver_methods())) < events:
        yield f"the receiver has only {hooks} methods"
    yield from faults(project, document, folder, unasked)


def told(rows: list[Row]) -> str:
    """The table."""
    wide = max(len(row.name) for row in rows)
    return "".join(f"{row.name.ljust(wide)}  {row.verdict}\n" for row in rows)


def checked_types(folders: list[Path], scratch: Path) -> Iterator[str]:
    """What `mypy --strict` says of all of it; nothing when it is content.

    One run takes them all, but for those that have a package's name in common.
    """
    trees: list[set[str]] = []
    for project in map(Project, folders):
        number = next(
            (n for n, slugs in enumerate(trees) if project.slug not in slugs),
            len(trees),
        )
        if number == len(trees):
            trees.append(set())
            shutil.copytree(TEMPLATES / "runtime", scratch / str(number) / "runtime")
        trees[number].add(project.slug)
        project.types_tree(scratch / str(number))
    cache = HERE.parent / ".mypy_cache"
    for number in range(len(trees)):
        made = subprocess.run(
            [sys.executable, "-m", "mypy", "--strict", "--cache-dir", cache, "."],
            cwd=scratch / str(number),
            capture_output=True,
            text=True,
        )
        yield from made.stdout.splitlines() if made.returncode else ()


def hold(entries: list[Path], scratch: Path) -> list[Row]:
    """Build all of them; fails with everything that does not hold."""
    rows: list[Row] = []
    for entry in entries:
        folder = scratch / "built" / name_of(entry)
        folder.mkdir(parents=True)
        rows.append(row(entry, folder))
    found = [f"{each.name}: {fault}" for each in rows for fault in each.faults]
    built = [scratch / "built" / r.name for r in rows if r.verdict.startswith("built")]
    found += checked_types(built, scratch / "types")
    print(told(rows))
    assert not found, "\n".join(found)
    return rows


def kept() -> dict[str, str]:
    """The table as it was last agreed on."""
    lines = TABLE.read_text().splitlines()
    return {line.split()[0]: line for line in lines}


def test_what_is_built_of_a_fair_share_holds(tmp_path: Path) -> None:
    needs_corpus()
    entries = [entry for entry in corpus() if name_of(entry) in SHARE]
    rows = hold(entries, tmp_path)
    known = {name: line.split(None, 1)[1] for name, line in kept().items()}
    assert {r.name: r.verdict for r in rows} == {r.name: known[r.name] for r in rows}


def test_what_is_built_of_difficult_documents_holds(tmp_path: Path) -> None:
    nasty = HERE / "nasty"
    entries = [*sorted(nasty.glob("*.yaml")), *sorted(nasty.glob("*/openapi.yaml"))]
    rows = hold(entries, tmp_path)
    assert all(each.verdict.startswith("built") for each in rows)


@pytest.mark.slow
def test_what_is_built_of_every_document_holds(tmp_path: Path) -> None:
    needs_corpus()
    rows = hold(corpus(), tmp_path)
    assert told(rows) == TABLE.read_text()
    built = [each for each in rows if each.verdict.startswith("built")]
    assert len(built) >= 50
    assert {"azure-lro", "camara-carrier-billing"} <= {each.name for each in built}
