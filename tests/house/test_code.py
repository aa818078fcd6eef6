"""House rules about source files. Each check takes files, so that a small offender shows that it bites."""

import ast
import re
from collections.abc import Iterable, Iterator

import pytest

from tests.house.sources import ROOT, Source, functions, of_the_portal, sources

FUNCTION_LINES = 40
FILE_LINES = 400
HTTP = ("django.http", "django.shortcuts", "django.contrib.messages")
HTTP_ROOMS = {"views", "api", "admin"}
# Where status is written without a step of a table.
STATUS_SETTERS = {
    "core/states.py": "this is the mover",
    "core/rest.py": "the HTTP status of a kept answer, no record's state",
}
# Services without `by`: nobody asked for the change.
NOBODY = {
    "regions/services.py:load_regions": "loads the official code list; run by the installation, not by a person",
    "accounts/services.py:note_failure": "somebody who has not shown who they are",
    "accounts/services.py:note_success": "clears away counts; belongs to the log-in itself",
    "organizations/services/entries.py:refresh_grades": "the day goes on; run by the clock",
    "accounts/services.py:note_key_used": "belongs to the log-in itself",
}
WRITES = re.compile(r"^(save|create|bulk_create|update|bulk_update|delete|begin|move|record|get_or_create|add)$")


def long_functions(files: Iterable[Source]) -> Iterator[str]:
    """Functions of more than 40 lines; the docstring is not counted. Tests and measurements may be longer."""
    for source in files:
        if source.app in ("tests", "bench") or source.is_migration:
            continue
        for function in functions(source.tree):
            lines = function.end_lineno - function.lineno + 1
            if ast.get_docstring(function) is not None:
                lines -= function.body[0].end_lineno - function.body[0].lineno + 1
            if lines > FUNCTION_LINES:
                yield f"{source.path}:{function.lineno} {function.name} has {lines} lines"


def long_files(files: Iterable[Source]) -> Iterator[str]:
    """Files of more than 400 lines: they become a package of the same name."""
    for source in files:
        lines = source.text.count("\n")
        if lines > FILE_LINES and not source.is_migration:
            yield f"{source.path} has {lines} lines"


def status_setters(files: Iterable[Source]) -> Iterator[str]:
    """Places that write a status without `core.states`: assignments, `.update(status=)`, `.create(status=)`."""
    for source in files:
        if source.path in STATUS_SETTERS:
            continue
        for node in ast.walk(source.tree):
            if _sets_status(node):
                yield f"{source.path}:{node.lineno} sets status"


def _sets_status(node: ast.AST) -> bool:
    if isinstance(node, ast.Attribute):
        return node.attr == "status" and isinstance(node.ctx, ast.Store)
    if not isinstance(node, ast.Call):
        return False
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if name == "setattr":
        return isinstance(node.args[1], ast.Constant) and node.args[1].value == "status"
    writes = name in ("update", "create", "update_or_create", "get_or_create")
    # Model(status=...) stores it with the next save. Answers and errors have a status too, but come with an argument.
    makes = name[:1].isupper() and not node.args and not name.endswith("Response") and name not in ("Q", "When")
    return (writes or makes) and any(keyword.arg == "status" and _is_status(keyword.value) for keyword in node.keywords)


def _is_status(value: ast.AST) -> bool:
    """Whether the value may be a record's status: everything but the number of an HTTP answer or a form field."""
    return not (isinstance(value, ast.Constant) and isinstance(value.value, int)) and not isinstance(value, ast.Call)


def misplaced_imports(files: Iterable[Source]) -> Iterator[str]:
    """What ruff cannot say, as it frees a whole room: services know no HTTP, doors open no transaction."""
    for source in files:
        if source.app in ("core", "portal"):
            continue
        for line, name in _imports(source.tree):
            if name.startswith(HTTP) and source.room not in HTTP_ROOMS:
                yield f"{source.path}:{line} imports {name}: only views, api and admin may"
            if name.startswith("django.db.transaction") and source.room != "services":
                yield f"{source.path}:{line} imports {name}: only services may"


def _imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def loose_services(files: Iterable[Source]) -> Iterator[str]:
    """Public functions of services that take arguments by place, or write without saying for whom."""
    for source, function in _public(files, ("services",)):
        place = f"{source.path}:{function.name}"
        if function.args.posonlyargs or function.args.args or function.args.vararg:
            yield f"{place} takes arguments by place: put * first"
        named = {argument.arg for argument in function.args.kwonlyargs}
        if "by" not in named and place not in NOBODY and _writes(function):
            yield f"{place} writes without by="


