"""Describe the route table in OpenAPI 3.1; the document is generated, committed as `openapi.json` and kept in step."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from fairday.kernel import errors
from fairday.kernel.errors import Refusal
from fairday.kernel.http.problems import Problem
from fairday.kernel.http.routes import Kind, Route

_REF = "#/components/schemas/{name}"
_ALWAYS = (errors.NotFound, errors.BadInput, errors.TooManyRequests)


def document(routes: Iterable[Route], *, version: str) -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of `routes`."""
    routes = list(routes)
    types = [kind for route in routes for kind in (route.body, route.returns, route.query) if _is_typed(kind)]
    schemas, components = msgspec.json.schema_components([*types, Problem], ref_template=_REF)
    by_type = dict(zip([repr(kind) for kind in types], schemas, strict=False))
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        paths.setdefault("/v1" + route.path, {})[route.method.lower()] = _operation(
            route, by_type, components
        )
    tags = sorted({route.tag for route in routes})
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Fairday",
            "version": version,
            "summary": "A shopping festival across the internet and the street.",
            "description": "Money is integer minor units beside an ISO 4217 code; instants are RFC 3339 in UTC. Every "
            "write takes an Idempotency-Key; every refusal is an RFC 9457 problem with a stable `code`.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": tag} for tag in tags],
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": dict(sorted(components.items())),
            "securitySchemes": {
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A session token or an API key.",
                },
                "page": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": "__Host-fairday-shop",
                    "description": "The session of a page of ours, which sign-in sets and no script reads: "
                    "`__Host-fairday-<app>`, where the header `Fairday-App` names the app: shop, till, till-device, console.",
                },
            },
        },
    }


def _is_typed(kind: Any) -> bool:
    return kind is not None and kind is not bytes


def _operation(route: Route, by_type: dict[str, Any], components: dict[str, Any]) -> dict[str, Any]:
    verb = route.handler.__name__
    operation: dict[str, Any] = {
        "operationId": verb,
        "tags": [route.tag],
        "summary": route.summary,
        "description": route.description,
        "parameters": _parameters(route, by_type, components),
        "responses": _responses(route, by_type),
        "security": [] if route.who is None else [{"bearer": []}, {"page": []}],
    }
    if route.who is not None:
        operation["x-roles"] = sorted(route.who)
    if route.body is not None:
        schema = (
            by_type[repr(route.body)] if _is_typed(route.body) else {"type": "string", "format": "binary"}
        )
        media: dict[str, Any] = {"schema": schema}
        if route.example is not None:
            media["example"] = route.example
        operation["requestBody"] = {
            "required": True,
            "content": dict.fromkeys((route.media, *route.media_also), media),
        }
    return operation


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a query parameter: what is no text cannot be null, for an address says null as an empty text."""
    choices: list[dict[str, Any]] = [one for one in schema.get("anyOf", []) if one != {"type": "null"}]
    if len(choices) != 1 or (choices[0].get("type") == "string" and "format" not in choices[0]):
        return schema
    rest = {key: value for key, value in schema.items() if key not in ("anyOf", "default")}
    return rest | choices[0]


def _parameters(route: Route, by_type: dict[str, Any], components: dict[str, Any]) -> list[dict[str, Any]]:
    parameters: list[dict[str, Any]] = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "string", "minLength": 1, "maxLength": 120},
        }
        for name in re.findall(r"{(\w+)}", route.path)
    ]
    query = components[by_type[repr(route.query)]["$ref"].rpartition("/")[2]]
    for name, schema in query.get("properties", {}).items():
        parameters.append(
            {
                "name": name,
                "in": "query",
                "required": name in query.get("required", []),
                "schema": _without_null(schema),
            }
        )
    if route.kind in (Kind.WRITE, Kind.LANE) and route.needs_key:
        parameters.append(
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": True,
                "schema": {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,64}$"},
                "description": "New for each new intent; the same key and body get the same answer.",
            }
        )
    if route.takes_pin:
        parameters.append(
            {
                "name": "Fairday-Pin",
                "in": "header",
                "required": False,
                "schema": {"type": "string", "pattern": "^[0-9]{6}$"},
                "description": "The member's payment PIN; needed when one is set and the payment is not small.",
            }
        )
    return parameters


def _responses(route: Route, by_type: dict[str, Any]) -> dict[str, Any]:
    done: dict[str, Any] = {"description": "Done."}
    if route.kind is Kind.STREAM:
        done["content"] = {"text/event-stream": {"schema": {"type": "string"}}}
    elif route.returns is bytes:
        done["content"] = {route.returns_media: {"schema": {"type": "string", "format": "binary"}}}
    elif route.returns is not None:
        done["content"] = {"application/json": {"schema": by_type[repr(route.returns)]}}
    responses: dict[str, Any] = {str(route.status): done}
    by_status: dict[int, list[type[Refusal]]] = {}
    for refusal in _refusals(route):
        by_status.setdefault(refusal.status, []).append(refusal)
    for status, kinds in sorted(by_status.items()):
        responses[str(status)] = {
            "description": "; ".join(sorted(f"`{kind.code}`" for kind in kinds)),
            "content": {"application/problem+json": {"schema": {"$ref": _REF.format(name="Problem")}}},
        }
    return responses


def _refusals(route: Route) -> Sequence[type[Refusal]]:
    refusals: list[type[Refusal]] = [*_ALWAYS, *route.refusals, errors.Busy]
    if route.who is not None:
        refusals += [errors.NotSignedIn, errors.SessionEnded, errors.NotAllowed]
    if route.method != "GET":
        refusals += [errors.BadJson, errors.BodyTooLarge, errors.WrongMediaType]
        if route.needs_key:
            refusals += [errors.IdempotencyKeyRequired, errors.IdempotencyConflict, errors.InFlight]
    if route.needs_sandbox:
        refusals.append(errors.SandboxOnly)
    return list(dict.fromkeys(refusals))
