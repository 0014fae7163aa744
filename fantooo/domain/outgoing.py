"""What a character may not say: contact data, links, payment requests, meeting promises, denials.

Checked before a reply is sent (product.md 2.4 and 2.9). Returns the reason, so that an operator
can mend the text. Honest talk must pass: that a character is not real, and that nobody can meet it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from fantooo.domain.masking import DATE

_LOOKALIKE_DIGITS = str.maketrans({"o": "0", "O": "0", "l": "1", "I": "1"})
_LEET = {one: str.maketrans("013457@$", f"o{one}eastas") for one in "il"}
_AT, _DOT = r"(?:\(at\)|\[at\])", r"(?:\(dot\)|\[dot\]|\sdot\s)"
_NOT = r"(?:not|never|cannot|nobody|no[ -]one|\w+n't|cant|dont|wont|isnt|didnt)"
_PERSON = r"(?:person|human(?: being)?|woman|man|girl|guy|lady|boy|chick|dude)"

#: a date is no number; a phone number may hold commas when it starts as they do in Kenya
_PHONE = re.compile(
    rf"(?P<date>{DATE})|(?:\+|00)?\d(?:[\s().\-/]*\d){{7,14}}"
    r"|(?<!\d)(?:\+|0)(?:[\s,;:*_|~.()/\-]{0,3}\d){8,14}"
)
_DIGIT_WORD = (
    r"(?:zero|nought|one|two|three|four(?!t)|fourteen|five|six(?:teen|ty)?|seven(?:teen|ty)?"
    r"|eight(?:een|y)?|nine(?:teen|ty)?|ten|eleven|twelve|thirteen|fifteen|twenty|thirty|forty"
    r"|fifty|sifuri|moja|mbili|tatu|nne|tano|sita|saba|nane|tisa|double|triple)"
)
#: "oh" is a digit only before one: "oh oh oh" is a sigh
_DIGIT = rf"(?:{_DIGIT_WORD}|\boh?(?=\W+(?:{_DIGIT_WORD}|\d))|\d)"
_SPELLED = re.compile(rf"(?:{_DIGIT}[\s,.;:/()_*\-]*){{8,}}")

# A spelled-out "at" needs an ending of an address: "I looked at it. Then I left" is plain talk.
_EMAIL = re.compile(
    rf"[\w.+-]+\s*(?:@|{_AT})\s*[\w-]+\s*(?:\.|{_DOT})\s*[a-z]{{2,}}"
    r"|[\w.+-]+\s+at\s+[\w-]+\s*"
    rf"(?:\.(?=[a-z])|\.\s*(?=(?:com|net|org|co|ke)\b)|{_DOT})\s*[a-z]{{2,}}"
)
_LINK = re.compile(
    r"\b(?:https?://|www\.)\S+|\b(?:wa|t|m)\.me\b|\b[\w-]+\.me/\S+"
    r"|\b[\w-]{2,}\.(?:com|net|org|co|ke|io|ly|app|link|info|biz|tz|ug)(?:/\S*)?\b"
    rf"|\b[\w-]{{2,}}\s*{_DOT}\s*(?:com|net|org|co|ke|ly|link)\b"
)
# Signal, snap and ig are also plain words: they name a messenger only where one is spoken of.
_HANDLE = re.compile(
    r"(?<!\w)@[a-z0-9_.]{3,}"
    r"|\b(?:insta(?:\s?gram)?|tele\s?gram|what'?s\s?app|snap\s?chat|face\s?book|tik\s?tok|viber)"
    r"(?:s|ed|ing|'s)?\b"
    r"|\b(?:on|my|your|via|through|use|using|add me|hit me up|text me|kwa|kwenye)\s+"
    r"(?:(?:my|your|to|on)\s+)?(?:signal|snap|ig|fb)\b(?!\s+(?:decision|judge?ment|answer)"
    r"|\s+(?:(?:is|was|got|gets)\s+(?:so |very |really |too )?"
    r"(?:bad|weak|poor|gone|low|lost|down|back|good|strong|terrible)|dropped|died|went|keeps))"
    r"|\b(?:snap|ig|fb)\s*[:=]\s*\w"
)
# "Till" is a shop's number only with one behind it: "wait till noon" is plain talk.
_TILL = r"\btill\s*(?:no\.?|number)?\s*:?\s*\d{5,}"
_PAYMENT = re.compile(
    r"\b(?:send|give|lend|transfer|wire|tip|buy|pay|ni?tumie|tuma|nitumia|nipe|nisaidie|niletee)\b"
    r"[^.?!]{0,40}\b(?:money|cash(?:\s?app)?|m[-\s.]?pesa|paybill|airtime|kes|ksh|shillings?"
    r"|(?:\d+|some|few)\s?bob|pesa|gift cards?|paypal|chapaa|doh|ganji|mkwanja|credo|bundles)\b"
    r"|\bnitumie\s+(?:\w+\s+)?(?:\d{2,}|kidogo)|\bsend me \d{2,}\s*(?:$|[.,!?]|please|pls)"
    rf"|\b(?:paybill|till number|till no)\b|{_TILL}"
)
#: said of money that nobody should send; "don't you" and "why not" are requests
_NO_PAYMENT = re.compile(
    rf"(?<!why )\b{_NOT}\s+(?!you\b|we\b)(?:(?:ever|need|have|want|ask|asking|asked|you|to|expect"
    r"|going|let|anyone|anybody|must|should)\s+){0,5}(?:send|give|lend|transfer|wire|tip|buy|pay)\b"
    r"[^.?!,;]{0,60}?(?=\s+(?:but|and|so)\b|[.?!,;]|$)"
)
_MEET = (
    r"(?:meet(?:\s?up)?\b(?!\s+(?:my|his|her|their|people|many|new)\b)|link up\b|hook up\b"
    r"|see you in person\b|in person\b|come over\b|visit you\b|pick you up\b|go on a date\b"
    r"|at your place\b|my place\b)"
)
_MEETING = re.compile(
    r"\b(?:let'?s|let us|we (?:can|could|should|will|shall|must|gotta)|we'll"
    r"|i(?:'ll| will| can| could)|(?:shall|should|could|can|can't|don't|will) we|want to|wanna"
    rf"|wait to|going to|gonna|if we|when we|until we|why not)\b[^.?!]{{0,40}}?\b{_MEET}"
    r"|\b(?:meet me|come to my|my address is|tu(?:ta)?kutan[ae]|tu(?:ta)?patan[ae]|tu(?:ta)?meet"
    r"|tulink|njoo kwangu|kuja kwangu|nita(?:kuja|kam) kwako|visit me)\b"
)
#: "we can never meet"; what holds only for today, or until something, is a promise all the same
_NO_MEETING = re.compile(
    rf"(?:(?<!why )\b{_NOT}\s+(?!we\b|you\b|i\b)|\bno way\s+(?:that\s+)?|\bi wish\s+)"
    r"(?:(?:ever|really|actually|even|be|is|able|going|want|plan|allowed|possible|to|for|us|you|me"
    r"|i|we|can|could|will|may)\s+){0,5}"
    r"(?:meet(?:ing)?|see(?:ing)?|visit|come|coming|pick|go|going|date|link|hook)\b"
    r"(?![^.?!,;]*\b(?:today|tonight|now|yet|this|until|unless|before|till|leo|sasa)\b)"
    r"[^.?!,;]*?(?=\s+(?:but|and|so|let'?s)\b|[.?!,;]|$)"
)
_ADDRESS = re.compile(r"\b(?:p\.?\s?o\.?\s?box|postal address)\b\s*\d*|\bhouse (?:no|number)\b")
_DENIAL = re.compile(
    # I am real; but "I am real tired" and "I am a real night owl" are only ways to talk.
    r"\b(?:i am|i'm|im|am|niko|mimi ni)\s+(?:(?:very|so|100%?|totally|actually|truly|really"
    r"|definitely|fully|just|quite|the|in fact)\s+){0,2}(?:real|genuine|legit)\b"
    r"(?!\s+(?:tired|hungry|happy|sorry|glad|good|bad|busy|proud|close|curious|excited|sleepy|cold"
    r"|keen|shy|quick|slow|sad|mad|fan|lover))"
    r"|\bas real as (?:you|any(?:one|body)|it gets|can be)\b"
    r"|\b(?:i am|i'm|im|am|mimi ni)\s+(?:(?:a|so|very|100%?|totally|also)\s+){0,2}"
    r"(?:for real|flesh and blood|binadamu|human)\b(?!\s+(?:rights|resources))"
    rf"|\b(?:i am|i'm|im|am|me|mimi ni|talking (?:to|with)|chatting with)\b"
    rf"(?:(?!\b(?:{_NOT}|nor|neither|played|plays|written|no)\b)[^.?!]){{0,30}}?\b"
    rf"(?:real|actual|living|genuine)\s+(?:\w+\s+)?{_PERSON}\b(?!\s+who|\s+(?:on|in|from) our)"
    r"|\b(?:not|no|isn't|ain't|si|sio|siyo)\s+(?:a |an |wa )?"
    r"(?:fictional|fictitious|fake|made[- ]up|invented|kubuni)\b"
    r"|\b(?:i am|i'm|im|am|mimi)\s+(?:not|no|si|sio|siyo)\s+(?:a |an )?(?:ro)?bot\b"
    r"|\bthis is (?:really )?(?:the real me|me for real|my real (?:name|face|photo|picture|self))\b"
    r"|\bi (?:do |really |truly )?exist\b(?!\s+(?:only|just|in (?:this|the|your|our|a)\b))"
    r"|\b(?:mimi|mi|me|mm)\s+ni\s+(?:\w+\s+){0,2}?(?:halisi|wa (?:u)?kweli)\b"
)
#: "I never said that I am real"
_NO_DENIAL = re.compile(
    rf"\b{_NOT}\s+(?:say|said|claim|claimed|pretend|pretended|told you|tell you)\s+(?:that\s+)?"
    rf"(?:i am|i'm|to be)\b(?![^.?!,;]*\b(?:{_NOT}|fake|fictional|bot)\b)[^.?!,;]*"
)

#: what is refused, the honest talk that is taken out before, and what the operator reads
_RULES: tuple[tuple[re.Pattern[str], re.Pattern[str] | None, str], ...] = (
    (_EMAIL, None, "Characters give no e-mail addresses."),
    (_LINK, None, "Characters send no links."),
    (_HANDLE, None, "Characters give no handles and name no other messengers."),
    (_ADDRESS, None, "Characters give no postal addresses."),
    (_PAYMENT, _NO_PAYMENT, "Characters never ask for money."),
    (_MEETING, _NO_MEETING, "Characters promise no meetings. No meeting is on offer."),
    (_DENIAL, _NO_DENIAL, "A character never claims to be a real person."),
)


def refusal(text: str) -> str:
    """The reason why a character may not say ``text``; empty when it may."""
    plain = unicodedata.normalize("NFKC", text).replace("’", "'")
    # Signs without width, and the frames of digits drawn as keys.
    plain = "".join(c for c in plain if unicodedata.category(c) not in ("Cf", "Mn", "Me"))
    folded = plain.casefold()
    readings = dict.fromkeys(
        (folded, *(_unleet(text, one) for text in (folded, _joined(folded)) for one in _LEET))
    )
    for pattern, honest, reason in _RULES:
        for reading in readings:
            if pattern.search(honest.sub(" ", reading) if honest else reading):
                return reason
    if any(map(_has_number, (plain, _digits_from_lookalikes(plain)))) or _spells_number(folded):
        return "Characters give no phone numbers."
    return ""


def _has_number(text: str) -> bool:
    return any(not found["date"] for found in _PHONE.finditer(text))


def _spells_number(text: str) -> bool:
    """Whether eight digits follow each other and some of them are words: zero 7 one two .."""
    return any(re.search("[a-z]", found[0]) for found in _SPELLED.finditer(text))


def _joined(text: str) -> str:
    """Letters that stand alone, put together: w h a t s, w.h.a.t.s -> whats."""
    return _each(
        r"(?<![\w'])(?:[^\W\d][\s.*_\-]){3,}[^\W\d]\b", text, lambda run: re.sub(r"\W|_", "", run)
    )


def _unleet(text: str, one: str) -> str:
    """Words of letters with signs among them, as they are meant: wh4ts -> whats; 1 is i or l."""
    return _each(
        r"[\w@$]*[a-z][\w@$]*", text, lambda w: w if w.isalpha() else w.translate(_LEET[one])
    )


def _digits_from_lookalikes(text: str) -> str:
    """Words made mostly of digits with their look-alike letters read as digits: O7l2 -> 0712."""
    return _each(
        r"\b[\dolOI]{4,}\b",
        text,
        lambda word: word.translate(_LOOKALIKE_DIGITS) if any(map(str.isdigit, word)) else word,
    )


def _each(pattern: str, text: str, change: Callable[[str], str]) -> str:
    return re.sub(pattern, lambda found: change(found[0]), text)
