"""Sentences with several clauses: where each begins, and what they share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from codex.builtin.language.clause import Clause, ability_at, find_verb, parse, verb_end
from codex.builtin.language.inflect import is_plural
from codex.builtin.language.nouns import Noun, noun
from codex.builtin.language.tokens import Token
from codex.builtin.language.verbs import VERB_FORMS
from codex.builtin.language.wordlists import wordset


def split(tokens: Sequence[Token]) -> list[Clause]:
    """The clauses of a sentence; what they share (subject, modal) is repeated in each."""
    pieces = _pieces(tokens)
    clauses: list[Clause] = []
    for piece in pieces:
        own = list(piece.own)
        clauses.append(parse([*piece.shared, *own], own))
    return clauses


@dataclass
class _Piece:
    shared: list[Token]
    own: list[Token]


def _pieces(tokens: Sequence[Token]) -> list[_Piece]:
    pieces: list[_Piece] = []
    begin = 0
    shared: list[Token] = []
    depth = 0
    index = 0
    while index < len(tokens):
        token = tokens[index]
        depth += (token.tag == "OPEN") - (token.tag == "CLOSE")
        joint = token.tag in {"COMMA", "CONJ", "DASH"} or token.lower in {
            ";",
            ":",
            ".",
        }
        if depth == 0 and joint and index > begin:
            current = [*shared, *tokens[begin:index]]
            step = _joint_end(tokens, index)
            if (
                token.tag == "COLON"
                and not shared
                and begin == 0
                and find_verb(current) is None
                and _own_subject(tokens, step)
            ):
                pieces.append(_Piece([], list(tokens[begin:index])))
                begin = index = step
                continue
            kind = _new_clause(current, tokens, step, tokens[index:step])
            if kind is not None:
                pieces.append(_Piece(shared, list(tokens[begin:index])))
                shared = kind
                begin = index = step
                continue
            index = step
            continue
        index += 1
    if begin < len(tokens):
        pieces.append(_Piece(shared, list(tokens[begin:])))
    return pieces


def _joint_end(tokens: Sequence[Token], index: int) -> int:
    while index < len(tokens) and (
        tokens[index].tag in {"COMMA", "CONJ", "DASH"}
        or tokens[index].lower in {";", ":", ".", "while", "where"}
    ):
        index += 1
    return index


def _new_clause(
    current: list[Token], tokens: Sequence[Token], place: int, joint: Sequence[Token]
) -> list[Token] | None:
    """What a new clause at `place` shares with the one before; None where none begins there."""
    step = place
    while step < len(tokens) and tokens[step].tag in {"ADV", "NEG"}:
        step += 1
    if step >= len(tokens):
        return None
    start = find_verb(current)
    if start is None:
        return None
    if _own_subject(tokens, step):
        return []
    head = tokens[step]
    if head.tag == "MODAL":
        return list(current[:start])
    if head.tag == "AUX":
        previous = current[start]
        if head.lower in {"is", "are", "has", "have"} and not any(
            t.tag == "WH" for t in current[start:]
        ):
            return list(current[:start])
        if head.lower == "be" and previous.tag == "MODAL":
            return list(current[: start + 1])
        return _relative(current, start, head)
    if head.tag != "VERB":
        return None
    if head.form == "third":
        return (
            list(current[:start])
            if not _relative(current, start, head)
            else _relative(current, start, head)
        )
    if head.form == "base" and any(t.lower in {"and", "or", "then", "but", ","} for t in joint):
        return _shared_base(current, start, head)
    if (
        head.form in {"participle", "past"}
        and _passive(current, start)
        and _object_after(current, start)
    ):
        return list(current[: verb_end(current, start) - 1])
    if (
        head.form in {"participle", "past"}
        and step > place
        and tokens[step - 1].tag == "NEG"
        and _passive(current, start)
    ):
        return list(current[: verb_end(current, start) - 1])
    return None


def _passive(current: list[Token], start: int) -> bool:
    end = verb_end(current, start)
    return any(token.lower in {"be", "is", "are"} for token in current[start:end]) and current[
        end - 1
    ].form in {"participle", "past"}


def _object_after(current: list[Token], start: int) -> bool:
    return len(current) > verb_end(current, start)


def _own_subject(tokens: Sequence[Token], place: int) -> bool:
    """Whether a subject with its own finite verb stands at `place`."""
    found = noun(tokens, place)
    if found is None:
        return False
    end = found[1]
    while end < len(tokens) and tokens[end].tag in {"ADV", "ONLY", "CONJ"}:
        if tokens[end].tag == "CONJ":
            more = noun(tokens, end + 1)
            if more is None or tokens[end].lower not in {"and", "or"}:
                break
            end = more[1]
            continue
        end += 1
    if end < len(tokens) and tokens[end].lower in {"of", "in", "for", "with"}:
        more = noun(tokens, end + 1)
        end = more[1] if more else end
    while end < len(tokens) and tokens[end].tag in {"ADV", "ONLY"}:
        end += 1
    if end >= len(tokens):
        return _hidden_verb(found[0])
    token = tokens[end]
    if token.tag == "MODAL" or (
        token.tag == "AUX" and token.lower not in {"be", "been", "being", "having"}
    ):
        return True
    return (
        token.tag == "VERB" and token.form in {"base", "third", "past"} and _agree(found[0], token)
    )


def _hidden_verb(found: Noun) -> bool:
    """ "members rate books" that was read as one noun phrase."""
    if len(found.heads) < 3 or not is_plural(found.heads[0].lower):
        return False
    return VERB_FORMS.get(found.heads[1].lower, ("", ""))[1] == "base" and is_plural(
        found.heads[-1].lower
    )


def _agree(subject: Noun, verb: Token) -> bool:
    if subject.pronoun:
        return True
    if verb.form == "past":
        return True
    return subject.plural == (verb.form == "base") or subject.det in {
        "each",
        "every",
        "a",
        "an",
        "the",
    }


def _relative(current: list[Token], start: int, head: Token) -> list[Token] | None:
    """What a verb goes on with: "books that" of "books that have a title and belong …"."""
    for index in range(len(current) - 1, start, -1):
        if current[index].tag == "WH" and index + 1 < len(current):
            verb = next((t for t in current[index:] if t.tag in {"AUX", "VERB", "MODAL"}), None)
            if verb is None or verb.tag == "MODAL":
                return None
            same = (verb.lower in {"has", "is"} or verb.form == "third") == (
                head.form == "third" or head.lower in {"has", "is"}
            )
            return list(current[: index + 1]) if same and _DATA_VERBS & {head.lemma} else None
    return None


_DATA_VERBS = wordset("have belong be contain include hold store need report refer relate")


def _shared_base(current: list[Token], start: int, head: Token) -> list[Token] | None:
    """ "can create notes and delete them": the same subject and modal."""
    relative = _relative(current, start, head)
    if relative is not None:
        return relative
    end = verb_end(current, start)
    if end >= len(current):
        return None
    group = current[start:end]
    if any(token.tag == "MODAL" for token in group):
        return list(current[: start + 1])
    ability = ability_at(current, start)
    if ability:
        return list(current[: start + ability])
    for index in range(len(current) - 1, start, -1):
        if (
            current[index].tag == "TO"
            and index + 1 < len(current)
            and current[index + 1].tag == "VERB"
        ):
            return list(current[: index + 1])
        if current[index].lower in {"let", "lets", "allow", "allows"}:
            return list(current[: index + 2])
    if group and group[-1].tag == "VERB" and group[-1].form == "base":
        return list(current[:start])
    if head.lemma in _DATA_VERBS and current[start].lower == "have":
        return list(current[:start])
    return None
