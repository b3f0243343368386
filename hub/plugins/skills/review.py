"""What the household is told of a package before it agrees to anything."""

import hashlib

from hub.plugins.packages.author_key import fingerprint
from hub.plugins.packages.grant_words import plain
from hub.plugins.packages.installed import Plan
from hub.plugins.skills.known_skill import Reviewed, asked_grants, example_sentences
from hub.sdk.locale import parse_locale


def reviewed(content: bytes, plan: Plan, *, known: bool) -> Reviewed:
    """What installing the package `content` would do; `known`: something of its author is installed already."""
    package, before = plan.package, plan.before
    manifest = package.manifest
    had = () if before is None else before.grant
    locales = {
        language: parse_locale(package.files[f"locale/{language}.yaml"], f"locale/{language}.yaml")
        for language in manifest.languages
    }
    return Reviewed(
        digest=hashlib.sha256(content).hexdigest(),
        skill=manifest.id,
        name=plain(manifest.name),
        version=plain(manifest.version),
        description=plain(manifest.description),
        signer=fingerprint(package.index.signer),
        signer_known=known,
        before="" if before is None else plain(before.version),
        grants=asked_grants(manifest.grant, had, before=None if before is None else had),
        examples=example_sentences(locales),
    )
