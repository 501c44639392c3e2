/** What is done with a picture on the device before it is sent. Pure; picture.ts does it. */

import type { UploadPolicy } from "../protocol.d.ts";

/** Longest side of a photo: all of a screen of today, and small print of a label from a hand's breadth away. */
export const LONG_SIDE = 2_560;

export interface Measured {
  /** Media type, as the browser says. */
  readonly type: string;
  readonly size: number;
  readonly width: number;
  readonly height: number;
  /** Whether something behind it shines through. */
  readonly clear: boolean;
}

/** keep: as it is, less its metadata. Else the pixels are drawn anew, as JPEG or PNG, at a scale of at most 1. */
export type Treatment = "keep" | { readonly type: "image/jpeg" | "image/png"; readonly scale: number };

type Limits = Pick<UploadPolicy, "types" | "image_max_bytes" | "max_pixels">;

/** `whole`: somebody wants all of its pixels. */
export function treatment(picture: Measured, limits: Limits, whole: boolean): Treatment {
  const { type, size, width, height, clear } = picture;
  const known = TYPES[type];
  const fits = size <= limits.image_max_bytes && width * height <= limits.max_pixels;
  // a moving picture would stand still, and letters of a screenshot would be smeared
  if (known === "graphic" && fits) return "keep";
  const scale = whole ? 1 : Math.min(1, LONG_SIDE / Math.max(width, height));
  if (known && scale === 1 && (fits || whole)) return "keep";
  const jpeg = limits.types.includes(".jpeg");
  const drawn = limits.types.includes(".png") && (clear || !jpeg) ? "image/png" : "image/jpeg";
  return jpeg || drawn === "image/png" ? { type: drawn, scale } : "keep";
}

/** Of the kinds that people may send; any other (HEIC, WebP, AVIF) becomes one of them. */
const TYPES: Readonly<Record<string, "photo" | "graphic">> = {
  "image/jpeg": "photo",
  "image/png": "graphic",
  "image/gif": "graphic",
  "image/bmp": "graphic",
  "image/tiff": "graphic",
};
