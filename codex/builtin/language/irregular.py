"""Words that follow no rule: plurals, verb forms, and words that look like another form."""

from __future__ import annotations

from codex.builtin.language.wordlists import wordset

IRREGULAR_PLURALS: dict[str, str] = {
    "person": "people", "child": "children", "man": "men", "woman": "women", "foot": "feet",
    "tooth": "teeth", "goose": "geese", "mouse": "mice", "ox": "oxen", "die": "dice",
    "leaf": "leaves", "knife": "knives", "wolf": "wolves", "shelf": "shelves", "life": "lives",
    "wife": "wives", "half": "halves", "self": "selves", "loaf": "loaves", "thief": "thieves",
    "calf": "calves", "scarf": "scarves", "hoof": "hooves", "elf": "elves",
    "analysis": "analyses", "thesis": "theses", "crisis": "crises", "diagnosis": "diagnoses",
    "hypothesis": "hypotheses", "basis": "bases", "axis": "axes", "synopsis": "synopses",
    "criterion": "criteria", "phenomenon": "phenomena", "datum": "data", "medium": "media",
    "curriculum": "curricula", "memorandum": "memoranda", "addendum": "addenda",
    "bacterium": "bacteria", "stratum": "strata", "erratum": "errata", "symposium": "symposia",
    "index": "indexes", "appendix": "appendices", "matrix": "matrices", "vertex": "vertices",
    "cactus": "cacti", "fungus": "fungi", "nucleus": "nuclei", "alumnus": "alumni",
    "stimulus": "stimuli", "syllabus": "syllabuses", "quiz": "quizzes", "movie": "movies",
    "cookie": "cookies", "selfie": "selfies", "pie": "pies", "tie": "ties", "zombie": "zombies",
    "calorie": "calories", "hobbyist": "hobbyists", "potato": "potatoes", "tomato": "tomatoes",
    "hero": "heroes", "echo": "echoes", "veto": "vetoes", "torpedo": "torpedoes",
    "bus": "buses", "gas": "gases", "lens": "lenses", "iris": "irises", "atlas": "atlases",
    "canvas": "canvases", "alias": "aliases", "bias": "biases", "plus": "pluses",
    "yes": "yeses", "box": "boxes", "cafe": "cafes", "café": "cafés", "roof": "roofs",
    "proof": "proofs", "chef": "chefs", "belief": "beliefs", "brief": "briefs", "chief": "chiefs",
    "cliff": "cliffs", "staff": "staff", "money": "money", "genie": "genies", "brownie": "brownies",
    "smoothie": "smoothies", "rookie": "rookies", "bookie": "bookies", "foodie": "foodies",
    "passerby": "passersby", "genus": "genera", "corpus": "corpora", "opus": "opuses",
    "cache": "caches", "niche": "niches", "avalanche": "avalanches", "headache": "headaches",
    "axe": "axes", "shoe": "shoes", "toe": "toes", "canoe": "canoes", "horseshoe": "horseshoes",
}  # fmt: skip

# The same in the singular and the plural.
UNINFLECTED: frozenset[str] = wordset(
    """sheep fish deer series species aircraft spacecraft equipment information software hardware
    feedback metadata media data staff news luggage furniture merchandise inventory stock money
    progress attendance homework knowledge research traffic weather work content salmon trout
    moose bison offspring headquarters means crossroads gallows barracks advice health wealth
    access music mathematics physics economics athletics gymnastics politics analytics logistics
    statistics"""
)

# They end in s and are no plurals.
NO_PLURALS: frozenset[str] = wordset(
    """address status class boss glass business process access success progress bus campus virus
    bonus focus census consensus apparatus corpus genus gas lens iris atlas canvas alias bias
    analysis thesis crisis basis diagnosis hypothesis axis synopsis emphasis oasis yes plus
    minus this its his as is was has less unless across towards always perhaps thus versus
    various previous famous anonymous continuous chess dress press stress mess loss pass mass
    grass compass witness fitness wellness illness weakness happiness series species news
    mathematics physics economics athletics analytics logistics statistics gymnastics politics
    tennis wilderness express congress princess actress waitress hostess mattress fortress
    harness headquarters sms gps css js dns tls rss https os ios dos saas aws pos gross cross
    albatross discuss guess bless miss kiss excess assess possess sans chaos ethos cosmos pathos
    christmas texas kansas menopause radius nexus sinus locus surplus stimulus syllabus cactus
    fungus nucleus alumnus walrus octopus platypus circus lotus crocus abacus hiatus opus bogus"""
)

