"""The words around an outfit's own: other words for the same, words that say no, that part, and that say nothing."""

from core.data.renderers.outfit_words import ACCESSORY, CLOTHES_COLOUR, CLOTHES_TYPE, HAIR_COLOUR, HAIR_TYPE

SYNONYMS = {
    "gray": "grey", "blond": "blonde", "wavy": "waved", "haired": "hair",
    "hairless": "bald", "brow": "brows", "eyebrow": "brows", "eyebrows": "brows", "shades": "sunglasses",
    "spectacles": "glasses", "specs": "glasses", "eyeglasses": "glasses", "hoody": "hoodie", "hoodies": "hoodie",
    "overalls": "overall", "dungarees": "overall", "shirts": "shirt", "necked": "neck", "clothing": "clothes",
    "outfit": "clothes",
}  # fmt: skip
"""Other words for the same; each is read as if the second had been said."""

NO = {"no", "not", "non", "without", "never", "except", "excluding", "minus", "neither", "lacking", "w/o", "cannot"}
NO |= {
    f"{verb}n{mark}t" for verb in ("is", "are", "do", "does", "has", "have", "was", "did") for mark in ("", "'", "’")
}
NO |= {"can't", "won't", "ain't", "-", "¬", "≠", "🚫", "❌", "✗", "✘"}
BREAK = {"and", "with", "wearing", "in", "but", "plus", "&", "+", ",", ";", ".", "!", "?", "…"}
JOIN = {"and", "&", "+", "plus"}
OR = {"or", "/", "|"}
PAIRS = {
    **dict.fromkeys((("anything", "but"), ("everything", "but"), ("all", "but"), ("other", "than")), "no"),
    **dict.fromkeys((("rather", "than"), ("instead", "of"), ("apart", "from"), ("free", "of")), "no"),
    **dict.fromkeys((("nothing", "but"), ("none", "but")), "the"),
    **{(first, second): "the" for first in ("not", "never", "isn't", "isn’t", "isnt") for second in ("without", "no")},
}
"""Two words that are read as one; "not without" asks for what follows."""
FILLERS = frozenset((
    "i", "a", "an", "the", "person", "someone", "who", "which", "that", "this", "it", "she", "he", "is", "are", "be",
    "has", "have", "having", "does", "do", "wear", "wears", "want", "any", "some", "at", "all", "of", "kind", "type",
    "sort", "colour", "color", "coloured", "colored", "everything", "anything", "every",
))  # fmt: skip
"""Words that say nothing."""
HEDGES = frozenset((
    "hardly", "barely", "scarcely", "rarely", "seldom", "less", "only", "un", "anti", "free", "fake", "none",
    "nothing", "neither", "unlike", "kein", "keine", "keinen", "nicht", "ohne", "sans", "pas", "ni", "aucun",
    "aucune", "sin", "senza", "niente", "sem", "não", "nao", "niet", "geen", "zonder", "inte", "utan", "ikke",
    "uden", "ei", "bez", "nie", "не", "нет", "без", "不", "没有", "無", "ない",
))  # fmt: skip
"""Words, some of other languages, that leave open whether what stands with them is wanted."""
ABOUT: dict[str, tuple[int, ...]] = {}
"""Words that are not known, and the attributes that they are about."""
for _about, _words in (
    ((ACCESSORY,), (
        "hat", "cap", "beanie", "scarf", "earring", "earrings", "necklace", "mask", "tie", "monocle", "goggles",
    )),
    ((CLOTHES_TYPE,), (
        "cape", "coat", "jacket", "dress", "sweater", "jumper", "suit", "tshirt", "tee", "skirt", "vest", "top",
    )),
    ((HAIR_TYPE,), (
        "ponytail", "braid", "braids", "bob", "afro", "mohawk", "dreadlocks", "fringe", "spiky", "beard",
    )),
    ((HAIR_COLOUR, CLOTHES_COLOUR), (
        "purple", "violet", "orange", "gold", "golden", "turquoise", "cyan", "magenta", "beige", "teal",
    )),
):  # fmt: skip
    ABOUT |= dict.fromkeys(_words, _about)
