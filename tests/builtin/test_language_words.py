"""Words: plurals, verb forms, names, tokens with their places."""

from __future__ import annotations

import builtins
import keyword

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codex.builtin.language.inflect import (
    forms,
    gerund,
    guess_lemma,
    is_plural,
    participle,
    plural,
    singular,
)
from codex.builtin.language.names import entity_name, field_name, plural_name, snake
from codex.builtin.language.tags import tag
from codex.builtin.language.tokens import tokenize
from codex.builtin.language.types import field_type
from codex.common.documents.specification import FieldType
from codex.compiler.names import row_name

PLURALS = """book books,
category categories,box boxes,person people,child children,analysis analyses,
status statuses,address addresses,bus buses,quiz quizzes,hero heroes,photo photos,leaf leaves,
shelf shelves,knife knives,house houses,course courses,expense expenses,cache caches,movie movies,
criterion criteria,matrix matrices,toy toys,company companies,dish dishes,watch watches,
salesperson salespeople,grandchild grandchildren,menu menus,series series,sheep sheep,news news,
class classes,invoice invoices,recipe recipes,purchase purchases,prize prizes,size sizes,
mouse mice,foot feet,wolf wolves,potato potatoes,piano pianos,roof roofs,day days"""


@pytest.mark.parametrize("pair", PLURALS.replace("\n", "").split(","))
def test_plurals_both_ways(pair: str) -> None:
    one, many = pair.split()
    assert plural(one) == many
    assert singular(many) == one
    assert singular(one) == one
    assert plural(many) == many


@pytest.mark.parametrize("word", ["status", "address", "bus", "news", "analysis", "this"])
def test_words_that_only_look_like_plurals(word: str) -> None:
    assert not is_plural(word)


@pytest.mark.parametrize(
    ("lemma", "past_participle", "ing"),
    [
        ("write", "written", "writing"), ("publish", "published", "publishing"),
        ("cancel", "cancelled", "cancelling"), ("ship", "shipped", "shipping"),
        ("pay", "paid", "paying"), ("archive", "archived", "archiving"),
        ("apply", "applied", "applying"), ("send", "sent", "sending"),
        ("submit", "submitted", "submitting"), ("tie", "tied", "tying"),
    ],
)  # fmt: skip
def test_verb_forms(lemma: str, past_participle: str, ing: str) -> None:
    assert participle(lemma) == past_participle
    assert gerund(lemma) == ing
    assert forms(lemma)[lemma] == "base"


@pytest.mark.parametrize(
    ("form", "lemma"),
    [
        ("escalated", "escalate"),
        ("graded", "grade"),
        ("planned", "plan"),
        ("merging", "merge"),
        ("applied", "apply"),
    ],
)
def test_guessed_lemmas(form: str, lemma: str) -> None:
    assert guess_lemma(form) == lemma


@pytest.mark.parametrize("word", ["class", "list", "session", "property", "import", "pass"])
def test_things_keep_the_names_that_people_give_them(word: str) -> None:
    name = entity_name([word])
    assert name == word
    assert plural_name(name) != name


@pytest.mark.parametrize("word", [*keyword.kwlist, "list", "dict", "int", "super", "session"])
def test_no_row_is_held_by_a_name_that_python_or_the_function_has(word: str) -> None:
    name = row_name(entity_name([word.lower()]))
    assert name.isidentifier()
    assert not keyword.iskeyword(name)
    assert not hasattr(builtins, name)
    assert name != "session"


def test_names_are_good_english_and_good_python() -> None:
    assert entity_name(["order", "items"]) == "order_item"
    assert plural_name("person") == "people"
    assert plural_name("series") == "series_items"
    assert snake("ISBN") == "isbn"
    assert snake("VAT No.") == "vat_no"
    assert snake("Café Größe") == "cafe_groe"
    assert field_name(["from"], "trip") == "from"
    assert field_name(["metadata"], "trip") == "metadata"
    assert field_name(["id"], "trip") == "trip_id"
    assert len(snake("a" * 500)) <= 63


@given(st.text(max_size=80))
@settings(max_examples=60, deadline=None)
def test_names_of_anything_are_names_or_nothing(text: str) -> None:
    name = snake(text)
    assert name == "" or (name.isascii() and name.isidentifier() and name == name.lower())


@given(st.text(max_size=200))
@settings(max_examples=80, deadline=None)
def test_tokens_stand_where_they_say(text: str) -> None:
    for token in tokenize(text):
        assert 0 <= token.start <= token.end <= len(text)
        if token.kind == "word" and token.end - token.start == len(token.text):
            assert text[token.start : token.end] == token.text


@pytest.mark.parametrize(
    ("sentence", "tags"),
    [
        ("Members borrow up to 5 books", {"Members": "NOUN", "borrow": "VERB", "books": "NOUN"}),
        ("Only published articles are listed", {"published": "ADJ", "listed": "VERB"}),
        ("Users can book rooms", {"book": "VERB", "rooms": "NOUN"}),
        ("Each book has a rating and a cost", {"rating": "NOUN", "cost": "NOUN"}),
        ("Invoice lines have a price", {"Invoice": "NOUN", "lines": "NOUN"}),
        ("Each order belongs to a customer", {"belongs": "VERB"}),
        ("Users can sign up and log in", {"sign": "VERB", "up": "PART", "log": "VERB"}),
    ],
)  # fmt: skip
def test_parts_of_speech(sentence: str, tags: dict[str, str]) -> None:
    found = {token.text: token.tag for token in tag(tokenize(sentence))}
    assert {word: found[word] for word in tags} == tags


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("price", "decimal"), ("email", "email"), ("website", "url"), ("birthday", "date"),
        ("due_date", "date"), ("created_at", "datetime"), ("is_active", "boolean"),
        ("page_count", "integer"), ("description", "long_text"), ("phone_number", "text"),
        ("weight", "float"), ("photo", "file"), ("name", "text"), ("start_time", "datetime"),
        ("price_per_night", "decimal"), ("number_of_seats", "integer"), ("status", "text"),
    ],
)  # fmt: skip
def test_types_follow_from_names(name: str, kind: str) -> None:
    assert field_type(name) is FieldType(kind)
