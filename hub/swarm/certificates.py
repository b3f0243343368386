"""X.509 of a home: a hub's own certificate, the home's root, and the leaves that the root signs for its hubs.

Keys are Ed25519 (RFC 8410). A hub has one key, which never leaves it, and two certificates of it: its own, self-signed,
which it is known by (its id is that certificate's SHA-256) and which is never checked for dates; and a leaf of the
home's root, with the id as common name, for TLS between the home's hubs.

The names in a leaf are under `.internal`, which ICANN set aside for private use and will never delegate (board
resolution 2024.07.29.06): by the CA/Browser Forum's baseline requirements that makes them "internal names", for which
no public authority may issue. The address 127.0.0.1 is there for Zenoh, see `hub.swarm.zenoh_config`.
"""

import datetime
import hashlib
import ipaddress
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from hub.core.errors import ProtocolError
from hub.guard.certificates import certificate_of, named, present
from hub.swarm.zenoh_config import SAN_ADDRESS

MOST_BYTES: Final = 2048
"""Bytes of a certificate (DER); ours have about 600."""
LEAF_DAYS: Final = 730
RENEW_DAYS: Final = 365
"""A leaf that is valid for less than this is due for renewal: the founding hub may be away for a year."""
_ROOT_DAYS: Final = 365 * 30
# Well before any hub's clock: one without a battery begins in 1970 until it has asked the time.
_BEGIN: Final = datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC)
_NO_END: Final = datetime.datetime(9999, 12, 31, 23, 59, 59, tzinfo=datetime.UTC)  # RFC 5280, 4.1.2.5


def dns_name(hub: str) -> str:
    """The name in hub `hub`'s leaf, to ask for when connecting to it by TLS."""
    return f"{hub[:32]}.hub.hearth.internal"


def hub_id(identity: bytes) -> str:
    """The id of the hub with this self-signed certificate (DER): its SHA-256, 64 hexadecimal digits."""
    return hashlib.sha256(identity).hexdigest()


def home_id(root: x509.Certificate) -> str:
    """The id of the home with this root: 16 hexadecimal digits of its SHA-256."""
    return hashlib.sha256(der(root)).hexdigest()[:16]


def public_key(certificate: x509.Certificate) -> Ed25519PublicKey:
    """The certificate's key. Raises `ProtocolError` when it is of another kind."""
    try:
        key = certificate.public_key()
    except (ValueError, UnsupportedAlgorithm) as error:
        raise ProtocolError(f"a certificate's key cannot be read: {error}") from error
    if not isinstance(key, Ed25519PublicKey):
        raise ProtocolError("a certificate's key is not an Ed25519 key")
    return key


def fingerprint(key: Ed25519PublicKey) -> str:
    """SHA-256 of the public key (SubjectPublicKeyInfo, DER), hexadecimal: the same when a certificate is renewed."""
    return hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def read(data: bytes) -> x509.Certificate:
    """A certificate, as DER or PEM. Raises `ProtocolError` for anything else, or a large one."""
    if len(data) > 2 * MOST_BYTES:
        raise ProtocolError(f"a certificate of {len(data)} bytes")
    try:
        if data.startswith(b"-----"):
            return x509.load_pem_x509_certificate(data)
        return x509.load_der_x509_certificate(data)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise ProtocolError(f"this is no certificate: {error}") from error


def der(certificate: x509.Certificate) -> bytes:
    """The certificate as DER."""
    return certificate.public_bytes(Encoding.DER)


def pem(certificate: x509.Certificate) -> bytes:
    """The certificate as PEM."""
    return certificate.public_bytes(Encoding.PEM)


def key_pem(key: Ed25519PrivateKey) -> bytes:
    """The private key as PEM (PKCS 8), not encrypted."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def common_name(certificate: x509.Certificate) -> str:
    """The subject's one common name, empty when it has none or several."""
    try:
        names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    except ValueError:
        return ""
    return str(names[0].value) if len(names) == 1 else ""


