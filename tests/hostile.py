"""Documents whose every text would like to be code, as a strategy."""

from __future__ import annotations

from typing import Any

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
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """A document that a text of any kind has got into, everywhere."""
    name, other = draw(
        st.lists(words.filter(bool), min_size=2, max_size=2, unique=True)
    )
    token = {name: draw(schemas()), other: draw(schemas())}
    ref = {"$ref": f"#/components/schemas/{pointed(name)}"}
    kind, tag = draw(words), draw(texts)
    discriminated = {
        "oneOf": [ref, {"$ref": f"#/components/schemas/{pointed(other)}"}],
        "discriminator": {
            "propertyName": kind,
            "mapping": {draw(texts): ref["$ref"]},
        },
    }
    for one in token.values():
        one["properties"][kind] = {"type": "string", "const": draw(texts)}
        one["required"] = list(dict.fromkeys([*one["required"], kind]))
    media = draw(st.sampled_from(MEDIA_TYPES))
    path = draw(words.filter(lambda text: "{" not in text and "}" not in text))
    parameter, header, scheme = draw(texts), draw(texts), draw(texts)
    said = {"summary": draw(texts), "description": draw(texts)}
    answer = {
        "description": draw(texts),
        "headers": {header: {"schema": {"type": "string"}, "description": draw(texts)}},
        "content": {"application/json": {"schema": ref, "example": draw(texts)}},
        "links": {draw(texts): {"operationId": draw(texts)}},
    }
    told = {
        "requestBody": {"content": {"application/json": {"schema": ref}}},
        "responses": {"204": {"description": draw(texts)}},
        **said,
    }
    operation = {
        **said,
        "operationId": draw(texts),
        "tags": [tag],
        "x-processing": draw(st.sampled_from(("sync", "async", "auto"))),
        "parameters": [
            {
                "name": parameter,
                "in": place,
                "schema": schema,
                "description": draw(texts),
            }
            for place, schema in (
                ("query", {"type": "string", "default": draw(texts)}),
                ("header", {"type": "string", "enum": [draw(texts)]}),
                ("cookie", {"type": "string"}),
            )
        ],
        "requestBody": {"content": {media: {"schema": ref, "example": draw(texts)}}},
        "responses": {"200": answer, "default": {"description": draw(texts)}},
        "callbacks": {draw(texts): {f"{{$request.body#/{kind}}}": {"post": told}}},
        "security": [{scheme: []}],
    }
    if draw(st.booleans()):
        operation["x-python-name"] = draw(st.sampled_from(PYTHON_NAMES))
    return {
        "openapi": "3.1.0",
        "info": {
            "title": draw(texts),
            "version": draw(texts),
            "description": draw(texts),
        },
        "servers": [{"url": draw(texts), "description": draw(texts)}],
        "tags": [{"name": tag, "description": draw(texts)}],
        "paths": {
            f"/{path}": {"post": operation},
            "/fixed": {
                "get": {
                    "responses": {
                        "200": {
                            "description": draw(texts),
                            "content": {"application/json": {"schema": discriminated}},
                        }
                    }
                }
            },
        },
        "webhooks": {draw(texts): {"post": told}},
        "components": {
            "schemas": token,
            "securitySchemes": {
                scheme: {"type": "apiKey", "in": "header", "name": header}
            },
        },
    }


def pointed(name: str) -> str:
    """A name as a token of a JSON pointer in a URI fragment."""
    from urllib.parse import quote

    return quote(name.replace("~", "~0").replace("/", "~1"), errors="surrogatepass")