def _public(files: Iterable[Source], rooms: tuple[str, ...]) -> Iterator[tuple[Source, ast.FunctionDef]]:
    """The functions these rooms offer. In a package these are what its __init__ names; the others serve neighbours."""
    files = [source for source in files if source.room in rooms]
    packages = {
        (source.app, source.room): _offered(source.tree)
        for source in files
        if source.path == f"{source.app}/{source.room}/__init__.py"
    }
    for source in files:
        offered = packages.get((source.app, source.room))
        for function in source.tree.body:
            if not isinstance(function, ast.FunctionDef) or function.name.startswith("_"):
                continue
            if not offered or function.name in offered:
                yield source, function


def _offered(tree: ast.Module) -> set[str]:
    """The names a package's __init__ takes from its files."""
    return {alias.name for node in tree.body if isinstance(node, ast.ImportFrom) for alias in node.names}


def _writes(function: ast.FunctionDef) -> bool:
    if any("atomic" in ast.unparse(decorator) for decorator in function.decorator_list):
        return True
    calls = (node.func for node in ast.walk(function) if isinstance(node, ast.Call))
    return any(isinstance(called, ast.Attribute) and WRITES.match(called.attr) for called in calls)


def untyped(files: Iterable[Source]) -> Iterator[str]:
    """Public functions of services and selectors that do not say what they return, or take something unnamed.

    `user`, `by` and `cursor` need no type: they are the same everywhere.
    """
    for source, function in _public(files, ("services", "selectors")):
        given = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
        bare = [one.arg for one in given if one.annotation is None and one.arg not in ("user", "by", "cursor")]
        if function.returns is None or bare:
            missing = ", ".join([*bare, *(["the result"] if function.returns is None else [])])
            yield f"{source.path}:{function.lineno} {function.name}: no type for {missing}"


def doors_that_write(files: Iterable[Source]) -> Iterator[str]:
    """Pages, APIs, tasks and forms that save by themselves instead of calling a service."""
    writes = ("save", "bulk_create", "bulk_update", "update_or_create", "get_or_create")
    for source in files:
        if source.app == "core" or source.room not in ("views", "api", "admin", "tasks", "forms", "selectors"):
            continue
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and _stores(node.func, writes):
                yield f"{source.path}:{node.lineno} writes by {node.func.attr}(): call a service"


def _stores(called: ast.Attribute, writes: tuple[str, ...]) -> bool:
    """A storing method, or create, update and delete of a manager or query (a dict has update as well)."""
    if called.attr in writes:
        return True
    return called.attr in ("create", "update", "delete") and "objects" in ast.unparse(called.value)


def unnamed_migrations(files: Iterable[Source]) -> Iterator[str]:
    """Migrations named by a machine, merges, and files that are no migrations."""
    for source in files:
        name = source.path.rsplit("/", 1)[-1].removesuffix(".py")
        if not source.is_migration or name == "__init__":
            continue
        if not re.fullmatch(r"\d{4}_[a-z][a-z0-9]*(_[a-z0-9]+)*", name) or "_auto_" in name or "merge" in name:
            yield f"{source.path}: name it 0002_what_it_does"


def vague_rooms(files: Iterable[Source]) -> Iterator[str]:
    """Files whose name says nothing about what is in them."""
    vague = {"utils", "helpers", "managers", "constants", "signals", "misc", "common"}
    for source in files:
        names = set(source.path.removesuffix(".py").split("/"))
        if names & vague:
            yield f"{source.path}: give it a room with a meaning"


CHECKS = {
    check.__name__: check
    for check in [
        long_functions,
        long_files,
        status_setters,
        misplaced_imports,
        loose_services,
        untyped,
        doors_that_write,
        unnamed_migrations,
        vague_rooms,
    ]
}
EVERYWHERE = {"long_functions", "long_files", "unnamed_migrations", "vague_rooms"}

