"""Notes app: accounts, one's own notes, pinning, search, bounds, pages."""

from stranger import Stranger


def scenario(api: Stranger) -> None:
    ann, bob = api.joins("ann@example.com"), api.joins("bob@example.com")
    api("POST /notes", {"title": "x", "text": "y"}, status=401)
    first = api("POST /notes", {"title": "Milk", "text": "Buy milk"}, by=ann)
    api("POST /notes", {"title": "t" * 100, "text": "long"}, by=ann)
    api("POST /notes", {"title": "t" * 101, "text": "too long"}, by=ann, status=422)
    theirs = api("POST /notes", {"title": "Milk", "text": "Not hers"}, by=bob)
    assert first["title"] == "Milk"
    assert api.items("GET /notes", by=ann, q="buy MILK") == [first["id"]]
    assert api("GET /notes", by=ann, q="nothing of it")["total"] == 0
    one = f"/notes/{first['id']}"
    pinned = api(f"POST {one}/pin", by=ann, status=200)
    assert pinned["pinned"] is True
    assert api(f"GET {one}", by=ann)["pinned"] is True
    changed = api(f"PATCH {one}", {"text": "Buy bread"}, by=ann)
    assert (changed["title"], changed["text"]) == ("Milk", "Buy bread")
    # Only editing and deleting are said to be for one's own.
    api(f"PATCH {one}", {"text": "Mine"}, by=bob, status=404)
    api(f"DELETE {one}", by=bob, status=404)
    page = api("GET /notes", by=ann, limit=2, offset=1)
    assert (page["total"], page["limit"], page["offset"], len(page["items"])) == (3, 2, 1, 2)
    api("GET /notes", by=ann, limit=201, status=422)
    api(f"DELETE {one}", by=ann)
    api(f"GET {one}", by=ann, status=404)
    assert api(f"GET /notes/{theirs['id']}", by=bob)["text"] == "Not hers"
