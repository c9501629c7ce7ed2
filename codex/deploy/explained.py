"""What each step and check of the verification is, in words for the report."""

from __future__ import annotations

from collections.abc import Mapping

TITLES: Mapping[str, str] = {
    "migrations": "Migrations on SQLite",
    "migrations on Postgres": "Migrations on Postgres",
    "boot": "Start",
    "openapi": "Description (OpenAPI)",
    "requests": "Generated requests",
    "conventions": "Conventions",
    "access": "Access",
    "injections": "Hostile input",
    "scenarios": "Scenarios",
    "tests": "Tests",
    "packages": "Packages",
}
ABOUT: Mapping[str, str] = {
    "migrations": "Up to the newest revision, down to nothing, and up again; after each way the "
    "tables and columns are compared with the models.",
    "migrations on Postgres": "The same on a Postgres of its own, and a start there.",
    "boot": "The service starts on an empty database, and /health and /ready answer.",
    "openapi": "The service's own description is valid OpenAPI, and says the same as the "
    "architecture: routes, parameters, fields of bodies and answers, statuses.",
    "requests": "Every route is called by schemathesis with data made from the description, good "
    "and bad, under a fixed budget.",
    "conventions": "What every route of its kind promises: statuses, paging, filters, orders, "
    "bounds, duplicates, references, deletion.",
    "access": "No token, forged and worn-out tokens, wrong roles, somebody else's rows.",
    "injections": "SQL in filters, orders, paths and bodies; NUL and lone surrogates; numbers and "
    "bodies that are too large or too deep. The right status, a problem, and nothing leaked.",
    "scenarios": "The acceptance criteria, played against the service.",
    "tests": "The service's other tests, with the lines of the service that all of them reach.",
    "packages": "Every package that the service asks for is locked.",
}
OFF: Mapping[str, str] = {
    "positive_data_acceptance": "A body may be refused for what no schema can say: a row that is "
    "not there, a value that is taken, a date that has passed.",
    "object_level_authorization": "It needs two callers; the access step has them.",
    "max_response_time": "There is no time that holds on every machine.",
}
"""Checks of schemathesis that do not run, each with its reason."""
CHECKS: Mapping[str, str] = {
    # schemathesis
    "not_a_server_error": "no answer is 5xx",
    "status_code_conformance": "only described statuses are answered",
    "content_type_conformance": "answers have the described media type",
    "response_headers_conformance": "answers have the described headers",
    "response_schema_conformance": "answers match their schema",
    "negative_data_rejection": "data that breaks the schema is refused",
    "missing_required_header": "a required header is asked for",
    "unsupported_method": "other methods are refused with 405",
    "allow_header_conformance": "405 names the methods that are there",
    "use_after_free": "what was deleted is gone",
    "ensure_resource_availability": "what was created is there",
    "ignored_auth": "a route that wants a token does not answer without",
    # conventions
    "access": "who may call it, and who may not",
    "creates": "201, the row, and where it is",
    "refuses_bad_bodies": "bodies of the wrong shape are 400 or 422 and name the field",
    "refuses_missing_references": "a reference to a missing row is 422",
    "refuses_duplicates": "a duplicate is 409 with its own code",
    "takes_no_hidden_fields": "ids, owners and roles in a new row's body are not taken",
    "keeps_bounds": "just outside a bound is refused, just inside taken",
    "pages": "limit, offset and total agree",
    "limits": "bad paging is 422",
    "counts_statements": "a list takes the same few statements for one row and for many",
    "filters": "each filter finds exactly its rows",
    "ranges": "least and most values narrow the list",
    "searches": "the text search finds its rows",
    "sorts": "orders go up and down",
    "gets": "a row is shown as it is stored",
    "misses": "what is not there is 404, what is no id 422",
    "changes_what_is_sent": "a change touches what was sent and nothing else",
    "changes_no_hidden_fields": "ids, owners and roles in a change are not taken",
    "deletes": "204, and the row is gone",
    "keeps_parents": "deletion respects what refers to the row",
    "hides_foreign_rows": "somebody else's row is not there",
    "not_implemented": "a part that is not written says so with 501",
    "unknown_path": "unknown paths are plain 404s",
    "wrong_methods": "wrong methods are 405 with the right ones",
    # access
    "no_token": "no token, and one that is nonsense",
    "tampered_token": "another account under the same signature",
    "foreign_signature": "the right claims, signed by somebody else",
    "no_algorithm": "a token that says it needs no signature",
    "expired_token": "a token that was good once",
    "refresh_token_as_access": "a refresh token in the place of an access token",
    "other_scheme": "a good token under another scheme",
    "wrong_role": "roles that the route is not for are 403",
    "hides_foreign_objects": "somebody else's row in the path is 404",
    "signs_up_with_no_powers": "nobody signs up as an administrator",
    "keeps_kinds_of_tokens_apart": "an access token refreshes nothing",
    "refuses_wrong_passwords": "wrong passwords and unknown addresses answer alike",
    "ends_sessions": "after signing out, tokens are worth nothing",
    # hostile input
    "texts": "SQL, NUL and surrogates in texts",
    "numbers": "numbers that no column holds",
    "dates": "days that do not exist",
    "shapes": "bodies that are no object, or nested without end",
    "sizes": "bodies that are too large, and lie about it",
    "injections": "SQL in filters and searches",
    "odd_queries": "nonsense in every query parameter, SQL in the order",
    "odd_paths": "nonsense in the path",
    "odd_parameters": "nonsense in every query parameter",
    "odd_bodies": "bodies that cannot be read",
    "odd_fields": "nonsense in every field",
}
