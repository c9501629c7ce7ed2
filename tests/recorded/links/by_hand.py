"""Written by hand, not generated: what makes this service a URL shortener. Runs in the sandbox."""

from tests.play import Play

PAGE = "https://example.com/a/long/page?x=1"


def test_clicks_are_counted_by_day_and_site_until_the_link_is_used_up(play: Play) -> None:
    """302 while there are clicks left, then 410; figures count what was redirected."""
    wanted = {"target_address": PAGE, "max_clicks": 3}
    play.call("user", "POST", "/links", json=wanted, status=201, save={"link": "."})
    news = {"Referer": "https://News.example.com/today"}
    opened = play.call(None, "GET", "/r/$link.code", sent=news, status=302)
    assert opened.headers["location"] == PAGE
    play.advance("1 day")
    play.call(None, "GET", "/r/$link.code", sent=news, status=302)
    play.call(None, "GET", "/r/$link.code", status=302)
    play.call(None, "GET", "/r/$link.code", status=410)
    play.call("user", "GET", "/links/$link.id/clicks/total", status=200, expect={"value": 3})
    sites = {"items": [{"key": "news.example.com", "value": 2}]}
    play.call("user", "GET", "/links/$link.id/clicks/top-sites", status=200, expect=sites)
    days = play.call("user", "GET", "/links/$link.id/clicks/per-day", status=200).json()["items"]
    assert sorted(day["value"] for day in days if day["value"]) == [1, 2]
    more = {"max_clicks": 4}
    play.call("user", "PATCH", "/links/$link.id", json=more, status=200)
    play.call(None, "GET", "/r/$link.code", status=302)


def test_links_expire_after_thirty_days_and_come_back_when_prolonged(play: Play) -> None:
    """410 once expired, 302 again after a new date, 422 for a date too far ahead."""
    play.call("user", "POST", "/links", json={"target_address": PAGE}, status=201, save={"it": "."})
    play.advance("29 days")
    play.call(None, "GET", "/r/$it.code", status=302)
    play.advance("2 days")
    play.call(None, "GET", "/r/$it.code", status=410)
    far = {"expires_at": "$now+366 days"}
    play.call("user", "PATCH", "/links/$it.id", json=far, status=422)
    play.call("user", "PATCH", "/links/$it.id", json={"expires_at": "$now+5 days"}, status=200)
    play.call(None, "GET", "/r/$it.code", status=302)
    play.call("user", "GET", "/links/$it.id/clicks/total", status=200, expect={"value": 2})


def test_codes_are_unique_and_links_are_private(play: Play) -> None:
    """A taken code is 409, a bad one 422, somebody else's link 404, a switched-off one 404."""
    mine = {"target_address": PAGE, "code": "spring-sale"}
    play.call("user", "POST", "/links", json=mine, status=201, save={"mine": "."})
    play.call("user:2", "POST", "/links", json=mine, status=409)
    play.call("user:2", "POST", "/links", json={**mine, "code": "spring_sale"}, status=422)
    play.call("user:2", "POST", "/links", json={"target_address": "ftp://x.org/a"}, status=422)
    for path in ("/links/$mine.id", "/links/$mine.id/clicks/total"):
        play.call("user:2", "GET", path, status=404)
        play.call("admin", "GET", path, status=200)
    play.call("user:2", "GET", "/links", status=200, expect={"total": 0})
    play.call("user", "POST", "/links/$mine.id/switch-off", status=200)
    play.call(None, "GET", "/r/spring-sale", status=404)
    play.call(None, "GET", "/r/never-made", status=404)


def test_nobody_has_more_than_a_hundred_active_links(play: Play) -> None:
    """The 101st is 409; one that is switched off makes room."""
    wanted = {"target_address": PAGE}
    for _ in range(100):
        play.call("user", "POST", "/links", json=wanted, status=201, save={"last": "."})
    play.call("user", "POST", "/links", json=wanted, status=409)
    play.call("user:2", "POST", "/links", json=wanted, status=201)
    play.call("user", "POST", "/links/$last.id/switch-off", status=200)
    play.call("user", "POST", "/links", json=wanted, status=201)
