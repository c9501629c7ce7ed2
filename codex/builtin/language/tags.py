"""Parts of speech: what each word is, by lexicon, form and neighbours.

Tags: DET, QUANT, NUM, ADJ, NOUN, VERB, AUX, MODAL, NEG, PREP, TO, CONJ, SUB (unless, if, when),
PRON, POSS, WH, ADV, ONLY, OPEN and CLOSE (brackets), COMMA, COLON, DASH, SIGN, QUOTED.
"""

from __future__ import annotations

from collections.abc import Sequence

from codex.builtin.language.inflect import guess_lemma, is_plural, singular
from codex.builtin.language.parts_of_speech import (
    CLASSES,
    INFINITIVE,
    NOUNY,
    NUMBER_WORDS,
    PARTICLES,
    SIGNS,
    STATE_NOUNS,
    could_be_noun,
)
from codex.builtin.language.tag_signs import (
    BEFORE_VERBS,
    after_determiner,
    after_noun,
    aux_before,
    coordinated,
    predicate_follows,
    takes_object,
    verb_here,
    with_particle,
)
from codex.builtin.language.tokens import Token
from codex.builtin.language.verbs import AUXILIARIES, MODALS, PHRASAL, VERB_FORMS

for _class, _list in {
    "DET": "a an the this that these those another such said own",
    "QUANT": """
        each every all any some many several multiple few no both either neither one-or-more
        zero-or-more numerous various certain different plenty""",
    "PREP": """of in on at by for with from into onto about as under over within without between
        among per during after before since until till via through against across behind
        beyond above below including like than towards toward upon except besides despite
        regarding concerning excluding""",
    "CONJ": "and or but nor plus & and/or",
    "SUB": """unless if when whenever while once because although though whereas provided where
        whether""",
    "PRON": """i you he she it we they them him her us me themselves itself himself herself
        yourself ourselves myself oneself everyone everybody anyone anybody nobody someone
        somebody everything anything nothing none whom mine theirs yours others ones there
        here""",
    "POSS": "my your his its our their whose 's '",
    "WH": "which who what how why",
    "NEG": "not never n't",
    "ONLY": "only just solely exclusively merely",
    "ADV": """also too then already still yet again always usually often sometimes simply easily
        quickly additionally moreover furthermore finally lastly later now currently
        automatically immediately directly optionally freely together instead otherwise
        however therefore thus well even ever currently respectively afterwards once-only
        online please later-on twice obviously basically actually really very quite possibly
        typically normally generally individually separately manually publicly privately
        successfully subsequently initially eventually out off alphabetically
        chronologically overall altogether so""",
    "ADJ": """optional required mandatory unique new old own available active inactive public
        private first last next previous recent latest newest oldest cheapest highest lowest
        best worst current past upcoming future open free full empty due overdue short long
        small large big different same other single individual multiple total average
        maximum minimum max min positive negative non-negative nonnegative nonempty
        non-empty valid invalid numeric exact basic simple personal main specific own
        certain internal external daily weekly monthly yearly hourly nightly quarterly
        monthly friendly annual several normal regular registered anonymous ordinary
        logged-in signed-in popular top good bad high low more less most least fewer
        many-to-many one-to-many greater later earlier longer shorter higher lower larger
        smaller bigger older newer equal able visible pending unread unpaid done ready
        urgent favourite favorite detailed greatest largest smallest longest shortest
        earliest soonest busiest fastest""",
}.items():
    for _word in _list.split():
        CLASSES.setdefault(_word, _class)


def tag(tokens: list[Token]) -> list[Token]:
    """Each token with its tag and lemma."""
    done: list[Token] = []
    for index, token in enumerate(tokens):
        after = tokens[index + 1] if index + 1 < len(tokens) else None
        done.append(_tag(token, done, after, tokens, index))
    return done


def _tag(
    token: Token, done: list[Token], after: Token | None, tokens: list[Token], index: int
) -> Token:
    word = token.lower
    if token.kind == "quoted":
        return token.tagged("QUOTED")
    if token.kind == "number" or word in NUMBER_WORDS:
        if word == "one" and after and after.lower == "of":
            return token.tagged("QUANT")
        return token.tagged("NUM")
    if token.kind == "sign":
        return token.tagged(SIGNS.get(word, "SIGN"))
    if (
        done
        and done[-1].tag == "VERB"
        and word in PHRASAL.get(done[-1].lemma, ())
        and word in PARTICLES
    ):
        return token.tagged("PART")
    if word == "to":
        return token.tagged("TO")
    if word in MODALS and not (word in {"may", "might", "will"} and after_determiner(done)):
        return token.tagged("MODAL", MODALS[word])
    if word in AUXILIARIES:
        return token.tagged("AUX", AUXILIARIES[word])
    if word == "once" and after and after.lower in {"per", "a", "an", "every", "each", ",", "."}:
        return token.tagged("ADV")
    if word == "her" and after and after.kind == "word" and after.lower not in CLASSES:
        return token.tagged("POSS")
    if word == "like" and done and done[-1].tag in {"MODAL", "COMMA", "CONJ", "PRON"}:
        return token.tagged("VERB", "like", "base")
    if (
        word == "that"
        and done
        and done[-1].tag in {"NOUN", "PRON", "CLOSE", "QUOTED", "COMMA", "NUM"}
    ):
        return token.tagged("WH")
    if word in CLASSES and not (word == "open" and verb_here(done)):
        return token.tagged(CLASSES[word], singular(word) if word == "own" else word)
    return _open_class(token, done, tokens[index + 1 : index + 6])


