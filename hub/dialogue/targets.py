"""From a noun phrase to entities: names, kinds and places, what the speaker's area adds, and when to ask back."""

from typing import Final

import msgspec
from msgspec import Struct

from hub.core.entities import Entity
from hub.dialogue.home_index import Fitting, HomeIndex
from hub.dialogue.pointing import Aim, Pointed, nearest
from hub.dialogue.references import Named, Place, Reference, Selector
from hub.dialogue.words import MAX_NAME, words_of
from hub.sdk.locale import TargetFilter

UNSUPPORTED: Final = "unsupported"
NOTHING_THERE: Final = "nothing_there"
NO_REFERENT: Final = "no_referent"
NO_AREA: Final = "no_area"
ONE_AREA: Final = "one_area"
WHICH: Final = "which"

# How well a phrase points at what it was taken for; a lower rank is believed rather than a higher one.
_NAMED_HERE, _KIND_HERE, _NAMED, _KIND, _LOOSE, _FAILED = range(6)
_LOOKED_AT: Final = 20


class Surroundings(Struct, frozen=True, kw_only=True):
    """Where and after what something was said: the speaker's area, what was spoken of last, and of which kinds.

    `pointed` is the hand that pointed meanwhile.
    """

    area: str = ""
    last: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    pointed: Pointed | None = None

    @property
    def aims(self) -> tuple[Aim, ...]:
        """What the hand points at."""
        return self.pointed.aims if self.pointed is not None else ()


class Resolved(Struct, frozen=True, kw_only=True):
    """What a phrase stands for: `entities`, or why not (`reason`).

    `candidates` are what it may mean when the hub should ask, `besides` what the rest of the phrase means anyway.
    `cause` is the event of the hand that it was pointed out with, and `off` how far that was off (degrees).
    """

    entities: tuple[str, ...] = ()
    rank: int = _FAILED
    reason: str = ""
    candidates: tuple[str, ...] = ()
    besides: tuple[str, ...] = ()
    everything: bool = False
    total: int = 0  # of the ranks of all nouns
    place: Place | None = None
    cause: int = 0
    off: float = 0.0


