"""Our verdicts on real documents, compared with those of openapi-spec-validator."""

from __future__ import annotations

import hashlib
import os
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from generator.load import load
from generator.meaning import meaning
from generator.problems import Problem, Refused
from generator.read.openapi import read
from generator.shape import shape

ROOT = Path(__file__).parent.parent
CORPUS = Path(os.environ.get("GEN_CORPUS", ROOT / "../shared/corpus")).resolve()

DIFFERENCES = {
    # Valid for us, refused by the validator.
    "fixtures/dcg-openapi/allof_required_inherited_model_references.yaml": (
        "JSON Schema Validation 2020-12 §6.5.3: required may name any property"
    ),
    "fixtures/oai-tests/3.1/pass/path_item_servers_parameters.yaml": (
        "OpenAPI 3.1.1 §4.8.20 Link Object: server is one of its fields"
    ),
    # Refused by us, valid for the validator.
    "fixtures/oai-tests/3.1/fail/link-object-no-body.yaml": (
        "OpenAPI 3.1.1 §4.8.20 Link Object: body is none of its fields"
    ),
    "fixtures/oai-tests/3.1/fail/example-examples.yaml": (
        "OpenAPI 3.1.1 §4.8.12 Parameter Object: example and examples exclude each other"
    ),
    "fixtures/opc-documents-with-errors/missing-body-ref.yaml": (
        "OpenAPI 3.1.1 §4.8.23 Reference Object: the target must exist"
    ),
    "fixtures/opc-documents-with-errors/circular-body-ref.yaml": (
        "OpenAPI 3.1.1 §4.8.23 Reference Object: a reference must lead to an object"
    ),
    "fixtures/dcg-openapi/external_ref_mapping/api_no_fragment.yaml": (
        "OpenAPI 3.0.4 §4.7.24 Schema Object: an OpenAPI Object is no schema"
    ),
    "fixtures/dcg-openapi/field_render_plan.yaml": (
        "OpenAPI 3.0.4 §4.7.24.1: default must conform to its schema, through a $ref too"
    ),
    "fixtures/oai-tests/3.2/pass/mega.yaml": (
        "OpenAPI 3.2.0 §4.25 Discriminator Object: defaultMapping names a schema"
    ),
    "openapi/oapicg-door-badge-reader.yaml": (
        "OpenAPI 3.1.1 §4.8.8 Paths Object: paths that differ only in names are identical"
    ),
}
"""Documents on which we differ, each with the section that decides it in our favour."""

ADVICE = frozenset(
    (
        # OpenAPI says SHOULD, or leaves it open.
        "unfit-example",
        "unknown-operation",
        "discriminator-without-property",
        "ignored-parameter",
        "ignored-siblings",
        "ignored-nullable",
        # What only a generator needs.
        "not-supported",
        "name-collision",
        "async-without-result",
        "unresolved-callback",
        "no-success",
    )
)
"""Codes that do not say that a document breaks the specification."""


def documents() -> Iterator[Path]:
    """Every OpenAPI 3 document of the corpus, identical ones once."""
    seen: set[str] = set()
    for folder in ("fixtures", "openapi"):
        for path in sorted((CORPUS / folder).rglob("*")):
            if path.suffix not in (".yaml", ".yml", ".json") or not path.is_file():
                continue
            content = path.read_bytes()
            digest = hashlib.sha256(content).hexdigest()
            if digest not in seen and is_openapi(content):
                seen.add(digest)
                yield path


def is_openapi(content: bytes) -> bool:
    try:
        value = yaml.load(content, Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, ValueError):
        return False
    return isinstance(value, dict) and "openapi" in value


def their_verdict(path: Path) -> bool | None:
    """Whether openapi-spec-validator takes a document; None where it gives up."""
    from openapi_spec_validator import validate
    from openapi_spec_validator.readers import read_from_filename

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            content, uri = read_from_filename(str(path))
            validate(content, base_uri=uri)
    except RecursionError:
        return None
    except Exception:
        return False
    return True


def our_problems(path: Path) -> list[Problem]:
    try:
        loaded = load(path)
        problems = shape(loaded)
        if not any(problem.severity == "error" for problem in problems):
            api, found = read(loaded)
            problems += [*found, *meaning(api)]
    except Refused as refused:
        return refused.problems
    return problems


def our_verdict(path: Path) -> bool | None:
    """Whether we find nothing against the specification; None where that needs a network."""
    counted = [p for p in our_problems(path) if p.severity in ("error", "warning")]
    if any(problem.code == "remote-reference" for problem in counted):
        return None
    return all(problem.code in ADVICE for problem in counted)


def test_verdicts_are_those_of_openapi_spec_validator() -> None:
    if not CORPUS.is_dir():
        pytest.skip(f"NO CORPUS at {CORPUS}: set GEN_CORPUS")
    compared = 0
    differing: dict[str, str] = {}
    for path in documents():
        theirs, ours = their_verdict(path), our_verdict(path)
        if theirs is None or ours is None:
            continue
        compared += 1
        if theirs != ours:
            name = path.relative_to(CORPUS).as_posix()
            differing[name] = f"theirs {theirs}, ours {ours}"
    assert compared > 400
    assert differing.keys() == DIFFERENCES.keys(), differing
    assert len(DIFFERENCES) <= 10
