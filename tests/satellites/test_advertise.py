"""The announcement, seen by another mDNS client on loopback."""

import asyncio

import pytest
from zeroconf import IPVersion
from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf

from hub.satellites.wyoming.advertise import SERVICE, Advertiser, own_addresses


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0", "hub.local"])
async def test_it_is_found_by_mdns_and_gone_after_close(host: str) -> None:
    addresses = ["127.0.0.1"] if host == "127.0.0.1" else own_addresses()
    if not addresses:
        pytest.skip("this machine has no address beyond loopback")
    ours = AsyncZeroconf(interfaces=["127.0.0.1"], ip_version=IPVersion.V4Only)
    theirs = AsyncZeroconf(interfaces=["127.0.0.1"], ip_version=IPVersion.V4Only)
    advertiser = Advertiser(ours)
    try:
        await advertiser.start("Hearth <script>", host, 10400)
        info = AsyncServiceInfo(SERVICE, f"Hearth script.{SERVICE}")
        async with asyncio.timeout(20):
            while not await info.async_request(theirs.zeroconf, 1000):
                pass
        assert info.port == 10400 and set(info.parsed_addresses(IPVersion.V4Only)) == set(addresses)
    finally:
        await advertiser.close()
        await theirs.async_close()


def test_loopback_is_no_address_for_others() -> None:
    assert not any(a.startswith("127.") for a in own_addresses())
