"""Movies: only admins keep them, everybody reviews once, averages and the best."""

from stranger import Stranger


def scenario(api: Stranger) -> None:
    boss = api.joins("boss@example.com", "admin")
    ann, bob = api.joins("ann@example.com"), api.joins("bob@example.com")
    heat = {"title": "Heat", "release_year": 1995, "genre": "action"}
    api("POST /movies", heat, by=ann, status=403)
    api("POST /movies", heat, status=401)
    api("POST /movies", {**heat, "genre": "opera"}, by=boss, status=422)
    movies = [
        api("POST /movies", {**heat, "title": f"Movie {n}"}, by=boss)["id"] for n in range(12)
    ]
    one = f"/movies/{movies[0]}"
    review = {"rating": 5, "comment": "Good."}
    made = api(f"POST {one}/review", review, by=ann)
    assert (made["rating"], made["movie_id"]) == (5, movies[0])
    api(f"POST {one}/review", review, by=ann, status=409)
    for rating in (0, 6, 2.5):
        api(f"POST {one}/review", {**review, "rating": rating}, by=bob, status=422)
    api(f"POST {one}/review", {**review, "rating": 2}, by=bob)
    for movie in movies[1:]:
        api(f"POST /movies/{movie}/review", {**review, "rating": 1}, by=ann)
    api(f"POST /movies/{movies[3]}/review", {**review, "rating": 4}, by=bob)
    averages = api.groups("GET /reviews/average-rating-by-movie", by=ann)
    assert {int(key): value for key, value in averages.items()}[movies[0]] == 3.5
    best = api("GET /movies/top-by-average-rating", by=ann)["items"]
    assert len(best) == 10
    assert [int(item["key"]) for item in best[:2]] == [movies[0], movies[3]]
    api(f"PATCH {one}", {"title": "Mine"}, by=bob, status=403)
    api(f"DELETE /movies/{movies[5]}", by=ann, status=403)
    assert api(f"PATCH {one}", {"title": "Ours"}, by=boss)["title"] == "Ours"
