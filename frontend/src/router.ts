/** Where one is, from the address's part after #, so that back, reload and bookmarks work. */

export interface Place {
  screen: string;
  id: string;
}

export function here(): Place {
  const [screen = "", id = ""] = location.hash.replace(/^#\/?/, "").split("/");
  return { screen: screen || "home", id: safe(id) };
}

function safe(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    return "";
  }
}
