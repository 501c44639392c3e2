/** A field for a picture: a portal's logo, a technician's face. It is sent at once; what is saved points at it. */
import { html, nothing, type TemplateResult } from "lit";
import type { Picture, Problem } from "../../../shared/protocol.d.ts";
import { Refusal, Unreachable } from "../../../shared/refusal.ts";
import { at } from "../model/draft.ts";
import { t } from "../texts.ts";
import type { Editor } from "./editor.ts";
import { help, idOf, invalid } from "./fields.ts";
import type { NounName } from "./nouns.ts";
import { refusedText } from "./refused.ts";

const TYPES = "image/png,image/jpeg,image/webp";
/** As server/desk/administration/pictures.py says. */
const MOST_BYTES = 1_048_576;

export function picture(editor: Editor<NounName>, path: string, label: string): TemplateResult {
  const now = at(editor.draft, path) as string | null;
  const chosen = async (event: Event): Promise<void> => {
    const input = event.target as HTMLInputElement;
    const [file] = input.files ?? [];
    input.value = "";
    if (!file) return;
    input.disabled = true;
    try {
      editor.set(path, (await send(file)).id);
    } catch (error) {
      editor.refuse(path, refusedText(error));
    } finally {
      input.disabled = false;
    }
  };
  return html`<div class="field">
    <span class="label" id="${idOf(path)}-label">${label}</span>
    <div class="buttons">
      ${now ? html`<img class="picture" src="/pictures/${now}" alt=${t("picture.now")} width="64" height="64" />` : nothing}
      <label class="button choose">
        <input class="unseen" type="file" id=${idOf(path)} accept=${TYPES} aria-invalid=${invalid(editor, path)} aria-describedby="${idOf(path)}-label ${idOf(path)}-help" @change=${chosen} />
        ${t(now ? "picture.replace" : "picture.choose")}
      </label>
      ${now ? html`<button type="button" class="bare" @click=${() => editor.set(path, null)}>${t("picture.remove")}</button>` : nothing}
    </div>
    ${help(editor, path, { hint: t("picture.hint") })}
  </div>`;
}

async function send(file: File): Promise<Picture> {
  if (file.size > MOST_BYTES) throw new Refusal({ code: "too_large", message: "" });
  const headers = { "X-Deskwire": "1", "Content-Type": file.type };
  let answer: Response;
  try {
    answer = await fetch("/api/v1/admin/pictures", { method: "POST", headers, body: file, credentials: "same-origin" });
  } catch {
    throw new Unreachable();
  }
  if (!answer.ok) throw new Refusal((await answer.json()) as Problem);
  return (await answer.json()) as Picture;
}
