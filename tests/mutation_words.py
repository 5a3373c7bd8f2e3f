"""What mutations put where something else stood: words, numbers, names and schemas."""

from __future__ import annotations

from typing import Any

PATTERNS = (
    *("(a+)+$", "(a|aa)+$", "^(([a-z])+.)+[A-Z]([a-z])+$", "(.*a){20}", "[", "(", "*"),
    *("(?<a>b)\\k<a>", "\\p{L}", "\\p{Nope}", "a{99999}", "a{2,1}", "^(?!x)", "(?i)x"),
    *(
        "[^]",
        "[]",
        "[z-a]",
        "\\",
        "\\1",
        "\\u{110000}",
        "\\cA",
        "(?<=a+)b",
        "$^",
        "\\Z",
    ),
    *("(" * 120, "x" * 5000, "(a|b|" * 60 + ")" * 60, "^\\S+$", "\x00", "[\\d-x]"),
)
TYPES = tuple("string number integer object array boolean null file any".split())
FORMATS = (
    *"date-time date time duration uuid byte binary int32 int64 float double".split(),
    *"email hostname ipv4 ipv6 uri uri-reference regex json-pointer password".split(),
    *("decimal", "DATE", "", "iri", "unix-time", "char"),
)
SPECIAL = (
    *("", " ", "x", "a b", "0", "-1", "1.0", "true", "null", "\x00", "\ud800", "\r\n"),
    *(
        "é",
        "e\u0301",
        "ﬁ",
        "名前",
        "\u2028",
        "\x1b[0m",
        "\x7f",
        "\u202e",
        "\ufeff",
        "K",
    ),
    *(
        '"',
        "'",
        '"""',
        "\\",
        "{",
        "}",
        "{}",
        "{{x}}",
        "{% x %}",
        "/",
        "//",
        "../x",
        "~1",
    ),
    *("/{a}/{a}", "/{", "a/b", "*/*", "text/event-stream", "$ref", "http://[", "class"),
    *("{$request.body#/a}", "{$url}", "{$x", "$response.body#", "$message.header#/a"),
    *("query path header cookie form deepObject matrix async auto 5s default".split()),
    *("__init__ self model_config None import 1abc send receive kafka ws amqp".split()),
    *("A" * 300, "a_" * 2000, "2XX"),
)
WORDS = (*SPECIAL, *TYPES, *FORMATS[:8], *PATTERNS)
NUMBERS = (
    *(0, 1, -1, 0.5, -0.0, 1e308, -1e308, 2**31, 2**63, -(2**64), 10**30, 10**300),
    *(5e-324, 1e21, 3.1, 0.1, 404, 200, float("nan"), float("inf")),
)
SCALARS = (None, True, False, *NUMBERS)
LITERALS = (
    *("1e400", "NaN", "-Infinity", "-0", "0x1F", "1_000", ".nan", "-.inf", "0o17"),
    *("2001-01-01", "12:30", "1E5", "yes", "~", "!!binary aGk=", "&a b", "*a", "'x"),
    *("9" * 5000, "0." + "1" * 5000, "<<", '"\\ud83d"', '"\\u0000"', "? x", "- x", "|"),
)
"""What a scalar may be written as, in JSON or only in YAML, or in neither."""
KEYS = (
    *"type format enum const default example examples pattern minimum maximum".split(),
    *"multipleOf minLength maxLength minItems maxItems items uniqueItems".split(),
    *"properties required additionalProperties allOf oneOf anyOf not".split(),
    *"discriminator nullable readOnly writeOnly if then prefixItems contains".split(),
    *"patternProperties $id $anchor $defs $dynamicRef unevaluatedProperties".split(),
    *"dependentRequired title description x-processing x-python-name".split(),
    *"operationId tags parameters schema content headers links callbacks".split(),
    *"security servers style explode in name requestBody responses $ref".split(),
    *"mapping encoding propertyName itemSchema summary propertyNames".split(),
    *"minProperties address channel messages payload action reply bindings".split(),
    *"traits correlationId contentType schemaFormat schema protocol host".split(),
    *"location operations publish subscribe message server variables url".split(),
)
"""Fields of the specifications, to stand where they are not expected."""

