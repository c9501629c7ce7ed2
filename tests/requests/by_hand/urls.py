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
    assert api.items(f"GET /bookmarks/{first}/tags", "name", by=ann) == ["news", "code"]
    api(f"DELETE /bookmarks/{first}/tags/{code}", by=bob, status=404)
    api(f"DELETE /bookmarks/{first}/tags/{code}", by=ann)
    api(f"DELETE /bookmarks/{first}/tags/{code}", by=ann, status=404)
    assert api(f"GET /bookmarks/{first}", by=ann)["tag_ids"] == [news]
    api(f"PATCH /bookmarks/{second['id']}", {"tag_ids": [code, news]}, by=ann)
    assert api.items("GET /bookmarks", by=ann, tag_id=code) == [second["id"]]
    api(f"PATCH /bookmarks/{second['id']}", {"tag_ids": [code]}, by=ann)
    api(f"PATCH /bookmarks/{second['id']}", {"tag_ids": [999]}, by=ann, status=422)
    third = api("POST /bookmarks", {**site, "tag_ids": [code]}, by=ann)
    assert third["tag_ids"] == [code]
    assert api.items("GET /bookmarks", by=ann, tag_id=code) == [second["id"], third["id"]]
    api(f"DELETE /bookmarks/{third['id']}", by=ann)
    assert api.items(f"GET /tags/{news}/bookmarks", by=ann) == [first]
    assert api.items(f"GET /tags/{news}/bookmarks", by=bob) == [theirs]
    assert api.items("GET /bookmarks", by=ann, q="alpha") == [first, second["id"]]
    changed = api(f"PATCH /bookmarks/{first}", {"title": "Gamma"}, by=ann)
    assert (changed["title"], changed["url"]) == ("Gamma", site["url"])
    api(f"GET /bookmarks/{first}", by=bob, status=404)
    assert api.items("GET /bookmarks", "title", by=bob) == ["His"]
    api(f"DELETE /bookmarks/{first}", by=ann)
    assert api.items(f"GET /tags/{news}/bookmarks", by=ann) == []
