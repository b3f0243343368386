/** German: the settings of the home. */
import type { enSettings } from "../en/settings";

export const deSettings: typeof enSettings = {
  settings: {
    title: "Einstellungen",
    lead: "Was hier eingestellt wird, bleibt auf diesem Hub. Was hearth.toml sagt, gilt vorher und ist hier gesperrt.",
    groups: { home: "Zuhause", voice: "Hören und Sprechen", presence: "Wer wo ist", learning: "Lernen", swarm: "Andere Hubs" },
    names: {
      "home.name": "Name des Zuhauses",
      "home.language": "Sprache des Hubs",
      "voice.microphone": "Der Hub hört mit seinem eigenen Mikrofon",
      "voice.area": "Dieses Mikrofon steht im Raum",
      "voice.tts": "Womit er spricht",
      "voice.voice": "Stimme",
      "voice.silence_ms": "Stille, die einen Satz beendet, in Millisekunden",
      "presence.enabled": "Ermitteln, welche Räume benutzt werden",
      "swarm.enabled": "Mit anderen Hubs als ein Zuhause arbeiten",
      "swarm.name": "Name dieses Hubs",
      "swarm.host": "Andere Hubs erreichen ihn",
      "learning.enabled": "Aus dem Gebrauch des Zuhauses lernen",
    },
    hints: {
      "home.language": "Worin er versteht und antwortet.",
      "voice.tts": "auto, flite, espeak-ng, none oder wyoming://host:port",
      "voice.voice": "Von flite, das Englisch spricht.",
      "swarm.enabled": "Herein kommt ein Hub nur mit einem Code, unter Hubs.",
      "swarm.name": "Leer: wie seine Maschine heißt.",
      "voice.silence_ms": "Kürzer antwortet eher, länger lässt Zeit zum Überlegen.",
    },
    reached: { "127.0.0.1": "Nur auf dieser Maschine", "0.0.0.0": "Aus dem Netz des Zuhauses" },
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
