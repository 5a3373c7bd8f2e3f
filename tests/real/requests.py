"""A valid request for an operation, made from the raw document."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from real.raw import Document, Node, Operation
from real.values import Values

IGNORED = frozenset(
    "accept content-type authorization accept-encoding content-length host".split()
)
"""Header parameters that the specification says are none, or that http.client sets."""
CERTIFICATE = "Client-Cert"
"""The header that a proxy passes callers' certificates on in (RFC 9440)."""
OTHERS = {"*/*": "application/octet-stream", "text/*": "text/plain"}
EXPRESSION = re.compile(r"\$?request\.(?:body#|query\.|header\.|path\.)([^}\s]*)")


@dataclass
class Request:
    """What is sent."""

    method: str
    path: str
    query: list[str] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    cookies: list[str] = field(default_factory=list)
    body: bytes | None = None
    note: str = ""

    @property
    def target(self) -> str:
        return self.path + ("?" + "&".join(self.query) if self.query else "")


class Requests:
    """Makes the requests of one document's operations."""

    def __init__(self, document: Document) -> None:
        self._document = document
        addresses = {
            name.rsplit("/", 1)[-1]
            for expression, _ in document.callbacks()
            for name in EXPRESSION.findall(expression)
        }
        self._values = Values(document, addresses)

    def of(self, operation: Operation) -> Iterator[Request]:
        """One with the least, and one with everything for each media type of its body."""
        body = self._document.found(operation.node.get("requestBody"))
        contents = list(body.get("content").items()) if body else []
        required = bool(body.get("required").value) if body else False
        yield self.made(
            operation, False, contents[0] if contents and required else None
        )
        for content in contents or [None]:
            yield self.made(operation, True, content)

    def made(
        self, operation: Operation, full: bool, content: tuple[str, Node] | None
    ) -> Request:
        path, fields = operation.parts
        parameters = self._document.parameters(operation)
        # What is declared as a parameter of the query is put there as one.
        own = ["{%s}" % p.value["name"] for p in parameters if p.value["in"] == "query"]
        query = [pair for pair in fields if not any(name in pair for name in own)]
        request = Request(operation.method, path, query)
        request.note = "full" if full else "bare"
        for parameter in parameters:
            where = parameter.value["in"]
            name = parameter.value["name"]
            if where == "header" and (
                name.lower() in IGNORED or " " in name or not name
            ):
                continue
            if full or parameter.value.get("required"):
                self._put(request, parameter, full)
        if content:
            request.note += f" {content[0]}"
            self._fill(request, *content, full=full)
        self._authenticate(request, operation)
        if request.cookies:
            request.headers["Cookie"] = "; ".join(request.cookies)
        return request

    def _value(self, holder: Node, schema: Node, full: bool) -> Any:
        examples = [holder.value["example"]] if "example" in holder.value else []
        for _, each in holder.get("examples").items():
            each = self._document.found(each)
            for word in ("dataValue", "value"):
                if word in each.value:
                    examples.append(each.value[word])
        return self._values.of(schema, examples, full)

    def _put(self, request: Request, parameter: Node, full: bool) -> None:
        value, where = parameter.value, parameter.value["in"]
        name = value["name"]
        if "content" in value:
            media, holder = next(iter(parameter.get("content").items()))
            made = self._value(holder, holder.get("schema"), full)
            if where == "querystring":
                is_json = media.endswith("json")
                text = json.dumps(made) if is_json else None
                request.query.append(
                    quote(text, safe="") if text is not None else form_text(made)
                )
                return
            text = json.dumps(made) if media.endswith("json") else str(made)
            fixed = quote(text, safe="") if where != "header" else text
            self._place(request, where, name, fixed, f"{quote(name)}={fixed}")
            return
        schema = parameter.get("schema")
        made = self._value(parameter, schema, full)
        if made in ([], {}):
            # Nothing of it would be seen in the request.
            made = self._value(parameter, schema, True)
        default = {"query": "form", "cookie": "form"}.get(where, "simple")
        style = value.get("style", default)
        explode = value.get("explode", style in ("form", "cookie"))
        self._spell(request, where, name, made, style, explode)

    def _spell(
        self,
        request: Request,
        where: str,
        name: str,
        made: Any,
        style: str,
        explode: bool,
    ) -> None:
        safe = "" if where != "header" else "/:;=?@&$+!*'() \"<>[]{}|\\^`~#%"
        if safe and not isinstance(made, (list, dict)):
            safe += ","  # it parts nothing

        def one(each: Any) -> str:
            return quote(text_of(each), safe=safe)

        pairs = [(k, one(v)) for k, v in made.items()] if isinstance(made, dict) else []
        parts = [one(each) for each in made] if isinstance(made, list) else []
        joint = {"spaceDelimited": "%20", "pipeDelimited": "%7C"}.get(style, ",")
        flat = ",".join(f"{k}={v}" for k, v in pairs)
        both = joint.join(f"{quote(k)}{joint}{v}" for k, v in pairs)
        called = quote(name, safe="")
        if where in ("query", "cookie"):
            if style == "deepObject":
                texts = deep(called, made)
            elif isinstance(made, dict):
                texts = [f"{quote(k)}={v}" for k, v in pairs]
                texts = texts if explode else [f"{called}={both}"]
            elif isinstance(made, list):
                texts = [f"{called}={each}" for each in parts]
                texts = texts if explode else [f"{called}={joint.join(parts)}"]
            else:
                texts = [f"{called}={one(made)}"]
            if where == "query":
                # Two exploded objects may have a property in common.
                request.query += [t for t in texts if t not in request.query]
            else:
                request.cookies += texts
            return
        plain = flat if explode and pairs else both if pairs else ",".join(parts)
        if not isinstance(made, (dict, list)):
            plain = one(made)
        if style == "label":
            mark = "." if explode else ","
            plain = "." + (plain.replace(",", mark) if pairs or parts else plain)
        elif style == "matrix":
            if explode and pairs:
                plain = "".join(f";{k}={v}" for k, v in pairs)
            elif explode and parts:
                plain = "".join(f";{called}={each}" for each in parts)
            else:
                plain = f";{called}={plain}"
        self._place(request, where, name, plain, "")

    def _place(
        self, request: Request, where: str, name: str, text: str, pair: str
    ) -> None:
        if where == "path":
            request.path, *request.query = [
                each.replace("{" + name + "}", text)
                for each in (request.path, *request.query)
            ]
        elif where == "header":
            request.headers[name] = text.strip()
        elif where == "query":
            request.query.append(pair)
        else:
            request.cookies.append(pair)

    def _fill(self, request: Request, media: str, holder: Node, full: bool) -> None:
        holder = self._document.found(holder)
        plain = media.partition(";")[0].strip().lower()
        schema = holder.get("schema")
        has_schema = isinstance(schema.value, (dict, bool))
        if plain == "*/*" and self._is_json(schema):
            plain = media = "application/json"
        items = holder.get("itemSchema")
        kind = OTHERS.get(plain, plain.replace("*", "png"))
        request.headers["Content-Type"] = OTHERS.get(media, media.replace("*", "png"))
        if items and items.value is not None:
            each = json.dumps(self._value(holder, items, full))
            request.body = (
                {
                    "application/json-seq": f"\x1e{each}\n",
                    "text/event-stream": f"data: {each}\n\n",
                }
                .get(kind, f"{each}\n")
                .encode()
            )
            return
        if kind.startswith("multipart/"):
            request.headers["Content-Type"] = f"{kind}; boundary=edge"
            request.body = b"--edge\r\n\r\nx\r\n--edge--\r\n"
        if kind == "multipart/form-data" and has_schema:
            made = self._value(holder, schema, full)
            if isinstance(made, dict):
                request.body = self._parts(made, holder, schema)
        elif kind == "application/x-www-form-urlencoded" and has_schema:
            made = self._value(holder, schema, full)
            is_object = isinstance(made, dict)
            request.body = self._form(made, holder).encode() if is_object else b"a=b"
        elif kind.startswith("multipart/"):
            return
        elif kind.endswith(("/json", "+json")):
            made = self._value(holder, schema, full) if has_schema else {}
            request.body = json.dumps(made).encode()
        elif kind.startswith("text/") and has_schema:
            made = self._value(holder, schema, full)
            request.body = text_of(made).encode()
        else:
            request.body = b"<a>bytes</a>"

    def _is_json(self, schema: Node) -> bool:
        """Whether what may come as anything is no mere text or file."""
        flat = self._values.flat(schema).value if isinstance(schema.value, dict) else {}
        return flat.get("type") in ("object", "array") or "properties" in flat

    def _form(self, made: Any, holder: Node) -> str:
        texts: list[str] = []
        for name, value in made.items():
            encoding = holder.get("encoding").get(name).value or {}
            called = quote(name, safe="")
            style = encoding.get("style", "form")
            if style == "deepObject":
                texts += deep(called, value)
            elif isinstance(value, list):
                parts = [quote(text_of(each), safe="") for each in value]
                if encoding.get("explode", style == "form"):
                    texts += [f"{called}={each}" for each in parts]
                else:
                    mark = {"spaceDelimited": "%20", "pipeDelimited": "%7C"}
                    texts.append(f"{called}={mark.get(style, ',').join(parts)}")
            elif isinstance(value, dict) and {"style", "explode"} & encoding.keys():
                pairs = [(k, quote(text_of(v), safe="")) for k, v in value.items()]
                if encoding.get("explode", style == "form"):
                    texts += [f"{quote(k)}={v}" for k, v in pairs]
                else:
                    flat = ",".join(f"{quote(k)},{v}" for k, v in pairs)
                    texts.append(f"{called}={flat}")
            else:
                texts.append(f"{called}={quote(text_of(value), safe='')}")
        return "&".join(texts)

    def _parts(self, made: Any, holder: Node, schema: Node) -> bytes:
        properties = self._values.flat(schema).value.get("properties", {})
        body = b""
        for name, value in made.items():
            part = Node(properties.get(name, {}), schema.file)
            encoding = holder.get("encoding").get(name).value or {}
            kind = encoding.get("contentType", "").partition(",")[0].strip()
            if isinstance(value, list) and not kind.endswith("json"):
                items = self._values.flat(part).value.get("items", {})
                parts = [(each, Node(items, schema.file)) for each in value]
            else:
                parts = [(value, part)]
            for each, of in parts:
                body += self._part(name, each, of, kind)
        return body + b"--edge--\r\n"

    def _part(self, name: str, value: Any, schema: Node, kind: str) -> bytes:
        flat = self._values.flat(schema).value if isinstance(schema.value, dict) else {}
        is_file = flat.get("format") == "binary" or "contentMediaType" in flat
        is_file = is_file or (not flat and isinstance(value, str))
        head = f'Content-Disposition: form-data; name="{name}"'
        head += '; filename="a.bin"' if is_file else ""
        if is_file:
            found = kind or flat.get("contentMediaType") or "application/octet-stream"
            head += f"\r\nContent-Type: {found.replace('*', 'png')}"
        elif kind or isinstance(value, (dict, list)):
            head += f"\r\nContent-Type: {kind or 'application/json'}"
        is_json = isinstance(value, (dict, list)) or kind.endswith("json")
        text = json.dumps(value) if is_json else text_of(value)
        return f"--edge\r\n{head}\r\n\r\n{text}\r\n".encode()

    def _authenticate(self, request: Request, operation: Operation) -> None:
        """Credentials for the first alternative that a request can carry."""
        schemes = self._document.schemes()
        for needs in self._document.security(operation):
            for name in needs:
                self._present(request, schemes[name].value)
            return

    def _present(self, request: Request, scheme: dict[str, Any]) -> None:
        if scheme["type"] == "apiKey":
            name = scheme["name"]
            if scheme["in"] == "header":
                request.headers[name] = "secret"
            elif scheme["in"] == "query":
                request.query.append(f"{quote(name, safe='')}=secret")
            else:
                request.cookies.append(f"{name}=secret")
        elif scheme["type"] == "http" and scheme["scheme"].lower() == "basic":
            text = base64.b64encode(b"secret:secret").decode()
            request.headers["Authorization"] = f"Basic {text}"
        elif scheme["type"] == "http":
            request.headers["Authorization"] = f"{scheme['scheme']} secret"
        elif scheme["type"] in ("oauth2", "openIdConnect"):
            request.headers["Authorization"] = "Bearer secret"
        else:
            request.headers[CERTIFICATE] = ":c2VjcmV0:"


def text_of(value: Any) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value)


def deep(name: str, value: Any) -> list[str]:
    """filter[a][b]=c"""
    if isinstance(value, dict):
        return [
            text
            for key, each in value.items()
            for text in deep(f"{name}[{quote(key)}]", each)
        ]
    if isinstance(value, list):
        return [
            text
            for count, each in enumerate(value)
            for text in (
                deep(f"{name}[{count}]", each)
                if isinstance(each, (dict, list))
                else [f"{name}={quote(text_of(each), safe='')}"]
            )
        ]
    return [f"{name}={quote(text_of(value), safe='')}"]


def form_text(value: Any) -> str:
    return urlencode({key: text_of(each) for key, each in value.items()})
