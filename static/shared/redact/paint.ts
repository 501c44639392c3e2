/** Draws marks into a picture, and writes the result as a new file. What they cover is gone from it. */

import { frost, type Grid } from "./frost.ts";
import { box, frame, type Box, type Mark, type Size } from "./marks.ts";

/** What an iPhone gives a canvas at most; larger pictures are made smaller before they are edited. */
const CANVAS_PIXELS = 16_777_216;
const QUALITY = 0.92;
/** Seen on light and on dark: red with a white edge. */
const ARROW = "#d92d20";
const ARROW_EDGE = "#ffffff";

/** The picture upright, as its EXIF wants it. Raises where the browser cannot read it. */
export async function decoded(file: Blob): Promise<ImageBitmap> {
  const bitmap = await createImageBitmap(file);
  const excess = Math.sqrt((bitmap.width * bitmap.height) / CANVAS_PIXELS);
  if (excess <= 1) return bitmap;
  const smaller = await createImageBitmap(bitmap, {
    resizeWidth: Math.floor(bitmap.width / excess),
    resizeHeight: Math.floor(bitmap.height / excess),
    resizeQuality: "high",
  });
  bitmap.close();
  return smaller;
}

/** The picture with its marks, at its real size; where it will be cropped is not shown. */
export function paint(context: CanvasRenderingContext2D, picture: ImageBitmap, marks: readonly Mark[]): void {
  const { canvas } = context;
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.drawImage(picture, 0, 0);
  for (const mark of marks) {
    if (mark.kind === "arrow") paintArrow(context, mark);
    else if (mark.kind !== "crop") cover(context, mark, within(box(mark), canvas));
  }
}

/** A new file with nothing in it but the pixels that can be seen. PNG stays PNG, photos become JPEG. */
export async function flattened(picture: ImageBitmap, marks: readonly Mark[], type: string): Promise<Blob> {
  const whole = canvasOf(picture);
  paint(contextOf(whole), picture, marks);
  const { x, y, width, height } = within(frame(marks, picture), picture);
  const result = canvasOf({ width, height });
  const context = contextOf(result);
  const written = outputType(type);
  if (written === "image/jpeg") {
    context.fillStyle = "#ffffff";
    context.fillRect(0, 0, width, height);
  }
  context.drawImage(whole, x, y, width, height, 0, 0, width, height);
  whole.width = 0; // phones have little memory for canvases
  const blob = await new Promise<Blob | null>((resolve) => result.toBlob(resolve, written, QUALITY));
  result.width = 0;
  if (blob?.type !== written) throw new Error(`This browser cannot write ${written}.`);
  return blob;
}

/** Screenshots keep their sharp edges; everything that a camera makes becomes JPEG, which every desk can read. */
export function outputType(type: string): "image/png" | "image/jpeg" {
  return ["image/png", "image/gif", "image/bmp"].includes(type) ? "image/png" : "image/jpeg";
}

export function contextOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("This browser gives no canvas.");
  return context;
}

function canvasOf({ width, height }: Size): HTMLCanvasElement {
  return Object.assign(document.createElement("canvas"), { width, height });
}

function cover(context: CanvasRenderingContext2D, { kind, noise }: Mark, { x, y, width, height }: Box): void {
  if (width < 1 || height < 1) return;
  if (kind === "blackout") {
    context.fillStyle = "#000000";
    context.fillRect(x, y, width, height);
    return;
  }
  // what lies under it by now, so that a blur over a black-out does not bring anything back
  const { data } = context.getImageData(x, y, width, height);
  stretch(context, frost(data, { width, height }, noise), { x, y, width, height });
}

/** First a ground without a hole: nothing shines through, however a browser smooths the edges. */
function stretch(context: CanvasRenderingContext2D, grid: Grid, { x, y, width, height }: Box): void {
  const [red, green, blue] = grid.pixels;
  context.fillStyle = `rgb(${red} ${green} ${blue})`;
  context.fillRect(x, y, width, height);
  const tiny = canvasOf(grid);
  contextOf(tiny).putImageData(new ImageData(grid.pixels, grid.width, grid.height), 0, 0);
  context.imageSmoothingEnabled = true;
  context.imageSmoothingQuality = "high";
  context.drawImage(tiny, x, y, width, height);
}

function paintArrow(context: CanvasRenderingContext2D, { a, b }: Mark): void {
  const { canvas } = context;
  const width = Math.max(4, Math.max(canvas.width, canvas.height) / 160);
  const direction = Math.atan2(b.y - a.y, b.x - a.x);
  const length = width * 4;
  const wing = (turn: number): [number, number] => [
    b.x - length * Math.cos(direction + turn),
    b.y - length * Math.sin(direction + turn),
  ];
  context.lineCap = context.lineJoin = "round";
  for (const [colour, extra] of [[ARROW_EDGE, width], [ARROW, 0]] as const) {
    context.strokeStyle = colour;
    context.lineWidth = width + extra;
    context.beginPath();
    context.moveTo(a.x, a.y);
    context.lineTo(b.x, b.y);
    context.moveTo(...wing(0.6));
    context.lineTo(b.x, b.y);
    context.lineTo(...wing(-0.6));
    context.stroke();
  }
}

/** The part of a box that lies in the picture. */
function within({ x, y, width, height }: Box, picture: Size): Box {
  const left = Math.max(0, x);
  const top = Math.max(0, y);
  return {
    x: left,
    y: top,
    width: Math.min(picture.width, x + width) - left,
    height: Math.min(picture.height, y + height) - top,
  };
}
