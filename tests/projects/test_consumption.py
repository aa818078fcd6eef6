"""Consumption assistance: products, purchases and sales, refunds, totals by mode, and files of them."""

import datetime
import random
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from core.errors import Refused
from exchange import services as exchange
from exchange.models import Batch
from projects import selectors, services
from projects.models import ConsumptionRecord, Product, RefundEntry
from stats import services as stats
from tests.projects.test_reported import DATA, missing_regions

pytestmark = pytest.mark.django_db
DAY = datetime.date(2026, 3, 1)


@pytest.fixture
def values(regions, organization) -> dict:
    return {
        "mode": "direct",
        "buyer": organization,
        "region": regions["500229201200"],
        "goods": "老腊肉",
        "quantity": Decimal(20),
        "unit": "斤",
        "amount": Decimal("900.00"),
        "bought_on": DAY,
    }


@pytest.fixture
def buy(values, member, officer):
    """A verified record."""

    def make(**fields) -> ConsumptionRecord:
        record = services.enter_purchase(values=values | fields, by=member)
        return services.verify_purchase(record=record, by=officer)

    return make


def without_amount(quantity, unit: str = "公斤", **fields) -> dict:
    return {"amount": None, "amount_reason": "来源未给", "quantity": quantity, "unit": unit, **fields}


def totals() -> dict:
    return {total.mode: total for total in selectors.consumption_totals(ConsumptionRecord.objects.all())}


def test_only_verified_records_count_and_a_second_person_verifies(values, officer, second_officer):
    record = services.enter_purchase(values=values, by=officer)
    with pytest.raises(services.NotSecondPerson):
        services.verify_purchase(record=record, by=officer)
    assert totals()["direct"].records == 0
    services.verify_purchase(record=record, by=second_officer)
    assert totals()["direct"].amount == 900
    services.strike_purchase(record=record, by=officer, reason="重复")
    assert totals()["direct"].amount is None


def test_induced_consumption_is_never_added_to_the_others(buy):
    buy()
    buy(mode="help", amount=Decimal("0.01"))
    buy(mode="induced", amount=Decimal(620_000_000))
    assert {mode: total.amount for mode, total in totals().items()} == {
        "direct": Decimal(900),
        "help": Decimal("0.01"),
        "induced": Decimal(620_000_000),
    }
    assert "带动" in str(totals()["direct"].definition)


def test_records_without_an_amount_are_counted_by_quantity_for_each_unit(buy):
    buy(mode="help", **without_amount(Decimal(2500), quantity_qualifier="nearly"))
    buy(mode="help", **without_amount(Decimal("0.5")))
    buy(mode="help", **without_amount(Decimal(3), "篮"))
    buy(mode="help", **without_amount(None, "", quantity_text="数千公斤", quantity_reason="对不上"))
    found = totals()["help"]
    assert (found.amount, found.records, found.unmeasured) == (None, 4, 1)
    assert {one.unit: (one.quantity, one.qualifier) for one in found.by_unit} == {
        "公斤": (Decimal("2500.5"), "nearly"),
        "篮": (Decimal(3), "exact"),
    }


def test_totals_do_not_depend_on_order_or_on_how_a_purchase_is_split(buy):
    chance = random.Random(7)
    parts = [Decimal(chance.randint(1, 10**9)) / 100 for _number in range(12)]
    modes = [chance.choice(["direct", "help", "induced"]) for _part in parts]
    lines = list(zip(modes, parts, strict=True))
    chance.shuffle(lines)
    for number, (mode, part) in enumerate(lines):
        buy(mode=mode, amount=part, voucher=f"A{number}")
    split = {mode: total.amount for mode, total in totals().items()}
    ConsumptionRecord.objects.all().delete()
    for mode in set(modes):
        buy(mode=mode, amount=sum(part for own, part in lines if own == mode))
    assert split == {mode: total.amount for mode, total in totals().items()}


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"amount": None}, "consumption_amount_or_reason"),
        ({"amount": Decimal(0)}, "consumption_amount_or_reason"),
        ({"quantity": None, "unit": ""}, "consumption_quantity_or_reason"),
        ({"quantity": None, "unit": "", "quantity_text": "数千公斤"}, "consumption_quantity_or_reason"),
        ({"unit": ""}, "consumption_quantity_or_reason"),
        ({"buyer": None}, "consumption_has_buyer"),
        ({"goods": ""}, "consumption_has_goods"),
        ({"bought_from": datetime.date(2026, 4, 1)}, "consumption_days_in_order"),
        ({"refunded_amount": Decimal(901)}, "consumption_refund_within_amount"),
        ({"refunded_quantity": Decimal(21)}, "consumption_return_within_quantity"),
    ],
)
def test_the_database_refuses_what_does_not_explain_itself(values, changes, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        ConsumptionRecord.objects.create(reference="XF-1", **(values | changes))


def test_refunds_are_entries_and_never_exceed_what_was_paid(buy, officer):
    record = buy()
    entry = {"amount": Decimal(600), "quantity": None, "on": DAY, "reason": "变质"}
    services.enter_refund(record=record, values=entry, by=officer)
    with pytest.raises(Refused, match="超出"):
        services.enter_refund(record=record, values=entry, by=officer)
    services.enter_refund(record=record, values=entry | {"amount": Decimal(300)}, by=officer)
    assert sum(RefundEntry.objects.values_list("amount", flat=True)) == record.refunded_amount == 900
    assert (totals()["direct"].amount, totals()["direct"].refunded) == (0, 900)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"amount": None}, "refund_empty"),
        ({"on": datetime.date(2026, 2, 1)}, "refund_too_early"),
        ({"reason": " "}, "reason_missing"),
        ({"quantity": Decimal(21)}, "refund_too_large"),
    ],
)
def test_a_refund_that_makes_no_sense_is_refused(buy, officer, changes, code):
    entry = {"amount": Decimal(1), "quantity": None, "on": DAY, "reason": "变质"} | changes
    with pytest.raises(Refused) as refused:
        services.enter_refund(record=buy(), values=entry, by=officer)
    assert refused.value.code == code


