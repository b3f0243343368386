/** German: this browser's camera as one of the home's. */
import type { enCamera } from "../en/camera";

export const deCamera: typeof enCamera = {
  pageCamera: {
    title: "Diesem Gerät die Hände zeigen",
    lead: "Die Kamera dieses Browsers kommt vor die Augen des Hubs, wie jede Kamera des Zuhauses. Ihre Bilder gehen an den Hub und sonst nirgendwohin und werden nicht behalten. Es endet mit einem Druck, mit dem Schließen der Seite, oder wenn sie eine Minute lang verdeckt ist.",
    where: "Welchen Raum sie sieht (dort gelten Gesten)",
    start: "Den Hub sehen lassen",
    stop: "Nicht mehr zeigen",
    sign: "Die Kamera dieses Browsers",
    mirror: "Was die Kamera dieses Browsers dem Hub zeigt",
    phases: { off: "Der Hub sieht nicht durch sie", opening: "Wird geöffnet …", seen: "Der Hub sieht durch diese Kamera" },
    refusals: {
      offline: "Keine Verbindung zum Hub. Die Kamera bleibt offen, und es wird wieder versucht.",
      hidden: "Die Seite war eine Minute lang verdeckt, darum sieht der Hub nicht mehr durch diese Kamera.",
      blind: "Dieser Hub kann nicht sehen. `make setup` am Hub bringt, woraus seine Augen sind, und `hearth doctor` sagt, was fehlt.",
      switched_off: "Die Kameras von Browsern sind in diesem Zuhause abgeschaltet. Unter Privates werden sie wieder eingeschaltet.",
    },
    troubles: {
      insecure: "Eine Kamera geben Browser nur einer Seite, die über https kommt oder am Rechner des Hubs selbst geöffnet ist.",
      denied: "Diesem Browser wurde verboten, die Seite sehen zu lassen.",
      none: "Dieses Gerät hat keine Kamera.",
      busy: "Ein anderes Programm hat die Kamera.",
      lost: "Die Kamera ist weg.",
      failed: "Der Browser konnte die Kamera nicht öffnen.",
    },
    steps: {
      insecure: "In hearth.toml unter [web] tls = true setzen, den Hub neu starten und die Adresse öffnen, die er ausgibt. Unter System liegt dann das Zertifikat des Zuhauses für dieses Gerät.",
      denied: "Auf das Zeichen neben der Adresse der Seite drücken, die Kamera erlauben und es noch einmal versuchen.",
      none: "Eine anschließen oder in den Einstellungen des Geräts einschalten und es noch einmal versuchen.",
      busy: "Den Anruf oder die Aufnahme beenden, die sie benutzt, und es noch einmal versuchen.",
      lost: "Wieder anschließen und es noch einmal versuchen.",
      failed: "Diese Seite neu laden. Hilft das nicht, den Browser neu starten.",
    },
  },
};
