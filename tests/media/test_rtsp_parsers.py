"""What a camera sends, well formed and not."""

import contextlib
import hashlib
import io
import re
import struct
from typing import Any

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from hub.core.errors import MediaError, ProtocolError, SettingsError
from hub.media.rtsp import auth, rtp
from hub.media.rtsp.address import rtsp_address
from hub.media.rtsp.h26x import H264Units, H265Units
from hub.media.rtsp.mjpeg import MjpegUnits
from hub.media.rtsp.rtp import START, AccessUnits, RtpPacket
from hub.media.rtsp.sdp import video_track
from hub.media.rtsp.wire import MediaPacket, Reply, RtspReader, request
from tests.media.picture_files import corners_of, encoded, four_corners

patiently = settings(deadline=None, max_examples=80)
OK = b"RTSP/1.0 200 OK\r\nCSeq: 2\r\nContent-Length: 3\r\n\r\nabc"


def packet(payload: bytes, number: int = 1, timestamp: int = 9, *, marker: bool = False) -> RtpPacket:
    return RtpPacket(96, number, timestamp, marker, payload)


def all_of(units: AccessUnits, payloads: list[bytes]) -> list[bytes]:
    """The access units in packets of one picture."""
    last = len(payloads) - 1
    return [u for n, p in enumerate(payloads) for u in units.feed(packet(p, number=n, marker=n == last))]


class TestWire:
    @pytest.mark.parametrize("step", [1, 3, 1000])
    def test_messages_and_packets_come_out_however_they_are_cut(self, step: int) -> None:
        request_of_camera = b"OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n"
        data = OK + b"\r\n" + b"$\0\0\x04wxyz" + request_of_camera + b"$\1\0\0" + OK
        reader = RtspReader()
        found = [f for at in range(0, len(data), step) for f in reader.feed(data[at : at + step])]
        reply = Reply(200, (("cseq", "2"), ("content-length", "3")), b"abc")
        assert found == [reply, MediaPacket(0, b"wxyz"), MediaPacket(1, b""), reply]
        assert reply.header("cseq") == "2"

    @pytest.mark.parametrize(
        "data",
        [
            b"HTTP/1.1 200 OK\r\n\r\n",
            b"RTSP/1.0 abc OK\r\n\r\n",
            b"RTSP/1.0 7 OK\r\n\r\n",
            b"x" * 20_000,
            b"RTSP/1.0 200 OK\r\n" + b"a: b\r\n" * 5_000,
            b"RTSP/1.0 200 OK\r\nContent-Length: 999999999999\r\n\r\n",
            b"RTSP/1.0 200 OK\r\nContent-Length: -1\r\n\r\n",
            b"RTSP/1.0 200 OK\r\nContent-Length: 70000\r\n\r\n",
        ],
    )
    def test_what_is_not_rtsp_is_an_error(self, data: bytes) -> None:
        with pytest.raises(ProtocolError):
            list(RtspReader().feed(data))

    @patiently
    @given(st.lists(st.one_of(st.binary(max_size=60), st.sampled_from([OK, b"$\0\0\2ab", b"RTSP/1.0 ", b"\r\n\r\n"]))))
    def test_anything_gives_messages_packets_or_protocol_errors(self, pieces: list[bytes]) -> None:
        reader = RtspReader()
        try:
            for piece in pieces:
                for found in reader.feed(piece):
                    assert isinstance(found, MediaPacket) or 100 <= found.status <= 599
        except ProtocolError:
            pass

    @pytest.mark.parametrize("url", ["rtsp://a/b\r\nX: y", "rtsp://a/b c", "rtsp://a/\0"])
    def test_an_address_cannot_break_out_of_its_line(self, url: str) -> None:
        with pytest.raises(ProtocolError):
            request("PLAY", url, 1, {})
        with pytest.raises(ProtocolError):
            request("PLAY", "rtsp://a", 1, {"Session": "1\r\nX: y"})