def test_a_purchase_is_not_entered_twice_without_voucher_numbers(values, member):
    services.enter_purchase(values=values, by=member)
    with pytest.raises(Refused, match="凭证号"):
        services.enter_purchase(values=values, by=member)
    services.enter_purchase(values=values | {"voucher": "A-2"}, by=member)


def test_what_is_still_to_come_is_neither_a_purchase_nor_a_refund(values, buy, member, officer, regions):
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)
    with pytest.raises(Refused):
        services.enter_purchase(values=values | {"bought_on": tomorrow}, by=member)
    back = {"amount": Decimal(1), "quantity": None, "on": tomorrow, "reason": "退货"}
    with pytest.raises(Refused):
        services.enter_refund(record=buy(), values=back, by=officer)
    client = Client()
    client.force_login(officer)
    sent = {
        "mode": "direct",
        "channel": "other",
        "buyer_name": "甲",
        "region": "500229",
        "goods": "蜜",
        "quantity": "1",
    }
    sent |= {"unit": "斤", "amount": "2", "quantity_qualifier": "exact", "amount_qualifier": "exact"}
    answer = client.post("/projects/consumption/add/", sent | {"bought_on": tomorrow.isoformat()})
    assert answer.status_code == 400 and "bought_on" in answer.context["form"].errors
    line = f"直接购买,甲,500229,蜜,1,斤,2,{tomorrow}\n"
    head = "方式,购买方说明,销售地代码,货物说明,数量,数量单位,金额（元）,购销日期\n"
    batch = exchange.upload_batch(sheet="consumption", file_name="x.csv", content=(head + line).encode(), by=officer)
    exchange.run_batch(batch_id=batch.pk)
    batch.refresh_from_db()
    assert (batch.status, batch.problems[0]["row"]) == (Batch.Status.REFUSED, 2)


def test_totals_of_very_large_amounts_are_answered(buy):
    for number in range(2):
        buy(amount=Decimal("9999999999999999.99"), voucher=str(number))
    (direct,) = [row for row in Client().get("/api/v1/consumption-records/totals/").json() if row["mode"] == "direct"]
    assert direct["amount"] == "19999999999999999.98"


def test_a_product_fits_the_selling_region_and_gives_its_seller(values, regions, organization, member, reporter):
    given = {"name": "核桃", "region": regions["500229201200"], "unit": "斤", "seller": organization}
    product = services.add_product(values=given, by=reporter)
    record = services.enter_purchase(values=values | {"product": product}, by=member)
    assert record.seller == organization
    with pytest.raises(Refused) as refused:
        services.enter_purchase(values=values | {"product": product, "region": regions["500237"]}, by=member)
    assert refused.value.code == "product_elsewhere"


def test_consumption_never_moves_the_donation_statistics(buy):
    def answer() -> dict:
        stats.apply_all_changes()
        found = Client().get("/api/v1/statistics/donations/?region=500000").json()
        return {name: value for name, value in found.items() if name not in ("as_of", "version")}

    before = answer()
    buy(amount=Decimal(5_000_000))
    assert answer() == before


def test_the_list_shows_what_was_bought_its_reason_and_the_totals(buy):
    record = buy(mode="help", **without_amount(None, "", quantity_text="数千公斤", quantity_reason="对不上"))
    client = Client()
    client.cookies["django_language"] = "en"
    page = client.get("/projects/consumption/").content.decode()
    assert "数千公斤" in page and "no amount given" in page and "never added" in page
    page = client.get(f"/projects/consumption/{record.pk}/").content.decode()
    assert "对不上" in page and "来源未给" in page


