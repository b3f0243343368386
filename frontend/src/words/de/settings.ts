/** German: the settings of the home. */
import type { enSettings } from "../en/settings";

export const deSettings: typeof enSettings = {
  settings: {
    title: "Einstellungen",
    lead: "Was hier eingestellt wird, bleibt auf diesem Hub. Was hearth.toml sagt, gilt vorher und ist hier gesperrt.",
    groups: { home: "Zuhause", voice: "Hören und Sprechen", presence: "Wer wo ist", learning: "Lernen" },
    names: {
      "home.name": "Name des Zuhauses",
      "home.language": "Sprache des Hubs",
      "voice.microphone": "Der Hub hört mit seinem eigenen Mikrofon",
      "voice.area": "Dieses Mikrofon steht im Raum",
      "voice.tts": "Womit er spricht",
      "voice.voice": "Stimme",
      "voice.silence_ms": "Stille, die einen Satz beendet, in Millisekunden",
      "presence.enabled": "Ermitteln, welche Räume benutzt werden",
      "learning.enabled": "Aus dem Gebrauch des Zuhauses lernen",
    },
    hints: {
      "home.language": "Worin er versteht und antwortet.",
      "voice.tts": "auto, flite, espeak-ng, none oder wyoming://host:port",
      "voice.voice": "Von flite, das Englisch spricht.",
      "voice.silence_ms": "Kürzer antwortet eher, länger lässt Zeit zum Überlegen.",
    },
    nowhere: "Kein bestimmter Raum",
    locked: "Das bestimmt hearth.toml",
    save: "Sichern",
    saved: "Gesichert.",
    savedWaits: "Gesichert. Manches gilt, sobald der Hub neu startet.",
    takeUp: "Der Hub startet noch einmal",
    takeUpLead: "Er übernimmt die Wahl. Das dauert ein paar Sekunden, und diese Seite kommt von selbst wieder.",
    now: "Neu starten",
    later: "Später",
    starting: "Der Hub startet neu …",
    gestures: "Wofür Gesten da sind",
  },
};
