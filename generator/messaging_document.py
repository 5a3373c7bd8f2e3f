"""The AsyncAPI document as one: what other files define moves into its components, under `x-definitions`."""

from __future__ import annotations

from typing import Literal

from generator.bundle import Object, free, grown, put, ref_of, wanted
from generator.load import Documents
from generator.model import Json
from generator.pointer import pointer
from generator.problems import Place, Refused
from generator.value import dataclass

Kind = Literal["thing", "names", "data"]
"""An object of the specification, a mapping of names to such objects, or plain data."""

NAMES = frozenset(
    "$defs channels callbacks channelBindings correlationIds definitions dependentSchemas "
    "externalDocs messageBindings messageTraits operationBindings operations operationTraits "
    "parameters patternProperties properties replies replyAddresses schemas securitySchemes "
    "serverBindings serverVariables servers tags variables".split()
)
DATA = frozenset("const default enum example examples".split())
ROOM = "x-definitions"


@dataclass(frozen=True, slots=True)
class Task:
    """A value that is to be copied into a container."""

    at: Place
    value: Json
    kind: Kind
    into: Object | list[Json]
    key: str | int


def messaging_document(documents: Documents, entry: str) -> Object:
    """The AsyncAPI document of a file, without references to other files; it may be the author's."""
    root = documents.roots[entry]
    if documents.is_plain and isinstance(root, dict):
        return root
    return Gathered(documents, entry).made()


def entry_of(documents: Documents, word: str) -> str:
    """The document that begins with this word, `asyncapi` or `openapi`; else the first."""
    return next(
        (
            file
            for file, root in documents.roots.items()
            if isinstance(root, dict) and word in root
        ),
        documents.entry,
    )


class Gathered:
    """Copies a document with an explicit stack; a $ref elsewhere brings its target along."""

    def __init__(self, documents: Documents, entry: str) -> None:
        self._documents = documents
        self._entry = entry
        self._homes: dict[Place, str] = {}
        self._room: Object = {}
        self._stack: list[Task] = []

    def made(self) -> Object:
        """The copy."""
        at = Place(self._entry)
        holder: Object = {}
        value = self._documents.value(at)
        self._stack.append(Task(at, value, "thing", holder, "document"))
        while self._stack:
            task = self._stack.pop()
            put(task.into, task.key, self._copied(task))
        document = grown(holder, "document")
        if self._room:
            grown(document, "components")[ROOM] = self._room
        return document

    def _copied(self, task: Task) -> Json:
        if isinstance(task.value, list):
            items: list[Json] = [None] * len(task.value)
            for index, each in enumerate(task.value):
                self._stack.append(Task(task.at / index, each, task.kind, items, index))
            return items
        if not isinstance(task.value, dict):
            return task.value
        copy: Object = dict(task.value)
        for key, each in task.value.items():
            if isinstance(each, dict | list):
                kind = child(task.kind, key)
                self._stack.append(Task(task.at / key, each, kind, copy, key))
        if task.kind == "thing":
            self._rebase(task.at, copy)
        return copy

    def _rebase(self, at: Place, copy: Object) -> None:
        """Let a $ref of a copy lead to where its target is now; no part is a base of its own."""
        ref = ref_of(copy)
        target = None if ref is None else self._target(at, ref)
        if target is not None:
            copy["$ref"] = self._home(target)
        if isinstance(copy.get("$id"), str):
            del copy["$id"]

    def _target(self, at: Place, ref: str) -> Place | None:
        try:
            return self._documents.resolve(at / "$ref", ref)
        except Refused:
            return None  # what nothing uses may lead nowhere

    def _home(self, target: Place) -> str:
        """The reference by which a definition is known in the one document."""
        if target.file == self._entry:
            return f"#{pointer(target.path)}"
        if target not in self._homes:
            name = free(wanted(target), self._room)
            self._room[name] = None
            self._homes[target] = f"#{pointer(('components', ROOM, name))}"
            value = self._documents.value(target)
            self._stack.append(Task(target, value, "thing", self._room, name))
        return self._homes[target]


def child(kind: Kind, key: str) -> Kind:
    """What stands under a key."""
    if kind == "data" or (kind == "thing" and (key in DATA or key.startswith("x-"))):
        return "data"
    return "names" if kind == "thing" and key in NAMES else "thing"
