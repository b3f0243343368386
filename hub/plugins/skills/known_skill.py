"""What the household is told of a skill: what it is, what it can be told, what it may do, and how it is."""

from collections.abc import Iterable, Mapping
from typing import Final, Literal

from msgspec import Struct

from hub.core.errors import HearthError
from hub.plugins.discovery import FoundSkill
from hub.plugins.packages.grant_words import grant_id, in_words, more_than, plain
from hub.plugins.skills.condition import Condition
from hub.sdk.locale import Locale
from hub.sdk.manifest import Grant
from hub.sdk.setting import Value

_EXAMPLES: Final = 2
"""Of one intent; people want to know what there is, not every way to say it."""
_MOST_EXAMPLES: Final = 60


class Installed(Struct, frozen=True, kw_only=True):
    """What is kept of an installed skill: its name, its signer's fingerprint, and whether its files were changed."""

    name: str
    signer: str
    changed: bool


class AskedGrant(Struct, frozen=True, kw_only=True):
    """A grant that a skill asks for: `words` complete "it may", `why` is its author's reason.

    `agreed` says that it has it, `new` that it reaches further than what the household agreed to before.
    """

    grant: str
    port: str
    only: tuple[str, ...]
    words: str
    why: str
    optional: bool
    agreed: bool
    new: bool = False


class KnownSetting(Struct, frozen=True, kw_only=True):
    """A setting of a skill and its value; the kind of both is that of `default`."""

    name: str
    label: str
    value: Value
    default: Value
    options: tuple[str, ...] = ()
    min: float | None = None
    max: float | None = None


class KnownSkill(Struct, frozen=True, kw_only=True):
    """A skill of the home. `fixed` says that hearth.toml switches it off, `changed` that its files are others than were
    installed; `examples` are sentences by language, `trouble` is what went wrong last since it was taken up.
    """

    skill: str
    name: str
    source: Literal["hub", "installed", "folder"]
    condition: Condition
    version: str = ""
    description: str = ""
    on: bool = True
    fixed: bool = False
    signer: str = ""
    changed: bool = False
    grants: tuple[AskedGrant, ...] = ()
    settings: tuple[KnownSetting, ...] = ()
    intents: tuple[str, ...] = ()
    examples: dict[str, tuple[str, ...]] = {}
    trouble: str = ""


class Reviewed(Struct, frozen=True, kw_only=True):
    """A package that was looked at, by its `digest`; nothing of it is unpacked. `before` is the version that it would
    replace, empty for none; `signer_known` says that something of the same author is installed already.
    """

    digest: str
    skill: str
    name: str
    version: str
    description: str
    signer: str
    signer_known: bool
    before: str
    grants: tuple[AskedGrant, ...]
    examples: dict[str, tuple[str, ...]]


def asked_grants(
    asked: Iterable[Grant], agreed: tuple[Grant, ...], *, before: tuple[Grant, ...] | None = None
) -> tuple[AskedGrant, ...]:
    """The grants that a manifest asks for, beside those agreed to; `before`: what the version until now has."""
    return tuple(
        AskedGrant(
            grant=grant_id(grant),
            port=grant.port,
            only=tuple(map(plain, grant.only)),
            words=in_words(grant),
            why=plain(grant.why),
            optional=grant.optional,
            agreed=not more_than((grant,), agreed),
            new=before is not None and bool(more_than((grant,), before)),
        )
        for grant in asked
    )


def example_sentences(locales: Mapping[str, Locale]) -> dict[str, tuple[str, ...]]:
    """Sentences that the skill's author gives as examples, by language, a few of each intent."""
    return {language: _examples(locale) for language, locale in locales.items()}


def _examples(locale: Locale) -> tuple[str, ...]:
    found = [plain(each) for words in locale.intents.values() for each in words.examples[:_EXAMPLES]]
    return tuple(found[:_MOST_EXAMPLES])


def _intents(found: FoundSkill) -> tuple[str, ...]:
    return tuple(dict.fromkeys(intent for locale in found.words.locales.values() for intent in locale.intents))


def _settings(found: FoundSkill) -> tuple[KnownSetting, ...]:
    values = found.settings
    return tuple(
        KnownSetting(
            name=one.name,
            label=plain(one.label),
            value=values[one.name],
            default=one.default,
            options=one.options,
            min=one.min,
            max=one.max,
        )
        for one in found.manifest.setting
    )


def known_skill(
    found: FoundSkill, record: Installed | None, condition: Condition, *, on: bool, fixed: bool, trouble: str
) -> KnownSkill:
    """What is told of a skill that was found; `record` is what is kept of one that was installed."""
    manifest = found.manifest
    return KnownSkill(
        skill=manifest.id,
        name=plain(manifest.name),
        version=plain(manifest.version),
        description=plain(manifest.description),
        source="hub" if found.bundled else "folder" if record is None else "installed",
        on=on,
        fixed=fixed,
        signer="" if record is None else record.signer,
        changed=record is not None and record.changed,
        grants=asked_grants(manifest.grant if found.asked is None else found.asked, manifest.grant),
        settings=_settings(found),
        intents=_intents(found),
        examples=example_sentences(found.words.locales),
        condition=condition,
        trouble=plain(trouble),
    )


def broken_skill(name: str, error: HearthError, record: Installed | None) -> KnownSkill:
    """What is told of one that cannot even be read."""
    reason = plain(f"{error.message} ({error.remedy})" if error.remedy else error.message)
    return KnownSkill(
        skill=name,
        name=plain(name) if record is None else record.name,
        source="folder" if record is None else "installed",
        signer="" if record is None else record.signer,
        condition=Condition(state="left_out", reason=reason),
    )