class TestAddress:
    def test_the_password_is_kept_out_of_the_address(self) -> None:
        found = rtsp_address("rtsp://me:s3%20cret%40@cam.local/live?x=1")
        assert (found.user, found.password, found.host, found.port) == ("me", "s3 cret@", "cam.local", 554)
        assert found.url == "rtsp://cam.local:554/live?x=1"
        assert rtsp_address("rtsp://[fe80::1]:8554").url == "rtsp://[fe80::1]:8554/"

    def test_is_asked_for_with_its_parameters_and_shown_without_those_that_are_passwords(self) -> None:
        found = rtsp_address("rtsp://me:s3cret@cam.local/live?x=1&pwd=s3cret")
        assert found.url == "rtsp://cam.local:554/live?x=1&pwd=s3cret"
        assert found.shown == "rtsp://cam.local:554/live?x=1&pwd=••••••"

    @pytest.mark.parametrize("source", ["", "http://a/b", "rtsp://", "rtsp://a:99999/", "rtsp://a/b c", "rtsp:a"])
    def test_others_are_refused(self, source: str) -> None:
        with pytest.raises(SettingsError) as caught:
            rtsp_address(source)
        assert caught.value.remedy


class TestAuth:
    def test_digest_is_as_in_the_rfc(self) -> None:  # RFC 2617, 3.5, without its qop
        asked = auth.challenge(
            ['Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c"']
        )
        said = auth.answer(asked, "Mufasa", "Circle Of Life", "GET", "/dir/index.html")
        assert 'response="670fd8c2df070c60b045671b8b24ff02"' in said
        assert 'opaque="5ccc069c"' in said

    @pytest.mark.parametrize(("algorithm", "digest"), [("MD5", hashlib.md5), ("SHA-256", hashlib.sha256)])
    def test_digest_with_quality(self, algorithm: str, digest: Any) -> None:
        asked = auth.challenge([f'Digest realm="r", nonce="n", qop="auth,auth-int", algorithm={algorithm}'])
        said = auth.answer(asked, "me", "pw", "PLAY", "rtsp://a/", 3)
        parts = {k: a or b for k, a, b in re.findall(r'(\w+)=(?:"([^"]*)"|([^\s,]+))', said)}
        h = lambda text: digest(text.encode()).hexdigest()  # noqa: E731
        wanted = h(f"{h('me:r:pw')}:n:00000003:{parts['cnonce']}:auth:{h('PLAY:rtsp://a/')}")
        assert parts["response"] == wanted

    def test_the_safest_offer_is_taken(self) -> None:
        basic, digest = 'Basic realm="a"', 'Digest realm="b", nonce="n"'
        assert auth.challenge([basic, digest]).nonce == "n"
        assert auth.answer(auth.challenge([basic]), "me", "pw", "PLAY", "u") == "Basic bWU6cHc="
        with pytest.raises(MediaError):
            auth.challenge(["Negotiate"])

    @patiently
    @given(st.lists(st.text(max_size=80), max_size=4))
    def test_any_offer_gives_a_challenge_or_a_media_error(self, offers: list[str]) -> None:
        with contextlib.suppress(MediaError):
            auth.challenge(offers)


SDP = b"""v=0\r
m=audio 0 RTP/AVP 0\r
a=control:track0\r
m=video 0 RTP/AVP 96\r
a=rtpmap:96 H264/90000\r
a=fmtp:96 packetization-mode=1;sprop-parameter-sets=Z0LAHg==,aM4=\r
a=control:track1\r
m=video 0 RTP/AVP 26\r
"""


