"""The effective document: the author's, and all that our service adds to it, in the document's own version."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from generator.bundle import bundled, free, grown
from generator.grammar import METHODS
from generator.load import Documents
from generator.model import Api, Json, Operation
from generator.paths import OurPaths
from generator.pointer import follow, lookup
from generator.protocol import items, schemas
from generator.protocol.words import PHRASES, PROBLEM, Object, Words, answer, as_json
from generator.protocol.words import listed, thing
from generator.read.content import CARRIED, NOT_PARAMETERS
from generator.rules.walk import sent_too
from generator.same_paths import join
from generator.streams import adds_last_event, sends_events, streams

KEY = '^([!#-~]([ -~]{0,253}[!-~])?|"[!#-~]([ -~]{0,253}[!-~])?")$'
"""An idempotency key, bare or quoted: 1 to 255 printable ASCII characters."""


def effective(documents: Documents, api: Api, paths: OurPaths) -> Object:
    """One self-contained document that says everything a caller can ask of the service."""
    document = opened(bundled(documents))
    added = Added(document, api)
    for operation in api.operations:
        Extended(document, added, operation).extend()
    add_items(document, added, paths, declared(api))
    added.finish()
    join(document)
    return document


def opened(document: Object) -> Object:
    """A copy whose paths and components may be added to, and what is directly in them changed."""
    found: Object = dict(document)
    found.setdefault("paths", {})
    for part in ("paths", "components"):
        inside = found.get(part)
        if isinstance(inside, dict):
            found[part] = {
                name: dict(each) if isinstance(each, dict) else each
                for name, each in inside.items()
            }
    return found


def own(holder: Object, key: str) -> Object:
    """The mapping under a key, as a copy that may be changed; made if there is none."""
    found = holder.get(key)
    copy: Object = dict(found) if isinstance(found, dict) else {}
    holder[key] = copy
    return copy


class Added:
    """Our names in a document, none of which is one of its own; only what is used is added."""

    def __init__(self, document: Object, api: Api) -> None:
        self._components = document.get("components")
        self._document = document
        self._names: dict[tuple[str, str], str] = {}
        self._ids: Object = {each.id: None for each in sent_too(api)}
        self._events: list[Json] = [each.name for each in api.webhooks]
        self.words = Words(
            old=str(document.get("openapi")).startswith("3.0"),
            schema=self._schema,
            answer=self._answer,
            operation=self._operation,
            has_items=str(document.get("openapi")).startswith("3.2"),
        )

    def finish(self) -> None:
        """Write the components that were spoken of, and those that they speak of in turn."""
        written: set[tuple[str, str]] = set()
        while left := [key for key in self._names if key not in written]:
            for section, wanted in left:
                written.add((section, wanted))
                room = grown(grown(self._document, "components"), section)
                room[self._names[section, wanted]] = self._written(section, wanted)

    def _name(self, section: str, wanted: str, name: str) -> str:
        if (section, wanted) not in self._names:
            room = grown(grown(self._document, "components"), section)
            given = free(name, room)
            room[given] = None
            self._names[section, wanted] = given
        return self._names[section, wanted]

    def _schema(self, name: str) -> str:
        if name == items.ADMIN:
            return self._name("securitySchemes", name, "adminToken")
        return self._name("schemas", name, name)

    def _answer(self, status: str) -> str:
        return self._name("responses", status, PHRASES[status][0])

    def _operation(self, wanted: str) -> str:
        given = free(wanted, self._ids)
        self._ids[given] = None
        return given

    def _written(self, section: str, wanted: str) -> Json:
        if section == "responses":
            content: Object = {PROBLEM: {"schema": self.words.ref("Problem")}}
            return {"description": PHRASES[wanted][1], "content": content}
        if section == "securitySchemes":
            said = "The service's ADMIN_TOKEN."
            return {"type": "http", "scheme": "bearer", "description": said}
        return self._written_schema(wanted)

    def _written_schema(self, wanted: str) -> Json:
        words = self.words
        if wanted == "Problem":
            return schemas.problem_schema()
        if wanted == "Job":
            return schemas.job_schema(words)
        if wanted == "Delivery":
            return schemas.delivery_schema(words)
        if wanted == "Deliveries":
            deliveries = listed(words.ref("Delivery"))
            return thing({"deliveries": deliveries})
        if wanted == "Webhook":
            return schemas.webhook_schema(words, self._events)
        if wanted == "WebhookChange":
            return schemas.webhook_change_schema(words, self._events)
        if wanted == "Replay":
            return schemas.replay_schema(self._events)
        return schemas.new_webhook_schema(words, self._events)


class Extended:
    """One of the author's operations, and what we add to it."""

    def __init__(self, document: Object, added: Added, operation: Operation) -> None:
        self._document = document
        self._words = added.words
        self._operation = operation
        item = inlined(document, operation.path)
        custom = own(item, "additionalOperations") if is_custom(operation) else item
        method = operation.method if is_custom(operation) else operation.method.lower()
        self._written = own(custom, method)
        for holder in (item, self._written):
            self._leave_out(holder)

    def _leave_out(self, holder: Object) -> None:
        """Take out the headers that are no parameters of an operation."""
        found = holder.get("parameters")
        if isinstance(found, list):
            holder["parameters"] = [
                one for one in found if not is_no_parameter(self._followed(one))
            ]

    def extend(self) -> None:
        responses = own(self._written, "responses")
        if not responses and self._operation.processing.type != "async":
            responses["204"] = {"description": "It is done."}
        if self._operation.is_async:
            self._add_headers(request_headers(self._operation))
            responses["202"] = self._accepted(responses.get("202"))
        if adds_last_event(self._operation):
            self._add_headers([LAST_EVENT])
        if sends_events(self._operation):
            responses.setdefault("204", {"description": "There are no more events."})
        authors = dict(responses)
        for status in statuses(self._operation):
            declared = authors.get(status, self._wider(status, authors))
            responses[status] = self._fault(status, declared)

    def _add_headers(self, headers: Iterable[Object]) -> None:
        """The request headers of the protocol, but for those that the author declares."""
        declared = {each.name.lower() for each in self._operation.parameters}
        found = self._written.get("parameters")
        parameters = list(found) if isinstance(found, list) else []
        for each in headers:
            if str(each["name"]).lower() not in declared:
                parameters.append(each)
        self._written["parameters"] = parameters

    def _accepted(self, declared: Json) -> Json:
        """The 202: the author's words for it, and what we fill it with."""
        headers: Object = {**schemas.accepted_headers()}
        content = as_json(self._words.ref("Job"))
        if declared is None:
            said = "Accepted: the job is running or will be."
            return answer(said, content, headers)
        own = self._followed(declared)
        given = own.get("headers")
        if isinstance(given, dict):
            known = {name.lower() for name in given}
            headers = {n: h for n, h in headers.items() if n.lower() not in known}
            headers = {**dict(map(_offered, given.items())), **headers}
        return {**own, "content": content, "headers": headers}

    def _wider(self, status: str, declared: Object) -> Json:
        """The author's words for any such error, which ours may be put in; None without any."""
        if not any(each.startswith(("2", "3")) for each in declared):
            return None
        for key in (f"{status[0]}XX", f"{status[0]}xx", "default"):
            own = self._followed(declared.get(key))
            if own.get("content"):
                return {**own, "description": PHRASES[status][1]}
        return None

    def _fault(self, status: str, declared: Json) -> Json:
        """An answer of ours, beside the author's where there is one with a content."""
        if declared is None:
            return self._words.fault(status)
        own = self._followed(declared)
        content = own.get("content")
        if not isinstance(content, dict) or not content:
            return declared
        ours: Object = {"schema": self._words.ref("Problem")}
        theirs = content.get(PROBLEM)
        if isinstance(theirs, dict) and "schema" in theirs:
            either: list[Json] = [theirs["schema"], ours["schema"]]
            ours = {**theirs, "schema": {"anyOf": either}}
        return {**own, "content": {**content, PROBLEM: ours}}

    def _followed(self, value: Json) -> Object:
        return follow(self._document, value)


