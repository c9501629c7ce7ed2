"""Nouns for people, for the system itself, and for what is never a thing of its own."""

from __future__ import annotations

from codex.builtin.language.wordlists import wordset

PEOPLE: frozenset[str] = wordset(
    """user member customer client admin administrator librarian student teacher author reader
    writer visitor guest employee manager owner moderator editor patient doctor nurse driver
    passenger seller buyer vendor supplier host tenant landlord agent operator staff reviewer
    player coach trainer instructor professor tutor parent child volunteer donor organizer
    organiser participant attendee speaker artist musician chef cook waiter cashier clerk
    receptionist accountant auditor technician mechanic engineer developer tester designer
    analyst person people human individual subscriber publisher follower friend contact
    colleague worker freelancer recruiter candidate applicant employer borrower lender renter
    reporter assignee creator contributor maintainer superuser superadmin supervisor director
    dispatcher courier pilot farmer gardener breeder vet veterinarian dentist therapist
    physician carer caretaker caregiver walker sitter groomer shopper merchant trader investor
    banker broker lawyer judge officer inspector citizen resident neighbour neighbor captain
    leader referee umpire athlete runner rider cyclist swimmer angler hiker traveler traveller
    tourist blogger poster commenter voter bidder collector curator photographer barista
    bartender brewer baker student_helper pupil learner beneficiary mentor mentee sponsor
    partner representative everyone anyone somebody customer_service helper handler keeper
    ranger guide stylist rep hairdresser barber masseur counsellor counselor approver requester"""
)
# Everybody, signed in or not.
ANYBODY = wordset("everyone everybody anyone anybody visitor guest public")
# Those whom a service is for: without rights of their own beside others who have some.
CONSUMERS = wordset(
    """member customer student reader guest viewer buyer shopper listener follower subscriber
    passenger player voter participant attendee commenter client patient bidder renter borrower
    tenant visitor candidate applicant learner pupil resident citizen donor rider employee"""
)
# Groups that act like people.
GROUPS = wordset("team company organization organisation club family group department household")
# A plain signed-in person, whatever the account is called.
GENERIC = wordset("user person people i you we they account")
ADMINS = wordset("admin administrator superuser superadmin")
ADMIN_NAMES = {"administrator": "admin", "superuser": "admin", "superadmin": "admin"}

SYSTEMS: frozenset[str] = wordset(
    """system service application app api backend back-end server website site platform software
    program tool solution database rest-api microservice web-service portal webapp registry
    tracker manager organizer planner"""
)
# Nouns that a request uses without meaning a thing that is kept.
ABSTRACT: frozenset[str] = wordset(
    """detail information info data system service application app api website platform result way
    name ability feature thing stuff screen interface number total average sum count amount rest
    endpoint crud operation functionality function purpose overview kind type sort variety range
    set lot bit part basis time order_by fact need requirement permission right everything top
    bottom something anything nothing value attribute property database entity status state
    limit maximum minimum most least pagination sorting filtering search filter login signup
    password authentication authorization json http request response user_account one ones other
    others whole future past moment date today year text"""
)
# The same, unless they have fields of their own: the tables of a restaurant.
SELDOM: frozenset[str] = wordset(
    """list column record table model object row field resource profile account access page case
    example point day week month item_list"""
)

# Headings that say what part of a text follows, and name no thing.
HEADINGS: frozenset[str] = wordset(
    """entity model resource data object table rule feature requirement behaviour behavior report
    overview functionality operation endpoint description detail scope note user-story story
    role permission access security statistic figure query filter search relation relationship
    field attribute schema domain action workflow goal purpose summary introduction background
    case general misc other assumption constraint validation api service spec specification
    function thing"""
)


def is_person(noun: str) -> bool:
    """Whether a noun in the singular names people."""
    last = noun.rpartition("_")[2]
    return last in PEOPLE
