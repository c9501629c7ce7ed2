"""Recipes: many ingredients each, with an amount; search and sorting."""

from stranger import Stranger


def scenario(api: Stranger) -> None:
    made = [
        api(
            "POST /recipes",
            {
                "name": name,
                "instructions": "Stir.",
                "preparation_time": time,
                "number_of_servings": 4,
            },
        )["id"]
        for name, time in (("Soup", 40), ("Salad", 10), ("Tomato soup", 25))
    ]
    salt = api("POST /ingredients", {"name": "Salt"})["id"]
    leek = api("POST /ingredients", {"name": "Leek"})["id"]
    api("POST /ingredients", {"name": "Salt"}, status=409)
    for recipe, ingredient, amount in ((made[0], salt, 1), (made[0], leek, 2), (made[1], salt, 3)):
        tie = {"recipe_id": recipe, "ingredient_id": ingredient, "amount": AMOUNT(amount)}
        row = api("POST /recipe-ingredients", tie)
        assert row["recipe_id"] == recipe
    missing = {"recipe_id": made[0], "ingredient_id": 999, "amount": AMOUNT(1)}
    api("POST /recipe-ingredients", missing, status=422)
    of_soup = [
        row["ingredient_id"]
        for row in api("GET /recipe-ingredients")["items"]
        if row["recipe_id"] == made[0]
    ]
    assert sorted(of_soup) == [salt, leek]
    assert api.items("GET /recipes", "name", q="SOUP", sort="preparation_time") == [
        "Tomato soup", "Soup",
    ]  # fmt: skip
    assert api.items("GET /recipes", "name", sort="-preparation_time")[0] == "Soup"
    bad = {"name": "Air", "instructions": "-", "preparation_time": "soon", "number_of_servings": 1}
    api("POST /recipes", bad, status=422)
    api(f"DELETE /ingredients/{salt}", status=409)


def AMOUNT(number: int) -> object:  # noqa: N802 it stands for a value
    """An amount, as exact as it is said."""
    return f"{number}.50"
