"""Sentences about signing up and in."""

from __future__ import annotations

from codex.builtin.language.clause import Clause
from codex.builtin.language.nouns import nouns, starts
from codex.builtin.language.people import is_person
from codex.builtin.language.tokens import Token
from codex.builtin.language.verbs import SIGN_IN, SIGN_UP
from codex.builtin.language.wordlists import wordset
from codex.builtin.language.world import World

_WITH = wordset(
    """with an a their email e-mail address and password using by via name username , or"""
)


def read_account(clause: Clause, world: World) -> bool:
    """ "Users can sign up and log in with e-mail and password", "authentication is required"."""
    if not world.signs_in or world.account is None or clause.negated:
        return False
    if not clause.verbs:
        return _noun_only(clause, world)
    if clause.passive and clause.verb in {"require", "need"} and _about_login(clause.subject):
        return _said(clause, world)
    if clause.verb == "have" and [t.lower for t in clause.rest] in (
        ["accounts"],
        ["an", "account"],
        ["user", "accounts"],
        ["their", "own", "accounts"],
    ):
        return _said(clause, world)
    verbs = set(clause.verbs)
    if not verbs <= SIGN_UP | SIGN_IN | {"create"} or not verbs & (SIGN_UP | SIGN_IN):
        if clause.verb == "create" and [t.lower for t in clause.rest[:2]] in (
            ["an", "account"],
            ["accounts"],
            ["their", "account"],
        ):
            return _rest_known(
                list(clause.rest[2 if clause.rest[0].lower != "accounts" else 1 :])
            ) and _said(clause, world)
        return False
    if verbs == {"join"} or (
        verbs <= {"register"} and clause.rest and clause.rest[0].lower not in {"with", "and", ","}
    ):
        return False
    subjects, end = nouns(clause.subject, 0)
    if end < len(clause.subject) or any(
        not item.pronoun and not is_person(item.name) for item in subjects
    ):
        return False
    return _rest_known(list(clause.rest)) and _said(clause, world)


def _rest_known(rest: list[Token]) -> bool:
    return all(token.lower in _WITH or token.tag == "ADV" for token in rest)


def _said(clause: Clause, world: World) -> bool:
    assert world.account is not None
    world.thing(world.account)
    world.say((clause.start, clause.end), "accounts")
    return True


def _about_login(tokens: tuple[Token, ...]) -> bool:
    words = {token.lower for token in tokens}
    return bool(
        words
        & wordset(
            """authentication login log-in registration sign-up signup account authorization"""
        )
    )


def _noun_only(clause: Clause, world: World) -> bool:
    """ "User registration and login", "authentication"."""
    known = wordset(
        """user users registration login log-in authentication sign-up signup sign-in accounts
        account and with password email / email/password member members via by , e-mail"""
    )
    if not _about_login(clause.tokens) or not all(token.lower in known for token in clause.tokens):
        return False
    if starts(clause.tokens, 0, ["email"]):
        return False
    return _said(clause, world)
