"""Reference numbers are unique under any concurrency and never used twice."""

import datetime
import threading

import pytest
from django.db import connection, transaction

from core.references import create_sequence, next_reference

THREADS, EACH = 16, 25


@pytest.fixture
def sequence(transactional_db):
    """A sequence of its own, for the prefix ZZ."""
    step = create_sequence("ZZ")
    with connection.cursor() as cursor:
        cursor.execute("DROP SEQUENCE IF EXISTS reference_zz")
        cursor.execute(step.sql)
    yield
    with connection.cursor() as cursor:
        cursor.execute(step.reverse_sql)


def test_sixteen_threads_never_draw_the_same_number(sequence):
    drawn: list[str] = []
    start = threading.Barrier(THREADS)

    def draw():
        try:
            start.wait()
            for _ in range(EACH):
                with transaction.atomic():
                    drawn.append(next_reference("ZZ"))
        finally:
            connection.close()

    threads = [threading.Thread(target=draw) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(drawn)) == len(drawn) == THREADS * EACH


def test_a_rolled_back_number_is_not_used_again(sequence):
    with pytest.raises(RuntimeError), transaction.atomic():
        lost = next_reference("ZZ")
        raise RuntimeError
    assert next_reference("ZZ") != lost


def test_a_number_tells_kind_and_year(sequence):
    assert next_reference("ZZ", on=datetime.date(2026, 12, 31)) == "ZZ-2026-000001"
    assert next_reference("ZZ", on=datetime.date(2027, 1, 1)) == "ZZ-2027-000002"


@pytest.mark.parametrize("prefix", ["", "zz", "Z1", "Z; DROP", "求"])
def test_a_prefix_is_capital_letters(prefix):
    with pytest.raises(ValueError, match="capital letters"):
        create_sequence(prefix)
