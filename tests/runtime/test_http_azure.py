"""azure-core's LROPoller, unmodified, against the hand-written service."""

from __future__ import annotations

import time
from collections.abc import Iterator
from threading import Thread
from typing import Any

import httpx2
import pytest
from azure.core import PipelineClient
from azure.core.exceptions import HttpResponseError
from azure.core.polling import LROPoller
from azure.core.polling.base_polling import (
    LocationPolling,
    LROBasePolling,
    OperationResourcePolling,
)
from azure.core.rest import HttpRequest
from wished_running import Running, assemble

ALGORITHMS = {
    "Operation-Location": OperationResourcePolling,
    "Location": LocationPolling,
}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    project = assemble(tmp_path_factory.mktemp("wished"))
    with Running(project, project / "azure.db") as running:
        yield running


@pytest.fixture(params=ALGORITHMS)
def polled(request: pytest.FixtureRequest) -> type[Any]:
    return ALGORITHMS[request.param]


def poller(service: Running, algorithm: type[Any], **body: Any) -> LROPoller[Any]:
    """A poller as azure's generated clients make one."""
    client: PipelineClient[Any, Any] = PipelineClient(service.url)
    request = HttpRequest("POST", f"{service.url}/reports", json={"rows": 2, **body})
    first = client.send_request(request, _return_pipeline_response=True)
    method: Any = LROBasePolling(timeout=0.1, lro_algorithms=[algorithm()])
    return LROPoller(client, first, lambda last: last.http_response.json(), method)


def test_it_polls_to_the_result(service: Running, polled: type[Any]) -> None:
    running = poller(service, polled, seconds=0.3)
    assert running.result(20) == {"rows": 2, "attempt": 1}
    assert running.status().lower() == "succeeded"


def test_it_raises_for_a_failed_job(service: Running, polled: type[Any]) -> None:
    with pytest.raises(HttpResponseError) as raised:
        poller(service, polled, outcome="refused").result(20)
    if polled is LocationPolling:
        assert raised.value.status_code == 402


def test_it_raises_for_a_canceled_job(service: Running, polled: type[Any]) -> None:
    running = poller(service, polled, seconds=30)
    method: Any = running.polling_method()
    first = method._initial_response.http_response
    cancel = first.headers["operation-location"] + "/cancel"

    def after_a_moment() -> None:
        time.sleep(0.3)
        httpx2.post(cancel, trust_env=False)

    canceling = Thread(target=after_a_moment)
    canceling.start()
    with pytest.raises(HttpResponseError) as raised:
        running.result(20)
    canceling.join()
    if polled is LocationPolling:
        assert raised.value.status_code == 409
