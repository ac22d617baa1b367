"""Finding a customer by a few letters: accents, case and small slips forgiven, the same on both databases.

Each word of a name gets keys in one indexed table of our own (`customer_key`), whatever the database can do by itself:

    ^muller               the word: what was typed may be the beginning of it
    % mu %mul ... %er     its trigrams, with a blank before and behind it: of words with a slip most stay the same
    =ellmru               its letters in their order: two of them were exchanged
    3lmu 4llmu            the same of its first three and four, for who is still typing

Names whose words begin with what was typed come first. Only when there are few of them are those with slips looked for: the
candidates that share the most trigrams, or the letters, and then by the edit distance (Damerau-Levenshtein, optimal string
alignment), one slip allowed in a word of up to five letters and two in a longer one.
"""

import re
from collections.abc import Iterable, Sequence

from rapidfuzz.distance import OSA
from sqlalchemy import ColumnElement, and_, delete, func, insert, select

from gait.records.database import Transaction
from gait.records.letters import plain_letters
from gait.records.tables import CustomerKeyRow, CustomerRow

MOST_WORDS, LONGEST_WORD = 6, 40
"""Of a name, and of what is typed: more of them find nobody better."""
CANDIDATES = 100
"""Names with a slip that are looked at closely."""
FEW = 8
"""Names that begin as typed are so few that somebody may have slipped."""
SHORT = 5
"""A word of up to so many letters may have one slip, a longer one two."""
LAST = chr(0x10FFFF)


def words_of(text: str) -> list[str]:
    """The words of a name in plain letters, without signs: `O'Neil-Smith` is `o`, `neil`, `smith` and `oneilsmith`."""
    return _words_of(plain_letters(text))


def _words_of(plain: str) -> list[str]:
    apart = re.findall(r"[^\W_]+", plain)
    joined = [re.sub(r"[\W_]+", "", part) for part in plain.split()]
    found = dict.fromkeys(word[:LONGEST_WORD] for word in (*apart, *joined) if word)
    return list(found)[: 2 * MOST_WORDS]


def keys_of(name: str) -> set[str]:
    """All keys of a name, as in the table above."""
    return {key for word in words_of(name) for key in (f"^{word}", *_trigrams(f" {word} "), *_orders(word))}


def remember(at: Transaction, customer_id: str, name: str) -> None:
    """The customer is found by that name from now on, and by no other."""
    forget(at, customer_id)
    at.execute(insert(CustomerKeyRow), [{"key": key, "customer_id": customer_id} for key in sorted(keys_of(name))])


def forget(at: Transaction, customer_id: str) -> None:
    """The customer is found no more."""
    at.execute(delete(CustomerKeyRow).where(CustomerKeyRow.customer_id == customer_id))


def ids_like(at: Transaction, typed: str, limit: int) -> list[str]:
    """The ids of at most `limit` customers, the best first; none for a text without a letter or digit."""
    wanted = _typed(typed)
    if not wanted or limit < 1:
        return []
    found = _beginning(at, wanted, limit)
    if len(found) < min(FEW, limit):
        found += [id_ for id_ in _with_slips(at, wanted, limit) if id_ not in found]
    return found[:limit]


def _typed(text: str) -> list[str]:
    """The words that were typed, the longest first: it tells the most."""
    apart = re.findall(r"[^\W_]+", plain_letters(text))[:MOST_WORDS]
    return sorted({word[:LONGEST_WORD] for word in apart}, key=lambda w: (-len(w), w))


def _beginning(at: Transaction, wanted: Sequence[str], limit: int) -> list[str]:
    """Those with a word that begins so, for each word; whole words first, then by the alphabet."""
    id_ = CustomerKeyRow.customer_id
    asked = select(id_).where(_begins(wanted[0]))
    for word in wanted[1:]:
        asked = asked.where(id_.in_(select(id_).where(_begins(word))))
    # The index gives them in this order, so the database stops at the last one; a name may have several such words.
    many = asked.order_by(CustomerKeyRow.key, id_).limit(limit * MOST_WORDS)
    return list(dict.fromkeys(at.scalars(many)))[:limit]


def _begins(word: str) -> ColumnElement[bool]:
    return and_(CustomerKeyRow.key >= f"^{word}", CustomerKeyRow.key <= f"^{word}{LAST}")


def _with_slips(at: Transaction, wanted: Sequence[str], limit: int) -> list[str]:
    """Those whose words are within a slip or two of what was typed, the nearest first."""
    keys = {key for word in wanted for key in (*_trigrams(word if len(word) > SHORT else f" {word}"), *_orders(word))}
    shared = (
        select(CustomerKeyRow.customer_id)
        .where(CustomerKeyRow.key.in_(sorted(keys)))
        .group_by(CustomerKeyRow.customer_id)
        .order_by(func.count().desc(), CustomerKeyRow.customer_id)
        .limit(CANDIDATES)
    )
    near = list(at.scalars(shared))
    named = select(CustomerRow.id, CustomerRow.folded).where(CustomerRow.id.in_(near))
    found = [(slips(wanted, _words_of(plain)), plain, id_) for id_, plain in at.execute(named)]
    return [id_ for _, _, id_ in sorted(f for f in found if f[0] is not None)[:limit]]


def slips(wanted: Iterable[str], words: Sequence[str]) -> int | None:
    """How many slips lie between what was typed and a name's words, or their beginnings; None: too many in one of them."""
    total = 0
    for word in wanted:
        allowed = 1 if len(word) <= SHORT else 2
        least = min((_distance(word, other, allowed) for other in words), default=allowed + 1)
        if least > allowed or least >= len(word):
            return None
        total += least
    return total


def _distance(typed: str, word: str, allowed: int) -> int:
    """To the word, or to one of its beginnings of about that length."""
    least = int(OSA.distance(typed, word, score_cutoff=allowed))
    for more in range(-allowed, allowed + 1):
        if least and 0 < len(typed) + more < len(word):
            least = min(least, int(OSA.distance(typed, word[: len(typed) + more], score_cutoff=allowed)))
    return least


def _trigrams(padded: str) -> set[str]:
    return {f"%{padded[i : i + 3]}" for i in range(len(padded) - 2)}


def _orders(word: str) -> set[str]:
    """Letters in their order: of the whole word, and of its beginnings."""
    whole = {f"={''.join(sorted(word))}"} if len(word) > 2 else set()
    return whole | {f"{n}{''.join(sorted(word[:n]))}" for n in (3, 4) if len(word) >= n}
