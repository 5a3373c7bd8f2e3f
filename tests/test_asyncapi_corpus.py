"""Every AsyncAPI document of the corpus is built, or refused by name; what is built is typed and passes its own tests."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

from generator.build import build, check
from generator.problems import Refused, show
from test_corpus import checked_types

CORPUS = Path(os.environ.get("GEN_CORPUS", "../shared/corpus")) / "asyncapi"
HERE = Path(__file__).parent
TABLE = HERE / "asyncapi-corpus.txt"
SHARE = frozenset(
    "lerenn-ping-v3 microcks-account-amqp-v2 v3-slack-rtm v3-websocket-gemini jobs "
    "shared-replies careless".split()
)
"""What the ordinary run takes: a reply, AMQP, HTTP with a key, a socket, jobs; replies among requests, mistakes."""
PATIENCE = 600
"""Seconds that a tool may take on one project."""


def corpus() -> list[Path]:
    """The entry file of every document of the corpus; none where there is no corpus."""
    files = [*CORPUS.glob("*.yaml"), *CORPUS.glob("*.json")]
    return sorted([*files, *CORPUS.glob("*/*/asyncapi.yaml")])


def nasty() -> list[Path]:
    """Difficult documents of our own."""
    return sorted((HERE / "nasty_messaging").glob("*.yaml"))


def name_of(path: Path) -> str:
    """The name of a document: the folder's of one that has several files."""
    return path.parent.parent.name if path.stem == "asyncapi" else path.stem


def sharing(paths: Iterable[Path]) -> list[ParameterSet]:
    """The documents, those that are not of the share for the slow run."""
    return [
        pytest.param(
            path,
            id=name_of(path),
            marks=[] if name_of(path) in SHARE else [pytest.mark.slow],
        )
        for path in paths
    ]


KEPT = dict(line.split(None, 1) for line in TABLE.read_text().splitlines())
VALID = [one for one in corpus() if KEPT.get(name_of(one), "").startswith("built")]


def verdict(path: Path) -> str:
    """What becomes of a document: how many messages of which kind its project has, or why it is refused."""
    try:
        checked = check(path)
    except Refused as refused:
        errors = [one for one in refused.problems if one.severity == "error"]
        first = show(errors[0], refused.documents).splitlines()[0]
        return f"refused: {path.name}{first.partition(path.name)[2]}"
    exchanges = checked.api.exchanges
    counts = Counter(
        {
            "received": sum(each.action == "receive" for each in exchanges),
            "sent": sum(each.action == "send" for each in exchanges),
            "answered": sum(each.reply is not None for each in exchanges),
        }
    )
    told = (f"{count} {what}" for what, count in counts.items() if count)
    return f"built: {', '.join(told) or 'no operations'}"


def test_there_is_a_corpus() -> None:
    if not CORPUS.is_dir():
        pytest.skip(f"NO CORPUS at {CORPUS.absolute()}: set GEN_CORPUS")
    assert len(VALID) > 50


@pytest.mark.slow
def test_the_table_tells_what_becomes_of_every_document() -> None:
    test_there_is_a_corpus()
    rows = {name_of(path): verdict(path) for path in corpus()}
    wide = max(map(len, rows))
    table = "".join(f"{name.ljust(wide)}  {told}\n" for name, told in rows.items())
    print(table)
    assert table == TABLE.read_text()


@pytest.mark.parametrize("path", sharing([*VALID, *nasty()]))
def test_every_operation_has_a_handler_or_a_publisher(path: Path) -> None:
    checked = check(path)
    stubs = set(checked.plan.stubs)
    received = {e.id for e in checked.api.exchanges if e.action == "receive"}
    assert received <= stubs
    views = {file.path.rpartition("/")[2]: file.view for file in checked.plan.files}
    sent = [e for e in checked.api.exchanges if e.action == "send"]
    publishers = views.get("publishers.py")
    assert len(getattr(publishers, "publishers", ())) == len(sent)


@pytest.mark.parametrize("path", sharing([*VALID, *nasty()]))
def test_what_is_built_passes_its_own_tests(path: Path, tmp_path: Path) -> None:
    build(path, tmp_path / "project").apply()
    # Plug-ins that happen to be installed here are none of the project's business.
    plain = ("-p", "no:cacheprovider", "-p", "no:schemathesis")
    ran("pytest", "-q", *plain, folder=tmp_path / "project")


@pytest.mark.slow
def test_what_is_built_is_typed(tmp_path: Path) -> None:
    folders = [tmp_path / "built" / name_of(path) for path in [*VALID, *nasty()]]
    for path, folder in zip([*VALID, *nasty()], folders, strict=True):
        build(path, folder).apply()
    assert [*checked_types(folders, tmp_path / "types")] == []


def ran(module: str, *arguments: str, folder: Path) -> None:
    """Runs a tool in the project; what it says is shown when it fails."""
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=PATIENCE
    )
    # A document without operations has tests for none: pytest tells of that with 5.
    assert done.returncode in (0, 5), done.stdout[-4000:] + done.stderr[-2000:]
