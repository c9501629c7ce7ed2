"""Written by hand, not generated: what makes this an expense splitter. Runs in the sandbox."""

from decimal import Decimal

from tests.play import Play


def group(play: Play, size: int = 3) -> list[str]:
    """A group of `user`, `user:2` …, in this order of membership."""
    play.call("user", "POST", "/groups", json={"name": "Trip"}, status=201, save={"group": "."})
    people = ["user", *(f"user:{number}" for number in range(2, size + 1))]
    for person in people[1:]:
        path, body = "/groups/$group.id/memberships", {"email": f"${person}.email"}
        play.account(person)
        play.call("user", "POST", path, json=body, status=201)
    return people


def expense(play: Play, amount: str, payer: str, people: list[str], status: int = 201) -> None:
    """An expense that `payer` paid for `people`, who are told in another order."""
    shares = [{"user_id": f"${person}.id"} for person in reversed(people)]
    play.call(
        "user",
        "POST",
        "/groups/$group.id/expenses",
        json={
            "description": "Dinner",
            "amount": amount,
            "spent_on": "$today",
            "payer_id": f"${payer}.id",
            "participants": shares,
        },
        status=status,
    )


def balances(play: Play) -> list[Decimal]:
    """What each member is owed, in the order of membership."""
    items = play.call("user", "GET", "/groups/$group.id/balances", status=200).json()["items"]
    return [Decimal(item["balance"]) for item in items]


def settlement(play: Play) -> list[tuple[int, int, Decimal]]:
    """Who should pay whom how much."""
    items = play.call("user", "GET", "/groups/$group.id/settlement", status=200).json()["items"]
    return [(i["sender_id"], i["receiver_id"], Decimal(i["amount"])) for i in items]


def test_left_over_cents_go_to_the_first_members(play: Play) -> None:
    """10.00 among three is 3.34, 3.33 and 3.33, and balances add up to zero to the cent."""
    people = group(play)
    expense(play, "10.00", "user:2", people)
    assert balances(play) == [Decimal("-3.34"), Decimal("6.67"), Decimal("-3.33")]
    expense(play, "0.02", "user:3", people)
    assert balances(play) == [Decimal("-3.35"), Decimal("6.66"), Decimal("-3.31")]
    expense(play, "100000.01", "user", people, status=422)
    expense(play, "0", "user", people, status=422)


def test_debts_settle_to_the_cent_with_few_payments(play: Play) -> None:
    """The biggest debtor pays the biggest creditor first; once all is paid nobody owes anything."""
    people = group(play, 4)
    expense(play, "100.01", "user", people)
    expense(play, "33.33", "user:2", people[1:])
    before = balances(play)
    assert sum(before) == 0
    ids = [play.account(person)["id"] for person in people]
    owed = {int(str(who)): amount for who, amount in zip(ids, before, strict=True)}
    wanted = settlement(play)
    assert 0 < len(wanted) < len(people)
    assert wanted[0][0] == min(owed, key=lambda who: owed[who])
    assert wanted[0][1] == max(owed, key=lambda who: owed[who])
    names = {int(str(who)): person for who, person in zip(ids, people, strict=True)}
    for sender, receiver, amount in wanted:
        body = {"receiver_id": receiver, "amount": str(amount)}
        path = "/groups/$group.id/payments"
        play.call(names[sender], "POST", path, json=body, status=201, save={"paid": "."})
        outsider = next(person for person in people if person != names[receiver])
        play.call(outsider, "POST", "/payments/$paid.id/confirm", status=403)
        play.call(names[receiver], "POST", "/payments/$paid.id/confirm", status=200)
        owed[sender] += amount
        owed[receiver] -= amount
    assert set(owed.values()) == {Decimal(0)}
    assert balances(play) == [Decimal(0)] * 4
    assert settlement(play) == []


def test_only_settled_members_leave_and_strangers_see_nothing(play: Play) -> None:
    """409 with debts, 404 for everybody else."""
    people = group(play)
    expense(play, "9.00", "user", people[:2])
    play.call("user:2", "POST", "/groups/$group.id/leave", status=409)
    play.call("user:3", "POST", "/groups/$group.id/leave", status=204)
    for path in ("/groups/$group.id", "/groups/$group.id/balances", "/groups/$group.id/settlement"):
        play.call("user:3", "GET", path, status=404)
        play.call("user:9", "GET", path, status=404)
