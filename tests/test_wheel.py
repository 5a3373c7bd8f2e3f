"""What `pip install .` gives: the command, with its templates."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parent.parent


def run(*command: object, cwd: Path) -> str:
    made = subprocess.run(
        [str(one) for one in command], cwd=cwd, capture_output=True, text=True
    )
    assert made.returncode == 0, made.stderr
    return made.stdout


def test_the_wheel_builds_a_project_elsewhere(tmp_path: Path) -> None:
    run(
        sys.executable,
        "-m",
        "build",
        "--wheel",
        "--outdir",
        tmp_path,
        ROOT,
        cwd=tmp_path,
    )
    (wheel,) = tmp_path.glob("respond_async-*.whl")
    site = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(site)
    script = (
        f"import sys; sys.path.insert(0, {str(site)!r})\n"
        "import generator, generator.cli\n"
        f"assert generator.__file__.startswith({str(site)!r})\n"
        f"generator.cli.main(['build', {str(ROOT / 'specs/hello.yaml')!r}])\n"
    )
    out = run(sys.executable, "-I", "-c", script, cwd=tmp_path)
    assert "5 of them yours" in out
    assert (tmp_path / "hello/hello_service/runtime/engine.py").exists()
    assert (
        "gen = generator.cli:main"
        in next(site.glob("*.dist-info/entry_points.txt")).read_text()
    )
