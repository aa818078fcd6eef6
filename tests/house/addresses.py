"""Every named address of the portal and the methods it answers to, read from the URL resolver and the routers."""

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from django.urls import URLPattern, URLResolver, get_resolver

# Of Django and of the schema generator: they are tested where they come from.
NOT_OURS = {"set_language", "api:schema", "api:docs"}
READ_ONLY = {"HEAD", "OPTIONS", "TRACE"}


@dataclass(frozen=True)
class Address:
    """A URL name with its namespace, its path as a pattern, and the methods that do something."""

    name: str
    path: str
    methods: frozenset[str]
    view: Callable


def addresses(patterns: list | None = None) -> list[Address]:
    """All addresses, each name once with the methods of all its patterns."""
    found: dict[str, Address] = {}
    for address in _walk(get_resolver().url_patterns if patterns is None else patterns, "", ""):
        known = found.get(address.name, address)
        found[address.name] = replace(known, methods=known.methods | address.methods)
    return [found[name] for name in sorted(found) if name not in NOT_OURS]


def _walk(patterns, namespace: str, path: str) -> Iterator[Address]:
    for pattern in patterns:
        here = path + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _walk(pattern.url_patterns, inner, here)
        elif isinstance(pattern, URLPattern):
            methods = frozenset(methods_of(pattern.callback) - READ_ONLY)
            yield Address(f"{namespace}{pattern.name or here}", here, methods, pattern.callback)


def methods_of(view) -> set[str]:
    """The HTTP methods a view answers to."""
    actions = getattr(view, "actions", None)
    if actions:
        return {method.upper() for method in actions}
    cls = getattr(view, "view_class", None) or getattr(view, "cls", None)
    if cls:
        # Form pages of Django take a PUT as a POST; views of the API have a `cls` as well.
        ignored = set() if hasattr(view, "cls") else {"put"}
        return {method.upper() for method in cls.http_method_names if hasattr(cls, method) and method not in ignored}
    return _methods_of_function(view)


def _methods_of_function(view) -> set[str]:
    """What `require_http_methods` allows; without it GET, and POST where the view or one of its app looks for it."""
    function = view
    while function is not None:
        allowed = inspect.getclosurevars(function).nonlocals.get("request_method_list")
        if allowed:
            return set(allowed)
        view, function = function, getattr(function, "__wrapped__", None)
    return {"GET", "POST"} if _reads_post(view, set()) else {"GET"}


def _reads_post(function, seen: set) -> bool:
    seen.add(function)
    code = function.__code__
    if "POST" in code.co_names or "POST" in code.co_consts:
        return True
    called = (function.__globals__.get(name) for name in code.co_names)
    app = function.__module__.split(".")[0]
    neighbours = [other for other in called if inspect.isfunction(other) and other.__module__.split(".")[0] == app]
    return any(_reads_post(other, seen) for other in neighbours if other not in seen)
