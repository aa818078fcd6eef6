"""What a worker does with an uploaded file: check it, store it or take it back.

Repeatable; killed halfway, the next run ends it.
"""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from core import states
from core.errors import Refused
from exchange.imports import IMPORTERS, Effects, Importer, Outcome, Remark, Run, StagingRun, StoringRun
from exchange.models import Batch
from exchange.services.alone import alone_with
from exchange.services.staging import clear
from exchange.services.telling import telling
from exchange.services.undoing import take_back
from exchange.sheets import Problem, opened

ROWS_AT_ONCE = 2000
# More problems than anybody corrects by hand, and more changes than anybody reads.
MOST_PROBLEMS = 10_000
MOST_SHOWN = 200
MOST_ATTEMPTS = 3


def run_batch(*, batch_id: int, by=None) -> None:
    """Do what is next with a file: check one that was uploaded, store one that was confirmed, take one back.

    Another worker at the same file makes this a no-op. The rows are stored in the name of whoever uploaded the file.
    """
    with alone_with(batch_id) as alone:
        # The file itself is read where it is needed: each step would bring it along once more.
        rows = Batch.objects.select_related("created_by").defer("content")
        batch = rows.filter(pk=batch_id).first() if alone else None
        if batch is None or not batch.is_running:
            return
        if batch.status == Batch.Status.UPLOADED:
            _begin_check(batch)
        if batch.status == Batch.Status.UNDOING:
            take_back(batch, tried_too_often=not _may_try(batch))
        elif not _may_try(batch):
            _refuse(batch, [_gave_up()])
        elif batch.status == Batch.Status.CHECKING:
            _check(batch)
        else:
            _store(batch)


@transaction.atomic
def _begin_check(batch: Batch) -> None:
    states.move(batch, Batch.Status.CHECKING, by=None)


def _may_try(batch: Batch) -> bool:
    """Count the attempt; a file that has ended its worker three times is not tried again."""
    batch.attempts += 1
    batch.save(update_fields=["attempts"])
    return batch.attempts <= MOST_ATTEMPTS


def _gave_up() -> dict[str, Any]:
    return _in_both(lambda: [Problem("", 0, "", "", _("The file could not be processed."), _("Tell the operator."))])[0]


@transaction.atomic
def _refuse(batch: Batch, problems: list[dict]) -> None:
    counts = {**batch.counts, "refused": len(problems)}
    states.move(batch, Batch.Status.REFUSED, by=None, problems=problems[:MOST_PROBLEMS], counts=counts)


def _in_both(find: Callable[[], list[Problem]]) -> list[dict]:
    """Problems with their words in every language of the portal: found once in each, in the same order."""
    found = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            found[code] = find()
    return [_as_json(same) for same in zip(*([(c, p) for p in ps] for c, ps in found.items()), strict=True)]


def _as_json(same: tuple[tuple[str, Problem], ...]) -> dict:
    first = same[0][1]
    words = {code: [problem.column, str(problem.reason), str(problem.remedy)] for code, problem in same}
    return {"sheet": first.sheet, "row": first.row, "key": first.key, "value": first.value[:300], "words": words}


def _check(batch: Batch) -> None:
    """Hold every row against every rule; note what storing the file would do, or everything that is wrong."""
    counts = dict.fromkeys(("rows", "new", "changed", "unchanged", "similar", "remarks"), 0)
    preview: dict[str, list] = {"changed": [], "similar": [], "remarks": []}

    def note(run: Run, outcome: Outcome) -> None:
        _count(counts, outcome)
        counts["similar"] += len(outcome.likenesses)
        preview["changed"] += [{"row": c.row, "name": c.name, "fields": c.fields} for c in outcome.changed]
        preview["similar"] += [{"row": s.row, "name": s.name, "like": s.like} for s in outcome.likenesses]
        counts["remarks"] += len(outcome.remarks)
        preview["remarks"] += map(_said, outcome.remarks[: MOST_SHOWN - len(preview["remarks"])])
        for shown in preview.values():
            del shown[MOST_SHOWN:]
        if isinstance(run, StagingRun):
            run.stage(batch.pk, outcome)

    clear(batch)
    problems = _pass(batch, note, staging=True)
    batch.counts = {**counts, "rows": batch.rows_total}
    if problems:
        _refuse(batch, _in_both(lambda: _pass(batch)))
        clear(batch)
        return
    with transaction.atomic():
        states.move(batch, Batch.Status.CHECKED, by=None, counts=batch.counts, preview=preview)


def _said(remark: Remark) -> dict[str, Any]:
    """A remark with its words in every language of the portal."""
    words = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            words[code] = str(remark.text())
    return {"row": remark.row, "name": remark.name, "text": words}


