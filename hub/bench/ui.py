"""`hearth bench ui`: what the first load of the page takes, how soon a change is on the screen, what many pages cost.

The page runs in Debian's Chromium, driven by Playwright, before a hub in a process of its own.
"""

import asyncio
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from hub.bench import ui_crowd
from hub.bench.hub_process import HubProcess, hub_process
from hub.bench.measure import Measure, compare
from hub.core.errors import UnavailableError

if TYPE_CHECKING:
    from playwright.async_api import Page

ENTITIES: Final = 300
CHANGES: Final = 200
_APART_S: Final = 0.1
_ROOMS: Final = 15
_SHOWN: Final = "[data-entity='light.bench_0']"

# In the page: when a thing of the home was drawn anew, by the clock that the hub reads too. A message that is posted
# within a frame's callbacks is taken after that frame was painted; what changes outside of them waits for the next one.
_WATCH: Final = """() => {
  const waiting = new Map(), painted = new MessageChannel(), over = new MessageChannel();
  let inFrame = false;
  over.port1.onmessage = () => { inFrame = false; };
  const frame = window.requestAnimationFrame.bind(window);
  window.requestAnimationFrame = (callback) => frame((time) => {
    inFrame = true;
    over.port2.postMessage(0);
    callback(time);
  });
  painted.port1.onmessage = ({ data }) => {
    const at = performance.timeOrigin + performance.now();
    waiting.get(data)?.(at);
  };
  new MutationObserver((changes) => {
    const names = new Set();
    for (const { target } of changes) {
      const thing = (target.nodeType === 1 ? target : target.parentElement)?.closest("[data-entity]");
      if (thing) names.add(thing.dataset.entity);
    }
    const tell = () => names.forEach((name) => painted.port2.postMessage(name));
    inFrame ? tell() : frame(tell);
  }).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
  window.change = async (entity, value) => {
    const seen = new Promise((resolve) => waiting.set(entity, resolve));
    const ask = { method: "POST", headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ entity, trait: "OnOff", value }) };
    await fetch("/api/v1/commands", ask);
    const known = await (await fetch(`/api/v1/entities/${entity}`)).json();
    return await seen - known.changed.OnOff * 1000;
  };
}"""

# The things that somebody sees without scrolling: what is below is not painted, and would be told of sooner.
_ON_SCREEN: Final = """() => [...document.querySelectorAll("[data-entity]")]
  .filter((thing) => thing.getBoundingClientRect().bottom < innerHeight).map((thing) => thing.dataset.entity)"""


def measure() -> list[Measure]:
    """Bytes, milliseconds and shares of a core. Raises `UnavailableError` where Chromium or Playwright is missing."""
    return [*asyncio.run(_page()), *ui_crowd.measure()]


async def _page() -> list[Measure]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        raise UnavailableError("Chromium is not installed", remedy="on Debian: sudo apt install chromium")
    try:
        from playwright.async_api import async_playwright
    except ImportError as error:
        raise UnavailableError("Playwright is not installed", remedy="pip install playwright") from error
    with (
        tempfile.TemporaryDirectory(prefix="hearth-bench-") as folder,
        hub_process(_home(Path(folder)), "--deaf") as hub,
    ):
        await asyncio.to_thread(hub.wait_until_up)
        async with async_playwright() as playwright:
            flags = ["--no-sandbox", "--disable-dev-shm-usage"]
            browser = await playwright.chromium.launch(executable_path=chromium, args=flags)
            page = await browser.new_page(viewport={"width": 1280, "height": 800})
            size = await _first_load(page, hub)
            times = await _to_pixel(page)
            await browser.close()
    middle, most = times[len(times) // 2], times[int(len(times) * 0.95)]
    shown = f"from a state's change to the painted frame, in a home of {ENTITIES} things"
    return [
        compare("ui", "first load of the page, gzipped", size / 1000, "kB", target=150.0, lower_is_better=True),
        compare("ui", f"{shown}, p50", middle, "ms"),
        compare("ui", f"{shown}, p95", most, "ms", target=50.0, lower_is_better=True),
    ]


def _home(folder: Path) -> Path:
    rooms = "".join(f'[[area]]\nid = "room_{n}"\nname = "room {n}"\n' for n in range(_ROOMS))
    lights = "".join(
        f'[[entity]]\nid = "light.bench_{n}"\nname = "light {n}"\narea = "room_{n % _ROOMS}"\n'
        f'traits = ["OnOff", "Level"]\n'
        for n in range(ENTITIES)
    )
    (folder / "hearth.toml").write_text(rooms + lights)
    return folder


async def _first_load(page: "Page", hub: HubProcess) -> int:
    """Bytes of every file that the browser fetched until the home was shown, as they crossed."""
    sizes: list[int] = []
    page.on("response", lambda answer: sizes.append(int(answer.headers.get("content-length", 0)))
            if "/api/" not in answer.url else None)  # fmt: skip
    await page.goto(hub.url)
    await page.wait_for_selector(_SHOWN)
    await page.wait_for_load_state("networkidle")
    return sum(sizes)


async def _to_pixel(page: "Page") -> list[float]:
    """Milliseconds from the moment that the hub's state changed to that of the paint, sorted."""
    await page.evaluate(_WATCH)
    times: list[float] = []
    seen: list[str] = await page.evaluate(_ON_SCREEN)
    for number in range(CHANGES):
        entity, on = seen[number % len(seen)], number // len(seen) % 2 == 0
        times.append(float(await page.evaluate("([entity, on]) => window.change(entity, on)", [entity, on])))
        await asyncio.sleep(_APART_S)
    return sorted(times)
