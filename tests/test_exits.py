"""How `gen` ends when the machine, and not the document, is in its way: in words, never a traceback."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
HELLO = ROOT / "specs/hello.yaml"
Ran = subprocess.CompletedProcess[bytes]


def gen(*arguments: object, folder: Path, **environ: str) -> Ran:
    command = [sys.executable, "-m", "generator", *map(str, arguments)]
    environ = os.environ | {"PYTHONPATH": str(ROOT)} | environ
    return subprocess.run(command, cwd=folder, env=environ, capture_output=True)


def refused(ran: Ran, status: int, *words: bytes) -> None:
    said = ran.stdout + ran.stderr
    assert ran.returncode == status, said
    assert b"Traceback (most recent" not in said
    assert all(word in said for word in words), said


def test_a_folder_is_no_document(tmp_path: Path) -> None:
    refused(gen("build", tmp_path, folder=tmp_path), 2, b"is a directory")
    refused(gen("check", tmp_path, folder=tmp_path), 2, b"is a directory")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    refused(gen("build", "none.yaml", folder=tmp_path), 2, b"does not exist")


def test_a_file_where_the_project_would_go(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    refused(gen("build", HELLO, "-o", "taken", folder=tmp_path), 2, b"is a file")
    ran = gen("build", HELLO, "-o", "taken/inside", folder=tmp_path)
    refused(ran, 1, b"taken", b"Not a directory")


def test_a_folder_that_may_not_be_written(tmp_path: Path) -> None:
    refused(gen("build", HELLO, "-o", "/proc/none", folder=tmp_path), 1, b"/proc/none")


def test_a_folder_where_a_file_would_go(tmp_path: Path) -> None:
    (tmp_path / "hello/app.py").mkdir(parents=True)
    ran = gen("build", HELLO, folder=tmp_path)
    refused(ran, 1, b"hello/app.py: Is a directory")
    assert [*(tmp_path / "hello").iterdir()] == [tmp_path / "hello/app.py"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    refused(gen("build", HELLO, folder=tmp_path), 1, b"hello: Permission denied")


def test_whoever_reads_the_difference_may_stop_reading(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "generator", "build", str(HELLO), "--check"]
    environ = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command,
        cwd=tmp_path,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        said = process.stderr.read()
    assert process.returncode == 1
    assert said == b""


def test_an_interrupt_leaves_nothing_behind(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "generator",
        "build",
        str(ROOT / "specs/orders.yaml"),
    ]
    environ = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command,
        cwd=tmp_path,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        time.sleep(1)  # in the middle of the work, wherever that is
        os.killpg(process.pid, signal.SIGINT)
        said = process.stdout.read()
    assert process.returncode in (0, 1, -signal.SIGINT)
    if process.returncode == 1:
        assert b"Aborted!" in said and b"Traceback" not in said
        assert not (tmp_path / "orders/app.py").exists()


def test_a_terminal_that_is_not_utf_8(tmp_path: Path) -> None:
    spec = tmp_path / "spec.yaml"
    text = HELLO.read_text().replace("Ada", "名前 …").replace("createGreeting", "größe")
    spec.write_text(text, encoding="utf-8")
    for encoding in ("ascii", "latin-1", "utf-8"):
        ran = gen("build", spec, "--check", folder=tmp_path, PYTHONIOENCODING=encoding)
        refused(ran, 1, b"file")
        ran = gen("check", spec, folder=tmp_path, PYTHONIOENCODING=encoding)
        refused(ran, 0, b"can be built")


def test_a_document_whose_name_is_no_text(tmp_path: Path) -> None:
    spec = tmp_path / os.fsdecode(b"caf\xe9.yaml")
    shutil.copy(HELLO, spec)
    refused(gen("check", spec.name, folder=tmp_path), 0, b"can be built")
    refused(gen("build", spec.name, "-o", "made", folder=tmp_path), 0, b"created")


def test_a_document_is_built_from_anywhere(tmp_path: Path) -> None:
    far = tmp_path / "far/away"
    far.mkdir(parents=True)
    shutil.copy(HELLO, tmp_path / "hello.yaml")
    ran = gen("build", "../../hello.yaml", "-o", "../made", folder=far)
    refused(ran, 0, b"create  ../made/app.py")
    refused(
        gen("build", "hello.yaml", "-o", "far/made", folder=tmp_path), 0, b"the same"
    )
