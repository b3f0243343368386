"""What every X.509 certificate of a home has in common: dates, key usage, key identifiers (RFC 5280)."""

import datetime
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.x509.oid import NameOID

PublicKey = Ed25519PublicKey | EllipticCurvePublicKey

# A hub without a battery for its clock begins in 1970 until it has asked the time: no certificate ends in what cannot
# be the present.
_NOT_BEFORE_THIS: Final = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)


def present(now: float) -> datetime.datetime:
    """The time of `now` (UTC seconds), or the earliest that it can be."""
    return max(datetime.datetime.fromtimestamp(now, datetime.UTC), _NOT_BEFORE_THIS)


def named(common_name: str) -> x509.Name:
    """A subject with nothing but a common name."""
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def certificate_of(
    subject: x509.Name,
    key: PublicKey,
    issuer: x509.Name,
    issuer_key: PublicKey,
    dates: tuple[datetime.datetime, datetime.datetime],
    *,
    authority: bool,
) -> x509.CertificateBuilder:
    """A certificate of `key`, valid from the first of `dates` to the second, to add to and to sign.

    An `authority` signs certificates that sign no others; anything else signs what it says itself.
    """
    usage = x509.KeyUsage(
        digital_signature=not authority,
        key_cert_sign=authority,
        crl_sign=authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
    begin, end = dates
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(end)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=0 if authority else None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key), critical=False)
    )
