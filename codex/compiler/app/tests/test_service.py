"""The service as a whole: it starts, it describes itself, it refuses in one form."""

from tests.play import Play


def test_it_lives_and_is_ready(play: Play) -> None:
    assert play.call(None, "GET", "/health", status=200).json() == {"status": "ok"}
    assert play.call(None, "GET", "/ready", status=200).json() == {"status": "ok"}


def test_it_describes_itself(play: Play) -> None:
    document = play.call(None, "GET", "/openapi.json", status=200).json()
    operations = [
        operation["operationId"] for path in document["paths"].values() for operation in path.values()
    ]
    assert len(operations) == len(set(operations))


def test_what_is_not_there_is_a_problem(play: Play) -> None:
    answer = play.call(None, "GET", "/no-such-path", status=404)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "not_found"


def test_a_wrong_method_is_told_the_right_ones(play: Play) -> None:
    answer = play.call(None, "DELETE", "/health", status=405)
    assert answer.headers["allow"] == "GET"


def test_a_request_keeps_its_id(play: Play) -> None:
    answer = play.client.get("/health", headers={"X-Request-ID": "order-66"})
    assert answer.headers["x-request-id"] == "order-66"