def _count(counts: dict[str, int], outcome: Outcome) -> None:
    counts["new"] += len(outcome.new)
    counts["changed"] += len(outcome.changed)
    counts["unchanged"] += outcome.unchanged


def _pass(
    batch: Batch, note: Callable[[Run, Outcome], None] = lambda run, outcome: None, *, staging: bool = False
) -> list[Problem]:
    """Read and check the file in pieces; every problem from top to bottom. `staging`: `note` lays rows ready."""
    importer = IMPORTERS[batch.sheet]
    problems: list[Problem] = []
    try:
        _insist_on_right(importer, batch)
        for run, outcome in _pieces(batch, importer, staging=staging):
            problems += outcome.problems[: MOST_PROBLEMS - len(problems)]
            if not problems:
                note(run, outcome)
    except Refused as refused:
        # The file as a whole: what it is, or its headings.
        return getattr(refused, "problems", None) or [Problem("", 0, "", "", str(refused), "")]
    return problems


def _insist_on_right(importer: Importer, batch: Batch) -> None:
    person = batch.created_by
    if person is None or not (person.is_active and importer.can_upload(person)):
        raise Refused(_("Your role does not allow this."), code="not_allowed")


def _pieces(batch: Batch, importer: Importer, *, staging: bool) -> Iterator[tuple[Run, Outcome]]:
    """The outcome of each piece of the file, telling the page how far it is."""
    person = batch.created_by
    sheet, run = importer.sheet(person), importer.start(person)
    with telling(batch) as tell, _without_collector(), _ended(run):
        content = bytes(Batch.objects.values_list("content", flat=True).get(pk=batch.pk))
        if staging and isinstance(run, StagingRun):
            run.expect(len(content))
        table = opened(sheet, content)
        del content
        batch.rows_total = len(table)
        done = 0
        tell(done)
        for reading in table.pieces(ROWS_AT_ONCE):
            outcome = run.check(reading.rows)
            outcome.problems = sorted([*reading.problems, *outcome.problems], key=lambda problem: problem.row)
            yield run, outcome
            done += reading.size
            tell(done)
        if isinstance(run, StagingRun):
            run.finish(batch.pk)


@contextmanager
def _without_collector() -> Iterator[None]:
    """Do without the search for cycles: the rows make none, but set it off.

    It goes through the whole program again and again, for a third of the time.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@contextmanager
def _ended(run: Run) -> Iterator[None]:
    """Let a run go of what it holds, also where the file cannot be read to its end."""
    try:
        yield
    finally:
        if isinstance(run, StagingRun):
            run.close()


class _Changed(Exception):
    """The records have changed since the check, so that rows no longer fit."""


def _store(batch: Batch) -> None:
    """Store all rows of a confirmed file in one transaction, checked again, or none of them."""
    importer = IMPORTERS[batch.sheet]
    try:
        with transaction.atomic():
            _store_rows(batch, importer)
    except (_Changed, Refused):
        found = _in_both(lambda: _pass(batch))
        # Nothing is wrong any more: the file is stored by the next run.
        if found:
            _refuse(batch, found)
            clear(batch)
    else:
        if importer.settle is not None:
            importer.settle()


def _store_rows(batch: Batch, importer: Importer) -> None:
    _insist_on_right(importer, batch)
    with connection.cursor() as cursor:
        # Two files at once wait for each other, so that the same row is not found new by both.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [importer.lock])
    run = importer.start(batch.created_by)
    counts = {**batch.counts}
    if not (isinstance(run, StagingRun) and run.is_staged(batch.pk, counts["rows"])):
        counts |= dict.fromkeys(("new", "changed", "unchanged"), 0)
        effects = _store_pieces(batch, importer, counts)
    if isinstance(run, StagingRun):
        with telling(batch) as tell:
            effects = run.store_staged(batch.pk, tell)
        run.clear(batch.pk)
    states.move(
        batch,
        Batch.Status.STORED,
        by=batch.created_by,
        counts=counts,
        effects={"new": effects.new, "changed": effects.changed},
        rows_done=batch.rows_total,
    )


def _store_pieces(batch: Batch, importer: Importer, counts: dict[str, int]) -> Effects:
    """Check the rows once more, and store each piece, or lay it ready if that is how this sheet is stored."""
    effects = Effects()
    clear(batch)
    for run, outcome in _pieces(batch, importer, staging=True):
        if outcome.problems:
            raise _Changed
        _count(counts, outcome)
        if isinstance(run, StagingRun):
            run.stage(batch.pk, outcome)
        elif isinstance(run, StoringRun):
            stored = run.store(outcome)
            effects.new += stored.new
            effects.changed |= stored.changed
    return effects
