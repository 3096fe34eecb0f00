"""Find routes by a walk down a small tree of path segments."""

from collections.abc import Iterable
from typing import Any

import msgspec

from fairday.kernel.errors import NotFound, Refusal
from fairday.kernel.http.routes import Kind, Route


class MethodNotAllowed(Refusal):
    """Refuse a method that this address does not have."""

    code = "method_not_allowed"
    status = 405
    en = "This address takes {allowed}."
    zh = "该地址仅支持 {allowed}。"


class Node:
    """Stand for one segment of a path."""

    __slots__ = ("children", "names", "parameter", "routes")

    def __init__(self) -> None:
        self.children: dict[str, Node] = {}
        self.parameter: Node | None = None
        self.routes: dict[str, Ready] = {}
        self.names: tuple[str, ...] = ()


class Ready:
    """Hold a route with its decoder made once and its label for metrics."""

    __slots__ = ("decoder", "defaults", "label", "media", "route")

    def __init__(self, route: Route) -> None:
        self.route = route
        self.media = route.media.encode()
        is_json = route.media == "application/json"
        self.decoder = msgspec.json.Decoder(type=route.body) if route.body is not None and is_json else None
        self.defaults = None if self.decoder is None else _defaults(self.decoder)
        self.label = f"{route.method} {route.path}"


def _defaults(decoder: msgspec.json.Decoder[Any]) -> tuple[Any] | None:
    """Return what the body `{}` is decoded to, made once, where it can be shared: all of its values are immutable."""
    try:
        value = decoder.decode(b"{}")
    except msgspec.ValidationError:
        return None
    if not isinstance(value, msgspec.Struct) or not type(value).__struct_config__.frozen:
        return None
    parts = msgspec.structs.astuple(value)
    return (value,) if all(isinstance(part, str | int | bool | None) for part in parts) else None


class Tree:
    """Hold the routes below `prefix`."""

    def __init__(self, routes: Iterable[Route], prefix: str) -> None:
        self.prefix = prefix
        self._root = Node()
        for route in routes:
            self._insert(route)

    def _insert(self, route: Route) -> None:
        node, names = self._root, []
        for segment in route.path.strip("/").split("/"):
            if segment.startswith("{"):
                names.append(segment[1:-1])
                node.parameter = node.parameter or Node()
                node = node.parameter
            else:
                node = node.children.setdefault(segment, Node())
        assert route.method not in node.routes, f"{route.method} {route.path} stands twice"
        assert not node.names or node.names == tuple(names), (
            f"{route.path}: parameters are named differently elsewhere"
        )
        node.names = tuple(names)
        node.routes[route.method] = Ready(route)

    def find(self, method: str, path: str) -> tuple[Ready, dict[str, str]]:
        """Return the route of `path`, which begins with the prefix, and its parameters.

        Raises: NotFound, MethodNotAllowed.
        """
        node, values = self._root, []
        for segment in path[len(self.prefix) :].rstrip("/").split("/"):
            child = node.children.get(segment)
            if child is None:
                child = node.parameter
                if child is None or not (
                    segment.isascii() and segment.isprintable() and 0 < len(segment) <= 120
                ):
                    raise NotFound(what="address")
                values.append(segment)
            node = child
        ready = node.routes.get(method)
        if ready is None and method == "HEAD":
            ready = node.routes.get("GET")
            if ready is not None and ready.route.kind is Kind.STREAM:  # it has no length and never ends
                ready = None
        if ready is None:
            if not node.routes:
                raise NotFound(what="address")
            raise MethodNotAllowed(allowed=sorted(node.routes))
        return ready, dict(zip(node.names, values, strict=True))
