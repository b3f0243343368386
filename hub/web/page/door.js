// Who sits here: the hub knows, or asks for name and password, and for its code where the home has no owner yet.

let pageToken = ""; // shows the hub that a request comes from its own page
const door = document.getElementById("door");
const problem = document.getElementById("door-problem");

export async function post(path, body) {
  const headers = { "Content-Type": "application/json" };
  if (pageToken) headers["X-Hearth-Page"] = pageToken;
  const answer = await fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
  const data = await answer.json();
  if (!answer.ok) throw Object.assign(new Error(data.error.message), data.error);
  return data;
}

// Returns once the hub lets whoever sits here in.
export async function enter() {
  for (;;) {
    const answer = await fetch("/api/v1/me").catch(() => null);
    const said = answer && (await answer.json().catch(() => null));
    if (answer?.ok && said) {
      pageToken = said.page_token;
      return;
    }
    if (answer?.status === 401) await ask(said?.error.code === "unowned");
    else await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

function ask(unowned) {
  document.body.classList.add("outside");
  document.getElementById("door-code").hidden = !unowned;
  door.querySelector("button").textContent = unowned ? "Make me the owner" : "Log in";
  door.hidden = false;
  return new Promise((resolve) => {
    door.onsubmit = async (event) => {
      event.preventDefault();
      const { name, password, code } = Object.fromEntries(new FormData(door));
      try {
        await (unowned ? post("/api/v1/setup", { name, password, code }) : post("/api/v1/login", { name, password }));
      } catch (error) {
        problem.textContent = `${error.message}. ${error.remedy}`;
        return;
      }
      door.reset();
      problem.textContent = "";
      door.hidden = true;
      document.body.classList.remove("outside");
      resolve();
    };
  });
}
