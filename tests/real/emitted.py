"""What an emitted project offers, counted from its own text."""

from __future__ import annotations

import ast
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

TEMPLATES = Path(__file__).parent.parent.parent / "templates"
OWN = frozenset({"handlers", "app"})


@dataclass(frozen=True)
class Project:
    """The folder that a build made."""

    folder: Path

    @property
    def slug(self) -> str:
        (found,) = self.folder.glob("*_service")
        return found.name.removesuffix("_service")

    @contextmanager
    def importable(self) -> Iterator[None]:
        """Let this project be imported, and leave nothing of it behind."""
        mine = OWN | {f"{self.slug}_service", f"{self.slug}_client"}
        path, known = [*sys.path], {*sys.modules}
        sys.path.insert(0, str(self.folder))
        try:
            yield
        finally:
            sys.path[:] = path
            for name in {*sys.modules} - known:
                if name.partition(".")[0] in mine:
                    del sys.modules[name]

    def modules(self) -> list[str]:
        """Every module of the project but its tests."""
        found = [*self.folder.glob("*.py")]
        for part in ("service", "client"):
            found += self.folder.glob(f"{self.slug}_{part}/**/*.py")
        names = (p.relative_to(self.folder).with_suffix("").parts for p in found)
        return sorted(".".join(n).removesuffix(".__init__") for n in names)

    def import_all(self) -> None:
        """Import every module and build every model."""
        from pydantic import BaseModel, TypeAdapter

        for name in self.modules():
            module = import_module(name)
            if not name.endswith(".models"):
                continue
            for kept in vars(module).values():
                if isinstance(kept, type) and issubclass(kept, BaseModel):
                    if kept.__module__ == name:
                        kept.model_rebuild()
            for alias in getattr(module, "__all__", ()):
                # SCHEMAS is what rules refer to, and no type.
                if alias != "SCHEMAS":
                    TypeAdapter(getattr(module, alias))

    def client_calls(self, sync: bool) -> Counter[tuple[str, str]]:
        """Method and path of every operation that a method of the client calls."""
        package = self.folder / f"{self.slug}_client"
        found: set[tuple[str, str, str]] = set()
        constants: dict[str, dict[str, tuple[str, str]]] = {}
        for file in sorted(package.glob("*.py")):
            constants[file.stem] = dict(_operations(file))
        files = package.glob("sync/*.py") if sync else package.glob("*.py")
        for file in sorted(files):
            known = constants.get(file.stem, {})
            for name in _called(file):
                if name in known:
                    found.add((file.stem, name, ""))
        return Counter(constants[module][name] for module, name, _ in found)

    def client_groups(self) -> set[str]:
        """The classes reachable from a client."""
        client = import_module(f"{self.slug}_client").Client
        made = client("http://127.0.0.1:9")
        names = [n for n in dir(client) if not n.startswith("_")]
        return {type(getattr(made, n)).__name__ for n in names}

    def senders(self) -> list[Any]:
        """The targets of callbacks."""
        try:
            module = import_module(f"{self.slug}_service.callbacks")
        except ModuleNotFoundError:
            return []
        return [
            value
            for value in vars(module).values()
            if type(value).__name__ == "CallbackTarget"
        ]

    def publishers(self) -> list[Any]:
        """The targets of webhooks."""
        try:
            return list(import_module(f"{self.slug}_service.webhooks").WEBHOOKS)
        except ModuleNotFoundError:
            return []

    def receiver_methods(self) -> list[str]:
        """The methods of the receiver, each found on its class."""
        try:
            receiver = import_module(f"{self.slug}_client.receiver").Receiver
        except ModuleNotFoundError:
            return []
        methods = [hook.method for hook in receiver.hooks.values()]
        return [name for name in methods if callable(getattr(receiver, name, None))]

    def types_tree(self, folder: Path) -> None:
        """A copy to check types in, beside other projects' and with the one runtime of all."""
        for part in ("service", "client"):
            package = f"{self.slug}_{part}"
            for file in (self.folder / package).rglob("*.py"):
                path = file.relative_to(self.folder)
                if "runtime" in path.parts:
                    same = TEMPLATES / "runtime" / path.name
                    assert file.read_bytes() == same.read_bytes(), path
                    continue
                text = re.sub(
                    r"from \.+runtime", "from runtime", file.read_text("utf-8")
                )
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                (folder / path).write_text(text, "utf-8")
        tests = self.folder / "tests"
        for file in [*self.folder.glob("*.py"), *tests.glob("*.py")]:
            text = re.sub(
                r"from handlers import",
                f"from {self.slug}_handlers import",
                file.read_text("utf-8"),
            )
            text = text.replace(f"{self.slug}_service.runtime", "runtime")
            text = text.replace(f"{self.slug}_client.runtime", "runtime")
            (folder / f"{self.slug}_{file.name}").write_text(text, "utf-8")

    def document(self) -> Any:
        path = self.folder / f"{self.slug}_service" / "openapi.json"
        return json.loads(path.read_text("utf-8"))


def _operations(file: Path) -> Iterator[tuple[str, tuple[str, str]]]:
    """Constants that hold an operation, with its method and path."""
    for node in ast.parse(file.read_text("utf-8")).body:
        if not isinstance(node, ast.AnnAssign) or not isinstance(node.value, ast.Call):
            continue
        words = {
            word.arg: word.value.value
            for word in node.value.keywords
            if isinstance(word.value, ast.Constant)
        }
        if {"method", "path"} <= words.keys() and isinstance(node.target, ast.Name):
            yield node.target.id, (str(words["method"]), str(words["path"]))


def _called(file: Path) -> Iterator[str]:
    """Names that the public methods of the module's classes use."""
    for kind in ast.parse(file.read_text("utf-8")).body:
        for method in kind.body if isinstance(kind, ast.ClassDef) else ():
            if isinstance(method, (ast.FunctionDef, ast.AsyncFunctionDef)):
                if not method.name.startswith("_"):
                    for node in ast.walk(method):
                        if isinstance(node, ast.Name):
                            yield node.id
