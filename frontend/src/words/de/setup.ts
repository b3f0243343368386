/** German: setting a home up. */
import type { enSetup } from "../en/setup";

export const deSetup: typeof enSetup = {
  setup: {
    stepOf: (number, all, name) => `Schritt ${number} von ${all}: ${name}`,
    stepNames: { owner: "Konto", language: "Sprache", home: "Zuhause und Räume", senses: "Mikrofon und Kamera", privacy: "Privates", ready: "Fertig" },
    back: "Zurück",
    next: "Weiter",
    skip: "Auslassen",
    later: "Erst das Zuhause ansehen und später weitermachen",
    locked: "Das bestimmt hearth.toml. Dort lässt es sich ändern.",
    unfinished: "Dieses Zuhause ist noch nicht eingerichtet",
    unfinishedText: "Es fehlen ein paar Schritte: Sprache, Räume, Mikrofon und Kamera, Privates.",
    goOn: "Weitermachen",
    isOwner: (name) => (name ? `${name} kümmert sich um dieses Zuhause.` : "Dieses Zuhause gehört schon jemandem."),

    languageTitle: "Welche Sprache wird hier gesprochen?",
    languageLead: "Diese Seite wechselt sofort. Der Hub versteht und antwortet darin, sobald er am Ende dieser Schritte neu startet.",
    languageHint: "In dieser Sprache versteht der Hub dann Geschriebenes, in der anderen nicht. Gesprochenes versteht er bisher nur auf Englisch.",

    homeTitle: "Das Zuhause und seine Räume",
    homeLead: "Mit Räumen genügt „das Licht“, und gemeint ist das, wo man gerade ist.",
    homeName: "Name des Zuhauses",
    roomsTitle: "Räume",
    roomsHint: "So nennen, wie man von ihnen spricht. Ändern lässt sich das später.",
    rooms: ["Küche", "Wohnzimmer", "Schlafzimmer", "Kinderzimmer", "Badezimmer", "Flur", "Büro", "Garage"],
    roomOwn: "Ein weiterer Raum",
    roomAdd: "Hinzufügen",

    sensesTitle: "Mikrofon und Kamera",
    sensesLead: "Hier lässt sich ausprobieren, was dieses Gerät hat. Im Zuhause wird dadurch nichts eingeschaltet.",
    own: "Das eigene Mikrofon des Hubs",
    ownLead: "Der Rechner, auf dem der Hub läuft, kann auf sein Weckwort hören. Was davor war, ist sofort vergessen.",
    listens: "Der Hub hört mit seinem eigenen Mikrofon",
    where: "Es steht im Raum",
    nowhere: "Kein bestimmter Raum",
    camera: {
      title: "Kamera ausprobieren",
      lead: "Das Bild erscheint nur auf dieser Seite. Es wird nirgendwohin geschickt.",
      look: "Bild zeigen",
      stop: "Beenden",
      shows: "Was die Kamera dieses Geräts sieht",
    },

    privacyTitle: "Was in diesem Zuhause bleibt",
    privacyLead: "Alles. So geht das, und hier lässt sich manches ausschalten.",
    facts: [
      ["Gehört", "Ton bleibt für Sekunden im Arbeitsspeicher. Nach dem Weckwort wird ein Satz zu Worten; der Ton wird nie gespeichert."],
      ["Gesehen", "Bilder werden im Arbeitsspeicher zu „eine Hand zeigt zwei Finger“ oder „jemand ist da“ und nie gespeichert."],
      ["Behalten", "Wie Dinge sind und waren, was gewünscht und getan wurde, 30 Tage lang, wenn hearth.toml nichts anderes sagt. Nur auf diesem Hub."],
      ["Verlässt das Zuhause", "Nichts. Kein Konto anderswo, keine Statistik. Ein Skill erreicht draußen nur, was ihm erlaubt wurde, und jede Verbindung wird zum Nachlesen aufgeschrieben."],
    ],
    switches: "Schalter",
    switchesLead: "Jede Kamera hat auf der Seite ihren eigenen Schalter. Unter Privates steht jederzeit, was gehört, gesehen und behalten wird.",
    switchNames: {
      "presence.enabled": "Ermitteln, welche Räume benutzt werden",
      "learning.enabled": "Aus dem Gebrauch lernen, auf diesem Hub",
    },

    almostTitle: "Fast fertig",
    readyTitle: "Fertig",
    readyLead: "Das Zuhause ist eingerichtet.",
    tryTitle: "Drei Sätze zum Ausprobieren",
    tryLead: "Einen antippen. Später lässt er sich sagen, nach dem Weckwort.",
    sentences: ["wie spät ist es", "stelle einen Timer auf zehn Minuten", "brich den Timer ab"],
    nextTitle: "Wie es weitergeht",
    nextDevice: "Ein Gerät hinzufügen",
    nextDeviceText: "Einen Broker oder Zigbee2MQTT verbinden, und Lampen, Schalter und Sensoren erscheinen in ihren Räumen.",
    enter: "Nach Hause",
  },
};
