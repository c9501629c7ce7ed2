"""The parcel office: what each kind of route with functions answers."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from conformance import Conformance

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 100


class Office(Conformance):
    """Tries one route after the other."""

    def run(self) -> None:
        checks: list[Callable[[Any], None]] = [
            self.locks_and_headers, self.redirects_and_writes, self.files_are_kept,
            self.files_are_limited, self.text, self.empty, self.pages_of_queries, self.items,
            self.value_for_anybody, self.groups, self.variants, self.awaits, self.jobs_run,
            self.own_rows_only, self.missing, self.rolls_back, self.described,
        ]  # fmt: skip
        for check in checks:
            self._one(check, {})

    def parcel(self, actor: str = "sender", **over: Any) -> dict[str, Any]:
        return self.make("parcels", actor, **over)

    def locks_and_headers(self, _: Any) -> None:
        depot, parcel = self.world.row("depots", capacity=1), self.parcel()
        path, body = f"/depots/{depot['id']}/store", {"parcel_id": parcel["id"]}
        answer = self.world.call("POST", path, "clerk", json=body)
        stay = self.is_good(answer, 201)
        assert answer.headers["location"] == f"/stays/{stay['id']}"
        assert stay["depot_id"] == depot["id"]
        self.is_problem(self.world.call("POST", path, "clerk", json=body), 409, "depot_full")
        self.is_problem(self.world.call("POST", "/depots/999/store", "clerk", json=body), 404)
        self.is_problem(self.world.call("POST", path, "clerk", json={"parcel_id": 999}), 404)
        self.is_problem(self.world.call("POST", path, "clerk", json={}), 422)

    def redirects_and_writes(self, _: Any) -> None:
        parcel = self.parcel()
        answer = self.world.call("GET", f"/track/{parcel['code']}")
        assert answer.status_code == 302, answer.text
        assert answer.headers["location"].startswith("https://example.com/track/")
        assert self.stored("parcels", parcel["id"])["hits"] == 1
        self.is_problem(self.world.call("GET", "/track/nothing"), 404)
        self.is_problem(self.world.call("GET", "/track/%00"), 422)

    def files_are_kept(self, _: Any) -> None:
        parcel = self.parcel()
        path = f"/parcels/{parcel['id']}/label"
        self.is_problem(self.world.call("GET", path, "sender"), 404)
        name = '../../etc/"passwd".png'
        answer = self.world.call("PUT", path, "sender", files={"file": (name, PNG, "image/png")})
        first = self.is_good(answer)["label"]
        got = self.world.call("GET", path, "sender")
        assert got.content == PNG
        assert got.headers["content-type"] == "image/png"
        assert got.headers["content-disposition"].startswith("attachment")
        assert ".." not in got.headers["content-disposition"]
        assert got.headers["x-content-type-options"] == "nosniff"
        assert got.headers["cache-control"] == "private"
        again = self.world.call(
            "PUT", path, "sender", files={"file": ("a.txt", b"x", "text/plain")}
        )
        assert self.is_good(again)["label"] != first
        store = self.world.app.state.files
        assert not store.path(first).exists(), "the old file is still there"
        self.is_good(self.world.call("DELETE", f"/parcels/{parcel['id']}", "sender"), 204)
        assert not store.path(again.json()["label"]).exists(), "the file outlived its row"

    def files_are_limited(self, _: Any) -> None:
        path = f"/parcels/{self.parcel()['id']}/label"
        for content, kind, status in (
            (b"MZ", "application/x-msdownload", 415),
            (b"no picture", "image/png", 415),
            (b"x" * 10_000_001, "text/plain", 413),
            (b"x" * 11_000_000, "text/plain", 413),
        ):
            files = {"file": ("name", content, kind)}
            self.is_problem(self.world.call("PUT", path, "sender", files=files), status)
        self.is_problem(self.world.call("PUT", path, "sender"), 422)
        self.is_problem(self.world.call("PUT", path, "sender", data={"file": "text"}), 422)
        assert not list(self.world.app.state.files.folder.rglob("*.json")), "a refused file is kept"

    def text(self, _: Any) -> None:
        parcel = self.parcel()
        answer = self.world.call("GET", f"/parcels/{parcel['id']}/slip", "sender")
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"].startswith("text/plain")
        assert answer.headers["x-of"] == str(parcel["id"])
        assert answer.text == f"{parcel['code']}: 0 days"

    def empty(self, _: Any) -> None:
        path = f"/parcels/{self.parcel()['id']}/deliver"
        answer = self.world.call("POST", path, "clerk")
        assert (answer.status_code, answer.content) == (204, b"")
        problem = self.is_problem(self.world.call("POST", path, "clerk"), 409, "not_waiting")
        assert problem["detail"] == "It was handed over already."
        self.is_problem(self.world.call("POST", path, "sender"), 403)

    def pages_of_queries(self, _: Any) -> None:
        for weight in ("500.5", "600", "700"):
            self.parcel("sender:3", weight=weight)
        params = {"sort": "600", "limit": 1}
        page = self.is_good(self.world.call("GET", "/parcels/heavy", "sender:3", params=params))
        assert (page["total"], page["items"][0]["weight"]) == (2, "700.00"), page
        self.is_problem(self.world.call("GET", "/parcels/heavy", "sender:3"), 422)
        with self.world.statements() as seen:
            self.world.call("GET", "/parcels/heavy", "sender:3", params={"sort": "1"})
        assert len([text for text in seen if "SELECT" in text]) == 3, seen

    def items(self, _: Any) -> None:
        parcel = self.parcel()
        self.world.now += timedelta(days=4)
        self.world.tokens.clear()
        found = self.is_good(self.world.call("GET", "/parcels/late", "clerk"))
        assert set(found) == {"items"}
        assert parcel["id"] in {item["id"] for item in found["items"]}

    def value_for_anybody(self, _: Any) -> None:
        self.parcel("sender:4")
        answer = self.world.call("GET", "/parcels/count")
        assert answer.headers["cache-control"] == "no-store"
        everybody = self.is_good(answer)
        assert everybody["value"] > 1
        assert self.is_good(self.world.call("GET", "/parcels/count", "sender:4")) == {"value": 1}
        bad = {"Authorization": "Bearer x"}
        self.is_problem(self.world.call("GET", "/parcels/count", headers=bad), 401)

    def groups(self, _: Any) -> None:
        self.parcel()
        found = self.is_good(self.world.call("GET", "/parcels/by-state", "clerk"))["items"]
        assert {"key", "value"} == set(found[0])
        assert "waiting" in {item["key"] for item in found}

    def variants(self, _: Any) -> None:
        for body, amount in (
            ({"kind": "letter", "pages": 2}, "1.70"),
            ({"kind": "box", "weight": "2.5"}, "5.0"),
        ):
            assert self.is_good(self.world.call("POST", "/quotes", json=body)) == {"amount": amount}
        for body in ({"kind": "letter"}, {"kind": "barrel"}, {}, {"kind": "letter", "pages": 0}):
            self.is_problem(self.world.call("POST", "/quotes", json=body), 422)

    def awaits(self, _: Any) -> None:
        parcel = self.parcel()
        records: list[logging.LogRecord] = []
        handler = logging.Handler()
        handler.emit = records.append  # type: ignore[method-assign]
        logger = logging.getLogger("app.ports")
        logger.addHandler(handler)
        logger.setLevel("INFO")
        answer = self.world.call("POST", f"/parcels/{parcel['id']}/notify", "sender")
        assert self.is_good(answer) == {"value": True}
        assert records
        assert "send_mail" in records[0].getMessage()

    def jobs_run(self, _: Any) -> None:
        from app.jobs import JOBS

        parcel = self.parcel(handed_in_at="2020-01-01T00:00:00Z")
        with self.world.database.transaction(write=True) as session:
            JOBS["give_up"].run(session, self.world.now, self.world.settings)
        assert self.stored("parcels", parcel["id"])["state"] == "lost"

    def own_rows_only(self, _: Any) -> None:
        foreign = self.parcel("sender:9")
        for method, path in (
            ("GET", "slip"),
            ("GET", "label"),
            ("POST", "notify"),
            ("PUT", "label"),
        ):
            more = {"files": {"file": ("a", b"x", "text/plain")}} if method == "PUT" else {}
            answer = self.world.call(method, f"/parcels/{foreign['id']}/{path}", "sender", **more)
            self.is_problem(answer, 404)
        answer = self.world.call("GET", f"/parcels/{foreign['id']}/slip", "clerk")
        assert answer.status_code == 200, answer.text

    def missing(self, _: Any) -> None:
        for more in ({}, {"json": {"parcel_id": 1}}):
            answer = self.world.call("POST", "/parcels/1/insure", **more)
            self.is_problem(answer, 501, "not_implemented")

    def rolls_back(self, _: Any) -> None:
        import app.functions.parcels as functions

        parcel, original = self.parcel(), functions.track_parcel

        def breaks(*args: Any, **more: Any) -> str:
            original(*args, **more)
            raise RuntimeError("secret detail")

        functions.track_parcel = breaks
        try:
            answer = self.world.call("GET", f"/track/{parcel['code']}")
        finally:
            functions.track_parcel = original
        self.is_problem(answer, 500, "internal")
        assert "secret" not in answer.text
        assert self.stored("parcels", parcel["id"])["hits"] == 0, "half a change is kept"

    def described(self, _: Any) -> None:
        paths = self.world.call("GET", "/openapi.json").json()["paths"]
        store = paths["/depots/{depot_id}/store"]["post"]["responses"]
        assert set(store) >= {"201", "400", "401", "403", "404", "409", "413", "422"}, set(store)
        assert "depot_full" in str(store["409"])
        assert "501" in paths["/parcels/{parcel_id}/insure"]["post"]["responses"]
        assert set(paths["/health"]["get"]["responses"]) == {"200"}
        assert "400" not in paths["/parcels/count"]["get"]["responses"]
        upload = paths["/parcels/{parcel_id}/label"]["put"]
        assert "multipart/form-data" in upload["requestBody"]["content"]
        assert upload["operationId"] == "attach_label"
