"""Documents whose every text would like to be code, as a strategy."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from hypothesis import strategies as st

CODE = (
    'x"""\ncanary()\n"""',
    "x'''\ncanary()\n'''",
    '"); canary(); ("',
    "'); canary(); ('",
    '", canary(), "',
    '\\"); canary() #',
    "\\",
    'x\\"',
    '"',
    '"""',
    "\\N{DASH}",
    "\\x41",
    "{{ canary() }}",
    "{% set x = canary() %}{% endfor %}",
    "{# x",
    "{canary()}",
    "{}",
    "%s %(x)s",
    "a\ncanary()\n",
    "a\r\ncanary()",
    "a\rcanary()",
    "a\u2028canary()\u2029",
    "a\x85\x0b\x0c\x1ccanary()",
    "a\x00b",
    "\x1b[31m",
    "\u202e\ufeff",
    "# x\ncanary()",
    "x # noqa\n\ncanary()",
    "../../outside",
    "/etc/outside",
    "..\\outside",
    "C:\\outside",
    "a/b",
    "`canary()` | x | [y](z) <b>&amp;</b>",
    "```\n# x\n| a | b |\n---",
    "- [ ] x\n===",
    "<script>canary()</script>",
    "</style><img src=x onerror=canary()>",
    "&lt;b&gt;",
    "' OR 1=1 --",
    "__import__('os').system('canary')",
    "class",
    "None",
    "__init__",
    "__class__",
    "self",
    "models",
    "runtime",
    "Handlers",
    "Client",
    "import os",
    "é",
    "ﬁ",
    "İ",
    "ŉ",
    "名前",
    "𝓗ello",
    "\u0301",
    "",
    " ",
    "1",
    "-",
    "x" * 300,
    "A_b-C.d",
)

texts = st.one_of(
    st.sampled_from(CODE),
    st.tuples(st.sampled_from(CODE), st.sampled_from(CODE)).map("".join),
    st.text(max_size=20),
)
words = texts.map(lambda text: text.replace("/", "")) | st.just("plain")
"""Texts that stand where a slash would make something else of them."""

PYTHON_NAMES = ("fine", "canary()", "class", "__init__", "x\ny", "create_app", "ROUTES")
MEDIA_TYPES = (
    "application/json",
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    'application/x"y+json',
    "text/{{x}}",
    "a\\b/c",
)


@st.composite
def schemas(draw: st.DrawFn) -> dict[str, Any]:
    """An object of hostile properties."""
    named = draw(st.lists(texts, min_size=1, max_size=4, unique=True))
    values = draw(st.lists(texts, min_size=1, max_size=4, unique=True))
    kinds: list[dict[str, Any]] = [
        {"type": "string", "enum": values},
        {"type": "string", "default": draw(texts), "description": draw(texts)},
        {"const": draw(texts)},
        {"type": "string", "example": draw(texts), "format": draw(texts)},
        {"type": "object", "default": {draw(texts): [draw(texts)]}},
        {"type": "string", "pattern": draw(texts), "title": draw(texts)},
    ]
    made: dict[str, Any] = {
        "type": "object",
        "title": draw(texts),
        "description": draw(texts),
        "properties": {name: draw(st.sampled_from(kinds)) for name in named},
        "required": named[: draw(st.integers(0, len(named)))],
    }
    if draw(st.booleans()):
        made["properties"][named[0]]["x-python-name"] = draw(
            st.sampled_from(PYTHON_NAMES)
        )
    return made


@st.composite
def told_apart(draw: st.DrawFn, names: list[str], kind: str) -> dict[str, Any]:
    """Schemas by name, that a property tells apart."""
    made = {name: draw(schemas()) for name in names}
    for one in made.values():
        one["properties"][kind] = {"type": "string", "const": draw(texts)}
        one["required"] = list(dict.fromkeys([*one["required"], kind]))
    return made


