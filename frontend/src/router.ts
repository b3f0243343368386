/** Where one is, from the address's part after #, so that back, reload and bookmarks work. */

export interface Place {
  screen: string;
  id: string;
}

export function here(): Place {
  const [screen = "", id = ""] = location.hash.replace(/^#\/?/, "").split("/");
  return { screen: screen || "home", id: safe(id) };
}

/** Go to an address of the page, such as `#/home`: also where one has it already and sees another screen than its own. */
export function goTo(address: string): void {
  if (location.hash === address) window.dispatchEvent(new HashChangeEvent("hashchange"));
  else location.hash = address;
}

function safe(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    return "";
  }
}
