"""Files of agreements, visits and yearly figures: what a page would refuse is refused, and a download loads again."""

import datetime
from decimal import Decimal

import pytest
from django.db import transaction
from django.urls import reverse

from exchange.imports import IMPORTERS, Effects
from exchange.sheets import read
from pairings import services
from pairings.models import Agreement, PairingTarget, Visit

AGREEMENTS = "结对,协议名称,文号,签订日期,约定金额（元）,约定数量,单位"
VISITS = "结对,方向,类别,开始日期,结束日期,人数,带队,事由"
TARGETS = "结对,年度,指标,帮扶方填报,受援方填报"


def run(key: str, by, *lines: str):
    """A pass over a file of this sheet, and what it would do; it has stored nothing."""
    heading = {"agreements": AGREEMENTS, "visits": VISITS, "targets": TARGETS}[key]
    reading = read(IMPORTERS[key].sheet(by), "\n".join([heading, *lines, ""]).encode())
    assert not reading.problems, reading.problems
    made = IMPORTERS[key].start(by)
    outcome = made.check(reading.rows)
    return made, outcome


def store(key: str, by, *lines: str) -> Effects:
    made, outcome = run(key, by, *lines)
    assert not outcome.problems, outcome.problems
    with transaction.atomic():
        return made.store(outcome)


def undo(key: str, effects: Effects, by) -> list[str]:
    return IMPORTERS[key].undo(effects=effects, by=by, reason="文件有误")


def columns(outcome) -> list[tuple[int, str]]:
    return [(problem.row, problem.key) for problem in outcome.problems]


def test_agreements_come_in_and_wait_for_the_other_side(pair, linyi, officer):
    line = f"{pair.reference},物资帮扶协议,鲁临协〔2026〕3号,2026-03-01,200000,50,吨"
    effects = store("agreements", linyi, line)
    agreement = Agreement.objects.get()
    assert (agreement.status, agreement.proposer, agreement.amount) == ("proposed", "giver", 200_000)
    assert run("agreements", linyi, line)[1].unchanged == 1
    assert columns(run("agreements", linyi, line.replace("200000", "300000"))[1]) == [(2, "title")]
    services.confirm_agreement(agreement=agreement, by=officer)
    assert undo("agreements", effects, linyi)
    assert Agreement.objects.exists()


def test_a_file_nobody_has_answered_is_taken_back(pair, linyi):
    effects = store("agreements", linyi, "371300 临沂市→500229 城口县,物资帮扶协议,,2026-03-01,,,")
    assert undo("agreements", effects, linyi) == []
    assert not Agreement.objects.exists()


def test_what_a_page_refuses_is_refused_by_row_and_nothing_is_stored(pair, linyi, outsider):
    good = f"{pair.reference},协议甲,,2026-03-01,1,,"
    tomorrow = f"{pair.reference},协议乙,,2999-01-01,1,,"
    no_unit = f"{pair.reference},协议丙,,2026-03-01,,5,"
    outcome = run("agreements", linyi, good, tomorrow, no_unit, good)[1]
    assert columns(outcome) == [(3, "title"), (4, "title"), (5, "title")]
    assert not Agreement.objects.exists()
    assert columns(run("agreements", outsider, good)[1]) == [(2, "pair")]


def test_a_pair_that_is_none_is_named(pair, linyi):
    sheet = IMPORTERS["visits"].sheet(linyi)
    line = "JD-1999-000001,帮扶方赴受援方,走访,2026-03-01,2026-03-03,5,民政局,对接"
    assert [problem.key for problem in read(sheet, f"{VISITS}\n{line}\n".encode()).problems] == ["pair"]


def test_visits_come_in_once_and_are_taken_back(pair, officer):
    line = f"{pair.reference},受援方赴帮扶方,联席会议,2026-03-01,2026-03-03,5,城口县民政局,商定年度计划"
    effects = store("visits", officer, line)
    visit = Visit.objects.get()
    assert (visit.direction, visit.kind, visit.people) == ("to_giver", "meeting", 5)
    assert run("visits", officer, line)[1].unchanged == 1
    assert columns(run("visits", officer, line.replace("03-03", "02-03"))[1]) == [(2, "starts_on")]
    assert undo("visits", effects, officer) == []
    assert not Visit.objects.exists()