class TestSdp:
    def test_the_first_video_that_can_be_decoded_is_taken(self) -> None:
        track = video_track(SDP)
        assert (track.codec, track.payload_type, track.control) == ("h264", 96, "track1")
        assert track.sets == (b"\x67\x42\xc0\x1e", b"\x68\xce")
        unknown = SDP.replace(b"H264", b"VP11").replace(b"track1", b"track2")
        assert video_track(unknown).codec == "mjpeg"
        sets = b"sprop-vps=QAE=; sprop-sps=QgE=; sprop-pps=RAE="
        h265 = SDP.replace(b"H264", b"H265").replace(b"sprop-parameter-sets=Z0LAHg==,aM4=", sets)
        assert (video_track(h265).codec, len(video_track(h265).sets)) == ("hevc", 3)

    @pytest.mark.parametrize("data", [b"", b"\xff\xfe", SDP[: SDP.index(b"m=video")], b"m=video 0 RTP/AVP 97\n"])
    def test_no_video_is_an_error_with_a_remedy(self, data: bytes) -> None:
        with pytest.raises(MediaError) as caught:
            video_track(data)
        assert caught.value.remedy

    @patiently
    @given(st.lists(st.one_of(st.sampled_from(SDP.splitlines(keepends=True)), st.binary(max_size=40))))
    def test_anything_gives_a_track_or_a_media_error(self, lines: list[bytes]) -> None:
        with contextlib.suppress(MediaError):
            assert video_track(b"".join(lines)).codec in ("h264", "hevc", "mjpeg")


class TestRtp:
    def test_what_lies_around_the_payload_is_taken_off(self) -> None:
        head = struct.pack(">BBHII", 0xB2, 0xE0, 7, 8, 9)
        data = head + b"srcAsrcB" + b"\0\0\0\1extn" + b"payload" + b"\0\0\3"
        assert rtp.parse(data) == RtpPacket(0x60, 7, 8, True, b"payload")

    @patiently
    @given(st.binary(max_size=60))
    def test_anything_is_a_packet_or_a_protocol_error(self, data: bytes) -> None:
        with contextlib.suppress(ProtocolError):
            assert len(rtp.parse(data).payload) <= len(data)


H264 = bytes([0x65]) + bytes(range(100))
H265 = bytes([0x26, 0x01]) + bytes(range(100))


class TestUnits:
    def test_h264_single_several_and_in_parts(self) -> None:
        several = b"\x18\0\2\x67\1\0\2\x68\2"
        parts = [b"\x7c\x85" + H264[1:50], b"\x7c\x05" + H264[50:80], b"\x7c\x45" + H264[80:]]
        assert all_of(H264Units(), [H264]) == [START + H264]
        assert all_of(H264Units(), [several, *parts]) == [START + b"\x67\1" + START + b"\x68\2" + START + H264]

    def test_h265_single_several_and_in_parts(self) -> None:
        several = b"\x60\1\0\3\x40\1\7\0\3\x42\1\x08"
        parts = [b"\x62\1\x93" + H265[2:50], b"\x62\1\x13" + H265[50:80], b"\x62\1\x53" + H265[80:]]
        assert all_of(H265Units(), [H265]) == [START + H265]
        assert all_of(H265Units(), [several, *parts]) == [START + b"\x40\1\7" + START + b"\x42\1\x08" + START + H265]

    def test_a_picture_of_which_something_is_missing_is_left_out(self) -> None:
        units = H264Units()
        parts = [b"\x7c\x85" + H264[1:50], b"\x7c\x05" + H264[50:80], b"\x7c\x45" + H264[80:]]
        found = [*units.feed(packet(parts[0], 1)), *units.feed(packet(parts[2], 3, marker=True))]
        assert found == []
        assert list(units.feed(packet(H264, 4, 10, marker=True))) == [START + H264]

    def test_a_new_time_ends_a_picture_without_a_marker(self) -> None:
        units = H264Units()
        assert list(units.feed(packet(H264, 65_535, 1))) == []
        assert list(units.feed(packet(H264, 0, 2))) == [START + H264]

    @pytest.mark.parametrize("payload", [b"\x7c\x05ab", b"\x7c", b"\x18\0\x09a", b"\x18\0\0", b"\x1a123", b"\x1e"])
    def test_h264_that_cannot_be_is_left_out(self, payload: bytes) -> None:
        assert all_of(H264Units(), [payload]) == []

    def test_a_picture_without_end_is_given_up(self) -> None:
        units = H264Units()
        list(units.feed(packet(b"\x7c\x85", 0)))
        for number in range(200):
            assert list(units.feed(packet(b"\x7c\x05" + bytes(60_000), number + 1))) == []
            assert len(units._unit) <= rtp.MOST_UNIT

    @patiently
    @given(
        st.sampled_from([H264Units, H265Units, MjpegUnits]),
        st.lists(st.tuples(st.binary(max_size=40), st.integers(0, 3), st.booleans()), max_size=30),
    )
    def test_anything_gives_units_or_nothing(
        self, kind: type[AccessUnits], packets: list[tuple[bytes, int, bool]]
    ) -> None:
        units = kind()
        for number, (payload, timestamp, marker) in enumerate(packets):
            for unit in units.feed(packet(payload, number, timestamp, marker=marker)):
                assert unit


