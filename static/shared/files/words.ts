/** What is said of a file on its way: where it stands, why it does not go on, what may be sent. */

import { language } from "../i18n.ts";
import type { UploadPolicy } from "../protocol.d.ts";
import { Refusal } from "../refusal.ts";
import { size } from "../size.ts";
import type { Item } from "./items.ts";
import { t, type Key } from "./texts.ts";
import { FileRefusal } from "./wire.ts";

function percent({ sent, size: all }: Item): string {
  return new Intl.NumberFormat(language(), { style: "percent" }).format(all > 0 ? sent / all : 0);
}

export function standing(item: Item, policy: UploadPolicy | null): string {
  switch (item.state) {
    case "sending":
      return t("files.sending", { percent: percent(item) });
    case "preparing":
      return item.problem ? t("files.waiting") : t("files.preparing");
    case "waiting":
      return t(waiting(item));
    case "failed":
    case "refused":
      return why(item.problem as Refusal, policy, item);
    default:
      return t(`files.${item.state}`);
  }
}

function waiting({ problem }: Item): Key {
  if (!(problem instanceof Refusal) || problem.code === "offset") return "files.waiting";
  return problem.code === "storage_full" ? "files.waiting_full" : "files.waiting_busy";
}

/** Codes of server/errors.py and of the rules, as far as a person can do something about them. */
const SAID: Readonly<Record<string, Key>> = {
  file_empty: "files.refused_empty",
  file_name_hides_type: "files.refused_hides",
  file_unreadable: "files.refused_unreadable",
  file_infected: "files.refused_infected",
  file_fault: "files.refused_fault",
  file_lost: "files.refused_fault",
  mismatch: "files.refused_mismatch",
  broken: "files.refused_broken",
  active: "files.refused_active",
  macros: "files.refused_macros",
  disguise: "files.refused_disguise",
  bomb: "files.refused_archive",
  climbs: "files.refused_archive",
  locked: "files.refused_locked",
  binary: "files.refused_binary",
  pixels: "files.refused_pixels",
  effort: "files.refused_effort",
  chat_ended: "files.failed_chat_ended",
  ticket_done: "files.failed_ticket_done",
  not_joined: "files.failed_not_joined",
  not_assigned_to_you: "files.failed_not_assigned",
  day_quota: "files.failed_day_quota",
  too_many_uploads: "files.failed_too_many",
};

/** Why a file is not taken, and what is. */
export function why(problem: Refusal, policy: UploadPolicy | null, item: Pick<Item, "picture"> | null = null): string {
  const { code } = problem;
  const { types, reason } = problem instanceof FileRefusal ? problem : { types: [], reason: null };
  if (code === "file_type_not_allowed") return typesOnly(types);
  if (code === "too_large" && policy) return t("files.refused_too_large", { size: size(largest(policy, item?.picture ?? false)) });
  return t(SAID[reason ?? code] ?? "files.refused_other");
}

/** The rule that forbids any file now. */
export function whyNot(rule: string): string {
  return t(SAID[rule] ?? "files.none");
}

function typesOnly(types: readonly string[]): string {
  return types.length === 0 ? t("files.none") : t("files.refused_type", { types: types.join(" ") });
}

function largest({ max_bytes, image_max_bytes }: UploadPolicy, picture: boolean): number {
  return picture ? Math.min(max_bytes, image_max_bytes) : max_bytes;
}

/** How large a file may be, in words; pictures are named where they may be less. */
export function sizes(policy: UploadPolicy): string {
  const [file, picture] = [largest(policy, false), largest(policy, true)];
  if (file === picture) return t("files.sizes", { size: size(file) });
  return t("files.sizes_pictures", { size: size(file), picture: size(picture) });
}
