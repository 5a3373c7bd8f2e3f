"""The documents as one: what other files define moves into the components of the entry file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from generator.grammar import HOMES, child, component_names
from generator.load import Documents
from generator.model import Json
from generator.pointer import pointer
from generator.problems import Place, Refused

Object = dict[str, Json]


class Task(NamedTuple):
    """A value that is to be copied into a container; `kind` is a key of GRAMMAR, or "" for plain data."""

    at: Place
    value: Json
    kind: str
    into: Object | list[Json]
    key: str | int


def bundled(documents: Documents) -> Object:
    """One document without references to other files, not to be changed: it may be the author's."""
    root = documents.root
    if documents.is_plain and isinstance(root, dict):
        return root
    return Bundle(documents).made()


class Bundle:
    """Copies a document with an explicit stack; a $ref elsewhere brings its target along."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._homes: dict[Place, str] = {}
        self._stack: list[Task] = []
        self._whole: Object = {}

    def made(self) -> Object:
        """The copy."""
        entry = Place(self._documents.entry)
        root = self._documents.value(entry)
        holder: Object = {}
        self._find_homes(root)
        self._stack.append(Task(entry, root, "document", holder, "document"))
        while self._stack:
            task = self._stack.pop()
            copy = self._copied(task)
            put(task.into, task.key, copy)
            if task.kind == "document" and isinstance(copy, dict):
                self._whole = copy
        return self._whole

    def _find_homes(self, root: Json) -> None:
        """A component that is only a $ref to another file becomes that file's definition."""
        entry = Place(self._documents.entry)
        for kind, section in HOMES.items():
            for name in component_names(root, section):
                at = entry / "components" / section / name
                ref = sole_ref(self._documents.value(at))
                target = None if ref is None else self._target(at, ref)
                if target is not None and target.file != entry.file:
                    self._homes.setdefault(target, f"#{pointer(at.path)}")

    def _copied(self, task: Task) -> Json:
        value = self._arrived(task)
        if isinstance(value.value, list):
            items = [None if is_container(each) else each for each in value.value]
            for index, each in enumerate(value.value):
                self._push(value, index, each, items)
            return items
        if not isinstance(value.value, dict):
            return value.value
        if value.kind == "mapping":
            return {k: self._mapped(value.at, v) for k, v in value.value.items()}
        if is_path(value, self._documents.entry):
            return self._path_item(value)
        entries = value.value.items()
        copy = {key: None if is_container(each) else each for key, each in entries}
        for key, each in entries:
            self._push(value, key, each, copy)
        self._redirect(value, copy)
        return copy

    def _path_item(self, task: Task) -> Json:
        """The path item of a path, with what it takes from other files as its own."""
        copy: Object = {}
        layers = self._layers(task)
        for layer in layers:
            assert isinstance(layer.value, dict)
            item = layer._replace(kind="pathItem")
            for key, each in layer.value.items():
                if key not in copy and (key != "$ref" or layer is layers[-1]):
                    copy[key] = None if is_container(each) else each
                    self._push(item, key, each, copy)
        self._redirect(layers[-1], copy)
        return copy

    def _layers(self, task: Task) -> list[Task]:
        """A path item and those of other files that it refers to."""
        layers = [task]
        while (ref := ref_of(layers[-1].value)) is not None:
            at = self._target(layers[-1].at, ref)
            if at is None or at.file == self._documents.entry:
                break
            value = self._documents.value(at)
            if not isinstance(value, dict) or any(at == each.at for each in layers):
                break
            layers.append(Task(at, value, task.kind, task.into, task.key))
        return layers

    def _push(
        self, task: Task, key: str | int, value: Json, into: Object | list[Json]
    ) -> None:
        """A container in a container is copied too, when its turn comes."""
        if is_container(value):
            kind = child(task.kind, key)
            self._stack.append(Task(task.at / key, value, kind, into, key))

    def _arrived(self, task: Task) -> Task:
        """The task, or that of the foreign definition for which this component is the home."""
        if not self._homes or task.kind not in HOMES:
            return task
        ref = sole_ref(task.value)
        target = None if ref is None else self._target(task.at, ref)
        home = None if target is None else self._homes.get(target)
        is_entry = task.at.file == self._documents.entry
        if target is None or not is_entry or home != f"#{pointer(task.at.path)}":
            return task
        value = self._documents.value(target)
        return Task(target, value, task.kind, task.into, task.key)

    def _redirect(self, task: Task, copy: Object) -> None:
        """Let a $ref of a copy lead to where its target is now."""
        if task.kind == "schema":
            self._rebase(copy)
        ref = copy.get("$ref")
        if (
            not task.kind
            or not isinstance(ref, str)
            or task.kind.startswith(("{", "["))
        ):
            return
        target = self._target(task.at, ref)
        if target is not None:
            copy["$ref"] = self._home(target, task.kind)

    @staticmethod
    def _rebase(copy: Object) -> None:
        """Pointers start at the document now, so no schema may be a base of its own."""
        if isinstance(copy.get("$id"), str):
            del copy["$id"]

    def _mapped(self, at: Place, value: Json) -> Json:
        """A value of a discriminator's mapping: the name of a schema, or a URI."""
        if not isinstance(value, str):
            return value
        names = component_names(self._documents.roots[at.file], "schemas")
        if value in names and at.file == self._documents.entry:
            return value
        ref = (
            f"#{pointer(('components', 'schemas', value))}" if value in names else value
        )
        target = self._target(at, ref)
        return value if target is None else self._home(target, "schema")

    def _target(self, at: Place, ref: str) -> Place | None:
        try:
            return self._documents.resolve(at / "$ref", ref)
        except Refused:
            return None  # what nothing uses may lead nowhere

    def _home(self, target: Place, kind: str) -> str:
        """The reference by which a definition is known in the one document."""
        if target.file == self._documents.entry:
            return f"#{pointer(target.path)}"
        if target not in self._homes:
            section = HOMES.get(kind, "x-definitions")
            if section == "pathItems" and self._is_old():
                section = "x-pathItems"
            components = grown(self._whole, "components")
            room = grown(components, section)
            name = free(wanted(target), room)
            room[name] = None
            self._homes[target] = f"#{pointer(('components', section, name))}"
            value = self._documents.value(target)
            self._stack.append(Task(target, value, kind, room, name))
        return self._homes[target]

    def _is_old(self) -> bool:
        """3.0 has no place for path items among its components, but for extensions."""
        return str(self._whole.get("openapi")).startswith("3.0")


