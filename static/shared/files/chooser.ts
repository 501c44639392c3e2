/** The browser's own window in which files are chosen. */

import type { UploadPolicy } from "../protocol.d.ts";
import { pictures, type Way } from "./panel.ts";

/** Kept until the person has chosen: Safari forgets a field that nobody holds. */
let field: HTMLInputElement | null = null;

export function chooseFiles(way: Way, policy: UploadPolicy | null, chosen: (files: File[]) => void): void {
  field = document.createElement("input");
  field.type = "file";
  field.multiple = way !== "camera";
  field.accept = policy ? (way === "files" ? policy.accept : pictures(policy)) : "";
  if (way === "camera") field.setAttribute("capture", "environment");
  field.onchange = () => {
    chosen([...(field?.files ?? [])]);
    field = null;
  };
  field.click();
}
