"""Name and password over REST have the same patience as the log-in page."""

import base64


def basic(username: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode()}


def test_the_right_password_is_let_in_and_five_wrong_ones_have_to_wait(client, officer):
    url = "/api/v1/organizations/"
    assert client.get(url, headers=basic("officer", "a long password 1")).status_code == 200
    for _number in range(5):
        assert client.get(url, headers=basic("officer", "wrong")).json()["code"] == "authentication_failed"
    answer = client.get(url, headers=basic("officer", "a long password 1"))
    assert (answer.status_code, answer.json()["code"]) == (429, "throttled")
    assert 0 < int(answer["Retry-After"]) <= 901
    assert client.post("/login/", {"username": "officer", "password": "a long password 1"}).status_code == 429


def test_a_name_that_no_account_can_have_is_a_wrong_one(client, db):
    answer = client.get("/api/v1/organizations/", headers=basic("a\0b", "x"))
    assert (answer.status_code, answer.json()["code"]) == (401, "authentication_failed")


def test_the_wait_cannot_be_avoided_by_writing_the_name_in_full_width(client, officer):
    for name in ("officer", "ｏfficer", "oｆficer", "offｉcer", "Officer"):
        client.post("/login/", {"username": name, "password": "wrong"})
    answer = client.post("/login/", {"username": "ｏｆｆｉｃｅｒ", "password": "a long password 1"})
    assert answer.status_code == 429
