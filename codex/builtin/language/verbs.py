"""What verbs mean for a service: kinds of operations, ties that they make, states that they set."""

from __future__ import annotations

from dataclasses import dataclass

from codex.builtin.language.inflect import forms, participle
from codex.builtin.language.wordlists import wordset


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# To each kind of operation, its verbs. A particle follows an underscore: `sign_up`.
CREATE = _words(
    """create add post write submit record enter make upload insert open log place issue draft
    compose plan schedule host define set_up propose request raise file report register start
    organise organize build_up put save carry_out leave perform give prescribe send"""
)
READ = _words(
    """see view read browse list access get show look_at display retrieve fetch check inspect
    consult look_up view_up open_up explore discover load"""
)
UPDATE = _words("edit update change modify correct adjust rename revise alter amend")
DELETE = _words("delete remove erase discard destroy drop")
MANAGE = _words(
    """manage maintain administer administrate handle track keep_track_of keep store catalogue
    catalog curate organise organize crud save monitor collect have offer include cover run"""
)
SEARCH = _words("search filter sort order find look_up query narrow look_for browse list")
HAVE = _words(
    """have contain include comprise hold carry store record keep consist_of consist_in come_with
    require need specify be_made_up_of possess feature track show know get say give provide
    be_described_by be_identified_by be_characterised_by be_defined_by"""
)

SIGN_UP = _words("sign_up register join create_account")
SIGN_IN = _words("sign_in log_in login authenticate log_out sign_out logout sign_on log_on")

AUXILIARIES = {
    "is": "be", "are": "be", "was": "be", "were": "be", "be": "be", "been": "be", "being": "be",
    "am": "be", "gets": "be", "has": "have", "have": "have", "had": "have", "having": "have",
    "does": "do", "do": "do", "did": "do",
}  # fmt: skip
MODALS = {
    "can": "can", "could": "can", "may": "can", "might": "can", "must": "must", "should": "should",
    "shall": "must", "will": "will", "would": "should", "cannot": "can",
}  # fmt: skip


@dataclass(frozen=True)
class Tie:
    """A verb that makes a row of its own between who does it and what it is done to."""

    noun: str
    """The row's name: `loan` of `borrow`."""
    end: str = ""
    """The verb that ends it: `return`."""
    ended: str = ""
    """The field that tells when it ended: `returned_at`."""
    once: bool = False
    """Nobody does it twice to the same thing, by the word's nature: a like, a vote."""
    undo: str = ""
    """The verb that takes the row away: `unfollow`."""


TIES: dict[str, Tie] = {
    "borrow": Tie("loan", "return", "returned_at"),
    "check_out": Tie("loan", "return", "returned_at"),
    "lend": Tie("loan", "return", "returned_at"),
    "rent": Tie("rental", "return", "returned_at"),
    "hire": Tie("rental", "return", "returned_at"),
    "lease": Tie("lease", "end", "ended_at"),
    "book": Tie("booking"),
    "reserve": Tie("reservation"),
    "enroll": Tie("enrollment", once=True, undo="unenroll"),
    "enrol": Tie("enrollment", once=True, undo="unenroll"),
    "register": Tie("registration", once=True, undo="unregister"),
    "sign_up": Tie("registration", once=True, undo="unregister"),
    "rsvp": Tie("rsvp", once=True),
    "subscribe": Tie("subscription", once=True, undo="unsubscribe"),
    "follow": Tie("follow", once=True, undo="unfollow"),
    "like": Tie("like", once=True, undo="unlike"),
    "upvote": Tie("upvote", once=True),
    "vote": Tie("vote", once=True),
    "favourite": Tie("favorite", once=True, undo="unfavorite"),
    "favorite": Tie("favorite", once=True, undo="unfavorite"),
    "bookmark": Tie("bookmark", once=True),
    "rate": Tie("rating"),
    "review": Tie("review"),
    "comment": Tie("comment"),
    "apply": Tie("application"),
    "join": Tie("membership", once=True, undo="leave"),
    "attend": Tie("attendance", once=True),
    "buy": Tie("purchase"),
    "purchase": Tie("purchase"),
    "order": Tie("order"),
    "adopt": Tie("adoption"),
    "donate": Tie("donation"),
    "bid": Tie("bid"),
    "volunteer": Tie("signup", once=True),
}


@dataclass(frozen=True)
class State:
    """A verb that changes a state: the state's names, the likeliest first."""

    names: tuple[str, ...]
    opposite: str = ""
    """For verbs that take a state back: the verb whose state ends."""


_STATE_VERBS = """
complete cancel archive close approve reject publish ship pay deliver confirm accept decline
activate deactivate suspend pause resume resolve reopen lock unlock hide verify block ban renew
refund dispatch sign void retire restore pin flag feature mark_done enable disable escalate
finish send settle cook serve pack return review submit check acknowledge dismiss validate start
fulfil fulfill prepare print release redeem revoke clean repair inspect discharge admit postpone
reschedule assign claim grade tick feed water complete_off check_off tick_off cross_off star
mute withdraw expire schedule process fix test deploy merge draft lose find sell vaccinate brew
bottle harvest launch finalise finalize endorse moderate invoice bill collect issue receive
deprecate discontinue escalate honour honor freeze unfreeze graduate reserve
"""

