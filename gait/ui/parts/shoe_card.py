"""One shoe to try, with what speaks for and against it."""

import html

from gait.model import Suggestion
from gait.ui.parts import pictures, words
from gait.words import phrase, say


def shoe_card(suggestion: Suggestion, example: bool) -> str:
    """As HTML. `example`: it is an invented shoe, which no store sells."""
    shoe = suggestion.shoe
    cost = html.escape(words.price(shoe))
    invented = f'<div class="g-invented">{phrase("page-example_shoe")}</div>' if example else ""
    why = "".join(f'<li class="g-pro">{html.escape(say(reason))}</li>' for reason in suggestion.why)
    against = "".join(f'<li class="g-con">{html.escape(say(reason))}</li>' for reason in suggestion.why_not)
    category = html.escape(words.category(shoe.category))
    return (
        f'<section class="g-shoe-card">{pictures.shoe(shoe.category)}'
        f'<div class="g-cat">{category}</div>{invented}'
        f'<div class="g-shoe-name"><b>{html.escape(shoe.name)}</b><span>{cost}</span></div>'
        f'<ul class="g-reasons">{why}{against}</ul></section>'
    )