def _open_class(token: Token, done: list[Token], rest: Sequence[Token]) -> Token:
    after = rest[0] if rest else None
    word = token.lower
    if word in STATE_NOUNS and _open(after):
        return token.tagged("ADJ", word)
    verb = VERB_FORMS.get(word)
    before = done[-1].tag if done else ""
    if (
        verb is not None
        and verb[1] == "base"
        and before == "TO"
        and len(done) > 1
        and done[-2].lower in INFINITIVE
    ):
        return token.tagged("VERB", verb[0], "base")
    if (
        word.startswith("un")
        and VERB_FORMS.get(word[2:], ("", ""))[1] in {"participle", "past"}
        and _open(after)
    ):
        return token.tagged("ADJ", word)
    if verb_here(done):
        lemma, form = verb or (guess_lemma(word), "base")
        if before == "AUX" or (before in {"NEG", "ADV"} and aux_before(done)):
            return _after_auxiliary(token, verb, done)
        return token.tagged("VERB", lemma, "base" if form != "gerund" else form)
    if verb is None:
        return _unknown(token, before, after)
    lemma, form = verb
    if form in {"participle", "past"}:
        return _participle(token, lemma, form, done, after)
    if form == "gerund":
        if before in {"DET", "POSS", "ADJ", "QUANT"} or (
            word in NOUNY and before in {"NOUN", "COMMA", "CONJ", "PREP"}
        ):
            return token.tagged("NOUN", word)
        return token.tagged("VERB", lemma, form)
    return _base_or_third(token, lemma, form, done, rest)


def _open(after: Token | None) -> bool:
    """Whether what follows is a word of its own meaning."""
    return (
        after is not None
        and after.kind == "word"
        and after.lower not in CLASSES
        and after.lower not in AUXILIARIES
    )


def _unknown(token: Token, before: str, after: Token | None) -> Token:
    """A word in no list: what its ending says, or else a name of something."""
    word = token.lower
    if (
        word.endswith("ly")
        and len(word) > 4
        and word not in {"reply", "family", "supply", "assembly", "anomaly", "monthly"}
    ):
        return token.tagged("ADV")
    if (
        word.endswith("ed")
        and len(word) > 4
        and after
        and after.lower in {"by", "at", "on"}
        and before in {"NOUN", "COMMA", "CONJ", "AUX"}
    ):
        return token.tagged("VERB", guess_lemma(word), "participle")
    return token.tagged("NOUN", singular(word))


def _participle(
    token: Token, lemma: str, form: str, done: list[Token], after: Token | None
) -> Token:
    """`published` in "published articles" is a quality, in "was published" a verb."""
    before = done[-1].tag if done else ""
    next_word = after.lower if after else ""
    nounish = (
        after is not None
        and after.kind == "word"
        and next_word not in CLASSES
        and next_word not in AUXILIARIES
        and next_word not in MODALS
        and next_word != "to"
        and next_word not in NUMBER_WORDS
    )
    if nounish and (
        before
        in {"DET", "POSS", "QUANT", "ADJ", "NUM", "PREP", "ONLY", "VERB", "CONJ", "COMMA", ""}
        or before == "NOUN"
    ):
        if before == "NOUN" and VERB_FORMS.get(next_word, ("", ""))[1] == "third":
            return token.tagged("VERB", lemma, form)
        return token.tagged("ADJ", token.lower, "participle").tagged("ADJ", lemma, "participle")
    return token.tagged("VERB", lemma, form)


def _base_or_third(
    token: Token, lemma: str, form: str, done: list[Token], rest: Sequence[Token]
) -> Token:
    """`books`, `orders`, `rates`: a verb after its subject and before an object, else a noun."""
    word = token.lower
    after = rest[0] if rest else None
    before = done[-1].tag if done else ""
    noun = token.tagged("NOUN", singular(word))
    verb = token.tagged("VERB", lemma, form)
    nouny = could_be_noun(word)
    if with_particle(lemma, after, nouny=nouny) and before in BEFORE_VERBS:
        return verb
    if before in {"DET", "POSS", "QUANT", "ADJ", "NUM", "PREP"}:
        return noun
    if before == "ONLY":
        orders = lemma in {"show", "list", "display", "return", "include"} and len(done) == 1
        return verb if takes_object(after) and (orders or not nouny) else noun
    if before in {"OPEN", "VERB", "COLON"}:
        return noun if nouny or (form == "third" and before != "COLON") else verb
    if before in {"", "DASH"}:
        if form == "base" and takes_object(after) and not is_plural(word):
            return noun if nouny and predicate_follows(rest) else verb
        return noun if nouny or form == "third" else verb
    if before == "PRON":
        objective = {"them", "it", "him", "her", "us", "me"}
        return verb if done[-1].lower not in objective or form == "third" else noun
    if before in {"WH", "ADV"}:
        return verb
    if before in {"NOUN", "QUOTED", "CLOSE"}:
        return verb if after_noun(token, form, done, after) else noun
    if before in {"CONJ", "COMMA"}:
        return coordinated(token, verb, noun, done, after)
    return noun if nouny else verb


def _after_auxiliary(token: Token, verb: tuple[str, str] | None, done: list[Token]) -> Token:
    """After "is" comes a participle or a quality, after "do" a verb, otherwise a noun."""
    word = token.lower
    aux = next(item for item in reversed(done) if item.tag == "AUX")
    if aux.lemma == "do":
        return token.tagged("VERB", verb[0] if verb else guess_lemma(word), "base")
    if verb and verb[1] in {"participle", "past", "gerund"}:
        return token.tagged("VERB", verb[0], verb[1])
    if (
        verb
        and verb[1] == "base"
        and word in {"read", "set", "reset", "put", "cut", "split", "run"}
    ):
        return token.tagged("VERB", verb[0], "participle")
    if verb is None and (word.endswith("ed") and len(word) > 4):
        return token.tagged("VERB", guess_lemma(word), "participle")
    return token.tagged("NOUN", singular(word))
