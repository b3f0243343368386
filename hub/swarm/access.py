"""Who may say what on the mesh: Zenoh's access control, denying by default, by the name in the certificate.

Everything that a hub says is under its own key space, `hearth/<home>/<hub>/`, and a message, question or token arriving
from a link counts only when it lies in the key space of the hub that the link's certificate names:

    hearth/<home>/<sender>/to/all/<topic>           to every hub
    hearth/<home>/<sender>/to/<receiver>/<topic>    to one hub
    hearth/<home>/<asker>/ask/<answerer>/<topic>    a question; its answer has the same key
    hearth/<home>/<hub>/alive                       a liveliness token

The rules are Zenoh's (https://zenoh.io/docs/manual/access-control): those for what comes in protect this hub, those
for what goes out keep it from telling a member what was meant for another.
"""

from collections.abc import Iterable
from typing import Any, Final

from msgspec import Struct

from hub.core.errors import ProtocolError

_TOPIC_CHARACTERS: Final = 64
_FORBIDDEN: Final = frozenset("/*$?#@~")  # the mesh keeps words with a tilde for itself
_SAY: Final = ("put", "query", "liveliness_token")
_HEAR: Final = (
    "declare_subscriber",
    "declare_queryable",
    "declare_liveliness_subscriber",
    "liveliness_query",
)


EVERYONE: Final = "all"
"""The receiver of what is said to every hub; no hub has this id."""


class Key(Struct, frozen=True):
    """A key expression taken apart. `way` is to, ask or alive."""

    sender: str
    way: str
    receiver: str = ""
    topic: str = ""


def chunk(word: str, what: str = "topic") -> str:
    """`word` if it can be a part of a key; raises `ProtocolError` when it cannot."""
    if not word or len(word) > _TOPIC_CHARACTERS or not word.isprintable() or not _FORBIDDEN.isdisjoint(word):
        raise ProtocolError(f"{word[:_TOPIC_CHARACTERS]!r} is no {what}", remedy="a short word, such as `claims`")
    return word


def key_to(home: str, sender: str, receiver: str, topic: str) -> str:
    """The key of a message to one hub, or to `EVERYONE`."""
    return f"hearth/{home}/{sender}/to/{receiver}/{topic}"


def key_ask(home: str, asker: str, answerer: str, topic: str) -> str:
    """The key of a question and its answer."""
    return f"hearth/{home}/{asker}/ask/{answerer}/{topic}"


def key_alive(home: str, hub: str) -> str:
    """The key of a hub's liveliness token."""
    return f"hearth/{home}/{hub}/alive"


def parse(home: str, key: str) -> Key:
    """Take a key apart; raises `ProtocolError` for one that is not of this home or not of these forms."""
    match key.split("/"):
        case ["hearth", place, sender, ("to" | "ask") as way, receiver, topic] if place == home:
            return Key(sender, way, receiver, topic)
        case ["hearth", place, sender, "alive"] if place == home:
            return Key(sender, "alive")
    raise ProtocolError(f"{key[:200]!r} is no key of this home's mesh")


def access_control(home: str, me: str, members: Iterable[str]) -> dict[str, Any]:
    """Zenoh's `access_control` section for hub `me` among `members` (ids; `me` itself may be among them).

    Raises `ProtocolError` for an id that is not to be had.
    """
    others = sorted(set(members) - {me})
    if EVERYONE in (me, *others):
        raise ProtocolError(f"{EVERYONE!r} is no hub's id")
    rules: list[dict[str, Any]] = []
    for other in others:
        rules += _rules_of(home, me, other)
    return {
        "enabled": True,
        "default_permission": "deny",
        "rules": rules,
        "subjects": [{"id": other, "cert_common_names": [other]} for other in others],
        "policies": [
            {"rules": [r["id"] for r in rules if r["id"].startswith(f"{other} ")], "subjects": [other]}
            for other in others
        ],
    }


def _rules_of(home: str, me: str, other: str) -> list[dict[str, Any]]:
    mine, theirs = f"hearth/{home}/{me}", f"hearth/{home}/{other}"

    def rule(name: str, flow: str, messages: Iterable[str], *keys: str) -> dict[str, Any]:
        return {
            "id": f"{other} {name}",
            "permission": "allow",
            "flows": [flow],
            "messages": list(messages),
            "key_exprs": list(keys),
        }

    return [
        rule("says", "ingress", _SAY, *_said(theirs, me)),
        rule("answers", "ingress", ("reply",), f"{mine}/ask/{other}/*"),
        rule("hears", "ingress", _HEAR, *_heard(home, other)),
        # Nobody but this hub speaks under its own name, and it never hears itself: what arrives there was sent by a
        # member in this hub's name. It is let in to be told of and is never acted on; Zenoh's access control drops
        # without telling anybody.
        rule("impersonates", "ingress", ("put",), f"{mine}/to/{EVERYONE}/*"),
        rule("is told", "egress", _SAY, *_said(mine, other)),
        rule("is answered", "egress", ("reply",), f"{theirs}/ask/{me}/*"),
        rule("is listened to", "egress", _HEAR, *_heard(home, me)),
    ]


def _said(space: str, receiver: str) -> tuple[str, ...]:
    return f"{space}/to/{EVERYONE}/*", f"{space}/to/{receiver}/*", f"{space}/ask/{receiver}/*", f"{space}/alive"


def _heard(home: str, hub: str) -> tuple[str, ...]:
    return (
        f"hearth/{home}/*/to/{EVERYONE}/*",
        f"hearth/{home}/*/to/{hub}/*",
        f"hearth/{home}/*/ask/{hub}/*",
        f"hearth/{home}/*/alive",
    )
