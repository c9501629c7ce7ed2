"""Events: no more registrations than places, what comes up, counts for each."""

from stranger import Stranger


def scenario(api: Stranger) -> None:
    events = [
        api(
            "POST /events",
            {"title": f"In {days}", "location": "Here", "start_date": api.day(days), "capacity": 2},
        )["id"]
        for days in (20, 5, 10)
    ]
    people = [
        api("POST /participants", {"name": f"P{n}", "email": f"p{n}@example.com"})["id"]
        for n in range(3)
    ]
    for person in people[:2]:
        made = api(f"POST /events/{events[0]}/register", {"participant_id": person})
        assert (made["event_id"], made["participant_id"]) == (events[0], person)
    api(f"POST /events/{events[0]}/register", {"participant_id": people[2]}, status=409)
    api(f"POST /events/{events[1]}/register", {"participant_id": people[2]})
    api(f"POST /events/{events[1]}/register", {"participant_id": 99}, status=422)
    api("POST /events/99/register", {"participant_id": people[0]}, status=404)
    assert api.items("GET /events/upcoming", "title") == ["In 5", "In 10", "In 20"]
    api.later(days=7)
    assert api.items("GET /events/upcoming", "title") == ["In 10", "In 20"]
    counts = api.groups("GET /registrations/count-by-event")
    assert {int(key): value for key, value in counts.items()} == {events[0]: 2, events[1]: 1}
    page = api("GET /events", limit=2)
    assert (page["total"], len(page["items"])) == (3, 2)
    api(f"DELETE /events/{events[0]}", status=409)
    api(f"DELETE /events/{events[2]}")
