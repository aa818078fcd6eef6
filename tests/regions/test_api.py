import pytest

from regions.models import Region, RegionDesignation

pytestmark = pytest.mark.django_db
URL = "/api/v1/regions/"


def found(client, query: str = "", url: str = URL) -> list[str]:
    answer = client.get(f"{url}{query}")
    assert answer.status_code == 200, answer.content
    return [row["name"] for row in answer.json()["results"]]


def test_anybody_may_read(client, loaded):
    assert found(client, "?level=province") == ["北京市", "山东省", "河南省", "广东省", "重庆市", "香港特别行政区"]


@pytest.mark.parametrize("text", ["cks", "城口", "500229", "chengkou"])
def test_search(client, loaded, text):
    assert found(client, f"?search={text}")[0] == "城口县"


def test_a_row_says_where_the_region_lies(client, loaded):
    row = client.get(URL, {"search": "龙田乡"}).json()["results"][0]
    assert row["full_name"] == "重庆市城口县龙田乡"
    assert (row["code"], row["short_code"], row["parent"]) == ("500229201000", "500229201", "500229000000")


def test_middle_rows_are_not_listed_and_not_parents(client, loaded):
    assert "市辖区" not in found(client, "?level=city")
    assert client.get(f"{URL}500229/").json()["parent"] == "500000000000"


@pytest.mark.parametrize("code", ["500229", "500229000", "500229000000"])
def test_detail_by_code(client, loaded, code):
    RegionDesignation.objects.create(region_id="500229000000", kind="national_key")
    body = client.get(f"{URL}{code}/").json()
    assert body["name"] == "城口县"
    assert body["counts"] == {"township": 25, "village": 204}
    assert body["path"] == [{"code": "500000000000", "name": "重庆市", "level": "province"}]
    assert [row["kind"] for row in body["designations"]] == ["national_key"]


def test_children(client, loaded):
    assert found(client, "500000/children/") == ["城口县"]
    assert len(found(client, "500229/children/?page_size=100")) == 25
    assert found(client, "500229/children/?search=longtian") == ["龙田乡"]
    assert len(found(client, "441900/children/?page_size=100")) == 36


def test_parent_and_within(client, loaded):
    assert found(client, "?parent=500000") == ["城口县"]
    assert client.get(f"{URL}?within=500229&count=true").json()["count"] == 230
    assert client.get(f"{URL}?within=500229&level=village&count=true").json()["count"] == 204


@pytest.mark.parametrize("code", ["999999", "50", "5002290000001"])
def test_an_unknown_code_is_404(client, loaded, code):
    for url in (f"{URL}{code}/", f"{URL}{code}/children/"):
        answer = client.get(url)
        assert answer.status_code == 404
        assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    "query", ["?parent=999999", "?within=abc", "?level=moon", "?nmae=x", "?outdated=perhaps", "?kind=placeholder"]
)
def test_a_wrong_filter_is_400_and_named(client, loaded, query):
    answer = client.get(f"{URL}{query}")
    assert answer.status_code == 400
    assert query[1:].split("=")[0] in answer.json()["errors"]


def test_an_outdated_filter_value_names_the_successor(client, loaded):
    Region.objects.filter(code="500229201000").update(valid_to="2024-01-01", successor="500229202000")
    answer = client.get(f"{URL}?within=500229201")
    assert answer.status_code == 400
    assert "500229202" in answer.json()["errors"]["within"][0]
    assert found(client, "?outdated=true") == ["龙田乡"]
    assert client.get(f"{URL}500229201/").json()["successor"] == "500229202000"


def test_writing_is_not_allowed(client, officer, loaded):
    client.force_login(officer)
    for method in (client.post, client.put, client.patch, client.delete):
        assert method(f"{URL}500229/").status_code in (403, 405)


def test_a_page_of_500_takes_three_queries(client, loaded, django_assert_max_num_queries):
    with django_assert_max_num_queries(3):
        assert len(found(client, "?level=village&page_size=500")) == 500


@pytest.mark.parametrize("text", ["%", "100%s", "%(x)s"])
def test_a_region_with_a_percent_sign_is_bad_input(client, regions, text):
    answer = client.get("/api/v1/regions/", {"within": text})
    assert answer.status_code == 400
    assert text in answer.json()["errors"]["within"][0]
