"""schemathesis against an emitted service: what it finds."""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
URL = re.compile(r"http://\S+")
SECRET = "open-sesame"
KNOWN = re.compile(r'known_caller\(\s*"([A-Z0-9_]+)",\s*(\w+)(, \w+)?')

# A request may be well-formed and yet come to nothing (402, 404, 410); that such a status is declared
# is another check's matter. That a good request was told it is malformed always is a finding.
MALFORMED = frozenset({400, 405, 413, 415, 422})
OUTCOMES = [str(status) for status in range(400, 500) if status not in MALFORMED]


@dataclass(frozen=True)
class Emitted:
    """A project that a build made."""

    folder: Path
    handlers: str = "finished"
    """Or "first", as a build writes them."""

    @property
    def document(self) -> Path:
        (found,) = self.folder.glob("*_service/openapi.json")
        return found

    def environment(self) -> dict[str, str]:
        """The credentials that its first handlers know, and the ADMIN_TOKEN."""
        text = (self.folder / "handlers.py").read_text("utf-8")
        known = {
            variable: f"user:{SECRET}" if second.strip(", ") == "password" else SECRET
            for variable, _, second in KNOWN.findall(text)
        }
        return {**known, "ADMIN_TOKEN": SECRET}

    def headers(self) -> dict[str, str]:
        """The same credentials as a caller shows them."""
        document = json.loads(self.document.read_text("utf-8"))
        schemes = document.get("components", {}).get("securitySchemes", {})
        return dict(shown(scheme) for scheme in reversed(schemes.values()))

    @contextmanager
    def running(self, scratch: Path) -> Iterator[str]:
        """The service as a process of its own; yields its URL."""
        settings = {
            "PORT": "0",
            "DEVELOPMENT": "true",
            "LOG_LEVEL": "error",
            "DATABASE_URL": f"sqlite:///{scratch}/hammered.db",
        }
        with (scratch / "service.log").open("w") as log:
            process = subprocess.Popen(
                [sys.executable, HERE / "brief_app.py"],
                cwd=self.folder,
                env=os.environ | self.environment() | settings,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        try:
            assert process.stdout is not None
            found = URL.search(process.stdout.readline())
            assert found, (scratch / "service.log").read_text()
            yield found.group()
        finally:
            process.terminate()
            try:
                process.communicate(timeout=60)
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()
                raise


def shown(scheme: dict[str, Any]) -> tuple[str, str]:
    """A credential as a header."""
    if scheme["type"] == "apiKey" and scheme["in"] == "cookie":
        return "Cookie", f"{scheme['name']}={SECRET}"
    if scheme["type"] == "apiKey":
        return str(scheme["name"]), SECRET
    if scheme.get("scheme", "").lower() == "basic":
        pair = base64.b64encode(f"user:{SECRET}".encode()).decode()
        return "Authorization", f"Basic {pair}"
    return "Authorization", f"Bearer {SECRET}"


@dataclass(frozen=True)
class Finding:
    """One thing that schemathesis holds against an answer."""

    operation: str
    check: str
    status: str
    said: str


def hammer(
    project: Emitted, document: Path, scratch: Path, examples: int, seed: int = 1
) -> tuple[list[Finding], int]:
    """What it finds in the running project by a document of it, and in how many cases."""
    (scratch / "schemathesis.toml").write_text(configuration(project.headers()))
    with project.running(scratch) as url:
        options = ["--url", url, "--max-examples", str(examples), "--seed", str(seed)]
        events = told(scratch, project.handlers, [str(document.resolve()), *options])
    scenarios = [one["ScenarioFinished"] for one in events if "ScenarioFinished" in one]
    cases = sum(len(one["recorder"].get("checks", ())) for one in scenarios)
    print(f"{document.name}, seed {seed}: {cases} cases")
    return list(findings(scenarios)), cases


def told(scratch: Path, handlers: str, options: list[str]) -> list[dict[str, Any]]:
    """All that schemathesis says of a run; a finding ends no scenario before its time."""
    report = scratch / "events.ndjson"
    command = [sys.executable, "-m", "schemathesis.cli"]
    command += ["--config-file", str(scratch / "schemathesis.toml"), "run", *options]
    command += ["--phases", "examples,coverage,fuzzing,stateful", "--checks", "all"]
    command += ["--continue-on-failure", "--no-shrink"]
    command += ["--report", "ndjson", "--report-ndjson-path", str(report)]
    hooks = {"SCHEMATHESIS_HOOKS": "hooks", "PYTHONPATH": str(HERE)}
    made = subprocess.run(
        command,
        cwd=scratch,
        env=os.environ | hooks | {"HANDLERS": handlers},
        capture_output=True,
        text=True,
    )
    said = made.stdout[-3000:] + made.stderr[-3000:]
    assert report.exists(), said
    events = [json.loads(line) for line in report.read_text("utf-8").splitlines()]
    assert not [one for one in events if "NonFatalError" in one], said
    assert events[-1]["EngineFinished"]["stop_reason"] == "completed", said
    return events


def findings(scenarios: list[Any]) -> Iterator[Finding]:
    """Each finding once for every operation and status."""
    found: dict[tuple[str, str, str], Finding] = {}
    for recorder in (one["recorder"] for one in scenarios):
        for case, checks in recorder.get("checks", {}).items():
            answer = recorder["interactions"][case]["response"] or {}
            status = str(answer.get("status_code", ""))
            for check in checks:
                if check["status"] == "failure":
                    failure = check["failure_info"]["failure"]
                    key = (failure["operation"], check["name"], status)
                    found.setdefault(key, Finding(*key, failure["message"]))
    yield from found.values()


def configuration(headers: dict[str, str]) -> str:
    """schemathesis.toml: who calls, and what may come of a good request."""
    lines = ["request-timeout = 75", "[headers]"]  # a poll may be held for 60
    lines += [f"{json.dumps(name)} = {json.dumps(v)}" for name, v in headers.items()]
    expected = ["2xx", "3xx", "5xx", *OUTCOMES]
    lines += ["[checks.positive_data_acceptance]"]
    lines += [f"expected-statuses = {json.dumps(expected)}"]
    return "\n".join(lines) + "\n"
