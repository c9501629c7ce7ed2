"""A library: a limit, a period, returning, what is overdue, a unique number, search."""

from stranger import Stranger


def scenario(api: Stranger) -> None:
    books = [
        api("POST /books", {"title": f"Book {n}", "author": "Ada", "isbn": f"isbn-{n}"})["id"]
        for n in range(7)
    ]
    api("POST /books", {"title": "Other", "author": "Bo", "isbn": "isbn-1"}, status=409)
    member = api("POST /members", {"name": "Cy", "email": "cy@example.com"})["id"]
    api("POST /members", {"name": "Cy", "email": "no address"}, status=422)
    lent = [api(f"POST /books/{book}/borrow", {"member_id": member}) for book in books[:5]]
    assert lent[0]["book_id"] == books[0]
    assert lent[0]["member_id"] == member
    assert lent[0]["due_date"][:10] == api.day(14)
    api(f"POST /books/{books[5]}/borrow", {"member_id": member}, status=409)
    api(f"POST /books/{books[5]}/borrow", {"member_id": 999}, status=422)
    api("POST /books/999/borrow", {"member_id": member}, status=404)
    returned = api(f"POST /loans/{lent[0]['id']}/return", status=200)
    assert returned["returned_at"]
    api(f"POST /loans/{lent[0]['id']}/return", status=409)
    api(f"POST /books/{books[5]}/borrow", {"member_id": member})
    assert api.items("GET /loans/overdue") == []
    api.later(days=15)
    assert len(api.items("GET /loans/overdue")) == 5
    assert lent[0]["id"] not in api.items("GET /loans/overdue")
    assert api.items("GET /books", q="book 3") == [books[3]]
    assert len(api.items("GET /books", q="ada")) == 7
    api(f"DELETE /books/{books[0]}", status=409)
    api(f"DELETE /books/{books[6]}")
