"""The environment variables that hold the credentials of the callers that drafted handlers know."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from generator.build import check
from generator.render import draft
from generator.targets import scaffold
from runtime.settings import SETTINGS

KEY = {"type": "apiKey", "in": "header", "name": "X-Key"}
BASIC = {"type": "http", "scheme": "basic"}
BEARER = {"type": "http", "scheme": "bearer"}


def drafted(folder: Path, schemes: dict[str, dict[str, str]]) -> tuple[str, str]:
    """The handlers and the tests of a document with these schemes, before Black."""
    spec = folder / "api.json"
    done = {"responses": {"204": {"description": "Done."}}}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Desk", "version": "1"},
        "paths": {"/a": {"get": {"operationId": "get", **done}}},
        "components": {"securitySchemes": schemes},
        "security": [{name: []} for name in schemes],
    }
    spec.write_text(json.dumps(document))
    files = {file.path: file for file in check(spec).plan.files}
    paths = ("handlers.py", "tests/test_desk.py")
    return tuple([draft(files[path]).text for path in paths])  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("schemes", "variables"),
    [
        ({"staff": BEARER}, ["STAFF_TOKEN"]),
        ({"deskKey": KEY}, ["DESK_KEY"]),
        ({"token": BEARER}, ["TOKEN"]),
        ({"deskKey": KEY, "desk": KEY}, ["DESK_KEY_KEY", "DESK_KEY"]),
        ({"basicAuth": BASIC}, ["BASIC_AUTH_CREDENTIALS"]),
        ({"adminToken": BEARER}, ["CALLER_ADMIN_TOKEN"]),
        ({"admin": BEARER}, ["CALLER_ADMIN_TOKEN"]),
    ],
)
def test_a_variable_is_named_by_its_scheme_and_what_it_holds(
    tmp_path: Path, schemes: dict[str, dict[str, str]], variables: list[str]
) -> None:
    handlers, tests = drafted(tmp_path, schemes)
    for variable in variables:
        assert f'known_caller("{variable}", ' in handlers
        assert f'monkeypatch.setenv("{variable}", ' in tests


def test_no_caller_is_known_by_a_setting() -> None:
    named = {one.name for one in SETTINGS}
    endings = ("TOKEN", "KEY", "CREDENTIALS")
    assert {name for name in named if name.endswith(endings)} == scaffold.SETTINGS


def test_a_pair_of_credentials_says_how_it_is_written(tmp_path: Path) -> None:
    handlers, tests = drafted(tmp_path, {"staff": BASIC})
    assert "# The variable holds user:password.\n" in handlers
    assert 'setenv("STAFF_CREDENTIALS", "secret:secret")' in tests
    assert 'staff=("secret", "secret")' in tests