def mjpeg_packets(quality: int, own: bool, restart: bool = False, step: int = 500) -> list[bytes]:
    """A picture as RFC 2435 sends it."""
    options = {"restart_marker_blocks": 4} if restart else {}
    data = encoded("JPEG", Image.fromarray(four_corners()), quality=quality, subsampling=2, **options)
    tables = b"".join(data[at + 5 : at + 69] for at in (data.index(b"\xff\xdb"), data.rindex(b"\xff\xdb")))
    at = data.index(b"\xff\xda")
    scan = data[at + 2 + int.from_bytes(data[at + 2 : at + 4], "big") : -2]
    found = []
    for begin in range(0, len(scan), step):
        kind = 65 if restart else 1
        head = b"\0" + begin.to_bytes(3, "big") + bytes((kind, 255 if own else quality, 64 // 8, 48 // 8))
        head += b"\0\4\xff\xff" if restart else b""
        if own and begin == 0:
            head += b"\0\0" + len(tables).to_bytes(2, "big") + tables
        found.append(head + scan[begin : begin + step])
    return found


class TestMjpeg:
    @pytest.mark.parametrize(("quality", "own"), [(50, False), (90, False), (30, False), (95, True)])
    @pytest.mark.parametrize("restart", [False, True])
    def test_pictures_get_their_headers_back(self, quality: int, own: bool, restart: bool) -> None:
        [jpeg] = all_of(MjpegUnits(), mjpeg_packets(quality, own, restart, step=120))
        decoder = av.CodecContext.create("mjpeg", "r")
        [picture] = decoder.decode(av.Packet(jpeg))
        pixels = picture.to_ndarray(format="rgb24")
        assert pixels.shape == (48, 64, 3)
        assert corners_of(np.asarray(pixels, np.uint8)) == corners_of(four_corners())

    def test_tables_are_remembered(self) -> None:
        first = mjpeg_packets(95, own=True)
        named = [p[:5] + b"\x80" + p[6:] for p in first]
        units = MjpegUnits()
        [jpeg] = all_of(units, named)
        bare = [named[0][:8] + b"\0\0\0\0" + named[0][12 + 128 :], *named[1:]]
        units._number = None
        assert all_of(units, bare) == [jpeg]
        assert all_of(MjpegUnits(), bare) == []

    def test_it_is_a_jpeg_that_others_read_too(self) -> None:
        [jpeg] = all_of(MjpegUnits(), mjpeg_packets(60, own=False))
        assert jpeg.startswith(b"\xff\xd8")
        assert jpeg.endswith(b"\xff\xd9")
        assert io.BytesIO(jpeg).read(2) == b"\xff\xd8"

    def test_a_part_that_does_not_follow_is_left_out(self) -> None:
        packets = mjpeg_packets(90, own=False, step=40)
        assert len(packets) > 2
        assert all_of(MjpegUnits(), [packets[0], *packets[2:]]) == []
