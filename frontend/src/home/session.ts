/** Who sits at this page: known to the hub, let in because nobody has to say who they are yet, or asked to log in. */
import { ApiError, get, onStranger, post, showPageToken } from "../api/client";
import type { Me, Role } from "../api/people";
import { comingBack } from "./restart";

const AGAIN_MS = 1000;
const ORDER: Role[] = ["guest", "member", "admin", "owner"];

class Session extends EventTarget {
  me: Me | undefined;
  /** Whether the hub has said yet who this is. */
  asked = false;
  /** Whether the hub waits for somebody with its code to become the owner. */
  unowned = false;

  constructor() {
    super();
    onStranger((unowned) => {
      // The page is opened anew in a moment: nobody is to begin to log in on this one.
      if (comingBack.waits) return;
      this.unowned = unowned;
      this.become(undefined);
    });
    // Somebody may have logged in on another tab of this browser meanwhile.
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible" && this.asked && !this.me) void this.ask();
    });
  }

  async ask(): Promise<void> {
    try {
      this.become(await get<Me>("/api/v1/me"));
    } catch (error) {
      // A stranger has become one already; a hub that starts or is away is asked again.
      if (!(error instanceof ApiError) || error.status !== 401) setTimeout(() => void this.ask(), AGAIN_MS);
    }
  }

  async logIn(name: string, password: string): Promise<void> {
    this.become(await post<Me>("/api/v1/login", { name, password }));
  }

  async setUp(name: string, password: string, code: string): Promise<void> {
    this.become(await post<Me>("/api/v1/setup", { name, password, code }));
  }

  async changePassword(old: string, fresh: string): Promise<void> {
    this.become(await post<Me>("/api/v1/me/password", { old, new: fresh }));
  }

  async logOut(): Promise<void> {
    await post<Me>("/api/v1/logout", {});
    this.become(undefined);
  }

  /** Whether whoever sits here may do what this role may. */
  may(role: Role): boolean {
    return this.me !== undefined && ORDER.indexOf(this.me.role) >= ORDER.indexOf(role);
  }

  private become(me: Me | undefined): void {
    this.me = me;
    this.asked = true;
    showPageToken(me?.page_token ?? "");
    this.dispatchEvent(new Event("changed"));
  }
}

export const session = new Session();
