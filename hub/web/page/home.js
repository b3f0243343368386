// The home, live. Text from the home is only ever put in as text, never as markup.

import { enter, post } from "./door.js";

const home = { areas: [], entities: new Map() };
const rows = new Map(); // entity id -> the elements that show it
const inUse = new Map(); // area id -> the element that says whether somebody is there
const element = (id) => document.getElementById(id);

function make(tag, text, className) {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
}

async function command(entity, trait, value, confirmed = false) {
  try {
    await post("/api/v1/commands", { entity, trait, value, confirmed });
    tell("");
  } catch (error) {
    if (error.code === "confirmation_required" && !confirmed) {
      if (window.confirm(`${error.message}. Go on?`)) await command(entity, trait, value, true);
      return;
    }
    tell(`${error.message}${error.remedy ? ` (${error.remedy})` : ""}`, true);
  }
}

function tell(text, isProblem = false) {
  element("reply").textContent = text;
  element("reply").className = isProblem ? "problem" : "";
}

const WORDS = {
  OnOff: (value) => (value ? "on" : "off"),
  Contact: (value) => (value ? "open" : "closed"),
  Presence: (value) => (value ? "somebody there" : "nobody there"),
  Level: (value) => `${value} %`,
  Position: (value) => (value === 0 ? "closed" : value === 100 ? "open" : `${value} % open`),
  Setpoint: (value, config) => `set to ${value} ${config.unit || "°C"}`,
  Measure: (value, config) => `${Math.round(value * 100) / 100} ${config.unit || ""}`.trim(),
  ColorTemperature: (value) => `${value} K`,
};

function stateInWords(entity) {
  if (!entity.available) return "cannot be reached";
  const parts = [];
  for (const [trait, value] of Object.entries(entity.traits)) {
    if (value === null || trait === "Press") continue;
    const words = WORDS[trait];
    parts.push(words ? words(value, entity.config[trait] || {}) : String(value));
  }
  return parts.join(", ") || "unknown";
}

// What a trait can be told to do with buttons: [label, value, pressed now].
const ACTIONS = {
  OnOff: (value) => [[value ? "On" : "Off", !value, value === true]],
  Position: () => [["Open", 100], ["Close", 0]],
  Lock: (value) => [value === "locked" ? ["Unlock", "unlocked"] : ["Lock", "locked"]],
  Media: (value) => [value === "playing" ? ["Pause", "paused"] : ["Play", "playing"]],
  Press: () => [["Start", "pressed"]],
};

function fill(row, entity) {
  row.state.textContent = stateInWords(entity);
  row.state.classList.toggle("problem", !entity.available);
  const wanted = Object.keys(entity.traits).flatMap((trait) =>
    (ACTIONS[trait] ? ACTIONS[trait](entity.traits[trait]) : []).map((action) => [trait, ...action]));
  while (row.actions.children.length > wanted.length) row.actions.lastChild.remove();
  wanted.forEach(([trait, label, value, pressed], position) => {
    // Buttons are kept and relabelled, so that the keyboard's focus stays where it is.
    const button = row.actions.children[position] || row.actions.appendChild(make("button"));
    button.type = "button";
    button.textContent = label;
    button.disabled = !entity.available;
    button.setAttribute("aria-label", `${label} ${entity.name}`);
    if (pressed === undefined) button.removeAttribute("aria-pressed");
    else button.setAttribute("aria-pressed", String(pressed));
    button.onclick = () => command(entity.entity, trait, value);
  });
}

// Nothing is said of a room that nothing tells of.
function useInWords(area) {
  if (area.presence === null || area.presence === undefined) return "";
  if (!area.presence) return "nobody there";
  return area.people > 1 ? `${area.people} people there` : "somebody there";
}

function fillUse(area) {
  const mark = inUse.get(area.id);
  if (!mark) return reloadSoon(); // a room that was not shown, because there was nothing to say of it
  mark.textContent = useInWords(area);
  mark.classList.toggle("used", area.presence === true);
}

function takeArea(event) {
  const area = home.areas.find((known) => `area.${known.id}` === event.entity);
  if (!area || event.event !== "StateChanged") return;
  if (event.trait === "Presence") area.presence = event.value;
  else if (event.trait === "Measure") area.people = event.value;
  fillUse(area);
}

function makeRow(entity) {
  const item = make("li");
  const thing = make("span", undefined, "thing");
  thing.append(make("bdi", entity.name));
  const row = { state: make("span", undefined, "state"), actions: make("span", undefined, "actions") };
  thing.append(row.state);
  item.append(thing, row.actions);
  rows.set(entity.entity, row);
  fill(row, entity);
  return item;
}

function show(snapshot) {
  home.areas = snapshot.areas;
  home.entities = new Map(snapshot.entities.map((entity) => [entity.entity, entity]));
  rows.clear();
  inUse.clear();
  document.title = snapshot.name || "Hearth";
  element("home-name").textContent = snapshot.name || "Hearth";
  const known = new Set(home.areas.map((area) => area.id));
  const rooms = [...home.areas, { id: "", name: "Elsewhere" }];
  element("rooms").replaceChildren(...rooms.flatMap((area) => {
    const inside = snapshot.entities.filter((e) => (known.has(e.area) ? e.area : "") === area.id);
    if (!inside.length && !useInWords(area)) return [];
    const section = make("section");
    const title = make("h2");
    title.append(make("bdi", area.name));
    const use = make("p", undefined, "use");
    inUse.set(area.id, use);
    fillUse(area);
    title.id = `area-${area.id}`;
    section.setAttribute("aria-labelledby", title.id);
    const list = make("ul");
    list.append(...inside.map(makeRow));
    section.append(title, use, list);
    return [section];
  }));
}

let reloading = 0;
function reloadSoon() {
  clearTimeout(reloading);
  reloading = setTimeout(async () => {
    const answer = await fetch("/api/v1/home");
    if (answer.ok) show(await answer.json());
  }, 200);
}

function take(event) {
  if (event.event === "Snapshot") {
    show(event.home);
    if (!event.ready) setTimeout(reloadSoon, 1000);
    return;
  }
  if (event.event === "HomeChanged") reloadSoon();
  const entity = home.entities.get(event.entity);
  if (!entity) return takeArea(event);
  if (event.event === "StateChanged" && event.trait in entity.traits) entity.traits[event.trait] = event.value;
  else if (event.event === "AvailabilityChanged") entity.available = event.available;
  else return;
  fill(rows.get(entity.entity), entity);
}

let wait = 500;
function connect() {
  const socket = new WebSocket(`ws://${location.host}/api/v1/live`);
  const status = element("connection");
  socket.onopen = () => {
    wait = 500;
    status.textContent = "Live";
    status.className = "";
  };
  socket.onmessage = (message) => take(JSON.parse(message.data));
  socket.onclose = () => {
    status.textContent = "Not connected. Trying again…";
    status.className = "lost";
    setTimeout(begin, wait);
    wait = Math.min(wait * 2, 15000);
  };
}

element("say").addEventListener("submit", async (event) => {
  event.preventDefault();
  const sentence = element("sentence");
  const text = sentence.value.trim();
  if (!text) return;
  try {
    const answer = await post("/api/v1/say", { text });
    tell(answer.reply, !answer.understood);
    sentence.select();
  } catch (error) {
    tell(error.message, true);
  }
});

async function begin() {
  await enter();
  connect();
}

begin();