# past, participle; the -s and -ing forms follow the rules.
IRREGULAR_VERBS: dict[str, tuple[str, str]] = {
    "be": ("was", "been"),
    "have": ("had", "had"),
    "do": ("did", "done"),
    "go": ("went", "gone"),
    "see": ("saw", "seen"),
    "write": ("wrote", "written"),
    "read": ("read", "read"),
    "make": ("made", "made"),
    "take": ("took", "taken"),
    "give": ("gave", "given"),
    "get": ("got", "got"),
    "keep": ("kept", "kept"),
    "hold": ("held", "held"),
    "buy": ("bought", "bought"),
    "sell": ("sold", "sold"),
    "pay": ("paid", "paid"),
    "lend": ("lent", "lent"),
    "send": ("sent", "sent"),
    "spend": ("spent", "spent"),
    "build": ("built", "built"),
    "find": ("found", "found"),
    "leave": ("left", "left"),
    "put": ("put", "put"),
    "set": ("set", "set"),
    "reset": ("reset", "reset"),
    "let": ("let", "let"),
    "cut": ("cut", "cut"),
    "run": ("ran", "run"),
    "begin": ("began", "begun"),
    "know": ("knew", "known"),
    "show": ("showed", "shown"),
    "draw": ("drew", "drawn"),
    "grow": ("grew", "grown"),
    "choose": ("chose", "chosen"),
    "break": ("broke", "broken"),
    "speak": ("spoke", "spoken"),
    "hide": ("hid", "hidden"),
    "ride": ("rode", "ridden"),
    "drive": ("drove", "driven"),
    "rise": ("rose", "risen"),
    "lose": ("lost", "lost"),
    "win": ("won", "won"),
    "meet": ("met", "met"),
    "feed": ("fed", "fed"),
    "lead": ("led", "led"),
    "say": ("said", "said"),
    "tell": ("told", "told"),
    "think": ("thought", "thought"),
    "bring": ("brought", "brought"),
    "teach": ("taught", "taught"),
    "catch": ("caught", "caught"),
    "withdraw": ("withdrew", "withdrawn"),
    "understand": ("understood", "understood"),
    "become": ("became", "become"),
    "come": ("came", "come"),
    "overdo": ("overdid", "overdone"),
    "undo": ("undid", "undone"),
    "rewrite": ("rewrote", "rewritten"),
    "forget": ("forgot", "forgotten"),
    "throw": ("threw", "thrown"),
    "fly": ("flew", "flown"),
    "eat": ("ate", "eaten"),
    "drink": ("drank", "drunk"),
    "sing": ("sang", "sung"),
    "swim": ("swam", "swum"),
    "stand": ("stood", "stood"),
    "sit": ("sat", "sat"),
    "sleep": ("slept", "slept"),
    "hear": ("heard", "heard"),
    "feel": ("felt", "felt"),
    "bind": ("bound", "bound"),
    "bid": ("bid", "bid"),
    "split": ("split", "split"),
    "ship": ("shipped", "shipped"),
    "upload": ("uploaded", "uploaded"),
    "quit": ("quit", "quit"),
    "cost": ("cost", "cost"),
    "fall": ("fell", "fallen"),
    "light": ("lit", "lit"),
    "stick": ("stuck", "stuck"),
    "freeze": ("froze", "frozen"),
    "steal": ("stole", "stolen"),
    "wear": ("wore", "worn"),
    "forbid": ("forbade", "forbidden"),
    "override": ("overrode", "overridden"),
}

# The last consonant doubles although the word has more than one syllable.
DOUBLING: frozenset[str] = wordset(
    """submit admit permit commit refer prefer transfer occur control cancel label travel model
    enrol refit omit defer rebut unpin reship equip begin forget upset reset program"""
)
