/** A short beep, made on the spot: no file, nothing played before the reader has touched the page (browsers see to that). */

import { recall, remember } from "./storage.ts";

const OFF = "sound-off";
const NOTES_HZ = [660, 880];
const NOTE_S = 0.12;

let context: AudioContext | null = null;

export function soundOn(): boolean {
  return recall(OFF) === null || recall(OFF) === "0";
}

export function setSound(on: boolean): void {
  remember(OFF, on ? "0" : "1");
}

/** Two rising notes, quietly, if sound is on. */
export function beep(): void {
  if (!soundOn()) return;
  context ??= new AudioContext();
  // a page that was never touched may not make a sound; then there is none
  if (context.state === "suspended") void context.resume().catch(() => undefined);
  NOTES_HZ.forEach((hertz, index) => play(context as AudioContext, hertz, index * NOTE_S));
}

function play(audio: AudioContext, hertz: number, afterS: number): void {
  const start = audio.currentTime + afterS;
  const tone = new OscillatorNode(audio, { frequency: hertz });
  const volume = new GainNode(audio, { gain: 0 });
  volume.gain.linearRampToValueAtTime(0.08, start + 0.02);
  volume.gain.linearRampToValueAtTime(0, start + NOTE_S);
  tone.connect(volume).connect(audio.destination);
  tone.start(start);
  tone.stop(start + NOTE_S);
}
