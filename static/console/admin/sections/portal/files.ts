/** Who may send which files to and from a portal, and how large. */
import { html, nothing } from "lit";
import type { FileRules, SenderRules } from "../../../../shared/protocol.d.ts";
import { count, wrong, type Bounds } from "../../kit/fields.ts";
import { NEW_PORTAL } from "../../../../shared/rules.ts";
import type { Page } from "../../kit/section.ts";
import { t } from "../../texts.ts";

type Extension = NonNullable<SenderRules["types"]>[number];
type Device = keyof FileRules["customers"];

const MIB = 1_048_576;
const PICTURES: readonly Extension[] = [".jpeg", ".png", ".gif", ".bmp", ".tiff"];
const ALL: readonly Extension[] = [
  ...PICTURES,
  ".pdf", ".doc", ".docx", ".odt", ".xls", ".xlsx", ".ppt", ".pptx", ".pps", ".ppsx", ".log", ".cfg", ".rar", ".zip", ".txt",
];
const DEVICES: readonly Device[] = ["windows", "macos", "linux", "chromeos", "android", "ios", "unknown"];
/** What a device sends where nobody has said anything else: iOS has no files but pictures (server/domain/files.py). */
const ONLY_PICTURES: readonly Device[] = ["ios", "unknown"];
const USUAL: SenderRules = NEW_PORTAL.files.technicians;
const MEGAPIXELS = 64;

export const files: Page<"portal"> = {
  name: "files",
  heading: "portal.files",
  fields: ["setup.files"],
  render: (editor) => {
    const rules = editor.draft.setup.files;
    return html`<p class="soft">${t("files.lead")}</p>
      ${wrong(editor, "setup.files")}
      ${sender("technicians", t("files.technicians"), rules.technicians, ALL, (next) => editor.set("setup.files.technicians", next))}
      ${DEVICES.map((device) => {
        const usual = ONLY_PICTURES.includes(device) ? PICTURES : ALL;
        const name = t("files.customers_on", { device: t(`files.device.${device}`) });
        return sender(device, name, rules.customers[device] ?? USUAL, usual, (next) => editor.set(`setup.files.customers.${device}`, next));
      })}
      <h3 class="part">${t("files.in_all")}</h3>
      <div class="pair">
        ${amount("day", t("files.day"), rules.customer_day_bytes / MIB, { least: 0, most: 1_048_576, unit: "MiB" }, (n) => editor.set("setup.files.customer_day_bytes", Math.round(n * MIB)))}
        ${amount("pixels", t("files.pixels"), rules.max_pixels / 1e6, { least: 1, most: MEGAPIXELS, unit: t("files.megapixels") }, (n) => editor.set("setup.files.max_pixels", Math.round(n * 1e6)))}
      </div>`;
  },
};

/** One kind of sender: folded, it says what it may do. */
function sender(who: string, name: string, rules: SenderRules, usual: readonly Extension[], put: (next: SenderRules) => void) {
  const types = rules.types ?? usual;
  const set = (extension: Extension, on: boolean): void =>
    put({ ...rules, types: ALL.filter((one) => (one === extension ? on : types.includes(one))) });
  return html`<details class="card">
    <summary>
      <span>${name}</span>
      <span class="soft">${t("files.summary", { n: types.length, size: Math.round(rules.max_bytes / MIB) })}</span>
    </summary>
    <div class="checks">
      ${ALL.map(
        (extension) => html`<label class="check"
          ><input type="checkbox" .checked=${types.includes(extension)} @change=${(event: Event) => set(extension, (event.target as HTMLInputElement).checked)} />${extension}</label
        >`,
      )}
    </div>
    <div class="pair">
      ${amount(`${who}-file`, t("files.largest"), rules.max_bytes / MIB, { least: 1, most: 4096, unit: "MiB" }, (n) => put({ ...rules, max_bytes: Math.round(n * MIB) }))}
      ${amount(`${who}-picture`, t("files.largest_picture"), rules.image_max_bytes / MIB, { least: 1, most: 64, unit: "MiB" }, (n) => put({ ...rules, image_max_bytes: Math.round(n * MIB) }))}
    </div>
    ${rules.types === null ? nothing : html`<div class="buttons"><button type="button" class="bare" @click=${() => put({ ...rules, types: null })}>${t("files.usual")}</button></div>`}
  </details>`;
}

/** A size in the unit in which people think of it. */
function amount(name: string, label: string, value: number, bounds: Bounds, put: (value: number) => void) {
  const set = (event: Event): void => count(event, bounds, value, put);
  return html`<div class="field">
    <label for="f-${name}">${label}</label>
    <span class="measure"
      ><input type="number" id="f-${name}" min=${bounds.least} max=${bounds.most} step="any" .value=${String(Number(value.toFixed(2)))} @input=${set} @change=${set} />${bounds.unit}</span
    >
  </div>`;
}
