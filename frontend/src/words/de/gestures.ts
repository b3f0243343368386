/** German: what hands can say. */
import type { enGestures } from "../en/gestures";

export const deGestures: typeof enGestures = {
  gestures: {
    title: "Gesten",
    lead: "Was Hände dem Hub sagen können, wo eine Kamera sie sieht. Eine Geste zählt nach einer offenen Hand oder dem Weckwort; allein bewirkt sie nichts Heikles.",
    names: {
      open_palm: "Offene Hand", fist: "Faust", point: "Zeigefinger", victory: "Zwei Finger", three: "Drei Finger",
      four: "Vier Finger", thumb_up: "Daumen hoch", thumb_down: "Daumen runter", ok: "Ring aus Daumen und Finger",
      rock: "Zeigefinger und kleiner Finger", call: "Daumen und kleiner Finger", swipe_left: "Nach links wischen",
      swipe_right: "Nach rechts wischen", raise: "Flache Hand heben", lower: "Flache Hand senken", circle: "Kreis zeichnen",
    },
    does: {
      stop: "Stoppt, was im Raum tönt",
      yes: "Ja auf eine Rückfrage des Hubs",
      no: "Nein auf eine Rückfrage des Hubs",
      raise: "Heller oder lauter",
      lower: "Dunkler oder leiser",
      select: "Worauf man zeigt, ist „es“",
      nothing: "Nichts",
    },
    says: (sentence) => `Bewirkt „${sentence}“`,
    asItComes: "wie mitgebracht",
    yours: "hier eingestellt",
    change: "Ändern",
    what: "Wofür sie da ist",
    back: (what) => `Wie mitgebracht: ${what}`,
    say: "Tun, was ein Satz bewirken würde",
    sentence: "Satz",
    sentenceHint: "In der Sprache des Zuhauses, als wäre er in diesem Raum gesagt worden.",
    save: "Sichern",
    saved: (name, what) => `${name}: ${what}. Das gilt ab jetzt.`,
    locked: "Wofür Gesten da sind, bestimmt hearth.toml. Dort ändern, oder die Gesten dort entfernen, um sie hier zu ändern.",
    seen: "Eben gesehen",
    seenLead: "Was Kameras erkannten, seit diese Ansicht offen ist. Kein Bild wird behalten, und keines kommt auf diese Seite.",
    none: "Noch nichts. Einer Kamera des Zuhauses eine Hand zeigen.",
    noCamera: "Keine Kamera dieses Zuhauses achtet auf Hände. Füge unter Geräte eine hinzu, und was sie erkennt, erscheint hier.",
    meant: "gemeint",
    only: "nur gesehen",
    sure: (percent) => `${percent} sicher`,
    at: (camera) => `bei ${camera}`,
  },
};
