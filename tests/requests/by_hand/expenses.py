"""Expenses: one's own only, positive amounts, choices, ranges of dates, totals per category."""

from stranger import Stranger


def scenario(api: Stranger) -> None:
    ann, bob = api.joins("ann@example.com"), api.joins("bob@example.com")
    ids = [
        api("POST /expenses", {"amount": amount, "date": day, "category": category}, by=ann)["id"]
        for amount, day, category in (
            ("0.10", "2030-01-01", "food"),
            ("0.20", "2030-01-15", "food"),
            ("99.99", "2030-02-01", "travel"),
        )
    ]
    plain = {"amount": "1", "date": "2030-01-01", "category": "food"}
    assert api("POST /expenses", {**plain, "note": "Lunch"}, by=bob)["note"] == "Lunch"
    for bad in ({"amount": "0"}, {"amount": "-5"}, {"category": "fun"}, {"date": "2030-02-30"}):
        api("POST /expenses", {**plain, **bad}, by=ann, status=422)
    assert api.items("GET /expenses", by=ann) == ids
    assert api.items("GET /expenses", by=ann, category="food") == ids[:2]
    january = {"min_date": "2030-01-02", "max_date": "2030-01-31"}
    assert api.items("GET /expenses", by=ann, **january) == [ids[1]]
    totals = api.groups("GET /expenses/total-by-category", by=ann)
    assert totals == {"food": "0.30", "travel": "99.99"}
    api(f"GET /expenses/{ids[0]}", by=bob, status=404)
    api(f"PATCH /expenses/{ids[0]}", {"amount": "7"}, by=bob, status=404)
    assert api(f"PATCH /expenses/{ids[0]}", {"amount": "7"}, by=ann)["amount"] == "7.00"
    api("GET /expenses", status=401)
    api("POST /expenses", plain, status=401)
