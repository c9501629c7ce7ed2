"""What is no part of a service: screens, wishes without a number; and what is left over."""

from __future__ import annotations

import re

from codex.builtin.language.clause import Clause
from codex.builtin.language.inflect import singular
from codex.builtin.language.names import article, plural_name, spoken
from codex.builtin.language.nouns import noun, nouns
from codex.builtin.language.people import is_person
from codex.builtin.language.units import Reading, Unit
from codex.builtin.language.wordlists import wordset
from codex.builtin.language.world import World


def _phrases(text: str) -> re.Pattern[str]:
    """A pattern for phrases, one on a line or between bars, with any white space between words."""
    parts = [re.sub(r"\s+", r"\\s+", part.strip()) for part in text.replace("\n", "|").split("|")]
    return re.compile(rf"\b({'|'.join(part for part in parts if part)})\b", re.IGNORECASE)


# Words for screens that are nothing else.
_SCREENS = _phrases(
    """user[ -]interface|interface|ui|ux|gui|front[ -]?end|web ?pages?|home ?page|landing page
    screens?|dashboards?|buttons?|dark mode|colou?r scheme|responsive
    mobile (app|friendly|version)|mobile-friendly|drag[ -]and[ -]drop|drop-?downs?|pop-?ups?
    tooltips?|sidebar|carousel|animations?|html|css|javascript|react|vue|angular
    looks? (nice|modern|clean|good|great|nice on)|looked nice|nice looking|good looking
    beautiful|sleek|android|ios|desktop app|wizard|kanban board view|calendar view|map view
    list view|grid view|clicks?|clicking|hover|scroll|scrolling|swipe"""
)
# Words for screens that may also be things or fields: counted only outside of lists of fields.
_MAYBE_SCREENS = _phrases(
    """pages?|themes?|layout|modals?|navigation|icons?|fonts?|charts?|pretty|forms?|tabs?|menus?
    colou?rs?"""
)
_WISHES = _phrases(
    """fast|quick|quickly|scale|scalable|scalability|secure|securely|robust|reliable|safe|safely
    user[ -]friendly|easy[ -]to[ -]use|easy|intuitive|performant|performance|efficient
    efficiently|maintainable|high(ly)? available|professional|simple to use|seamless
    seamlessly|modern|simple|responsive"""
)
_TECHNIQUE = wordset(
    """rest restful api json http https fastapi python sqlite postgres postgresql sql docker
    openapi swagger backend back-end crud endpoint endpoints database sqlmodel pydantic uvicorn
    relational server service microservice web application app system use using used built with
    in on and a an the be should must it written as over via expose provide run is will proper
    full documented documentation tested tests code clean simple small all data stored return
    returns store stores interface responses everything this need want i we please only no
    frontend ui necessary needed required"""
)
_UI_REASON = "Screens and their looks are out of scope: codex builds the service behind them."


def read_outside(reading: Reading, world: World) -> None:
    """Put clauses about screens aside before anything is read into them."""
    things = _things(reading)
    for unit in reading.units:
        clause = unit.clause
        if unit.too_long:
            continue
        text = world.text[clause.start : clause.end]
        if _about_screens(clause, text, things):
            if {"no", "without", "not"} & {t.lower for t in clause.tokens} and all(
                t.lower in _TECHNIQUE | {"not", "without"} or t.kind == "sign"
                for t in clause.tokens
            ):
                continue
            world.out_of_scope.append(((clause.start, clause.end), _UI_REASON))
            unit.read = True


def _about_screens(clause: Clause, text: str, things: set[str]) -> bool:
    """Whether a clause speaks of screens; the pages of a book are none."""
    if _SCREENS.search(text):
        return True
    if clause.verb in {"have", "belong_to", "contain", "include"} or not clause.verbs:
        return False
    found = {singular(match.group(0).lower()) for match in _MAYBE_SCREENS.finditer(text)}
    names = {part for name in things for part in name.split("_")}
    if not found or found & names:
        return False
    subject = noun(clause.subject, 0)
    return subject is None or subject[0].name not in things


def _things(reading: Reading) -> set[str]:
    """What has something, by the first look: it is kept, whatever it is called."""
    names: set[str] = set()
    for unit in reading.units:
        clause = unit.clause
        if clause.verb in {"have", "belong_to", "contain"} and not clause.modal:
            found, end = nouns(clause.subject, 0)
            if end == len(clause.subject):
                names.update(
                    item.name for item in found if not item.pronoun and len(item.heads) == 1
                )
    return names


def read_service(clause: Clause, world: World) -> bool:
    """ "It should be a REST API", "Use SQLite", "written in Python with FastAPI"."""
    words = [t.lower for t in clause.tokens if t.kind == "word"]
    technical = wordset(
        """rest restful api json http fastapi python sqlite postgres postgresql docker openapi
        swagger backend crud sqlmodel pydantic"""
    )
    if words and set(words) & technical and all(word in _TECHNIQUE for word in words):
        world.say((clause.start, clause.end), "service")
        return True
    return False


