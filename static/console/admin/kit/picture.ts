/** A field for a picture: a portal's logo, a technician's face. It is sent at once, and points at it when the draft is saved. */
import { html, nothing, type TemplateResult } from "lit";
import type { Problem } from "../../../shared/protocol.d.ts";
import { Refusal, Unreachable } from "../../../shared/refusal.ts";
import { at } from "../model/draft.ts";
import { t } from "../texts.ts";
import type { Admin } from "./admin.ts";
import type { Editor } from "./editor.ts";
import { idOf } from "./fields.ts";
import { type NounName } from "./nouns.ts";
import { refusedText } from "./refused.ts";

const TYPES = "image/png,image/jpeg,image/webp";

export function picture(editor: Editor<NounName>, admin: Admin, path: string, label: string, hint: string): TemplateResult {
  const now = at(editor.draft, path) as string | null;
  const chosen = async (event: Event): Promise<void> => {
    const input = event.target as HTMLInputElement;
    const [file] = input.files ?? [];
    input.value = "";
    if (!file) return;
    try {
      editor.set(path, (await send(file)).id);
    } catch (error) {
      admin.desk.toasts.say(refusedText(error), { tone: "warning" });
    }
  };
  return html`<div class="field">
    <label for=${idOf(path)}>${label}</label>
    <div class="buttons">
      ${now ? html`<img class="picture" src="/pictures/${now}" alt=${t("picture.now")} width="64" height="64" />` : nothing}
      <input type="file" id=${idOf(path)} accept=${TYPES} aria-describedby=${`${idOf(path)}-help`} @change=${chosen} />
      ${now ? html`<button type="button" class="bare" @click=${() => editor.set(path, null)}>${t("picture.remove")}</button>` : nothing}
    </div>
    <div class="help" id=${`${idOf(path)}-help`}><p>${hint}</p></div>
  </div>`;
}

async function send(file: File): Promise<{ readonly id: string }> {
  const headers = { "X-Deskwire": "1", "Content-Type": file.type };
  let answer: Response;
  try {
    answer = await fetch("/api/v1/admin/pictures", { method: "POST", headers, body: file, credentials: "same-origin" });
  } catch {
    throw new Unreachable();
  }
  if (!answer.ok) throw new Refusal((await answer.json()) as Problem);
  return (await answer.json()) as { readonly id: string };
}
