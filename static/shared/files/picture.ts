/** Pictures on the device: decoded, turned upright, made smaller, without what nobody sees in them. */

import type { UploadPolicy } from "../protocol.d.ts";
import { stripped } from "./metadata.ts";
import { renamed } from "./names.ts";
import { treatment, type Measured, type Treatment } from "./treatment.ts";

const QUALITY = 0.86;
/** Of the original of a photo that has to be drawn anew: nothing to be seen is lost. */
const FINE = 0.95;

/** A file as it goes out. */
export interface Prepared {
  readonly name: string;
  readonly blob: Blob;
  /** The picture can be shown here, so it can be edited. */
  readonly picture: boolean;
  /** Whether it is smaller than what was chosen, which could be sent as well. */
  readonly smaller: boolean;
}

/**
 * What is no picture, or one that this browser cannot show, stays as it is: the server looks at it in any case.
 * `whole`: at its full size.
 */
export async function prepare(file: File, policy: UploadPolicy, whole: boolean): Promise<Prepared> {
  const untouched = { name: file.name, blob: file, picture: false, smaller: false };
  const decoded = await decode(file);
  if (!decoded) return untouched;
  try {
    const how = treatment(measured(file, decoded), policy, whole);
    if (how === "keep") return { ...untouched, blob: await bare(file), picture: true };
    const blob = await drawn(decoded, how, whole ? FINE : QUALITY);
    return blob ? { name: renamed(file.name, how.type), blob, picture: true, smaller: how.scale < 1 } : untouched;
  } finally {
    decoded.close();
  }
}

function measured({ type, size }: File, decoded: ImageBitmap): Measured {
  const { width, height } = decoded;
  return { type, size, width, height, clear: !OPAQUE.includes(type) && shinesThrough(decoded) };
}

const OPAQUE = ["image/jpeg", "image/bmp", "image/heic", "image/heif"];

async function decode(file: File): Promise<ImageBitmap | null> {
  if (!file.type.startsWith("image/")) return null;
  try {
    return await createImageBitmap(file);
  } catch {
    return null; // HEIC almost everywhere, TIFF, what is damaged, what is larger than the device can hold
  }
}

async function bare(file: File): Promise<Blob> {
  if (file.type !== "image/jpeg" && file.type !== "image/png") return file;
  return stripped(new Uint8Array(await file.arrayBuffer())) ?? file;
}

/** null: more pixels than this browser draws. */
function drawn(picture: ImageBitmap, how: Exclude<Treatment, "keep">, quality: number): Promise<Blob | null> {
  const { canvas } = paint(picture, how.scale, how.type === "image/jpeg" ? "#fff" : null);
  return new Promise((resolve) => canvas.toBlob((blob) => resolve(blob?.type === how.type ? blob : null), how.type, quality));
}

const SAMPLE = 256;

/** Told by a small copy: what shines through is larger than one pixel in ten. */
function shinesThrough(picture: ImageBitmap): boolean {
  const context = paint(picture, Math.min(1, SAMPLE / Math.max(picture.width, picture.height)), null);
  const { data } = context.getImageData(0, 0, context.canvas.width, context.canvas.height);
  return data.some((value, at) => at % 4 === 3 && value < 250);
}

function paint(picture: ImageBitmap, scale: number, ground: string | null): CanvasRenderingContext2D {
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const context = canvas.getContext("2d") as CanvasRenderingContext2D;
  if (ground) {
    context.fillStyle = ground;
    context.fillRect(0, 0, canvas.width, canvas.height);
  }
  context.imageSmoothingQuality = "high";
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return context;
}
