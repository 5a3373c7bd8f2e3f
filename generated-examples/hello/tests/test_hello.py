"""What the service does for its callers. Yours: gen wrote it once and never touches it again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from handlers import HelloHandlers
from hello_client import models
from hello_client.sync import Client
from hello_service import Settings, create_app, serving


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    """A client of a service that runs as long as the test."""
    settings = Settings(database_url=f"sqlite:///{tmp_path}/test.db", port=0)
    app = create_app(HelloHandlers(pause=0.01), settings)
    with serving(app) as url, Client(url) as client:
        yield client


def test_create_greeting(client: Client) -> None:
    job = client.greetings.create_greeting(models.NewGreeting(name="Ada"))
    assert job.result(timeout=30) == models.Greeting(text="Hello, Ada!")


def test_create_greeting_in_another_language(client: Client) -> None:
    body = models.NewGreeting(name="Ada", language="fr")
    job = client.greetings.create_greeting(body)
    assert job.result(timeout=30).text == "Bonjour, Ada!"
    progress = job.status().progress
    assert progress is not None and progress.message == "writing Ada"


def test_list_languages(client: Client) -> None:
    assert client.greetings.list_languages() == ["en", "fr", "de"]