def is_no_parameter(parameter: Object) -> bool:
    """Whether it is a header that OpenAPI ignores, or that clients and proxies set by themselves."""
    name = parameter.get("name")
    is_known = isinstance(name, str) and name.lower() in NOT_PARAMETERS | CARRIED
    return is_known and parameter.get("in") == "header"


def _offered(header: tuple[str, Json]) -> tuple[str, Json]:
    """A header of the author's 202, which we may not send."""
    name, said = header
    if isinstance(said, dict) and "required" in said:
        return name, {**said, "required": False}
    return name, said


def inlined(document: Object, path: str) -> Object:
    """The path item of a path, its own even if it was shared by $ref."""
    paths = grown(document, "paths")
    item = paths.get(path)
    layers: list[Object] = []
    while isinstance(item, dict) and not any(item is each for each in layers):
        layers.append(item)
        item = lookup(document, item.get("$ref"))
    if len(layers) == 1:
        return layers[0]
    whole: Object = {}
    for layer in reversed(layers):
        whole.update({key: copied(value) for key, value in layer.items()})
    whole.pop("$ref", None)
    paths[path] = whole
    return whole


def copied(value: Json) -> Json:
    """A copy of plain data, however deep."""
    holder: list[Json] = [value]
    stack: list[tuple[Object | list[Json], str | int]] = [(holder, 0)]
    while stack:
        container, key = stack.pop()
        found = container[key]  # type: ignore[index]
        if isinstance(found, dict):
            copy: Object | list[Json] = dict(found)
            stack.extend((copy, name) for name in found)
        elif isinstance(found, list):
            copy = list(found)
            stack.extend((copy, index) for index in range(len(found)))
        else:
            continue
        container[key] = copy  # type: ignore[index]
    return holder[0]


