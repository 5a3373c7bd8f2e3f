"""schemathesis against emitted services: what they declare is what they do.

On the effective document every check holds. On the author's own, which cannot speak of what we
add, an answer is held against a service unless its status is one that we declare.
"""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner
from foreign.hammering import Emitted, Finding, hammer
from foreign.hooks import after_call, filter_failure
from schemathesis.core.failures import Failure, ResponseTimeExceeded
from schemathesis.openapi.checks import RejectedPositiveData, UseAfterFree
from spoken import corpus, needs_corpus

from generator.cli import main

ROOT = Path(__file__).parent.parent
EXAMPLES = sorted(
    path.parent.parent
    for path in (ROOT / "generated-examples").glob("*/*_service/openapi.json")
)
MANY = 100
CORPUS = (
    "adyen-data-protection-v1.yaml",
    "adyen-tokenization-webhooks.yaml",
    "camara-carrier-billing.yaml",
    "cloudevents-http.yaml",
    "dcg-allof.yaml",
    "fcg-callbacks.yaml",
    "microcks-callback-example.json",
    "oai30-link-example.yaml",
    "oai30-petstore-expanded.yaml",
    "oai31-tictactoe.yaml",
    "oapicg-callbacks.yaml",
    "oapicg-door-badge-reader.yaml",
    "ogcli-callbacks.yaml",
    "twilio-messaging-v3.yaml",
)
UNCALLED = ("adyen-tokenization-webhooks.yaml",)
"""All that they describe is what is sent to others: their authors' words are none to call by."""
CONTRADICTORY = ("cloudevents-http.yaml", "oapicg-door-badge-reader.yaml")
"""By the letter nothing is valid for some schemas of the one, and two paths of the other are the same.

What `gen` reads instead is told as `closed-part` and `same-path`.
"""
LETTERS = [name for name in CORPUS if name not in (*UNCALLED, *CONTRADICTORY)]
"""The documents whose services are held to their authors' own words."""


@pytest.mark.parametrize("name", ["hello", "orders"])
def test_every_check_holds_on_an_example(name: str, tmp_path: Path) -> None:
    found, cases = effective(Emitted(ROOT / "generated-examples" / name), tmp_path, 2)
    assert cases > 30
    assert found == []


def counts(failure: Failure, status: int, content: bytes = b"", **said: Any) -> bool:
    """Whether a failure is held against an answer that took a minute."""
    answer = SimpleNamespace(status_code=status, content=content, elapsed=60.0, **said)
    return filter_failure(None, failure, None, answer)


def test_a_job_that_is_canceled_may_be_read_and_one_that_is_forgotten_may_not() -> None:
    path = "/jobs/job_forgotten"
    failure = UseAfterFree(
        operation="DELETE /jobs/{job_id}", message="", free=f"DELETE {path}", usage=""
    )
    case = SimpleNamespace(method="DELETE")
    request = SimpleNamespace(url=f"http://localhost{path}?a=b")
    after_call(None, case, SimpleNamespace(status_code=202, request=request))
    assert not counts(failure, 200)
    after_call(None, case, SimpleNamespace(status_code=204, request=request))
    assert counts(failure, 200)


def test_what_is_the_authors_is_gone_once_it_is_deleted() -> None:
    failure = UseAfterFree(
        operation="DELETE /posts/{id}", message="", free="DELETE /posts/1", usage=""
    )
    assert counts(failure, 200)


def test_only_a_poll_that_found_nothing_new_may_take_its_time() -> None:
    failure = ResponseTimeExceeded(
        operation="GET /jobs/{job_id}", elapsed=60, message="", deadline=10
    )
    assert not counts(failure, 304)
    assert counts(failure, 200)


def test_a_good_request_may_come_to_a_refusal_and_is_never_malformed() -> None:
    failure = RejectedPositiveData(
        operation="POST /a", message="", status_code=422, allowed_statuses=[]
    )
    of_job = {"job-status": ["failed"]}
    assert not counts(failure, 422, b'{"title": "No sales"}', headers=of_job)
    assert counts(failure, 422, b'{"title": "Bad", "errors": []}', headers=of_job)
    assert counts(failure, 422, b'{"title": "No sales"}', headers={})


@pytest.mark.slow
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_every_check_holds_on_every_example(example: Path, tmp_path: Path) -> None:
    found, cases = effective(Emitted(example), tmp_path, MANY)
    assert cases > MANY
    assert found == []


@pytest.mark.slow
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_the_authors_document_lacks_only_what_we_add(
    example: Path, tmp_path: Path
) -> None:
    halves = (f"{example.name}-http.yaml", f"{example.name}.yaml")
    spec = next(
        ROOT / "specs" / half for half in halves if (ROOT / "specs" / half).exists()
    )
    assert original(Emitted(example), spec, tmp_path) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", CORPUS)
def test_every_check_holds_on_a_document_of_others(name: str, tmp_path: Path) -> None:
    project, _ = built(name, tmp_path)
    found, cases = effective(project, tmp_path, MANY)
    assert cases > MANY
    assert found == []


@pytest.mark.slow
@pytest.mark.parametrize("name", LETTERS)
def test_a_document_of_others_lacks_only_what_we_add(name: str, tmp_path: Path) -> None:
    project, spec = built(name, tmp_path)
    assert original(project, spec, tmp_path) == []


def built(name: str, folder: Path) -> tuple[Emitted, Path]:
    """The project of a document of the corpus."""
    needs_corpus()
    (spec,) = (entry for entry in corpus() if entry.name == name)
    made = CliRunner().invoke(main, ["build", str(spec), "-o", str(folder / "made")])
    assert made.exit_code == 0, made.output
    return Emitted(folder / "made", handlers="first"), spec


def effective(
    project: Emitted, scratch: Path, examples: int
) -> tuple[list[Finding], int]:
    """What is found by the effective document, and in how many cases."""
    return hammer(project, project.document, scratch, examples)


def original(project: Emitted, spec: Path, scratch: Path) -> list[Finding]:
    """What is found by the author's document, but for answers that are ours."""
    found, cases = hammer(project, spec, scratch, MANY)
    assert cases > MANY
    ours = json.loads(project.document.read_text("utf-8"))
    return [one for one in found if not is_declared(one, ours)]


def is_declared(finding: Finding, ours: object) -> bool:
    """Whether the answer has a status that our document adds to the author's."""
    is_status = finding.check == "status_code_conformance"
    return is_status and finding.status in responses(ours, finding)


def responses(document: object, finding: Finding) -> dict[str, Any]:
    """What a document declares for the operation of a finding."""
    method, _, path = finding.operation.partition(" ")
    found: object = document
    for key in ("paths", path, method.lower(), "responses"):
        found = found.get(key) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else {}
