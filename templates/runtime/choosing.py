"""Operations that share a path and a method: what a request says chooses one of them."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from .access import Security
from .media import declared
from .problem import HttpProblem, Invalid
from .service import Service
from .table import PARAMETER

NOTHING: Mapping[str, str] = MappingProxyType({})


class Chosen(Route):
    """One of the operations, and what a request for it says."""

    def __init__(
        self,
        path: str,
        endpoint: Callable[[Request], Awaitable[Response]],
        *,
        methods: list[str],
        query: Mapping[str, str] = NOTHING,
        headers: Mapping[str, str] = NOTHING,
        parts: Sequence[str] = (),
        content: Sequence[str] = (),
    ) -> None:
        super().__init__(path, endpoint, methods=methods)
        self.names = PARAMETER.findall(path)
        self.query = query
        self.headers = headers
        self.parts = parts
        """Regular expressions of the path's parameters; an empty one is any text."""
        self.content = content
        """The media types of its body, where only these tell it from another."""

    def fits(self, request: Request) -> bool:
        """Whether its path, query and headers are those of the operation."""
        fields, headers = request.query_params, request.headers
        values = map(unquote, request.path_params.values())
        return (
            all(text in fields.getlist(name) for name, text in self.query.items())
            and all(headers.get(name) == text for name, text in self.headers.items())
            and all(
                not part or re.fullmatch(part, value)
                for part, value in zip(self.parts, values)
            )
        )

    def takes(self, content_type: str) -> bool:
        """Whether a body of this type is one of the operation."""
        return not self.content or declared(self.content, content_type) is not None


def choose(*routes: Chosen, needs: Security = ()) -> Route:
    """One route for all of them, those that ask for most first; `needs` is what all want to be shown."""

    async def endpoint(request: Request) -> Response:
        fits = [route for route in routes if route.fits(request)]
        if not fits:
            if needs:
                await Service.of(request).authenticate(request, needs)
            said = [*unsaid(routes)]
            raise Invalid(said) if said else HttpProblem(404)
        content_type = request.headers.get("content-type", "")
        route = next((one for one in fits if one.takes(content_type)), fits[0])
        values = request.path_params.values()
        request.scope["route"] = route
        request.scope["path_params"] = dict(zip(route.names, values, strict=True))
        response: Response = await route.endpoint(request)
        return response

    return Route(routes[0].path, endpoint, methods=[*(routes[0].methods or ())])


def unsaid(routes: Sequence[Chosen]) -> Iterator[dict[str, str]]:
    """A violation for every query field and header that says which operation is asked for."""
    places = [("query", name) for each in routes for name in each.query]
    places += [("header", name) for each in routes for name in each.headers]
    for place, name in dict.fromkeys(places):
        detail = "says which operation is asked for, and there is none of this name"
        yield {"in": place, "parameter": name, "detail": detail, "code": "operation"}