def leave(unit: Unit, world: World) -> None:
    """A clause that nothing understands: wishes are out of scope, the rest is told."""
    clause = unit.clause
    place = (clause.start, clause.end)
    if unit.too_long:
        world.not_understood.append((place, "No sentence of this length is read.", ()))
        return
    text = world.text[clause.start : clause.end]
    if _only_lead(unit, text, world):
        world.say(place, "service")
        return
    wish = _WISHES.search(text)
    if (
        wish
        and len(text.split()) <= 14
        and not re.search(r"\d", text)
        and not _operational(clause, world)
    ):
        reason = f"“{wish.group(0)}” cannot be tried without a number; say how it is measured."
        world.out_of_scope.append((place, reason))
        return
    world.not_understood.append((place, _reason(clause, world), _rephrasings(clause, world)))


def _operational(clause: Clause, world: World) -> bool:
    found, _ = nouns(clause.rest, 0)
    return any(world.entity(item) for item in found if not item.pronoun)


_LEADS = wordset(
    """following feature features requirement requirements entity entities rule rules functionality
    data model user users can be should able to the we need support these main it has have and
    include includes requirements: operation operations there are is api endpoint endpoints
    functional business access roles role overview summary database schema tables table details
    description also other"""
)


def _only_lead(unit: Unit, text: str, world: World) -> bool:
    """ "Features:", "Users can:" say nothing by themselves; what follows them does."""
    words = [t.lower for t in unit.clause.tokens if t.kind == "word"]
    if world.text[unit.clause.end : unit.clause.end + 2].lstrip()[:1] == ":" and len(words) <= 4:
        return True
    if not text.rstrip().endswith(":") and unit.sentence.text.rstrip()[-1:] != ":":
        return all(word in _LEADS for word in words) and len(words) <= 4
    return len(words) <= 12


def _reason(clause: Clause, world: World) -> str:
    known = [
        name
        for item in nouns(clause.rest, 0)[0]
        if not item.pronoun and (name := world.known(item.name))
    ]
    if clause.verbs and clause.verb not in {"be", "have"}:
        return (
            f"What “{clause.verb.replace('_', ' ')}” means here is not known to the built-in model."
        )
    if known:
        return f"What is said of {spoken(known[0])} is not known to the built-in model."
    return "The built-in model knows no sentence of this form."


def _rephrasings(clause: Clause, world: World) -> tuple[str, ...]:
    """Wordings near to the clause that would be understood, about things that it names."""
    things: list[str] = []
    place = 0
    while place < len(clause.tokens):
        found = noun(clause.tokens, place)
        if found is None:
            place += 1
            continue
        place = max(found[1], place + 1)
        if found[0].pronoun or not found[0].heads:
            continue
        name = world.known(found[0].name)
        if name is not None and name in world.things and not is_person(name) and name not in things:
            things.append(name)
    if not things:
        return ()
    thing = world.things[things[0]]
    many, one = spoken(plural_name(thing.name)), spoken(thing.name)
    out: list[str] = []
    if clause.verbs and clause.modal == "can":
        out.append(f"{many.capitalize()} can be marked done.")
        out.append(f"{many.capitalize()} can be cancelled unless they have been closed.")
    elif any(
        t.lower in {"average", "total", "sum", "number", "count", "top", "report", "statistics"}
        for t in clause.tokens
    ):
        out.append(f"Show the number of {many} per {next(iter(thing.relations), 'status')}.")
    else:
        field = next(iter(thing.fields), "name")
        out.append(f"Each {one} has {article(field)}.")
        if len(things) > 1:
            out.append(f"Each {one} belongs to one {spoken(things[1])}.")
    return tuple(out)


def finish(reading: Reading, world: World) -> None:
    """Introductions belong to the service as a whole; its name comes from them."""
    for intro in reading.intros:
        if intro.end > intro.start:
            world.say((intro.start, intro.end), "service")
    headings = [item.text.strip("*#: ") for item in reading.headings[:1]]
    names = [intro.system for intro in reading.intros[:1] if intro.system]
    names += [intro.system for intro in reading.intros[1:] if intro.system]
    label = _LABEL.match(world.text)
    found = (*headings, *names, *([label["name"]] if label else ()))
    titles = (_ARTICLE.sub("", name).strip() for name in found)
    world.title = next((name for name in titles if _is_title(name)), world.title)


_ARTICLE = re.compile(r"^(?:an?|the|my|our) ", re.IGNORECASE)
# "Photo sharing. Users …", "Loans: a loan has …": a few words without a verb that stand first.
_LABEL = re.compile(r"\s*(?P<name>[A-Z][\w'-]*(?: [\w'-]+){0,4})(?:\s*:|\.)\s")
_GENERIC = wordset(
    """requirements features overview entities resources data models tables objects api service
    system app application backend tool fields description specification project"""
)
_NO_NAMES = frozenset(
    {"rest api", "web service", "simple api", "web app", "backend service", "backend api"}
    | {"web application"}
)
_SPEAKS = wordset(
    """i we you they he she it there this that please hi hello thanks build create make write need
    want manage track keep store list show as users user ignore"""
)


def _is_title(name: str) -> bool:
    """Whether a few words say what the service is for."""
    words = name.lower().split()
    generic = len(words) == 1 and words[0] in _GENERIC
    if not 0 < len(name) <= 60 or generic:
        return False
    return name.lower() not in _NO_NAMES and words[0] not in _SPEAKS
