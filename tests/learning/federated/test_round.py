"""Rounds between hubs: what they are worth, what crosses the wire, and what happens when somebody is missing."""

from pathlib import Path

import numpy as np
import pytest

from hub.core.errors import NotFoundError
from hub.learning.federated.arrays import pack, unpack
from hub.learning.federated.collect import Terms
from hub.learning.federated.messages import rendezvous
from hub.learning.head import Material
from tests.learning.federated.homes import KIND, Homes, cloud, head, office_head, office_homes


def skewed() -> list[tuple[Material, Material]]:
    """Four hubs that each know one class badly, and meet all three."""
    shares = [(1, 1, 0.1), (1, 0.1, 1), (0.1, 1, 1), (1, 1, 1)]
    return [(cloud(70, n, shares[n]), cloud(90, 50 + n)) for n in range(4)]


async def held_out(homes: Homes, kind: str) -> list[tuple[float, float]]:
    """For each hub the share that it gets right of its held-out examples, before and after a round."""
    await homes.learners["hub1"].begin(kind)
    await homes.ended()
    reports = [pupil.reports[-1] for pupil in homes.pupils.values()]
    assert len({report.round for report in reports}) == 1
    return [(report.right_before / report.held, report.right / report.held) for report in reports]


async def test_after_a_round_no_hub_is_worse_and_the_mean_is_better() -> None:
    homes = Homes(skewed(), head())
    marks = await held_out(homes, KIND)
    assert all(after >= before for before, after in marks)
    assert np.mean([after - before for before, after in marks]) > 0.2
    assert "merged" in {pupil.reports[-1].outcome for pupil in homes.pupils.values()}
    await homes.close()


@pytest.mark.realdata
async def test_after_a_round_on_an_offices_minutes_no_hub_is_worse_and_the_mean_is_better(data: Path) -> None:
    homes = Homes(office_homes(data / "presence" / "occupancy"), office_head())
    marks = await held_out(homes, "presence")
    assert all(after >= before for before, after in marks)
    assert np.mean([after - before for before, after in marks]) > 0.2
    await homes.close()


async def test_all_hubs_share_the_same_head_afterwards_to_the_bit_and_go_on_from_it() -> None:
    homes = Homes.clouds()
    for number in (1, 2, 3):
        report = await homes.learners["hub0"].begin(KIND)
        await homes.ended()
        assert report.round == number and report.outcome != "given up"
        assert len({pupil.shared.base for pupil in homes.pupils.values()}) == 1
    assert homes.pupils["hub0"].shared.base != head().base
    await homes.close()


def patterns(material: Material) -> list[bytes]:
    """Two features in a row, as whoever leaked them would write them: floats of all lengths, and 8 and 16 bits."""
    found = []
    for row in material.x:
        for form in ("<f4", ">f4", "<f8", ">f8", "<f2"):
            found.append(row.astype(form)[:2].tobytes())
            found.append(row.astype(form)[2:].tobytes())
        scale = float(np.abs(row).max()) / 127
        found.append(np.rint(row / scale).astype(np.int8).tobytes())
        found.append(np.rint(row / scale * 256).astype("<i2").tobytes())
        found.append(",".join(f"{value:.4f}" for value in row[:2].tolist()).encode())
    return found


@pytest.mark.parametrize("int8", [True, False])
async def test_no_feature_and_no_example_crosses_the_wire(int8: bool) -> None:
    homes = Homes(skewed(), head(), terms=Terms(deadline_s=5.0, int8=int8))
    await homes.learners["hub2"].begin(KIND)
    await homes.ended()
    await homes.close()
    wire = b"\0".join(homes.heard)
    assert len(wire) > 1000
    # The first layer's weights are (4, 8): by chance alone four bytes of a kind are no finding, eight are.
    for pupil in homes.pupils.values():
        for material in await pupil.material():
            for pattern in patterns(material):
                assert len(pattern) < 8 or pattern not in wire
            quantised = np.rint(material.x / np.abs(material.x).max() * 127).astype(np.int8)
            for start in range(0, len(material) - 2, 2):
                assert quantised[start : start + 2].tobytes() not in wire


async def test_hubs_that_missed_rounds_take_the_shared_head_over() -> None:
    homes = Homes.clouds(4)
    late = homes.street.meshes.pop("hub3")
    homes.street.changed()
    await homes.learners["hub0"].begin(KIND)
    await homes.ended(without=("hub3",))
    homes.street.meshes["hub3"] = late
    homes.street.changed()
    report = await homes.learners["hub3"].begin(KIND)
    await homes.ended()
    assert report.round >= 2 and "hub3" in report.members
    assert len({pupil.shared.base for pupil in homes.pupils.values()}) == 1
    await homes.close()


async def test_two_hubs_send_nothing_unless_all_have_said_so() -> None:
    homes = Homes.clouds(2)
    report = await homes.learners["hub0"].begin(KIND)
    assert report.outcome == "alone" and report.right > report.right_before
    assert "2 hubs can take part, 3 are needed" in report.reason
    assert not any(b"HUP1" in body for body in homes.heard)
    await homes.close()

    homes = Homes.clouds(2, terms=Terms(least_members=2, deadline_s=5.0))
    report = await homes.learners["hub0"].begin(KIND)
    await homes.ended()
    assert report.counted == ("hub0", "hub1")
    await homes.close()
    with pytest.raises(ValueError, match="round of one"):
        Terms(least_members=1)


async def test_one_hub_that_has_not_consented_to_two_stops_them() -> None:
    homes = Homes.clouds(2, terms=Terms(least_members=2, deadline_s=0.5))
    for learner in homes.learners.values():
        learner._promises._least = 3
    report = await homes.learners["hub0"].begin(KIND)
    assert report.outcome in ("alone", "given up")
    # That it was given up is told in a frame of its own, without a number.
    assert not any(unpack(body).arrays for body in homes.heard if body.startswith(b"HUP1"))
    await homes.close()


async def test_a_hub_with_31_examples_sends_nothing() -> None:
    homes = Homes.clouds(4)
    homes.pupils["hub3"]._material = (cloud(31, 3), cloud(20, 4))
    report = await homes.learners["hub0"].begin(KIND)
    await homes.ended()
    assert report.members == ("hub0", "hub1", "hub2")
    assert homes.pupils["hub3"].reports == []
    await homes.close()


async def test_a_kind_that_is_not_learnt_is_said() -> None:
    homes = Homes.clouds(3)
    with pytest.raises(NotFoundError, match="does not learn"):
        await homes.learners["hub0"].begin("singing")
    await homes.close()


def test_every_hub_works_out_the_same_leader_and_leaders_differ() -> None:
    hubs = [f"hub{n}" for n in range(5)]
    orders = {rendezvous(number, hubs) for number in range(50)}
    assert {order[0] for order in orders} == set(hubs)
    assert all(rendezvous(7, reversed(hubs)) == rendezvous(7, hubs) for _ in range(3))
    order = rendezvous(7, hubs)
    assert rendezvous(7, [h for h in hubs if h != order[0]]) == order[1:]


def test_the_search_of_the_wire_would_find_examples() -> None:
    material = cloud(40, 1)
    plain, small = pack(b"", [material.x]), pack(b"", [material.x], int8=True)
    quantised = np.rint(material.x / np.abs(material.x).max() * 127).astype(np.int8)
    assert any(pattern in plain for pattern in patterns(material))
    assert quantised[:2].tobytes() in small
