/** English: this browser's camera as one of the home's. */

export const enCamera = {
  pageCamera: {
    title: "Show your hands to this device",
    lead: "This browser's camera comes before the hub's eyes, as any camera of the home does. Its pictures go to the hub and nowhere else, and are not kept. It ends when you stop it, close the page, or leave the page hidden for a minute.",
    where: "Which room it sees (gestures count there)",
    start: "Let the hub see",
    stop: "Stop showing",
    sign: "This browser's camera",
    mirror: "What this browser's camera shows the hub",
    phases: { off: "The hub does not see through it", opening: "Opening…", seen: "The hub sees through this camera" } as Record<string, string>,
    refusals: {
      offline: "Not connected to the hub. The camera stays open, and it is tried again.",
      hidden: "The page was hidden for a minute, so the hub sees through this camera no longer.",
      blind: "This hub cannot see. `make setup` on it adds what its eyes are made of, and `hearth doctor` says what is missing.",
      switched_off: "The household has switched the cameras of browsers off. Under Privacy they are switched on again.",
    } as Record<string, string>,
    troubles: {
      insecure: "Browsers give a camera only to a page that comes by https, or is opened on the hub's own machine.",
      denied: "This browser was told not to let the page see.",
      none: "There is no camera on this device.",
      busy: "Another program has the camera.",
      lost: "The camera is gone.",
      failed: "The browser could not open the camera.",
    } as Record<string, string>,
    steps: {
      insecure: "Set tls = true under [web] in hearth.toml, start the hub again and open the address that it prints. System then has the home's certificate for this device.",
      denied: "Press the sign beside the page's address, allow the camera, and try again.",
      none: "Plug one in, or switch it on in the settings of this device, and try again.",
      busy: "End the call or the recording that uses it, and try again.",
      lost: "Plug it in again, and try again.",
      failed: "Load this page again. If that does not help, start the browser again.",
    } as Record<string, string>,
  },
};
