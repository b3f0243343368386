/** German: hands as cameras see them, drawn. */
import type { enDrawn } from "../en/drawn";

export const deDrawn: typeof enDrawn = {
  drawn: {
    title: "Hände gerade jetzt",
    lead: "Was Kameras von Händen erkennen, aus je 21 Punkten gezeichnet, solange diese Ansicht offen ist. Kein Bild steckt dahinter, und nichts davon wird behalten.",
    allow: "Hände zeichnen, die Kameras sehen",
    notAllowed: "Nichts wird gezeichnet: Der Haushalt hat es nicht erlaubt, und so gibt der Prozess, der hinsieht, die 21 Punkte einer Hand nicht heraus. Eingeschaltet kommen sie in diese Ansicht, solange jemand sie offen hat, der sich um den Hub kümmert.",
    notYours: "Wer sich um den Hub kümmert, sieht hier Hände gezeichnet, wenn der Haushalt es erlaubt.",
    noCamera: "Nichts wird gezeichnet: Keine Kamera dieses Zuhauses achtet auf Hände, oder der Hub sieht noch nicht. Kameras kommen unter Geräte dazu; die dieses Browsers lässt sich oben zeigen.",
    waiting: "Der Hub wird gefragt …",
    nobody: "Gerade ist keine Hand davor.",
    closed: "Ausgeschaltet: niemand sieht hin.",
    nothing: "keine Geste",
    hand: "Eine Hand",
    sides: { left: "Linke Hand", right: "Rechte Hand" },
    drawing: (camera, what) => `Zeichnung der Hände vor ${camera}. ${what}`,
    asSeen: "Wie die Kamera es sieht: Was von dir aus rechts ist, ist für sie links.",
    drawnNow: "Gezeichnet für die, die sich um den Hub kümmern, solange sie zusehen",
    drawnNot: "Nicht gezeichnet: Der Prozess, der hinsieht, gibt ihre Punkte nicht heraus",
  },
};
