"""A title with invisible characters is the same demand by page, REST and file."""

import pytest
from django.db import transaction
from rest_framework.test import APIClient

from demands.imports import DemandRun
from demands.models import Claim, Demand
from demands.sheets import DEMAND_SHEET
from exchange.sheets import read
from tests.core.test_texts import STRANGE
from tests.demands.conftest import url

DIRTY, CLEAN = f"过冬\u202e棉被{STRANGE.replace(chr(0), '')}", "过冬棉被"


def by_page(client, reporter):
    client.force_login(reporter)
    values = {
        "village": "500229201200",
        "form": "relief",
        "title": DIRTY,
        "urgency": "normal",
        "form-TOTAL_FORMS": "1",
        "form-INITIAL_FORMS": "0",
        "form-0-kind": "goods",
        "form-0-what": DIRTY,
        "form-0-unit": "条",
        "form-0-quantity": "100",
    }
    answer = client.post(url("demand-create"), values)
    assert answer.status_code == 302, answer.content.decode()


def by_rest(client, reporter):
    api = APIClient()
    api.force_authenticate(reporter)
    item = {"what": DIRTY, "unit": "条", "quantity": "100"}
    body = {"village": "500229201200", "form": "relief", "title": DIRTY, "items": [item]}
    answer = api.post("/api/v1/demands/", body, format="json")
    assert answer.status_code == 201, answer.content


def by_file(client, reporter):
    heading = "需求序号,村代码,帮扶形式,需求标题,类别,内容,数量,单位"
    row = f"1,500229201200,救助帮困,{DIRTY},物资,{DIRTY},100,条"
    reading = read(DEMAND_SHEET, f"{heading}\n{row}\n".encode())
    assert not reading.problems
    run = DemandRun(reporter)
    outcome = run.check(reading.rows)
    assert not outcome.problems
    with transaction.atomic():
        run.store(outcome)


@pytest.mark.parametrize("way", [by_page, by_rest, by_file])
def test_what_nobody_sees_does_not_stay_in_a_demand(client, regions, officer, reporter, way):
    way(client, officer if way is by_file else reporter)
    demand = Demand.objects.get()
    assert (demand.title, demand.items.get().what, demand.needs) == (CLEAN, CLEAN, f"{CLEAN} 100 条")


def test_the_plan_of_a_claim_is_clean_too(demand, member, organization):
    api = APIClient()
    api.force_authenticate(member)
    lines = [{"item": demand.items.get().pk, "quantity": "1"}]
    body = {"lines": lines, "plan": f"分两批\r\n送达{STRANGE[1:]}", "contact": "王\u202e女士"}
    assert api.post(f"/api/v1/demands/{demand.pk}/claim/", body, format="json").status_code == 201
    claim = Claim.objects.get()
    assert (claim.plan, claim.contact) == ("分两批\n送达", "王女士")
