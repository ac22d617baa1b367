"""One shoe to try, with what speaks for and against it."""

import html

from gait.model import Suggestion
from gait.ui.parts import pictures, words
from gait.words import say


def shoe_card(suggestion: Suggestion) -> str:
    """As HTML."""
    shoe = suggestion.shoe
    cost = f"{shoe.price:.2f}" if shoe.price is not None else ""
    why = "".join(f'<li class="g-pro">{html.escape(say(reason))}</li>' for reason in suggestion.why)
    against = "".join(f'<li class="g-con">{html.escape(say(reason))}</li>' for reason in suggestion.why_not)
    category = html.escape(words.category(shoe.category))
    return (
        f'<section class="g-shoe-card">{pictures.shoe(shoe.category)}'
        f'<div class="g-cat">{category}</div>'
        f'<div class="g-shoe-name"><b>{html.escape(shoe.name)}</b><span>{cost}</span></div>'
        f'<ul class="g-reasons">{why}{against}</ul></section>'
    )