OFFENDERS = [
    ("long_functions", "demands/views.py", "def f():\n" + "    x = 1\n" * 40, "f has 41 lines"),
    ("long_functions", "demands/views.py", "class A:\n    def f(self):\n" + "        x = 1\n" * 40, "f has 41"),
    ("long_files", "demands/views.py", "x = 1\n" * 401, "has 401 lines"),
    ("status_setters", "demands/services.py", "def f(a):\n    a.status = 'open'\n", ":2 sets status"),
    ("status_setters", "demands/services.py", "a.items.update(status=Status.OPEN)\n", "sets status"),
    ("status_setters", "demands/views.py", "a.objects.create(status='open')\n", "sets status"),
    ("status_setters", "portal/demo.py", "Demand(name='x', status=Demand.Status.OPEN)\n", "sets status"),
    ("status_setters", "portal/demo.py", "setattr(a, 'status', 1)\n", "sets status"),
    ("misplaced_imports", "demands/services.py", "from django.http import Http404\n", "imports django.http.Http404"),
    ("misplaced_imports", "demands/views.py", "from django.db import transaction\n", "only services may"),
    ("misplaced_imports", "demands/models.py", "from django.contrib import messages\n", "django.contrib.messages"),
    ("loose_services", "demands/services.py", "def close(demand, *, by): pass\n", "by place"),
    ("loose_services", "demands/services/claims.py", "def close(*, demand):\n    demand.save()\n", "without by="),
    ("loose_services", "demands/services.py", "@transaction.atomic\ndef close(*, demand): pass\n", "without by="),
    ("untyped", "demands/selectors.py", "def open_ones(user): pass\n", "no type for the result"),
    ("untyped", "demands/services/claims.py", "def close(*, demand, by) -> None: pass\n", "no type for demand"),
    ("doors_that_write", "demands/views.py", "form.save()\n", "call a service"),
    ("doors_that_write", "demands/tasks.py", "Demand.objects.filter(pk=1).update(name='')\n", "call a service"),
    ("unnamed_migrations", "demands/migrations/0002_auto_20250101_1200.py", "", "name it"),
    ("unnamed_migrations", "demands/migrations/0003_merge_a_b.py", "", "name it"),
    ("unnamed_migrations", "demands/migrations/fix.py", "", "name it"),
    ("vague_rooms", "demands/utils.py", "", "a room with a meaning"),
    ("vague_rooms", "demands/services/helpers.py", "", "a room with a meaning"),
]
DOCUMENTED = 'def f():\n    """' + "words\n" * 60 + '    """\n    return 1\n'
HARMLESS = [
    ("long_functions", "demands/views.py", "def f():\n" + "    x = 1\n" * 39),
    ("long_functions", "demands/views.py", DOCUMENTED),
    ("long_functions", "tests/test_x.py", "def f():\n" + "    x = 1\n" * 80),
    ("long_files", "demands/views.py", "x = 1\n" * 400),
    (
        "status_setters",
        "demands/views.py",
        "render(request, 'x.html', status=409)\nRefused(_('No'), status=a.status)\n",
    ),
    ("status_setters", "demands/models.py", "status = models.CharField()\nQ(status=Status.OPEN)\n"),
    ("status_setters", "core/states.py", "obj.status = to\n"),
    ("misplaced_imports", "demands/views.py", "from django.http import Http404\n"),
    ("misplaced_imports", "demands/services.py", "from django.db import transaction, models\n"),
    ("loose_services", "demands/services.py", "def close(*, demand, by): demand.save()\ndef _lock(demand): pass\n"),
    ("loose_services", "demands/services.py", "def price_of(*, demand): return demand.price\n"),
    ("untyped", "demands/selectors.py", "def open_ones(user, day: date) -> list: pass\ndef _inner(x): pass\n"),
    ("doors_that_write", "demands/views.py", "query.update(page=2)\n"),
    ("doors_that_write", "demands/services.py", "demand.save()\n"),
    ("unnamed_migrations", "demands/migrations/0002_claims_have_a_plan.py", ""),
]


@pytest.fixture(scope="module")
def tree() -> list[Source]:
    return sources(ROOT)


@pytest.mark.parametrize("name", CHECKS)
def test_the_source_keeps_the_rule(tree, name):
    files = tree if name in EVERYWHERE else of_the_portal(tree)
    assert list(CHECKS[name](files)) == []


@pytest.mark.parametrize(("name", "path", "text", "words"), OFFENDERS)
def test_the_rule_bites(name, path, text, words):
    found = list(CHECKS[name]([Source(path, text)]))
    assert len(found) == 1
    assert words in found[0]


@pytest.mark.parametrize(("name", "path", "text"), HARMLESS)
def test_the_rule_leaves_good_code_alone(name, path, text):
    assert list(CHECKS[name]([Source(path, text)])) == []


def test_the_tree_is_really_read(tree):
    paths = {source.path for source in tree}
    assert {"core/states.py", "core/migrations/0001_initial.py", "tests/conftest.py", "manage.py"} <= paths
    assert not any(path.startswith((".venv", ".data")) for path in paths)


def test_exceptions_are_still_needed(tree):
    """An exception for something that is gone would cover the next one of that name."""
    found = {source.path: source for source in tree}
    assert set(STATUS_SETTERS) <= set(found)
    for place in NOBODY:
        path, name = place.split(":")
        assert name in {function.name for function in functions(found[path].tree)}