COUNTS = (0, 1, 2, 3.0, 20, 2**40, -1, 1.5)
BOUNDS = (*NUMBERS, True)
LISTS: tuple[Any, ...] = (
    *([], [1, 1.0, True], [None], ["a", "A"], ["a", "a"], [{}, []], [[1], [1.0]]),
    *(["", " ", "-", "_"], ["é", "e\u0301", "ﬁ", "fi"], ["None", "class", "mro"]),
    *([*range(1500)], [f"v{n}" for n in range(1500)], ["1", 1, None, {"a": 1}]),
)
SCHEMAS: tuple[Any, ...] = (
    *(True, False, {}, {"type": "string"}, {"type": "null"}, {"type": []}),
    *({"const": 1}, {"enum": ["a"]}, {"not": {}}, {"type": "array"}),
    *({"type": ["object", "null"], "properties": {"a": {}}}, {"format": "date"}),
    {"type": "object", "properties": {"a": False}, "required": ["a"]},
    {"type": "integer", "minimum": 2, "maximum": 1},
)
NAMED: tuple[Any, ...] = (
    *(
        {},
        {"a": True},
        {"": False},
        {"a": {}, "A": {}, "a_": {}},
        {"(": {}},
        {"^": True},
    ),
    *({"class": {"const": None}}, {"a\x00b": {"type": "string"}}, {"ﬁ": {}, "fi": {}}),
)
TOGETHER: tuple[Any, ...] = (
    *([], [{}], [{}, {}], [True, False], [{"type": "string"}, {"type": "integer"}]),
    *([{"required": ["a"]}, {"required": ["b"]}], [{"type": "null"}, {"type": "null"}]),
    [{"properties": {"a": {"const": n}}, "required": ["a"]} for n in range(3)],
)
ASKED: dict[str, tuple[Any, ...]] = {
    "type": (*TYPES, ["string", "null"], [], ["integer", "string"], ["null"]),
    "format": FORMATS,
    "pattern": PATTERNS,
    "enum": LISTS,
    "examples": LISTS,
    **dict.fromkeys(("required",), ([], ["a"], ["a", "b"], [""], ["a", "a"])),
    **dict.fromkeys(("const", "default", "example"), (*SCALARS, "a", [], {}, [1, "a"])),
    **dict.fromkeys(("minimum", "maximum", "multipleOf"), BOUNDS),
    **dict.fromkeys(("exclusiveMinimum", "exclusiveMaximum"), BOUNDS),
    **dict.fromkeys(("minLength", "maxLength", "minItems", "maxItems"), COUNTS),
    **dict.fromkeys(("minProperties", "maxProperties", "minContains"), COUNTS),
    **dict.fromkeys(("items", "additionalProperties", "not", "if", "then"), SCHEMAS),
    **dict.fromkeys(("contains", "propertyNames", "unevaluatedItems"), SCHEMAS),
    **dict.fromkeys(("unevaluatedProperties", "contentSchema", "else"), SCHEMAS),
    **dict.fromkeys(("properties", "patternProperties", "dependentSchemas"), NAMED),
    **dict.fromkeys(("allOf", "oneOf", "anyOf", "prefixItems"), TOGETHER),
    **dict.fromkeys(("uniqueItems", "nullable", "readOnly", "writeOnly"), (True,)),
    "discriminator": ({"propertyName": "a"}, {"propertyName": "", "mapping": {"": ""}}),
    "dependentRequired": ({"a": ["b"]}, {"a": ["a"]}, {"": []}),
    "contentEncoding": ("base64", "base16", "quoted-printable", "x"),
    "contentMediaType": ("application/json", "text/plain", ""),
    "xml": ({"name": "a", "attribute": True}, {"wrapped": True}),
}
"""What a schema may ask, each keyword with values that are right, odd or wrong."""

ADDRESSES = (
    *("", "/", "//", "a", "/{", "/}", "/{}", "/{a}{b}", "/{a}-{a}", "/{a b}", "/a?b=c"),
    *("/a#b", "/%7Ba%7D", "/%zz", "/{a", "/a}", "/é", "/e\u0301", "/a/../b", "/{a}/"),
    *("/{*a}", "/a\x00", "/{{a}}", "/{a:path}", "/{é}", "/{class}", "/ a", "/a//b"),
    *("/" + "a" * 3000, "/{b}" * 80, "a.>", "a/#", "+/a", "\\"),
)
MEDIA_TYPES = (
    *("", "json", "a/b/c", "*/*", "text/*", "application/*+json", "APPLICATION/JSON"),
    *("application/json; charset=utf-8", 'application/json;a="b;c"', " text/plain "),
    *("multipart/mixed; boundary=x", "text/event-stream;v=1", "application/x+xml"),
    *("application/x-ndjson", "application/json-seq", "multipart/form-data;a=b", "/"),
)
STATUSES = (
    *"200 201 202 204 304 099 100 600 1XX 2xx 20X XXX +200 200.0 x-a default".split(),
    *("２００", "", "2XX", " 200", "-1", "9" * 50),
)
EXPRESSIONS = (
    *(
        "{$request.body#/}",
        "{$request.body#}",
        "{$request.body#/~2}",
        "$request.body#/a",
    ),
    *(
        "{$request.query.}",
        "{$request.header.a b}",
        "{$method}{$url}",
        "http://x/{$url",
    ),
    *("{$request.path.nope}?a={$response.header.Location}", "{$statusCode}", "{}", ""),
)
NAMES: dict[str, tuple[str, ...]] = {
    "paths": ADDRESSES,
    "channels": ADDRESSES,
    "content": MEDIA_TYPES,
    "responses": STATUSES,
    "callbacks": EXPRESSIONS,
    **dict.fromkeys(("properties", "schemas", "parameters", "headers"), SPECIAL),
    **dict.fromkeys(("operations", "messages", "servers", "variables"), SPECIAL),
    **dict.fromkeys(("webhooks", "securitySchemes", "links", "encoding"), SPECIAL),
}
"""Odd names for what stands under a field."""
TEXTS: dict[str, tuple[str, ...]] = {
    "address": ADDRESSES,
    "contentType": MEDIA_TYPES,
    "location": EXPRESSIONS,
    "pattern": PATTERNS,
    "format": FORMATS,
    **dict.fromkeys(("operationId", "name", "title", "x-python-name"), SPECIAL),
    **dict.fromkeys(("protocol", "host", "url", "pathname", "version"), SPECIAL),
}
"""Odd texts for fields that have a form of their own."""