def is_container(value: Json) -> bool:
    return isinstance(value, (dict, list))


def put(container: Object | list[Json], key: str | int, value: Json) -> None:
    if isinstance(container, dict):
        container[str(key)] = value
    elif isinstance(key, int):
        container[key] = value


def grown(holder: Object, key: str) -> Object:
    """The mapping under a key, made if there is none."""
    found = holder.get(key)
    if not isinstance(found, dict):
        found = holder[key] = {}
    return found


def is_path(task: Task, entry: str) -> bool:
    """Whether it is the path item of a path of the entry file."""
    path = task.at.path
    return task.at.file == entry and path[:1] == ("paths",) and len(path) == 2


def ref_of(value: Json) -> str | None:
    ref = value.get("$ref") if isinstance(value, dict) else None
    return ref if isinstance(ref, str) else None


def sole_ref(value: Json) -> str | None:
    """The $ref of what is nothing but a $ref."""
    return ref_of(value) if isinstance(value, dict) and len(value) == 1 else None


def wanted(target: Place) -> str:
    """The name of a definition: the last word of its pointer, else its file's name."""
    words = [each for each in target.path if isinstance(each, str)]
    name = words[-1] if words else target.file.rpartition("/")[2].partition(".")[0]
    return re.sub(r"[^A-Za-z0-9._-]+", "_", name) or "definition"


def free(name: str, taken: Object) -> str:
    """A name that is not taken: itself, else with a number."""
    return next(each for each in tries(name) if each not in taken)


def tries(name: str) -> Iterator[str]:
    yield name
    number = 2
    while True:
        yield f"{name}_{number}"
        number += 1