def founder_of(root: x509.Certificate) -> str:
    """The id of the hub that founded the home and holds its root's key; empty when the root does not say."""
    names = root.subject.get_attributes_for_oid(NameOID.DN_QUALIFIER)
    return str(names[0].value) if len(names) == 1 else ""


def make_identity(key: Ed25519PrivateKey) -> x509.Certificate:
    """A hub's own certificate. It says nothing about the household."""
    subject = named("Hearth hub")
    return _certificate(subject, subject, key.public_key(), key, _NO_END, authority=False)


def make_root(key: Ed25519PrivateKey, founder: str, now: float) -> x509.Certificate:
    """A home's root, made by hub `founder` at `now` (UTC seconds)."""
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, f"Hearth home {fingerprint(key.public_key())[:16]}"),
            x509.NameAttribute(NameOID.DN_QUALIFIER, founder),
        ]
    )
    end = present(now) + datetime.timedelta(days=_ROOT_DAYS)
    return _certificate(subject, subject, key.public_key(), key, end, authority=True)


def make_leaf(
    hub: str,
    key: Ed25519PublicKey,
    root: x509.Certificate,
    root_key: Ed25519PrivateKey,
    now: float,
    days: int = LEAF_DAYS,
) -> x509.Certificate:
    """A leaf of `root` for hub `hub` and its key, valid until `days` from `now`."""
    subject = named(hub)
    end = min(present(now) + datetime.timedelta(days=days), root.not_valid_after_utc)
    names = [x509.IPAddress(ipaddress.ip_address(SAN_ADDRESS)), x509.DNSName(dns_name(hub))]
    return _certificate(subject, root.subject, key, root_key, end, authority=False, names=names)


def make_request(key: Ed25519PrivateKey, hub: str) -> bytes:
    """A request (CSR, DER) for a leaf, signed with the hub's key."""
    subject = named(hub)
    request = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, None)
    return request.public_bytes(Encoding.DER)


def requested_key(request: bytes) -> Ed25519PublicKey:
    """The key that a request is for; only that is taken from it. Raises `ProtocolError` unless it is well signed."""
    try:
        read = x509.load_der_x509_csr(request)
        signed, key = read.is_signature_valid, read.public_key()
    except (ValueError, UnsupportedAlgorithm, InvalidSignature) as error:
        raise ProtocolError(f"this is no request for a certificate: {error}") from error
    if not signed or not isinstance(key, Ed25519PublicKey):
        raise ProtocolError("a request for a certificate is not signed with the key that it is for")
    return key


def check_root(root: x509.Certificate) -> None:
    """Raise `ProtocolError` unless it is a self-signed authority with an Ed25519 key."""
    public_key(root)
    try:
        root.verify_directly_issued_by(root)
        if root.extensions.get_extension_for_class(x509.BasicConstraints).value.ca:
            return
    except (ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound, UnsupportedAlgorithm):
        pass
    raise ProtocolError("this is not the root of a home")


def check_leaf(leaf: x509.Certificate, root: x509.Certificate) -> None:
    """Raise `ProtocolError` unless the root signed it, and it is no authority itself. Dates are not looked at."""
    try:
        leaf.verify_directly_issued_by(root)
        if not leaf.extensions.get_extension_for_class(x509.BasicConstraints).value.ca:
            return
    except (ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound, UnsupportedAlgorithm):
        pass
    raise ProtocolError("a certificate is not signed by this home's root")


def valid_at(certificate: x509.Certificate, now: float) -> bool:
    """Whether the certificate's dates include `now` (UTC seconds)."""
    return certificate.not_valid_before_utc.timestamp() <= now <= certificate.not_valid_after_utc.timestamp()


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    key: Ed25519PublicKey,
    signer: Ed25519PrivateKey,
    end: datetime.datetime,
    *,
    authority: bool,
    names: list[x509.GeneralName] | None = None,
) -> x509.Certificate:
    builder = certificate_of(subject, key, issuer, signer.public_key(), (_BEGIN, end), authority=authority)
    if names is not None:
        uses = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
        builder = builder.add_extension(x509.ExtendedKeyUsage(uses), critical=False)
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(signer, None)