def test_each_side_fills_in_its_own_figure_in_the_same_workbook(pair, linyi, officer):
    store("targets", linyi, f"{pair.reference},2026,资金,1000000,")
    assert columns(run("targets", officer, f"{pair.reference},2026,资金,2000000,1000000")[1]) == [(2, "giver_value")]
    assert columns(run("targets", officer, f"{pair.reference},2026,物资（折价）,,")[1]) == [(2, "receiver_value")]
    effects = store("targets", officer, f"{pair.reference},2026,资金,1000000,900000")
    target = PairingTarget.objects.get()
    assert (target.giver_value, target.receiver_value, target.receiver_stated_by) == (1_000_000, 900_000, officer)
    assert undo("targets", effects, officer) == []
    target.refresh_from_db()
    assert (target.giver_value, target.receiver_value, target.receiver_stated_by) == (1_000_000, None, None)


def test_a_side_says_in_a_file_that_there_was_nothing(pair, linyi):
    store("targets", linyi, f"{pair.reference},2026,物资（折价）,0,")
    assert PairingTarget.objects.get().giver_value == 0
    assert run("targets", linyi, f"{pair.reference},2026,物资（折价）,0.00,")[1].unchanged == 1
    negative = f"{TARGETS}\n{pair.reference},2026,资金,-1,\n".encode()
    assert [p.key for p in read(IMPORTERS["targets"].sheet(linyi), negative).problems] == ["giver_value"]


def test_a_figure_stated_anew_since_is_not_taken_back(pair, linyi):
    store("targets", linyi, f"{pair.reference},2026,资金,1000000,")
    effects = store("targets", linyi, f"{pair.reference},2026,资金,1100000,")
    services.state_target(pairing=pair, year=2026, measure="cash", side="giver", value=Decimal(1_200_000), by=linyi)
    assert len(undo("targets", effects, linyi)) == 1
    assert PairingTarget.objects.get().giver_value == 1_200_000


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_downloads_of_the_lists_load_again_and_change_nothing(pair, linyi, officer, client, language, organization):
    terms = {"title": "协议", "signed_on": datetime.date(2026, 3, 1), "amount": Decimal("2.50"), "content": "一\n二"}
    agreement = services.propose_agreement(pairing=pair, side="giver", values=terms, parties=[organization], by=linyi)
    services.confirm_agreement(agreement=agreement, by=officer)
    store("visits", officer, f"{pair.reference},受援方赴帮扶方,走访,2026-03-01,2026-03-03,5,民政局,商定计划")
    for by, side in ((linyi, "giver"), (officer, "receiver")):
        services.state_target(pairing=pair, year=2026, measure="persons", side=side, value=Decimal(60), by=by)
    client.cookies["django_language"] = language
    for key in ("agreements", "visits", "targets"):
        for kind in ("csv", "xlsx"):
            content = b"".join(client.get(f"/pairings/{key}/?format={kind}").streaming_content)
            reading = read(IMPORTERS[key].sheet(linyi), content)
            assert not reading.problems, reading.problems
            outcome = IMPORTERS[key].start(linyi).check(reading.rows)
            assert (len(outcome.new), outcome.unchanged, outcome.problems) == (0, 1, []), (key, kind)


def test_a_download_loads_again_for_the_other_side_and_for_others_as_far_as_they_see_it(
    pair, linyi, officer, outsider, client
):
    """What the other side has entered is no error in one's own copy; what one may not see is not confirmed either."""
    agreement = services.propose_agreement(
        pairing=pair, side="giver", values={"title": "协议", "signed_on": datetime.date(2026, 3, 1)}, by=linyi
    )
    services.state_target(pairing=pair, year=2026, measure="cash", side="giver", value=Decimal(5), by=linyi)
    client.force_login(officer)
    loaded = {}
    for key in ("agreements", "targets"):
        content = b"".join(client.get(f"/pairings/{key}/?format=csv").streaming_content)
        rows = loaded[key] = read(IMPORTERS[key].sheet(officer), content).rows
        outcome = IMPORTERS[key].start(officer).check(rows)
        assert (len(outcome.new), outcome.unchanged, outcome.problems) == (0, 1, []), key
        assert columns(IMPORTERS[key].start(outsider).check(rows)) == [(2, "pair")]
    services.confirm_agreement(agreement=agreement, by=officer)
    assert IMPORTERS["agreements"].start(outsider).check(loaded["agreements"]).unchanged == 1


def test_the_lists_lead_to_the_upload_for_those_who_may(pair, linyi, client):
    for key in ("agreements", "visits", "targets"):
        upload = reverse("exchange:batch-add", args=[key])
        assert upload not in client.get(f"/pairings/{key}/").content.decode()
        client.force_login(linyi)
        assert upload in client.get(f"/pairings/{key}/").content.decode()
        assert client.get(upload).status_code == 200
        assert client.get(reverse("exchange:sheet-detail", args=[key])).status_code == 200
        client.logout()