class Resolver:
    """Finds entities of one home."""

    def __init__(self, index: HomeIndex) -> None:
        self._index = index

    def resolve(
        self, phrase: tuple[Reference, ...], wanted: TargetFilter, around: Surroundings, place: Place | None = None
    ) -> Resolved:
        """The entities of `phrase` that `wanted` lets through; `place` is one said elsewhere in the sentence."""
        fitting = self._index.fitting(wanted)
        found: dict[str, None] = {}
        rank, total, everything = 0, 0, False
        cause, off = 0, 0.0
        open_question: Resolved | None = None
        for reference in phrase:
            one = self._one(reference, fitting, around, place)
            cause, off = cause or one.cause, max(off, one.off)
            if one.reason == WHICH and open_question is None:
                open_question = one
                continue
            if one.reason:
                return one
            found.update(dict.fromkeys(one.entities))
            rank, total = max(rank, one.rank), total + one.rank
            everything = everything or one.everything
            around = self._after(one.entities, around)
        if open_question is not None:
            return msgspec.structs.replace(open_question, besides=tuple(found))
        return Resolved(entities=tuple(found), rank=rank, total=total, everything=everything, cause=cause, off=off)

    def _called(self, pool: list[Entity], selectors: tuple[Selector, ...]) -> bool:
        """Whether one of `pool` bears the noun in its name: then it is as good as named."""
        words = (word for entity in pool[:_LOOKED_AT] for word in words_of(entity.name[:MAX_NAME]))
        nouns = {selector.noun for selector in selectors}
        return any(
            word.startswith(noun) or (len(word) > 2 and noun.startswith(word)) for word in words for noun in nouns
        )

    def _after(self, entities: tuple[str, ...], around: Surroundings) -> Surroundings:
        """What a second noun is understood by: "the bedroom fan and the light"."""
        things = [self._index.home.entities[e] for e in entities]
        areas = {e.area for e in things}
        area = around.area or (areas.pop() if len(areas) == 1 else "")
        kinds = tuple({e.kind for e in things})
        return msgspec.structs.replace(around, area=area, kinds=kinds)

    def areas_of(self, place: Place | None, around: Surroundings) -> tuple[str, ...] | None:
        """The areas that a place means, None for no place, () for one that is unknown."""
        if place is None:
            return None
        areas = list(place.areas)
        if place.floor:
            areas.extend(self._index.floor_areas.get(place.floor, ()))
        if place.here and around.area:
            areas.append(around.area)
        return tuple(areas)

    def _one(self, said: Reference, fitting: Fitting, around: Surroundings, place: Place | None) -> Resolved:
        where = said.place if said.place is not None else place
        if said.place is not None and place is not None:
            return Resolved(reason=NOTHING_THERE, place=place)  # two places for one thing
        areas = self.areas_of(where, around)
        if said.it:
            return self._it(said, fitting, around)
        if said.that:
            shown = self._shown(said, fitting, around)
            if shown is not None:
                return shown
        if said.named:
            found = self._named(said.named, fitting, areas, around)
            if said.every and found.rank < _FAILED:
                found = self._all_named(said.named, fitting, areas)
            # "that lamp": where something else is pointed at that is a lamp, that is meant and not what is called so
            return msgspec.structs.replace(found, rank=max(found.rank, _NAMED)) if said.that and around.aims else found
        if areas == ():
            return Resolved(reason=NO_AREA if where is not None and where.here else NOTHING_THERE, place=where)
        if said.bare:
            return self._bare(fitting, areas or (), around, where)
        if said.everything:
            found = _found(fitting.group(areas), _KIND, where)
            return msgspec.structs.replace(found, everything=True)
        return self._kind(said, fitting, areas, around, where)

    def _shown(self, said: Reference, fitting: Fitting, around: Surroundings) -> Resolved | None:
        """What of `said` is pointed at; None when nothing of it is."""
        names = {named.entity for named in said.named}

        def fits(entity: str) -> bool:
            able = fitting.by_id.get(entity)
            if able is None or (said.named and entity not in names):
                return False
            return not said.selectors or any(selector.selects(able) for selector in said.selectors)

        shown = nearest(around.aims, fits)
        if not shown or around.pointed is None:
            return None
        cause, off = around.pointed.event, shown[0].off
        if len(shown) > 1:
            candidates = tuple(aim.entity for aim in shown)
            return Resolved(reason=WHICH, candidates=candidates, rank=_NAMED_HERE, cause=cause, off=off)
        return Resolved(entities=(shown[0].entity,), rank=_NAMED_HERE, cause=cause, off=off)

    def _it(self, said: Reference, fitting: Fitting, around: Surroundings) -> Resolved:
        """What is pointed at ("that"), or what was spoken of last ("it"); either word means the other at need."""
        if said.that or not around.last:
            shown = self._shown(said, fitting, around)
            if shown is not None:
                return shown
        if said.that and any(aim.entity in self._index.home.entities for aim in around.aims):
            pointed_at = tuple(aim.entity for aim in nearest(around.aims, self._index.home.entities.__contains__))
            return Resolved(reason=UNSUPPORTED, candidates=pointed_at)
        if not around.last:
            return Resolved(reason=NO_REFERENT)
        entities = tuple(e for e in around.last if e in fitting.by_id)
        if not entities:
            return Resolved(reason=UNSUPPORTED, candidates=around.last)
        return Resolved(entities=entities, rank=_NAMED_HERE)

    def _named(
        self, named: tuple[Named, ...], fitting: Fitting, areas: tuple[str, ...] | None, around: Surroundings
    ) -> Resolved:
        able = [n for n in named if n.entity in fitting.by_id]
        if not able:
            return Resolved(reason=UNSUPPORTED, candidates=tuple(n.entity for n in named))
        if areas is not None:
            able = [n for n in able if fitting.by_id[n.entity].area in areas]
            if not able:
                return Resolved(reason=NOTHING_THERE)
        here = [n for n in able if around.area and fitting.by_id[n.entity].area == around.area]
        for closest, rank in ((here, _NAMED_HERE), (able, _NAMED)):
            pool = [n for n in closest if not n.short] or closest
            entities = tuple(dict.fromkeys(n.entity for n in pool))
            if len(entities) == 1:
                loose = pool[0].short and rank == _NAMED and areas is None
                return Resolved(entities=entities, rank=_LOOSE if loose else rank)
            if entities:
                return Resolved(reason=WHICH, candidates=entities, rank=rank)
        return Resolved(reason=NOTHING_THERE)

    def _all_named(self, named: tuple[Named, ...], fitting: Fitting, areas: tuple[str, ...] | None) -> Resolved:
        """ "all ceiling lights", where several rooms have one of that name."""
        able = [
            n for n in named if n.entity in fitting.by_id and (areas is None or fitting.by_id[n.entity].area in areas)
        ]
        whole = [n for n in able if not n.short] or able
        return Resolved(entities=tuple(dict.fromkeys(n.entity for n in whole)), rank=_NAMED)

    def _bare(self, fitting: Fitting, areas: tuple[str, ...], around: Surroundings, place: Place | None) -> Resolved:
        """ "the kitchen": its lights, or what was just spoken of elsewhere, or the only thing there that fits."""
        pool = fitting.group(areas)
        for kinds in (around.kinds, ("light",)):
            chosen = [e for e in pool if e.kind in kinds]
            if chosen:
                return _found(chosen, _LOOSE, place)
        if len({e.kind for e in pool}) > 1:
            return Resolved(reason=WHICH, candidates=tuple(e.id for e in pool), rank=_LOOSE)
        return _found(pool, _LOOSE, place)

    def _kind(
        self,
        said: Reference,
        fitting: Fitting,
        areas: tuple[str, ...] | None,
        around: Surroundings,
        place: Place | None,
    ) -> Resolved:
        selectors = said.selectors
        if areas is not None:
            return _found(
                fitting.group(areas, selectors), _KIND_HERE if said.every or around.area in areas else _KIND, place
            )
        near = "" if said.every or fitting.everywhere else around.area
        if near:
            pool = fitting.group((near,), selectors)
            if pool:
                return _found(pool, _KIND_HERE if self._called(pool, selectors) else _KIND, place)
        pool = fitting.group(None, selectors)
        plural = any(s.many for s in selectors)
        if len(pool) > 1 and not said.every and not (plural and not near):
            return Resolved(reason=WHICH, candidates=tuple(e.id for e in pool), rank=_KIND)
        if not pool and self._index.fitting(TargetFilter()).group(None, selectors):
            return Resolved(reason=UNSUPPORTED)
        return _found(pool, _KIND_HERE if said.every else _KIND, place)  # "all blinds": not one that is called Blinds


def _found(pool: list[Entity], rank: int, place: Place | None) -> Resolved:
    if not pool:
        return Resolved(reason=NOTHING_THERE, place=place)
    return Resolved(entities=tuple(e.id for e in pool), rank=rank)
