"""The client that openapi-python-client makes of our effective document drives our service."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from foreign.hammering import SECRET, Emitted

ORDERS = Path(__file__).parent.parent / "generated-examples" / "orders"
TOOL = shutil.which("openapi-python-client", path=str(Path(sys.executable).parent))

PROGRAM = """
import json, sys
from shop.client import Client
from shop.api.jobs import get_job, get_job_result
from shop.api.orders import get_order, place_order
from shop.models import Job, JobStatus, NewOrder, Order

client = Client(base_url=sys.argv[1], headers={"X-Api-Key": sys.argv[2]})
accepted = place_order.sync_detailed(client=client, body=NewOrder(item="lamp", quantity=2))
job = accepted.parsed
assert accepted.status_code == 202 and isinstance(job, Job), accepted
assert accepted.headers["operation-location"] == job.links["self"]
while job.status in (JobStatus.QUEUED, JobStatus.RUNNING):
    answer = get_job.sync_detailed(job.id, client=client, wait=10, version=job.version)
    job = answer.parsed if answer.status_code == 200 else job
assert job.status == JobStatus.SUCCEEDED, job
result = get_job_result.sync_detailed(job.id, client=client)
assert result.status_code == 201, result
order = Order.from_dict(json.loads(result.content))
read = get_order.sync(order.id, client=client)
assert read == order
print(read.item, read.quantity, read.total.amount)
"""


@pytest.mark.skipif(TOOL is None, reason="NO openapi-python-client: pip install it")
def test_an_asynchronous_operation_runs_from_202_to_result(tmp_path: Path) -> None:
    orders = Emitted(ORDERS)
    command = [str(TOOL), "generate", "--path", orders.document]
    command += ["--output-path", tmp_path / "shop", "--meta", "none"]
    made = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert made.returncode == 0, made.stdout + made.stderr
    assert "WARNING parsing" not in made.stdout, made.stdout
    with orders.running(tmp_path) as url:
        driven = subprocess.run(
            [sys.executable, "-c", PROGRAM, url, SECRET],
            env=os.environ | {"PYTHONPATH": str(tmp_path)},
            cwd=tmp_path,
            capture_output=True,
            text=True,
        )
    assert driven.returncode == 0, driven.stderr
    assert driven.stdout == "lamp 2 59.80\n"
