import io

import openpyxl
import pytest

from regions.models import Region, RegionDesignation

pytestmark = pytest.mark.django_db


def page(client, url: str, status: int = 200) -> str:
    answer = client.get(url)
    assert answer.status_code == status, url
    return answer.content.decode()


def test_chengkou_shows_its_25_townships_and_204_villages(client, loaded):
    answer = client.get("/regions/500229/")
    assert [count for _level, count in answer.context["counts"]] == [25, 204]
    text = answer.content.decode()
    for township in Region.objects.filter(parent="500229000000"):
        assert f"/regions/{township.short_code}/" in text
    assert "重庆市城口县" in text
    assert "/regions/500000/" in text
    assert "/regions/500200/" not in text


@pytest.mark.parametrize("code", ["500229", "500229000000", "500229201", "500229201201", "441900", "810000"])
def test_codes_of_6_9_and_12_digits_have_a_page(client, loaded, code):
    page(client, f"/regions/{code}/")


@pytest.mark.parametrize("code", ["999999", "50", "abc", "5002290000000", "%00"])
def test_an_unknown_code_is_not_found(client, loaded, code):
    page(client, f"/regions/{code}/", 404)


def test_an_outdated_region_says_so_and_links_its_successor(client, loaded):
    Region.objects.filter(code="500229201000").update(valid_to="2024-01-01", successor="500229202000")
    text = page(client, "/regions/500229201/")
    assert "2024-01-01" in text
    assert "/regions/500229202/" in text


def test_designations_are_shown(client, loaded):
    RegionDesignation.objects.create(region_id="500229000000", kind="national_key", source="渝乡振发〔2021〕")
    answer = client.get("/regions/500229/")
    assert str(RegionDesignation.objects.get()) in answer.content.decode()


def test_the_list_searches_filters_sorts_and_pages(client, loaded):
    def found(query):
        return [region.name for region in client.get(f"/regions/{query}").context["object_list"]]

    assert found("?search=cks")[0] == "城口县"
    assert found("?within=500229&level=township&sort=name")[:2] == ["巴山镇", "北屏乡"]
    assert found("?within=500229&level=township&sort=-name")[0] == "左岚乡"
    assert found("?parent=500000") == ["城口县"]
    assert found("?level=province") == ["北京市", "山东省", "河南省", "广东省", "重庆市", "香港特别行政区"]
    assert found("?within=重庆市城口县")[0] == "城口县"
    first, second = found("?level=village"), found("?level=village&page=2")
    assert len(first) == 20
    assert not set(first) & set(second)


def test_an_empty_list_says_why_and_a_page_beyond_the_end_is_not_found(client, loaded):
    assert "ckx" in page(client, "/regions/?search=火星")
    page(client, "/regions/?page=99999", 404)


def test_a_wrong_filter_is_explained_and_shows_nothing(client, loaded):
    answer = client.get("/regions/?within=999999")
    assert list(answer.context["object_list"]) == []
    assert "999999" in str(answer.context["filter"].form.errors["within"])


def test_the_list_leaves_as_csv_and_xlsx_with_codes_as_text(client, loaded):
    answer = client.get("/regions/?within=500229&level=township&format=csv")
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert len(lines) == 26
    assert any(line.startswith("500229201,龙田乡,") for line in lines)
    answer = client.get("/regions/?within=500229&level=township&format=xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).worksheets[0]
    assert sheet.max_row == 26
    assert sheet.cell(2, 1).value == "500229001"


@pytest.mark.parametrize(
    ("url", "queries"),
    [
        ("/regions/?level=township", 3),
        ("/regions/?search=c", 3),
        ("/regions/500000/", 12),
        ("/regions/500229/", 12),
        ("/regions/500229201201/", 11),
    ],
)
def test_pages_take_few_queries_however_many_rows_they_show(
    client, loaded, django_assert_max_num_queries, url, queries
):
    page(client, url)
    with django_assert_max_num_queries(queries):
        page(client, url)


def test_the_best_match_is_an_order_of_searches_only(client, loaded):
    keys = [key for key, _label, _current in client.get("/regions/").context["sorts"]]
    assert keys == ["code", "name"]
    answer = client.get("/regions/?search=c")
    assert answer.context["sort"] == "best"
    assert client.get("/regions/?search=c&sort=-code").context["sort"] == "-code"
    assert client.get("/regions/?sort=best").context["sort"] == "code"


@pytest.mark.parametrize(
    ("sort", "first"), [("name", "岚天乡"), ("-name", "龙田乡"), ("code", "龙田乡"), ("-code", "岚天乡")]
)
def test_search_results_can_be_sorted_too(client, loaded, sort, first):
    answer = client.get(f"/regions/?search=天乡&within=500229&sort={sort}")
    assert [region.name for region in answer.context["object_list"]] == ["岚天乡"]
    answer = client.get(f"/regions/?search=ltx&within=500229&sort={sort}")
    assert next(region.name for region in answer.context["object_list"]) == first
