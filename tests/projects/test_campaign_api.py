"""Campaigns, their actions and metrics over REST: kept by staff of the campaign's region, by the rules of the pages."""

import pytest
from rest_framework.test import APIClient

from projects.models import Campaign, CampaignAction, Metric

CAMPAIGNS = "/api/v1/campaigns/"
CAMPAIGN = {"name": "五个专项行动", "region": "500229", "starts_on": "2026-01-01", "source": "简报"}
ACTION = {"name": "光明行", "form": "health", "unit_standard": "800.00", "standard_per": "人"}
METRIC = {"name": "手术例数", "unit": "例", "subject": "thing", "measure": "", "adds": "sum", "allows_over": True}


@pytest.fixture
def api():
    def as_user(user) -> APIClient:
        client = APIClient()
        client.default_format = "json"
        client.force_authenticate(user)
        return client

    return as_user


@pytest.fixture
def draft(api, officer) -> dict:
    answer = api(officer).post(CAMPAIGNS, CAMPAIGN)
    assert answer.status_code == 201, answer.content
    return answer.json()


def test_a_campaign_is_built_begun_and_ended(api, officer, draft):
    client, address = api(officer), f"{CAMPAIGNS}{draft['id']}/"
    assert client.post(address + "start/", {}).json()["code"] == "no_metric"
    action = client.post(address + "actions/", ACTION)
    assert action.status_code == 201, action.content
    metric = client.post(f"{address}actions/{action.json()['id']}/metrics/", METRIC)
    assert metric.status_code == 201, metric.content
    assert client.post(address + "start/", {}).json()["status"] == "active"
    assert APIClient().get(address).json()["actions"][0]["metrics"][0]["metric"]["name"] == "手术例数"
    assert client.post(address + "end/", {}).json()["status"] == "ended"
    again = client.post(address + "actions/", {**ACTION, "name": "甜蜜行"})
    assert (again.status_code, again.json()["code"]) == (409, "campaign_ended")


def test_changes_name_the_version_they_change(api, officer, draft):
    client, address = api(officer), f"{CAMPAIGNS}{draft['id']}/"
    action = client.post(address + "actions/", ACTION).json()
    metric = client.post(f"{address}actions/{action['id']}/metrics/", METRIC).json()
    for path, row, model in (
        (address, draft, Campaign),
        (f"{address}actions/{action['id']}/", action, CampaignAction),
        (f"{address}metrics/{metric['id']}/", metric, Metric),
    ):
        assert client.patch(path, {"name": "新名称"}).status_code == 428
        changed = client.patch(path, {"name": "新名称"}, headers={"If-Match": f'"{row["version"]}"'})
        assert changed.status_code == 200, changed.content
        late = client.patch(path, {"name": "旧名称"}, headers={"If-Match": f'"{row["version"]}"'})
        assert late.status_code == 412
        assert model.objects.get(pk=row["id"]).name == "新名称"


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("", {**CAMPAIGN, "starts_on": "2026-02-01", "ends_on": "2026-01-01", "name": "另一个"}, "结束日期"),
        ("", {**CAMPAIGN, "name": "另一个", "region": "999999"}, "region"),
        ("actions/", {"name": "甜蜜行", "form": "nothing"}, "form"),
        ("actions/", {"name": "甜蜜行", "form": "health", "unit_standard": "800"}, None),
        ("actions/", {**ACTION, "name": "甜蜜行", "unit_standard": "NaN"}, "unit_standard"),
    ],
)
def test_bad_input_is_named_and_nothing_is_stored(api, officer, draft, path, body, field):
    address = f"{CAMPAIGNS}{draft['id']}/{path}" if path else CAMPAIGNS
    answer = api(officer).post(address, body)
    assert answer.status_code == 400, answer.content
    assert field is None or field in str(answer.json()["errors"])
    assert (Campaign.objects.count(), CampaignAction.objects.count()) == (1, 0)


def test_only_staff_of_the_region_keep_a_campaign(api, member, draft):
    assert api(member).post(CAMPAIGNS, {**CAMPAIGN, "name": "另一个"}).status_code == 403
    assert api(member).post(f"{CAMPAIGNS}{draft['id']}/actions/", ACTION).status_code == 404
    assert APIClient().post(CAMPAIGNS, CAMPAIGN).status_code == 401


def test_the_same_request_twice_opens_one_campaign(api, officer):
    for _time in range(2):
        answer = api(officer).post(CAMPAIGNS, CAMPAIGN, headers={"Idempotency-Key": "c-1"})
        assert answer.status_code == 201, answer.content
    assert Campaign.objects.count() == 1
