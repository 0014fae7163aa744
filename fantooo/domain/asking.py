"""Whether somebody asks a character if it is real, a person, a program: product.md 2.9.

The system answers that itself, at once. In doubt it answers: one honest line too many harms nobody,
one too few deceives. Nothing is stored; the answer follows from the text.
"""

from __future__ import annotations

import re

#: a text without any of these asks nothing, and most have none: looking for them costs a microsecond
_STEMS = (
    "real", "human", "person", "bot", "fake", "who", " ai", "a.i", "exist", "machine", "comput",
    "gpt", "fiction", "catfish", "genuine", "legit", "mtu", "kweli", "halisi", "binadamu", "nani",
    "mashine", "automat", "paid", "fantooo", "staff", "operator", "generated",
)  # fmt: skip
_UNSEEN = str.maketrans({"’": "'", "\u200b": None, "\u200c": None, "\u200d": None, "\ufeff": None})

_YOU = r"(?:you|u|ya)"
_PERSON = (
    r"(?:person|human(?:\s+being)?|being|people|woman|man|girl|guy|lady|boy|chick|dude|somebody"
    r"|someone|anybody|anyone)"
)
_END = r"(?=\s*(?:$|[.?!,;:)\n]))"
#: what makes a noun of the word before it: a computer scientist, human resources
_GOES_ON = (
    r"(?!\s+(?:rights|resources?|operators?|learning|engineers?|scientists?|science|students?"
    r"|programmers?|geek|nerd|lab|person|guy|technician|games?|fan|lover|bag|news))"
)
_MADE = (
    rf"(?:(?:chat\s*|ro)?bot|ai|a\.i\.?|machine|computer(?:\s+program)?|chat\s*gpt|catfish"
    rf"|fictional|fake|made[ -]up)(?![\w])(?!'s){_GOES_ON}"
)
#: "real" itself; but "real tired", "real madrid", "a real estate agent" speak of something else
_REAL = (
    r"(?:real|genuine|legit|human)\b"
    r"(?!\s+(?:tired|hungry|happy|sorry|glad|good|bad|busy|proud|close|curious|excited|sleepy|cold"
    r"|keen|shy|quick|slow|sad|mad|sweet|nice|kind|cute|hot|beautiful|pretty|handsome|smart|funny"
    r"|lucky|special|talk|fan|lover|madrid|estate|life|deep|rights|resources?|serious|sure|hard"
    r"|cool|fast|lonely|gem|one|friend|sick|upset|into|with|about|chefs?|name|passion))"
)
_MAYBE = (
    r"(?:(?:really|actually|even|truly|just|honestly|maybe|only|also|not|for\s+real|like|perhaps"
    r"|possibly|still|in\s+fact|simply|n't)\s+){0,3}"
)
_WHAT = rf"(?:{_REAL}|(?:an?\s+)?(?:{_MADE}|human\b{_GOES_ON}|person\b)"
_WHAT += rf"|(?:an?|the)\s+(?:real|actual|living|live|genuine)\s+{_PERSON}\b|the\s+real\s+\w+)"
_TALKING = r"(?:talk|chatt?|speak|text|writ|deal)(?:ing|e)?(?:\s+(?:to|with))?"

