/** English: the settings of the home. */

export const enSettings = {
  settings: {
    title: "Settings",
    lead: "What is set here is kept on this hub. What hearth.toml says wins, and is shown locked.",
    groups: { home: "Home", voice: "Listening and speaking", presence: "Who is where", learning: "Learning" } as Record<string, string>,
    names: {
      "home.name": "Name of the home",
      "home.language": "Language of the hub",
      "voice.microphone": "The hub listens with its own microphone",
      "voice.area": "That microphone stands in",
      "voice.tts": "What speaks",
      "voice.voice": "Voice",
      "voice.silence_ms": "Silence that ends a sentence, in milliseconds",
      "presence.enabled": "Work out which rooms are in use",
      "learning.enabled": "Learn from how the home is used",
    } as Record<string, string>,
    hints: {
      "home.language": "What it understands and answers in.",
      "voice.tts": "auto, flite, espeak-ng, none, or wyoming://host:port",
      "voice.voice": "Of flite, which speaks English.",
      "voice.silence_ms": "Shorter answers sooner, longer lets you think.",
    } as Record<string, string>,
    nowhere: "No particular room",
    locked: "hearth.toml decides",
    save: "Save",
    saved: "Saved.",
    savedWaits: "Saved. Some of it holds when the hub starts anew.",
    takeUp: "The hub starts once more",
    takeUpLead: "It takes up what you chose. That takes a few seconds, and this page comes back by itself.",
    now: "Start it anew",
    later: "Later",
    starting: "The hub starts anew…",
    gestures: "What gestures are for",
  },
};
