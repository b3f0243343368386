/** The browser's camera, and its picture of this moment as the hub takes it. */
import { ask } from "../home/having";

const LONGEST_SIDE = 640; // what the hub's eyes have a use for
const MOST_BYTES = 256 * 1024; // what the hub takes
const QUALITIES = [0.8, 0.4];

/** An open camera. Nothing of what it sees is kept: a picture is made when it is asked for, and handed on. */
export class Camera {
  private readonly video = document.createElement("video");
  private readonly canvas = document.createElement("canvas");

  private constructor(readonly stream: MediaStream) {}

  /** Ask for it; to be called when somebody has just pressed something. Throws `DeviceError`. */
  static async open(lost: () => void): Promise<Camera> {
    const size = { width: { ideal: LONGEST_SIDE }, height: { ideal: 480 }, frameRate: { ideal: 15 } };
    const camera = new Camera(await ask({ video: { ...size, facingMode: "user" } }));
    camera.stream.getVideoTracks()[0]?.addEventListener("ended", lost);
    Object.assign(camera.video, { muted: true, playsInline: true, srcObject: camera.stream });
    try {
      await camera.video.play();
    } catch (error) {
      camera.close();
      throw error;
    }
    return camera;
  }

  /** What it sees now, as JPEG; null where the browser makes none. */
  async picture(): Promise<ArrayBuffer | null> {
    const { video, canvas } = this;
    const scale = Math.min(1, LONGEST_SIDE / Math.max(video.videoWidth, video.videoHeight, 1));
    canvas.width = Math.max(1, Math.round(video.videoWidth * scale));
    canvas.height = Math.max(1, Math.round(video.videoHeight * scale));
    canvas.getContext("2d")?.drawImage(video, 0, 0, canvas.width, canvas.height);
    for (const quality of QUALITIES) {
      const made = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/jpeg", quality));
      if (made && made.size <= MOST_BYTES) return made.arrayBuffer();
    }
    return null;
  }

  /** Let go of it: the browser's sign, and the camera's own light, go out. */
  close(): void {
    this.stream.getTracks().forEach((track) => track.stop());
    this.video.srcObject = null;
    this.canvas.width = this.canvas.height = 0;
  }
}
