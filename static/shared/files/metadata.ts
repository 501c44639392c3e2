/**
 * Takes out of a picture what nobody sees in it: where and with what it was taken, by whom, what it was before it was
 * cut. The pixels stay as they are, byte by byte. Of a JPEG's EXIF only stays which way is up; its colour profile stays.
 */

const START = 0xffd8;
const END = 0xffd9;
const PIXELS = 0xffda;
const JFIF = 0xffe0;
const EXIF = 0xffe1;
const PROFILE = 0xffe2;
const ADOBE = 0xffee;
const APP15 = 0xffef;
const COMMENT = 0xfffe;
const ORIENTATION = 0x0112;

/** The picture without them; null where it is no JPEG or PNG, or damaged so that this cannot be told. */
export function stripped(bytes: Uint8Array<ArrayBuffer>): Blob | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    if (view.getUint16(0) === START) return new Blob(jpeg(bytes, view), { type: "image/jpeg" });
    if (view.getUint32(0) === 0x89504e47) return new Blob(png(bytes, view), { type: "image/png" });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error; // cut off: the server says so, in the reader's words
  }
  return null;
}

type Pieces = Uint8Array<ArrayBuffer>[];

/** Up to the end of the image: phones hide a second picture, or a film, behind that. */
function jpeg(bytes: Uint8Array<ArrayBuffer>, view: DataView): Pieces {
  const kept: Pieces = [];
  let up = 1;
  let at = 2;
  for (let marker = view.getUint16(at); marker !== END; marker = view.getUint16(at)) {
    if (marker < 0xff00) throw new RangeError("no marker");
    const end = marker === 0xffff ? at + 1 : marker === PIXELS ? afterPixels(view, at) : at + 2 + view.getUint16(at + 2);
    if (marker === EXIF) up = orientation(view, at + 4) ?? up;
    if (drawn(marker, view, at)) kept.push(bytes.subarray(at, end));
    at = end;
  }
  const turned = up === 1 ? [] : [justOrientation(up)];
  return [bytes.subarray(0, 2), ...turned, ...kept, bytes.subarray(at, at + 2)];
}

/** JFIF, the colour profile and Adobe's word on colours are needed to show it; other notes of programs are not. */
function drawn(marker: number, view: DataView, at: number): boolean {
  if (marker === PROFILE) return view.getUint32(at + 4) === 0x4943435f; // "ICC_"; others name the second picture
  return marker === JFIF || marker === ADOBE || marker < JFIF || (marker > APP15 && marker !== COMMENT);
}

/** Where the next marker is: in compressed pixels 0xff is followed by 0, or by one of eight marks to start again at. */
function afterPixels(view: DataView, at: number): number {
  let next = at + 2 + view.getUint16(at + 2);
  for (;;) {
    const marker = view.getUint16(next);
    if (marker > 0xff00 && (marker < 0xffd0 || marker > 0xffd7)) return next;
    next += 1;
  }
}

/** Which way is up, as the EXIF block there says; null where it is no EXIF or says nothing. */
function orientation(view: DataView, at: number): number | null {
  if (view.getUint32(at) !== 0x45786966) return null;
  const tiff = at + 6;
  const little = view.getUint16(tiff) === 0x4949;
  const directory = tiff + view.getUint32(tiff + 4, little);
  const entries = view.getUint16(directory, little);
  for (let entry = directory + 2; entry < directory + 2 + 12 * entries; entry += 12) {
    if (view.getUint16(entry, little) === ORIENTATION) return view.getUint16(entry + 8, little);
  }
  return null;
}

/** An EXIF block with this one entry. */
function justOrientation(up: number): Uint8Array<ArrayBuffer> {
  const head = [0xff, 0xe1, 0, 34, 0x45, 0x78, 0x69, 0x66, 0, 0, 0x4d, 0x4d, 0, 42, 0, 0, 0, 8];
  return Uint8Array.from([...head, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, up, 0, 0, 0, 0, 0, 0]);
}

/** Of the chunks of a PNG those that it is drawn from; `acTL` and its like would make it move, and stay away as well. */
const DRAWN = ["IHDR", "PLTE", "IDAT", "IEND", "tRNS", "gAMA", "cHRM", "sRGB", "iCCP", "sBIT", "pHYs", "bKGD"];

function png(bytes: Uint8Array<ArrayBuffer>, view: DataView): Pieces {
  const kept: Pieces = [bytes.subarray(0, 8)];
  for (let at = 8, name = ""; name !== "IEND"; ) {
    const length = 12 + view.getUint32(at);
    name = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    view.getUint8(at + length - 1);
    if (DRAWN.includes(name)) kept.push(bytes.subarray(at, at + length));
    at += length;
  }
  return kept;
}
