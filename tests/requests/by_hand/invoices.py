"""Invoices: accounts, owners two steps up, states, decimals, a total, what is overdue."""

from stranger import Stranger


def scenario(api: Stranger) -> None:
    ann, bob = api.joins("ann@example.com"), api.joins("bob@example.com")
    company = {"company_name": "Acme", "email": "acme@example.com"}
    client = api("POST /clients", company, by=ann)
    assert client["vat_number"] is None
    his = api("POST /clients", {**company, "vat_number": "DE1"}, by=bob)
    asked = {"issue_date": api.day(), "due_date": api.day(10), "client_id": client["id"]}
    invoice = api("POST /invoices", {"number": "2030-1", **asked}, by=ann)
    assert invoice["status"] == "draft"
    api("POST /invoices", {"number": "2030-1", **asked}, by=ann, status=409)
    api("POST /invoices", {"number": "2030-2", **asked, "client_id": his["id"]}, by=ann, status=422)
    one = f"/invoices/{invoice['id']}"
    assert api(f"GET {one}/total", by=ann)["value"] in ("0.00", "0")
    for quantity, price in ((3, "0.10"), (2, "19.99")):
        line = {"description": "Work", "quantity": quantity, "unit_price": price}
        made = api("POST /invoice-lines", {**line, "invoice_id": invoice["id"]}, by=ann)
        assert made["unit_price"] == price
    assert api(f"GET {one}/total", by=ann)["value"] == "40.28"
    api(f"POST {one}/pay", by=ann, status=409)
    assert api(f"POST {one}/send", by=ann, status=200)["status"] == "sent"
    api(f"POST {one}/send", by=ann, status=409)
    for what in (f"GET {one}", f"GET {one}/total", f"DELETE {one}", f"POST {one}/pay"):
        api(what, by=bob, status=404)
    assert api.items("GET /invoices", by=bob) == []
    assert api.items("GET /clients", by=bob) == [his["id"]]
    assert api.items("GET /invoices/overdue", by=ann) == []
    api.later(days=11)
    assert api.items("GET /invoices/overdue", by=ann) == [invoice["id"]]
    assert api.items("GET /invoices/overdue", by=bob) == []
    assert api(f"POST {one}/pay", by=ann, status=200)["status"] == "paid"
    api("GET /invoices", status=401)
