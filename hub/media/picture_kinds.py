"""Which files are still pictures, by how they begin."""

_STARTS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a", b"BM")


def is_picture(head: bytes) -> bool:
    """Whether a file with these first 16 bytes is a picture that `pictures.read_picture` knows."""
    return head.startswith(_STARTS) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP")
