"""Clauses: who does what, may it, and what comes after the verb."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from codex.builtin.language.inflect import is_plural
from codex.builtin.language.nouns import Noun, Tokens, noun, starts
from codex.builtin.language.tokens import Token
from codex.builtin.language.verbs import PHRASAL, VERB_FORMS

# Particles that only lead to the object: "comment on posts" is `comment` with `posts`.
_SILENT = {
    "comment",
    "apply",
    "register",
    "subscribe",
    "bid",
    "rsvp",
    "volunteer",
    "donate",
    "enroll",
    "enrol",
    "browse",
    "vote",
    "search",
}
_ABILITY = (
    "be able to", "able to", "be allowed to", "allowed to", "be permitted to", "permitted to",
    "have the ability to", "have permission to", "have the right to", "have to", "need to",
    "want to", "needs to", "has to", "wants to", "get to", "be supposed to", "are able to",
    "is able to", "is allowed to", "are allowed to", "have the option to", "have the possibility to",
    "would like to", "has the right to", "has the ability to", "are permitted to", "be possible to",
    "is permitted to", "ought to", "also be able to", "choose to", "go ahead and",
)  # fmt: skip
_ABILITIES = sorted((tuple(item.split()) for item in _ABILITY), key=len, reverse=True)


@dataclass(frozen=True)
class Clause:
    """One clause, read as far as its grammar goes."""

    tokens: tuple[Token, ...]
    subject: tuple[Token, ...] = ()
    """Everything before the verb group."""
    modal: str = ""
    """`can`, `must`, `should`; empty for a plain statement."""
    negated: bool = False
    only: bool = False
    """ "only" between subject and object: "can only be changed while …"."""
    verbs: tuple[str, ...] = ()
    """The main verb's lemma; several where they share one object."""
    passive: bool = False
    perfect: bool = False
    rest: tuple[Token, ...] = ()
    """Everything after the verb group."""
    own: tuple[Token, ...] = field(default=())
    """The tokens that stand in the text here; others are shared with an earlier clause."""

    @property
    def verb(self) -> str:
        """The main verb."""
        return self.verbs[0] if self.verbs else ""

    @property
    def start(self) -> int:
        """Where it starts in the request."""
        return (self.own or self.tokens)[0].start

    @property
    def end(self) -> int:
        """Where it ends in the request."""
        return (self.own or self.tokens)[-1].end


def _ability(tokens: Tokens, place: int) -> int:
    for words in _ABILITIES:
        if starts(tokens, place, words):
            return len(words)
    return 0


def find_verb(tokens: Tokens, place: int = 0) -> int | None:
    """Where the main verb group begins: the first finite verb outside brackets and relative clauses."""
    depth = 0
    skipping = False
    for index in range(place, len(tokens)):
        token = tokens[index]
        depth += (token.tag == "OPEN") - (token.tag == "CLOSE")
        if depth > 0:
            continue
        if token.tag == "WH" and index > place:
            skipping = True
            continue
        if token.tag == "SUB" and index > place:
            return None
        if token.tag in {"MODAL", "AUX"} or (token.tag == "VERB" and _finite(tokens, index, place)):
            if skipping:
                end = verb_end(tokens, index)
                if index < end:
                    skipping = False
                    rest = find_verb(tokens, end)
                    return rest
                continue
            return index
    return None


def _finite(tokens: Tokens, index: int, first: int) -> bool:
    token = tokens[index]
    before = tokens[index - 1] if index > first else None
    if token.form in {"gerund"}:
        return False
    if token.form in {"participle"}:
        return False
    return not (before is not None and before.tag == "TO")


def verb_end(tokens: Tokens, place: int) -> int:
    """Where the verb group that begins at `place` ends."""
    while place < len(tokens) and tokens[place].tag in {
        "MODAL",
        "AUX",
        "NEG",
        "ADV",
        "ONLY",
        "VERB",
    }:
        place += 1
        if tokens[place - 1].tag == "VERB":
            return _verbs(tokens, place - 1)[1]
    return place


def parse(tokens: Sequence[Token], own: Sequence[Token] = ()) -> Clause:
    """The clause that `tokens` say; without a verb, all of it is `rest`."""
    tokens = _trim(tokens)
    whole = tuple(tokens)
    start = find_verb(tokens)
    if start is None:
        tokens = _promoted(tokens)
        start = find_verb(tokens)
    if start is None:
        return Clause(whole, rest=whole, own=tuple(own))
    found = Clause(whole, subject=tuple(tokens[:start]), own=tuple(own))
    return _verb_group(found, tokens, start)


def _promoted(tokens: Sequence[Token]) -> Sequence[Token]:
    """ "Members rate books": the word after a plural subject is the verb after all."""
    place = 0
    found = noun(tokens, 0)
    if found is None or len(found[0].heads) < 2:
        return tokens
    place = next((i for i, token in enumerate(tokens) if token is found[0].heads[0]), 0)
    second = tokens[place + 1]
    form = VERB_FORMS.get(second.lower)
    if form is None or second.tag != "NOUN" or form[1] not in {"base", "third"}:
        return tokens
    if is_plural(tokens[place].lower) != (form[1] == "base") or place + 2 >= len(tokens):
        return tokens
    changed = list(tokens)
    changed[place + 1] = second.tagged("VERB", form[0], form[1])
    return changed


