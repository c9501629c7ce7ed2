"""Written by hand, not generated: what makes this service a round robin. Runs in the sandbox."""

from collections import Counter
from decimal import Decimal
from itertools import combinations

import pytest

from tests.play import Play


def started(play: Play, count: int) -> list[dict[str, object]]:
    """A tournament with so many players, started; its rounds."""
    club = {"name": "Club", "start_date": "2030-03-01"}
    play.call("organizer", "POST", "/tournaments", json=club, status=201, save={"cup": "."})
    for number in range(1, count + 1):
        body = {"name": f"Player {number:02}", "rating": 1500 + number}
        path = "/tournaments/$cup.id/players"
        play.call("organizer", "POST", path, json=body, status=201, save={f"p{number}": "."})
    play.call("organizer", "POST", "/tournaments/$cup.id/start", status=200)
    answer = play.call(None, "GET", "/tournaments/$cup.id/schedule", status=200)
    return list(answer.json()["items"])


@pytest.mark.parametrize("count", [3, 4, 7, 8, 20])
def test_every_pair_plays_once_with_fair_colours(play: Play, count: int) -> None:
    """The circle method: all pairs, nobody twice in a round, colours and byes in balance."""
    rounds = started(play, count)
    assert len(rounds) == (count if count % 2 else count - 1)
    pairs: Counter[frozenset[str]] = Counter()
    white: Counter[str] = Counter()
    black: Counter[str] = Counter()
    byes: Counter[str] = Counter()
    for number, item in enumerate(rounds):
        names = [game[side]["name"] for game in item["games"] for side in ("white", "black")]
        assert len(names) == len(set(names))
        if count % 2:
            byes[item["bye"]["name"]] += 1
            assert item["bye"]["name"] not in names
        for game in item["games"]:
            pairs[frozenset((game["white"]["name"], game["black"]["name"]))] += 1
            white[game["white"]["name"]] += 1
            black[game["black"]["name"]] += 1
        days = ("2030-03-01", "2030-03-08", "2030-03-15")
        assert number >= len(days) or item["played_on"] == days[number]
    players = [f"Player {number:02}" for number in range(1, count + 1)]
    assert pairs == Counter(frozenset(pair) for pair in combinations(players, 2))
    assert all(abs(white[name] - black[name]) <= 1 for name in players)
    assert not byes or byes == Counter(players)


def test_standings_follow_results_and_only_a_complete_tournament_is_finished(play: Play) -> None:
    """A cycle of wins is shared by three; one draw less decides; open games keep it running."""
    rounds = started(play, 3)
    games = [game for item in rounds for game in item["games"]]
    play.call("organizer", "POST", "/tournaments/$cup.id/finish", status=409)
    for game in games:
        names = (game["white"]["name"], game["black"]["name"])
        # 01 beats 02, 02 beats 03, 01 beats 03.
        result = "white_win" if names[0] < names[1] else "black_win"
        path, sent = f"/games/{game['id']}/record-result", {"result": result}
        play.call("organizer:2", "POST", path, json=sent, status=404)
        play.call("organizer", "POST", path, json=sent, status=200)
    answer = play.call(None, "GET", "/tournaments/$cup.id/standings", status=200).json()["items"]
    assert [(item["name"], Decimal(item["points"])) for item in answer] == [
        ("Player 01", Decimal(2)),
        ("Player 02", Decimal(1)),
        ("Player 03", Decimal(0)),
    ]
    assert [Decimal(item["sonneborn_berger"]) for item in answer] == [1, 0, 0]
    play.call("organizer", "POST", "/tournaments/$cup.id/finish", status=200)
    won = play.call(None, "GET", "/tournaments/$cup.id/winners", status=200).json()["items"]
    assert [(item["rank"], item["name"]) for item in won] == [(1, "Player 01")]
