"""Words by their part of speech: the closed classes, and nouns that look like verbs."""

from __future__ import annotations

from codex.builtin.language.inflect import singular
from codex.builtin.language.wordlists import wordset

CLASSES: dict[str, str] = {}


SIGNS = {
    "(": "OPEN", "[": "OPEN", "{": "OPEN", ")": "CLOSE", "]": "CLOSE", "}": "CLOSE", ",": "COMMA",
    ":": "COLON", "=": "SIGN", "-": "DASH", "–": "DASH", "—": "DASH", "&": "CONJ", "/": "CONJ",
}  # fmt: skip


INFINITIVE = wordset(
    """like want wants need needs able allowed have has ability way possible wish hope right used
    option possibility permission free supposed love help order designed meant"""
)


# Nouns that tell a state when another noun follows: "draft invoices".
STATE_NOUNS = frozenset({"draft"})


PARTICLES = wordset("up in out off on")


# Verb forms that are nouns unless a modal, "to" or their place say otherwise.
NOUNY = wordset(
    """book order list post comment note rate review report record file plan date name title label
    group share work score rank value price cost market stock rating listing booking building
    meeting setting training drawing painting recording posting spending offering heading saving
    earning question answer message mail email document image picture photo vote bid match play
    exercise track test step place time use type form view sort range limit point process
    project issue ticket request task permit visit contact contract schedule result lease rent
    loan transfer deposit balance discount address repair service check invoice bill charge fund
    grant award register entry store host guest guide trip drive set end cover chart table ship
    shop feature product object subject tag pin star like follow favorite favourite bookmark
    subscription feed water plant grow harvest catch fish drink cook brew roast recipe season
    race run sign credit debit pay salary wage profit benefit cast author edit tour travel ride
    station stay rental tenant house park garden room seat desk reserve reading ranking tracking
    billing shipping housing advertising clothing boarding sitting hearing sighting finding
    warning pairing fixture draft pack print design code support model return sale sales supply
    upload download change update delete export import search filter query log call merge split
    measure estimate forecast budget purchase buy exchange trade swap bet lead sponsor display
    show look coach teach grade mark poll survey quiz round turn move fall rise drop hold
    release catalog catalogue total sum count average medal tip lock block treat heat wash clean
    dispatch delivery quote promise"""
)


def could_be_noun(word: str) -> bool:
    """Whether a verb form is as likely a noun."""
    return word in NOUNY or singular(word) in NOUNY


NUMBER_WORDS: dict[str, int] = {
    word: value
    for value, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
            "twenty",
        ]
    )
} | {
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "seventy": 70,
    "eighty": 80,
    "ninety": 90,
    "hundred": 100,
    "thousand": 1000,
    "dozen": 12,
}
