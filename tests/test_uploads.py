"""Files go through a service and its client as they are, also into a job."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from client.building import importable

from generator.build import build

DOCUMENT = """
openapi: 3.1.0
info: {title: Scans, version: '1'}
paths:
  /scans:
    post:
      operationId: scan
      tags: [scans]
      x-processing: async
      requestBody:
        required: true
        content:
          multipart/form-data:
            encoding: {picture: {contentType: 'image/png, image/tiff'}, labels: {style: pipeDelimited}}
            schema:
              type: object
              required: [picture, pages]
              properties:
                picture: {type: string, contentMediaType: image/png}
                pages: {type: array, items: {type: string, format: binary}}
                labels: {type: array, items: {type: string}}
      responses:
        '200': {description: What came., content: {application/json: {schema: {type: array, items: {type: string}}}}}
"""
PICTURE = b"\x89PNG\r\n\x1a\n\xff\x00"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The project of a service that takes files."""
    document = tmp_path / "scans.yaml"
    document.write_text(DOCUMENT, encoding="utf-8")
    build(document, tmp_path / "scans").apply()
    return tmp_path / "scans"


@pytest.mark.parametrize("module", ["client/scans", "service/routes"])
def test_every_media_type_of_a_part_is_kept(project: Path, module: str) -> None:
    text = (project / f"scans_{module}.py").read_text(encoding="utf-8")
    assert 'content_type="image/png, image/tiff"' in text


def test_a_style_that_joins_is_not_exploded(project: Path) -> None:
    text = (project / "scans_client/scans.py").read_text(encoding="utf-8")
    assert 'FormField(style="pipeDelimited", explode=False)' in text


def test_a_job_gets_the_files_that_its_caller_sent(project: Path) -> None:
    with importable(project, "scans_service"), importable(project, "scans_client"):
        from scans_client import File, models  # type: ignore[import-not-found]
        from scans_client.sync import Client  # type: ignore[import-not-found]
        from scans_service import (  # type: ignore[import-not-found]
            Handlers,
            Settings,
            create_app,
            serving,
        )

        class ScansHandlers(Handlers):  # type: ignore[misc]
            async def scan(self, body: Any, job: Any) -> list[str]:
                files = [body.picture, *body.pages]
                return [
                    *body.labels,
                    *(f"{f.name} {f.content_type} {f.content.hex()}" for f in files),
                ]

        settings = Settings(database_url=f"sqlite:///{project}/jobs.db", port=0)
        files = models.ScanBody(
            picture=File(PICTURE, "a.png", "image/png"),
            pages=[File(b"[1]", "b.json", "application/json")],
            labels=["old", "to keep"],
        )
        with serving(create_app(ScansHandlers(), settings)) as url:
            with Client(url) as client:
                job = client.scans.scan(files, idempotency_key="once")
                assert job.result(timeout=30) == [
                    "old",
                    "to keep",
                    f"a.png image/png {PICTURE.hex()}",
                    f"b.json application/json {b'[1]'.hex()}",
                ]
                again = client.scans.scan(files, idempotency_key="once")
                assert again.id == job.id


def test_bytes_that_are_called_json_are_drafted_as_json(tmp_path: Path) -> None:
    document = tmp_path / "scans.yaml"
    document.write_text(BYTES, encoding="utf-8")
    build(document, tmp_path / "scans").apply()
    handlers = (tmp_path / "scans/handlers.py").read_text(encoding="utf-8")
    assert "return b'\"\"'" in handlers


BYTES = """
openapi: 3.0.3
info: {title: Scans, version: '1'}
paths:
  /scans:
    get:
      responses:
        '200': {description: All., content: {application/json: {schema: {type: string, format: binary}}}}
"""
