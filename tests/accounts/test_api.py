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