def _trim(tokens: Sequence[Token]) -> Sequence[Token]:
    """Without leading connectives and closing stops."""
    first, last = 0, len(tokens)
    while first < last and (
        tokens[first].tag in {"CONJ", "COMMA", "DASH", "ADV", "COLON"}
        or tokens[first].lower in {".", "while", "where"}
    ):
        first += 1
    while last > first and (
        tokens[last - 1].lower in {".", ";", "!", "?", ",", ":", "…"}
        or tokens[last - 1].tag == "CONJ"
    ):
        last -= 1
    return tokens[first:last]


def _verb_group(clause: Clause, tokens: Sequence[Token], place: int) -> Clause:
    modal = ""
    negated = only = passive = perfect = False
    aux = ""
    while place < len(tokens):
        token = tokens[place]
        if step := _ability(tokens, place):
            modal, place = modal or "can", place + step
            aux = ""
        elif token.tag == "MODAL":
            modal, place = token.lemma, place + 1
        elif token.tag == "NEG":
            negated, place = True, place + 1
        elif token.lower in {"no", "longer"} and starts(tokens, place, ["no", "longer"]):
            negated, place = True, place + 2
        elif token.tag == "ONLY":
            only, place = True, place + 1
        elif (
            token.tag == "ADV"
            or token.lower in {"each", "all", "both"}
            and place + 1 < len(tokens)
            and tokens[place + 1].tag in {"AUX", "VERB"}
        ):
            place += 1
        elif token.tag == "AUX":
            perfect = perfect or (aux == "have" and token.lower == "been")
            aux, place = token.lemma, place + 1
        elif token.tag == "TO" and aux == "be":
            modal, aux, place = "must", "", place + 1
        elif token.tag == "VERB":
            break
        else:
            break
    base = replace(clause, modal=modal, negated=negated, only=only)
    if (
        place >= len(tokens)
        or tokens[place].tag != "VERB"
        or (aux == "be" and tokens[place].form == "gerund" and False)
    ):
        return replace(base, verbs=(aux or ("be" if modal else ""),), rest=tuple(tokens[place:]))
    main = tokens[place]
    if aux == "be" and main.form in {"participle", "past"}:
        passive = True
    elif aux == "have" and main.form in {"participle", "past"}:
        perfect = True
    elif aux == "have" and main.form not in {"participle", "past"}:
        return replace(base, verbs=("have",), rest=tuple(tokens[place:]))
    verbs, place = _verbs(tokens, place)
    return replace(
        base, verbs=tuple(verbs), passive=passive, perfect=perfect, rest=tuple(tokens[place:])
    )


def _verbs(tokens: Sequence[Token], place: int) -> tuple[list[str], int]:
    """The main verb and those that share its object: "create, edit and delete"."""
    lemma, place = one_verb(tokens, place)
    verbs = [lemma]
    while True:
        step = place
        while step < len(tokens) and (
            tokens[step].tag in {"COMMA", "CONJ", "ADV"}
            or (tokens[step].lower == "be" and step > place)
        ):
            step += 1
        if (
            step == place
            or step >= len(tokens)
            or tokens[step].tag != "VERB"
            or tokens[step].form == "third"
            and verbs
        ):
            return verbs, place
        lemma, place = one_verb(tokens, step)
        verbs.append(lemma)


def one_verb(tokens: Sequence[Token], place: int) -> tuple[str, int]:
    """The verb at `place` with its particle, and where it ends."""
    token = tokens[place]
    lemma = token.lemma
    place += 1
    if lemma == "keep" and starts(tokens, place, ["track", "of"]):
        return "keep_track_of", place + 2
    if lemma == "keep" and starts(tokens, place, ["a", "record", "of"]):
        return "keep_track_of", place + 3
    if place < len(tokens) and tokens[place].lower in PHRASAL.get(lemma, ()):
        particle = tokens[place].lower
        if lemma in _SILENT:
            return lemma, place + 1
        if lemma == "sign" and particle == "up" and starts(tokens, place + 1, ["for"]):
            return "register", place + 2
        return f"{lemma}_{particle}", place + 1
    return lemma, place


def split(tokens: Sequence[Token]) -> list[Clause]:
    """The clauses of a sentence; what they share (subject, modal) is repeated in each."""
    pieces = _pieces(tokens)
    clauses: list[Clause] = []
    for piece in pieces:
        own = [token for token in piece.own]
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
        return list(current[: _subject_end(current, start, head)])
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
    if token.tag in {"MODAL"} or (
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


def _subject_end(current: list[Token], start: int, head: Token) -> int:
    return start


def _relative(current: list[Token], start: int, head: Token) -> list[Token] | None:
    """The antecedent and relative word that a verb goes on with: "books that have a title and belong …"."""
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


_DATA_VERBS = frozenset("have belong be contain include hold store need report refer relate".split())


def _shared_base(current: list[Token], start: int, head: Token) -> list[Token] | None:
    """ "can create notes and delete them": the same subject and modal; with an object in between."""
    relative = _relative(current, start, head)
    if relative is not None:
        return relative
    end = verb_end(current, start)
    if end >= len(current):
        return None
    group = current[start:end]
    if any(token.tag == "MODAL" for token in group):
        return list(current[: start + 1])
    ability = _ability(current, start)
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
