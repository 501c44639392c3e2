/** The step between choosing a picture and sending it. Loaded when somebody wants it. */

import { decoded } from "./paint.ts";
import "./redact.ts";
import { texts } from "./texts.ts";

/**
 * Lets the user cover, crop and point in a picture. Resolves with a new file that holds nothing but the pixels that are
 * left: no EXIF, no original. null: it stays as it is.
 */
export async function edit(picture: Blob): Promise<Blob | null> {
  const [bitmap] = await Promise.all([decoded(picture).catch(() => null), texts.ready()]);
  const editor = Object.assign(document.createElement("dw-redact"), { picture: bitmap, type: picture.type });
  try {
    return await new Promise((resolve) => {
      editor.addEventListener("done", (event) => resolve((event as CustomEvent<Blob | null>).detail), { once: true });
      document.body.append(editor);
    });
  } finally {
    editor.remove();
    bitmap?.close();
  }
}