def test_a_form_keeps_what_was_typed_and_names_the_rule(officer, regions):
    client = Client()
    client.force_login(officer)
    client.cookies["django_language"] = "en"
    sent = {"mode": "direct", "channel": "fair", "buyer_name": "几家协会", "region": "500229201200", "goods": "核桃"}
    sent |= {"quantity_qualifier": "exact", "amount_qualifier": "exact", "bought_on": "2026-03-01", "amount": "12"}
    answer = client.post("/projects/consumption/add/", sent)
    assert answer.status_code == 400
    assert "Give the quantity with its unit" in answer.content.decode() and "几家协会" in answer.content.decode()
    answer = client.post("/projects/consumption/add/", sent | {"quantity": "3", "unit": "斤"})
    assert answer.status_code == 302
    assert ConsumptionRecord.objects.get().who == "几家协会"


def test_a_repeated_request_enters_one_record(values, member, organization):
    client = Client()
    client.force_login(member)
    sent = {name: value for name, value in values.items() if name not in ("buyer", "region")}
    sent |= {"buyer": organization.pk, "region": "500229201200", "bought_on": "2026-03-01"}
    for _time in range(2):
        answer = client.post(
            "/api/v1/consumption-records/", sent, content_type="application/json", headers={"Idempotency-Key": "k1"}
        )
        assert answer.status_code == 201, answer.content
    assert ConsumptionRecord.objects.count() == 1


HEAD = "方式,购买方说明,销售地代码,产品,货物说明,数量精确程度,数量,数量单位,数量原文,无数量原因,"
HEAD += "金额精确程度,金额（元）,无金额原因,购销日期"
PRODUCTS = "产品,产地代码,单价（元）,计价单位,每单位含量,含量单位\n黄桃,500229201200,35,篮,5,斤\n"


def load(sheet: str, text: str, by) -> Batch:
    batch = exchange.upload_batch(sheet=sheet, file_name="x.csv", content=text.encode(), by=by)
    exchange.run_batch(batch_id=batch.pk)
    batch.refresh_from_db()
    if batch.status == Batch.Status.CHECKED:
        exchange.run_batch(batch_id=exchange.confirm_batch(batch=batch, by=by).pk)
        batch.refresh_from_db()
    return batch


def test_files_of_products_and_purchases_are_stored_once_and_taken_back(regions, officer, second_officer):
    products = load("products", PRODUCTS, officer)
    rows = HEAD + "\n帮助销售,几家协会,500229201200,黄桃,,近,500,篮,,,,,来源未给金额,2026-03-01\n"
    sales = load("consumption", rows, officer)
    record = ConsumptionRecord.objects.get()
    assert (record.product.name, record.quantity, record.amount) == ("黄桃", 500, None)
    again = load("consumption", rows, officer)
    assert ConsumptionRecord.objects.count() == 1 and again.status == Batch.Status.STORED
    # Products that purchases name stay until those are taken back.
    for batch, undone in ((products, False), (sales, True), (products, True)):
        batch.refresh_from_db()
        exchange.undo_batch(batch=batch, by=officer, reason="试")
        exchange.run_batch(batch_id=batch.pk)
        batch.refresh_from_db()
        assert (batch.status == Batch.Status.UNDONE) is undone
    assert not Product.objects.exists() and not ConsumptionRecord.objects.exists()


@pytest.mark.parametrize(
    "row",
    [
        "帮助销售,甲会,500229201200,没有的产品,,,5,篮,,,,9,,2026-03-01",
        "帮助销售,甲会,500229201200,,核桃,,,,,,,9,,2026-03-01",
        "帮助销售,甲会,500229201200,,核桃,,5,篮,,,,,,2026-03-01",
        "帮助销售,,500229201200,,核桃,,5,篮,,,,9,,2026-03-01",
        "帮助销售,甲会,500237,,核桃,,5,篮,,,,9,,2026-03-01",
    ],
)
def test_a_wrong_row_refuses_the_file_and_nothing_is_stored(regions, officer, row):
    batch = load("consumption", f"{HEAD}\n直接购买,甲会,500229201200,,核桃,,5,篮,,,,9,,2026-03-01\n{row}\n", officer)
    assert batch.problems and not ConsumptionRecord.objects.exists()


def test_the_demonstration_files_keep_what_the_articles_print(make_user):
    missing_regions({"340722119210", "340700000000", "500000000000"})
    admin = make_user("admin")
    admin.is_superuser = True
    admin.save()
    for sheet in ("products", "consumption"):
        batch = load(sheet, (DATA.parent / "demo" / f"{sheet}.csv").read_text(encoding="utf-8"), admin)
        assert batch.status == Batch.Status.STORED, batch.problems
    for record in ConsumptionRecord.objects.all():
        services.verify_purchase(record=record, by=None)
    found = totals()
    assert (found["direct"].amount, found["direct"].qualifier) == (Decimal(5_000_000), "nearly")
    assert [(one.quantity, one.unit, one.qualifier) for one in found["help"].by_unit] == [(2500, "公斤", "nearly")]
    assert found["help"].amount is None and found["induced"].records == 0
    assert sorted(Product.objects.values_list("price", "content", "content_unit")) == [(25, 5, "斤"), (35, 5, "斤")]
    medicine = ConsumptionRecord.objects.get(quantity=None)
    assert medicine.quantity_text and medicine.quantity_reason