@st.composite
def parameters(draw: st.DrawFn) -> list[dict[str, Any]]:
    """A parameter of one name in the query, the headers and the cookies."""
    name = draw(texts)
    kinds = {
        "query": {"type": "string", "default": draw(texts)},
        "header": {"type": "string", "enum": [draw(texts)]},
        "cookie": {"type": "string"},
    }
    return [
        {"name": name, "in": place, "schema": schema, "description": draw(texts)}
        for place, schema in kinds.items()
    ]


@st.composite
def answers(draw: st.DrawFn, schema: dict[str, Any], header: str) -> dict[str, Any]:
    """A response with a header, content and a link."""
    said = {"schema": {"type": "string"}, "description": draw(texts)}
    return {
        "description": draw(texts),
        "headers": {header: said},
        "content": {"application/json": {"schema": schema, "example": draw(texts)}},
        "links": {draw(texts): {"operationId": draw(texts)}},
    }


@st.composite
def sendings(draw: st.DrawFn, schema: dict[str, Any]) -> dict[str, Any]:
    """What a callback or a webhook sends."""
    return {
        "summary": draw(texts),
        "description": draw(texts),
        "requestBody": {"content": {"application/json": {"schema": schema}}},
        "responses": {"204": {"description": draw(texts)}},
    }


@st.composite
def operations(
    draw: st.DrawFn, schema: dict[str, Any], kind: str, header: str
) -> dict[str, Any]:
    """An operation with everything that one may have."""
    media, told = draw(st.sampled_from(MEDIA_TYPES)), draw(sendings(schema))
    ok, failed = draw(answers(schema, header)), {"description": draw(texts)}
    made: dict[str, Any] = {
        "summary": draw(texts),
        "description": draw(texts),
        "operationId": draw(texts),
        "tags": [draw(texts)],
        "x-processing": draw(st.sampled_from(("sync", "async", "auto"))),
        "parameters": draw(parameters()),
        "requestBody": {"content": {media: {"schema": schema, "example": draw(texts)}}},
        "responses": {"200": ok, "default": failed},
        "callbacks": {draw(texts): {f"{{$request.body#/{kind}}}": {"post": told}}},
    }
    if draw(st.booleans()):
        made["x-python-name"] = draw(st.sampled_from(PYTHON_NAMES))
    return made


@st.composite
def choices(draw: st.DrawFn, names: list[str], kind: str) -> dict[str, Any]:
    """An operation that answers with one of several schemas."""
    refs = [reference(name) for name in names]
    mapping = {draw(texts): refs[0]["$ref"]}
    told_by = {"propertyName": kind, "mapping": mapping}
    schema = {"oneOf": refs, "discriminator": told_by}
    content = {"application/json": {"schema": schema}}
    return {"responses": {"200": {"description": draw(texts), "content": content}}}


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """A document that a text of any kind has got into, everywhere."""
    names = draw(st.lists(words.filter(bool), min_size=2, max_size=2, unique=True))
    kind, header, scheme = draw(words), draw(texts), draw(texts)
    path = draw(words.filter(lambda text: "{" not in text and "}" not in text))
    schema = reference(names[0])
    operation = draw(operations(schema, kind, header))
    operation["security"] = [{scheme: []}]
    key = {"type": "apiKey", "in": "header", "name": header}
    return {
        "openapi": "3.1.0",
        "info": {word: draw(texts) for word in ("title", "version", "description")},
        "servers": [{"url": draw(texts), "description": draw(texts)}],
        "tags": [{"name": operation["tags"][0], "description": draw(texts)}],
        "paths": {
            f"/{path}": {"post": operation},
            "/fixed": {"get": draw(choices(names, kind))},
        },
        "webhooks": {draw(texts): {"post": draw(sendings(schema))}},
        "components": {
            "schemas": draw(told_apart(names, kind)),
            "securitySchemes": {scheme: key},
        },
    }


def reference(name: str) -> dict[str, Any]:
    """A $ref to a schema of the components."""
    return {"$ref": f"#/components/schemas/{pointed(name)}"}


def pointed(name: str) -> str:
    """A name as a token of a JSON pointer in a URI fragment."""
    return quote(name.replace("~", "~0").replace("/", "~1"), errors="surrogatepass")
