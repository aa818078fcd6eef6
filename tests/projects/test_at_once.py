"""Two people enter the same at the same moment: one is stored, the other reads why, as somebody coming later would."""

import datetime
import threading
import time
from decimal import Decimal

import pytest
from django.db import connection, transaction

from core.errors import Refused
from projects import services
from projects.models import Campaign, CapacityRecord, ConsumptionRecord, Product, ReportedFigure

DAY = datetime.date(2026, 3, 1)


def capacity(regions, by):
    values = {"kind": "station", "name": "社工站", "region": regions["500229"], "opened_on": DAY, "source": "台账"}
    return services.enter_capacity(values=values, by=by)


def campaign(regions, by):
    values = {"name": "专项行动", "region": regions["500229"], "starts_on": DAY}
    return services.create_campaign(values=values, by=by)


def product(regions, by):
    return services.add_product(values={"name": "蜂蜜", "region": regions["500229"], "unit": "斤"}, by=by)


def figure(regions, by):
    values = {"number": "A-1", "topic": "光明行", "indicator": "手术例数", "subject": "thing", "value": Decimal(5)}
    values |= {"unit": "例", "region": regions["500229"], "period_to": DAY, "source": "简报"}
    return services.enter_figure(values=values, places=[], by=by)


def purchase(regions, by):
    values = {"mode": "direct", "buyer_name": "来客", "region": regions["500229"], "goods": "蜂蜜", "bought_on": DAY}
    return services.enter_purchase(values=values | {"quantity": Decimal(1), "unit": "斤", "amount": Decimal(50)}, by=by)


def waits_for_a_row() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("enter", "model", "code"),
    [
        (capacity, CapacityRecord, "capacity_exists"),
        (campaign, Campaign, "campaign_exists"),
        (product, Product, "product_exists"),
        (figure, ReportedFigure, "figure_exists"),
        (purchase, ConsumptionRecord, "purchase_exists"),
    ],
)
def test_of_two_alike_one_is_stored_and_the_other_is_refused(enter, model, code, regions, officer, second_officer):
    results = []

    def late():
        try:
            enter(regions, second_officer)
            results.append("stored")
        except Refused as refused:
            results.append(refused.code)
        finally:
            connection.close()

    other = threading.Thread(target=late)
    with transaction.atomic():
        enter(regions, officer)
        # What is not committed yet the other does not see: it gets as far as the table and waits there.
        other.start()
        until = time.monotonic() + 20
        while not waits_for_a_row() and time.monotonic() < until:
            time.sleep(0.02)
    other.join()
    assert (results, model.objects.count()) == ([code], 1)
