"""A prompt for outfits: the box, and below it what was understood, what was not and why, and every word there is."""

import streamlit as st

from core.data.renderers.outfit_parts import Word
from core.data.renderers.outfit_prompts import parse
from core.data.renderers.outfit_words import ATTRIBUTES, FREE, HAIR_TYPE, HAIRY, Left, describe
from core.painting.wish import Wish
from playground import session
from playground.rungs.paint.prompt import vocabulary
from playground.rungs.paint.prompt.offers import completions, extended, typing

PROMPT, ADDED, MEANT = "prompt", "prompt_add", "prompt_meant"
LONGEST = 400  # characters that are read


def prompted(key: str = "", label: str = "Paint", first: str = "") -> Wish:
    """A box for words of outfits, words that would complete it, and what was understood."""
    box = key + PROMPT
    prompt = st.text_input(
        label, first, key=box, bind="query-params", live=True, placeholder="curly hair, not red, sunglasses"
    )  # fmt: skip
    prompt = prompt or ""
    read = prompt if len(prompt) <= LONGEST else prompt[:LONGEST].rpartition(" ")[0]
    offer(box, key + ADDED, prompt, completions(read) if read == prompt else [])
    begun = typing(read) if read == prompt else len(read)
    found = parse(read[:begun])
    st.markdown(understood(found.left))
    if begun < len(read):
        st.caption(f"“{session.plain(prompt[begun:].strip())}”: which of these is meant?")
    if found.unused:
        st.warning(objection(found.unused))
        correct(box, key + MEANT, prompt, found.unused)
    if read != prompt:
        st.caption(f"The first {len(read):,} of {len(prompt):,} characters are read; the rest is kept, and not used.")
    vocabulary.unfold(key, box, found)
    return wish(found.left)


def wish(left: Left) -> Wish:
    """The values left to every attribute, as a painter is told."""
    kept = tuple(() if values == free else tuple(sorted(values)) for values, free in zip(left, FREE, strict=True))
    return Wish(kept, describe(left) or "any outfit")


def offer(box: str, name: str, prompt: str, offered: list[str]) -> None:
    """Words that go on with the prompt; a press takes one."""

    def add() -> None:
        if picked := session.widget(name):
            session.set_widgets({box: extended(prompt, picked), name: None})

    if offered:
        st.pills("Go on", offered, key=name, on_change=add, label_visibility="collapsed", wrap=True)


def correct(box: str, name: str, prompt: str, unused: tuple[Word, ...]) -> None:
    """What misspelt words may have meant; a press puts one right."""
    meant = {f"{word.meant} for “{word.text[:20]}”": word for word in unused if word.meant}

    def put_right() -> None:
        if word := meant.get(str(session.widget(name))):
            session.set_widgets({box: prompt[: word.start] + word.meant + prompt[word.end :], name: None})

    if meant:
        st.pills("Did you mean", [*meant], key=name, on_change=put_right, wrap=True)


def understood(left: Left) -> str:
    """Chips of what is asked for, and what is left free."""
    asked = [part for part in describe(left).split(", ") if part]
    if not asked:
        return ":gray-badge[everything is left free]"
    free = [
        ATTRIBUTES[a] for a, values in enumerate(left) if values == FREE[a] or (a == HAIR_TYPE and values == HAIRY)
    ]  # fmt: skip
    chips = " ".join(f":violet-badge[{session.plain(part)}]" for part in asked)
    return f"{chips} :gray-badge[free: {', '.join(free)}]".strip() if free else chips


def objection(unused: tuple[Word, ...]) -> str:
    """One sentence on the words that were not used, each with its reason."""
    reasons: dict[str, list[str]] = {}
    for word in unused:
        reasons.setdefault(word.why, []).append(f"“{session.plain(word.text[:30])}”")
    said = [
        f"{' '.join(words[:6])}{' ...' if len(words) > 6 else ''}: {session.plain(why)}"
        for why, words in reasons.items()
    ]  # fmt: skip
    return f"Not used: {'; '.join(said)}{'' if said[-1].endswith('?') else '.'}"