STATES: dict[str, State] = {
    **{verb: State((participle(verb),)) for verb in _STATE_VERBS.split() if "_" not in verb},
    "complete": State(("completed", "complete", "done", "finished")),
    "finish": State(("finished", "done", "completed")),
    "cancel": State(("cancelled", "canceled")),
    "start": State(("started", "in_progress", "doing", "active", "running")),
    "send": State(("sent",)),
    "activate": State(("active", "activated")),
    "enable": State(("enabled", "active")),
    "check_off": State(("done", "checked", "completed")),
    "tick_off": State(("done", "ticked", "completed")),
    "cross_off": State(("done", "completed")),
    "tick": State(("done", "ticked", "completed")),
    "star": State(("starred",)),
    "unpublish": State(("draft", "unpublished"), "publish"),
    "unarchive": State(("active",), "archive"),
    "deactivate": State(("inactive", "deactivated"), "activate"),
    "disable": State(("disabled", "inactive"), "enable"),
    "unlock": State(("unlocked",), "lock"),
    "unblock": State(("active",), "block"),
    "unban": State(("active",), "ban"),
    "unpin": State(("unpinned",), "pin"),
    "unhide": State(("visible",), "hide"),
    "unfreeze": State(("active",), "freeze"),
    "unmute": State(("unmuted",), "mute"),
    "unstar": State(("unstarred",), "star"),
    "reopen": State(("open", "reopened"), "close"),
    "restore": State(("active", "restored"), "archive"),
    "resume": State(("active", "resumed"), "pause"),
    "reject": State(("rejected", "declined", "denied")),
    "deny": State(("denied", "rejected", "declined")),
    "decline": State(("declined", "rejected")),
    "approve": State(("approved", "accepted")),
}

# What "marked …" means, where it is not the participle of a verb.
MARKED: dict[str, str] = {
    "done": "complete", "complete": "complete", "completed": "complete", "finished": "finish",
    "read": "mark_read", "unread": "mark_unread", "undone": "reopen", "paid": "pay",
    "open": "reopen", "inactive": "deactivate", "active": "activate",
}  # fmt: skip

# Other verbs that people use of such services; known so that they are not taken for nouns.
OTHER = _words(
    """belong link relate associate attach connect refer reference point lead own assign depend
    report use allow enable support let help want need like do go come take give
    work live exist happen occur appear apply expire last default equal exceed overlap fall range
    calculate compute count sum average total return answer respond notify remind email message
    mail export import download sync integrate generate predict recommend suggest translate
    convert scan print chat call pay charge bill deduct subtract multiply divide increase decrease
    reduce raise restrict limit permit forbid prevent ensure provide build
    develop implement design code deploy describe identify name label categorise categorize
    group classify tag nest share invite receive reply ask compare
    merge split move copy duplicate clone sell serve play watch listen train teach learn study
    travel visit stay sit eat drink cook feed walk run win lose beat score rank contribute owe
    transfer withdraw deposit exchange trade swap nominate elect organise skip
    mean bring choose pick select set specify begin end stop act fill fail succeed leave drop
    hold process put turn become remain save load sign cast express rely delegate redirect shorten
    expand encode decode hash encrypt validate authorize authorise prioritise prioritize estimate
    measure weigh determine involve concern affect cause trigger fire execute simulate render draw
    drag swipe click scroll look feel coach instruct supervise produce manufacture supply stock
    bundle wrap combine mix match pair commit deserve earn gain redeem accrue accumulate reach cover
    span fit occupy employ promote illustrate direct perform sponsor fund plant grow
    breed treat diagnose prescribe examine operate drive park service cost contact reset"""
)

# Verbs with a particle.
PHRASAL: dict[str, frozenset[str]] = {
    "sign": wordset("up in out on"),
    "log": frozenset({"in", "out", "on"}),
    "check": frozenset({"in", "out", "off"}),
    "tick": frozenset({"off"}),
    "cross": frozenset({"off"}),
    "look": frozenset({"up", "at", "for"}),
    "set": frozenset({"up"}),
    "fill": frozenset({"in", "out"}),
    "hand": frozenset({"in"}),
    "take": frozenset({"out"}),
    "turn": frozenset({"on", "off"}),
    "search": frozenset({"for"}),
    "open": frozenset({"up"}),
    "sum": frozenset({"up"}),
    "vote": frozenset({"for", "on"}),
    "comment": frozenset({"on"}),
    "apply": frozenset({"for", "to"}),
    "register": frozenset({"for"}),
    "subscribe": frozenset({"to"}),
    "bid": frozenset({"on", "for"}),
    "consist": frozenset({"of"}),
    "belong": frozenset({"to"}),
    "rsvp": frozenset({"to", "for"}),
    "volunteer": frozenset({"for"}),
    "carry": frozenset({"out"}),
    "donate": frozenset({"to"}),
    "enroll": wordset("in into for on"),
    "enrol": wordset("in into for on"),
    "browse": frozenset({"through"}),
}

ALL_VERBS: frozenset[str] = frozenset(
    verb.partition("_")[0]
    for group in (
        HAVE,
        CREATE,
        READ,
        UPDATE,
        DELETE,
        MANAGE,
        SEARCH,
        OTHER,
        STATES,
        TIES,
        SIGN_IN,
        SIGN_UP,
    )
    for verb in group
)

# Each form of each verb: its lemma and which form it is. The base wins over other readings.
VERB_FORMS: dict[str, tuple[str, str]] = {}
for _lemma in sorted(ALL_VERBS):
    for _form, _kind in forms(_lemma).items():
        if _form not in VERB_FORMS or _kind == "base":
            VERB_FORMS[_form] = (_lemma, _kind)
VERB_FORMS["found"] = ("find", "participle")
VERB_FORMS["left"] = ("leave", "past")
VERB_FORMS["lost"] = ("lose", "participle")