def is_custom(operation: Operation) -> bool:
    """Whether its method is one that OpenAPI 3.2 has no field for."""
    return operation.method.lower() not in METHODS or not operation.method.isupper()


def statuses(operation: Operation) -> Iterator[str]:
    """Statuses of answers that are ours rather than the handler's."""
    yield "400"  # a body that cannot be read, a Host that is not ours
    if any(need for way in operation.security for need in way):
        yield from ("401", "403")
    if any(each.location == "path" for each in operation.parameters):
        yield "404"
    if operation.processing.type == "auto":
        yield "409"  # a job that is canceled while its caller is held
    if operation.is_async and operation.processing.idempotency != "off":
        yield "410"  # the job of an idempotency key, past its retention
    if operation.body is not None:
        yield from ("413", "415")
    if operation.body is not None or operation.parameters or operation.is_async:
        yield "422"
    if operation.is_async:
        yield "429"
    if operation.is_async or streams(operation):
        yield "503"


def request_headers(operation: Operation) -> Iterator[Object]:
    """The request headers of an asynchronous operation."""
    yield {
        "name": "Prefer",
        "in": "header",
        "description": "`respond-async`, or `wait=5` (RFC 7240).",
        "schema": {"type": "string"},
    }
    needed = operation.processing.idempotency
    if needed != "off":
        yield {
            "name": "Idempotency-Key",
            "in": "header",
            "required": needed == "required",
            "description": "The same key and request give the same job.",
            "schema": {"type": "string", "pattern": KEY},
        }
    if not operation.callbacks:
        yield {
            "name": "Callback-Url",
            "in": "header",
            "description": "Where to tell of the job's end; https.",
            "schema": {"type": "string", "format": "uri"},
        }


LAST_EVENT: Object = {
    "name": "Last-Event-ID",
    "in": "header",
    "description": "The id of the last event that was seen; the stream goes on after it.",
    "schema": {"type": "string"},
}
"""What callers of server-sent events may send (HTML Living Standard §9.2.4)."""


def declared(api: Api) -> frozenset[str]:
    """The statuses that asynchronous operations answer with by themselves."""
    found = (each.responses for each in api.operations if each.is_async)
    return frozenset(response.status for responses in found for response in responses)


def add_items(
    document: Object, added: Added, paths: OurPaths, own: frozenset[str]
) -> None:
    """Our path items, as far as the API needs them."""
    found: Object = {}
    if paths.has_jobs:
        found |= items.job_items(paths, added.words, own)
    if paths.has_deliveries:
        found |= items.delivery_items(paths, added.words)
    if paths.has_webhooks:
        found |= items.webhook_items(paths, added.words)
    if paths.has_callback_secret:
        found |= items.secret_items(paths, added.words)
    grown(document, "paths").update(found)
