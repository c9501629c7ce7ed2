"""A catalogue: a tree of categories, exact prices, filters, ranges, sorting, a refused deletion."""

from stranger import Stranger


def scenario(api: Stranger) -> None:
    top = api("POST /categories", {"name": "Tools"})
    assert top["parent_category_id"] is None
    below = api("POST /categories", {"name": "Hammers", "parent_category_id": top["id"]})
    assert below["parent_category_id"] == top["id"]
    api("POST /categories", {"name": "Tools"}, status=409)
    api("POST /categories", {"name": "Lost", "parent_category_id": 999}, status=422)
    said = {"description": "Good.", "category_id": below["id"]}
    for name, price in (("A", "0.10"), ("B", "0.20"), ("C", "9.99"), ("D", "12.00")):
        made = api("POST /products", {"name": name, "price": price, **said})
        assert made["price"] == price
    for price in ("0", "-1", "0.001", "much"):
        api("POST /products", {"name": "X", "price": price, **said}, status=422)
    api(
        "POST /products", {"name": "X", "price": "1", **said, "description": "d" * 2001}, status=422
    )
    spare = {"name": "E", "price": "5", "description": "d" * 2000, "category_id": top["id"]}
    api("POST /products", spare)
    within = {"min_price": "0.20", "max_price": "9.99"}
    assert api.items("GET /products", "name", **within, sort="price") == ["B", "E", "C"]
    assert api.items("GET /products", "name", category_id=below["id"], sort="-price") == [
        "D", "C", "B", "A",
    ]  # fmt: skip
    api("GET /products", sort="secret", status=422)
    api(f"DELETE /categories/{below['id']}", status=409)
    empty = api("POST /categories", {"name": "Empty"})
    api(f"DELETE /categories/{empty['id']}")
    assert (
        api(f"PATCH /categories/{below['id']}", {"parent_category_id": None})["parent_category_id"]
        is None
    )
