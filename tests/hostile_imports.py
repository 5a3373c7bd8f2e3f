"""Imports packages where any side effect is seen: reads a folder per line, answers what happened.

The runtime is the one in the templates' folder, so that it is imported once for all packages.
"""

from __future__ import annotations

import builtins
import importlib
import json
import os
import sys
import traceback
from pathlib import Path
from typing import Any

SEEN: list[str] = []
FORBIDDEN = (
    *("os.system", "os.exec", "os.posix_spawn", "subprocess.Popen", "socket.connect"),
    *("os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.putenv", "ctypes.dlopen"),
)


def main() -> None:
    sys.dont_write_bytecode = True
    setattr(builtins, "canary", lambda *_: SEEN.append("canary was called"))
    preload()
    sys.addaudithook(watch)
    for line in sys.stdin:
        folder = Path(json.loads(line))
        print(json.dumps(imported(folder)), flush=True)


def preload() -> None:
    """The runtime is trusted, and may do what it likes while it is imported."""
    for path in sorted(Path(sys.argv[1]).glob("*.py")):
        importlib.import_module(f"runtime.{path.stem}")


def watch(event: str, arguments: tuple[Any, ...]) -> None:
    if event in FORBIDDEN:
        SEEN.append(f"{event} {arguments}")
    if event == "open" and isinstance(arguments[2], int):
        if arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            SEEN.append(f"open {arguments}")


def imported(folder: Path) -> list[str]:
    """What happened while every module under a folder was imported."""
    SEEN.clear()
    known = set(sys.modules)
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    lend_runtime(folder)
    try:
        for path in sorted(folder.rglob("*.py")):
            parts = path.relative_to(folder).with_suffix("").parts
            name = ".".join(part for part in parts if part != "__init__")
            module = importlib.import_module(name)
            build_models(module)
    except BaseException:
        SEEN.append(traceback.format_exc())
    sys.path.remove(str(folder))
    for name in set(sys.modules) - known:
        del sys.modules[name]
    return [*SEEN]


def lend_runtime(folder: Path) -> None:
    """Each package finds the one runtime as its own."""
    shared = {n: m for n, m in sys.modules.items() if n.split(".")[0] == "runtime"}
    for package in folder.iterdir():
        for name, module in shared.items():
            sys.modules[f"{package.name}.{name}"] = module


def build_models(module: Any) -> None:
    for value in list(vars(module).values()):
        rebuild = getattr(value, "model_rebuild", None)
        if isinstance(value, type) and value.__module__ == module.__name__ and rebuild:
            rebuild()


if __name__ == "__main__":
    main()
