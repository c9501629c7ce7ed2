"""Bookmarks: one's own, with many tags each, found by tag and by their words."""

from stranger import Stranger


def scenario(api: Stranger) -> None:
    ann, bob = api.joins("ann@example.com"), api.joins("bob@example.com")
    news = api("POST /tags", {"name": "news"}, by=ann)["id"]
    code = api("POST /tags", {"name": "code"}, by=ann)["id"]
    api("POST /tags", {"name": "news"}, by=ann, status=409)
    site = {"url": "https://example.com/a", "title": "Alpha"}
    first = api("POST /bookmarks", site, by=ann)["id"]
    second = api("POST /bookmarks", {**site, "title": "Beta", "description": "Alphabet"}, by=ann)
    api("POST /bookmarks", {**site, "url": "nowhere"}, by=ann, status=422)
    theirs = api("POST /bookmarks", {**site, "title": "His"}, by=bob)["id"]
    for tag in (news, code):
        api(f"POST /bookmarks/{first}/tags", {"tag_id": tag}, by=ann)
    api(f"POST /bookmarks/{first}/tags", {"tag_id": news}, by=ann, status=409)
    api(f"POST /bookmarks/{first}/tags", {"tag_id": 999}, by=ann, status=422)
    api(f"POST /bookmarks/{first}/tags", {"tag_id": news}, by=bob, status=404)
    api(f"POST /bookmarks/{theirs}/tags", {"tag_id": news}, by=bob)
    assert api.items(f"GET /bookmarks/{first}/tags", "tag_id", by=ann) == [news, code]
    assert api.items(f"GET /tags/{news}/bookmarks", by=ann) == [first]
    assert api.items(f"GET /tags/{news}/bookmarks", by=bob) == [theirs]
    assert api.items("GET /bookmarks", by=ann, q="alpha") == [first, second["id"]]
    changed = api(f"PATCH /bookmarks/{first}", {"title": "Gamma"}, by=ann)
    assert (changed["title"], changed["url"]) == ("Gamma", site["url"])
    api(f"GET /bookmarks/{first}", by=bob, status=404)
    assert api.items("GET /bookmarks", "title", by=bob) == ["His"]
    api(f"DELETE /bookmarks/{first}", by=ann)
    assert api.items(f"GET /tags/{news}/bookmarks", by=ann) == []
