/** English: hands as cameras see them, drawn. */

export const enDrawn = {
  drawn: {
    title: "Hands right now",
    lead: "What cameras make of hands, drawn from 21 points each while this screen is open. No picture is behind it, and nothing of it is kept.",
    allow: "Draw the hands that cameras see",
    notAllowed: "Nothing is drawn: the household has not allowed it, so the process that looks does not give out a hand's 21 points. Switched on, they come to this screen while somebody who looks after the hub has it open.",
    notYours: "Those who look after the hub see hands drawn here, if the household allows it.",
    noCamera: "Nothing is drawn: no camera of this home looks for hands, or the hub cannot see yet. Cameras are added under Devices; this browser's can be one, above.",
    waiting: "Asking the hub…",
    nobody: "No hand is before it now.",
    closed: "Switched off: nobody looks.",
    nothing: "no gesture",
    hand: "A hand",
    sides: { left: "Left hand", right: "Right hand" } as Record<string, string>,
    drawing: (camera: string, what: string) => `Drawing of the hands before ${camera}. ${what}`,
    asSeen: "As the camera sees it: what is on your right is on its left.",
    drawnNow: "Drawn for who looks after the hub, while they watch",
    drawnNot: "Not drawn: the process that looks does not give out their points",
  },
};