_ENGLISH = (
    # Are you real? You are not a bot? U real?
    rf"(?:are|r|ar|aren't|arent|if|that|so|because|think|know|hope)\s+{_YOU}(?:'re|\s+are|\s+r)?\s+{_MAYBE}{_WHAT}"
    rf"|(?:{_YOU}\s+(?:are|r)|{_YOU}'re|youre|ur|ru)\s+{_MAYBE}{_WHAT}"
    rf"|are\s+{_YOU}\s+(?:really|actually|truly)\s+an?\s+{_PERSON}\b"
    # Is this a real person? Is there a human? Is this real?
    rf"|is\s+(?:this|that|it|there|he|she)\s+{_MAYBE}(?:an?\s+)?(?:(?:real|actual|living|live)\s+{_PERSON}\b"
    rf"|(?:(?:chat\s*|ro)?bot|ai|a\.i\.?|machine|chat\s*gpt)\b{_GOES_ON})"
    rf"|is\s+there\s+{_MAYBE}(?:an?\s+)?(?:human|person)\b"
    rf"|is\s+(?:this|(?:any|all)\s+(?:of\s+)?(?:this|it)|everything)\s+{_MAYBE}(?:real|fake){_END}"
    rf"|is\s+(?:this|that|it)\s+(?:really|actually|truly)\s+{_YOU}\b"
    rf"|is\s+\w+\s+an?\s+(?:real|actual|living)\s+(?:person|human)\b"
    rf"|{_YOU}\s+(?:ain't|aint|aren't|arent)\s+{_MAYBE}{_WHAT}"
    # Who is paid for this?
    rf"|are\s+{_YOU}\s+(?:an?\s+)?(?:operator{_END}|paid\s+to|getting\s+paid|staff{_END})"
    rf"|do\s+{_YOU}\s+work\s+for\s+(?:fantooo|this\s+(?:app|site|company|page))"
    # The pictures, the name, the answers.
    rf"|are\s+(?:your|these|the)\s+(?:replies|answers|messages)\s+{_MAYBE}(?:real|fake|ai|automat\w+|generated)\b"
    rf"|(?:are|r)\s+(?:these|those|your|ur|the)\s+(?:photos?|pictures?|pics?|images?)\s+{_MAYBE}(?:of\s+\w+\s+)?"
    rf"(?:real|fake|ai|drawn|drawings?)\b"
    rf"|(?:your|ur)\s+real\s+(?:name|face|photos?|pictures?|pics?|self|identity)\b"
    # Who am I talking to?
    rf"|whom?\s+am\s+i\s+(?:\w+\s+)?{_TALKING}"
    rf"|am\s+i\s+{_MAYBE}{_TALKING}\s+(?:an?\s+)?(?:(?:real|actual|living|live)\s+)?(?:{_PERSON}\b|{_MADE})"
    rf"|do\s+i\s+{_MAYBE}{_TALKING}\s+(?:an?\s+)?(?:(?:real|actual|living|live)\s+)?(?:{_PERSON}\b|{_MADE})"
    rf"|{_TALKING}\s+(?:an?\s+)?(?:(?:chat\s*|ro)?bot|machine|ai|chat\s*gpt)\b{_GOES_ON}"
    rf"|who(?:\s+is|'s|\s+are)\s+(?:really\s+|actually\s+)?(?:writing|typing|answering|replying|texting)\b"
    rf"|who\s+(?:really\s+|actually\s+)?(?:writes|types|answers|replies|texts)\s+(?:to\s+me|this|these|here|your\s+(?:messages|replies))"
    rf"|who(?:\s+is|'s)\s+(?:really\s+)?(?:behind\s+(?:this|your|the)|on\s+the\s+other\s+(?:side|end))"
    rf"|who\s+are\s+{_YOU}\s+(?:really|actually|for\s+real){_END}"
    rf"|do\s+{_YOU}\s+{_MAYBE}exist\b"
    rf"|(?:real|human|person)\s+or\s+(?:an?\s+)?(?:fake|(?:chat\s*|ro)?bot|ai|machine)\b"
)
#: only where the text begins
_ALONE = (
    rf"{_YOU}\s+{_MAYBE}{_WHAT}"
    rf"|(?:(?:a\s+)?real\s+{_PERSON}|human|(?:ro)?bot|real\s+or\s+(?:fake|not)|fake)\s*\?"
)
_MADE_SW = r"(?:(?:ro|chat\s*)?bot[iu]?|ai|mashine|kompyuta|fake|feki|wa\s+kubuni)\b"
_SO = r"(?:(?:kweli|tu|pia|kama|je|hata)\s+){0,2}"
_MTU = (
    r"(?:mtu|binadamu|mwanadamu|mwanamke|mwanaume|mwanamume|msichana|mvulana|demu?|dame|manzi|boy"
    r"|chali|kijana)"
)
_TRUE = r"(?:(?:wa\s+)?u?kweli|halisi|real|wa\s+ukwel[iy]|legit)\b"
_SWAHILI = (
    rf"(?:wewe|we|ww|huyu|hii|hapa)\s+(?:ni|si|sio|siyo)\s+{_SO}(?:{_MADE_SW}|(?:real|halisi|legit|binadamu)\b"
    rf"|{_MTU}\s+(?:kama\s+mimi|{_TRUE})|mtu\s+(?:ama|au)\b|mtu{_END})"
    rf"|(?:uko|upo)\s+{_SO}(?:{_REAL}|{_MADE_SW}|{_MTU}\s+{_TRUE})"
    rf"|upo\s+kweli{_END}"
    rf"|na(?:ongea|chat|zungumza|text|andikiana)\s+na\s+(?:nani\b|{_MADE_SW}|{_MTU}\s+{_TRUE})"
    rf"|nina(?:ongea|chat|zungumza|text|andikiana)\s+na\s+(?:nani\b|{_MADE_SW}|{_MTU}\s+{_TRUE})"
    rf"|(?:wewe|we|ww)\s+ni\s+nani\s+(?:kweli|haswa|hasa|real){_END}"
    rf"|nani\s+(?:\w+\s+)?(?:anaandika|anajibu|anaandikia|ananijibu|ananiandikia)\b"
    rf"|ni\s+(?:wewe|we|ww)\s+kweli\b"
    rf"|jina\s+lako\s+(?:la\s+)?(?:u?kweli|halisi)\b"
    rf"|unaexist\b"
)
# One word boundary for all, and a look at the first letter: most words are left at once.
_ASKED = re.compile(rf"\b(?=[abdhijnprstuwy])(?:{_ENGLISH}|{_SWAHILI})|\A\W*(?:{_ALONE})")


def asks_if_real(text: str) -> bool:
    """Whether ``text`` asks if its reader is real, in English, Swahili or Sheng."""
    folded = text.casefold()
    for stem in _STEMS:
        if stem in folded:
            return _ASKED.search(folded.translate(_UNSEEN)) is not None
    return False
