/** How a ticket came in, what it is about, and what its customer answered in the form, as the details pane shows it. */
import { html, nothing } from "lit";
import { t } from "../../shared/i18n.ts";
import type { Answer, Details } from "../../shared/protocol.d.ts";
import { priorityWord } from "./looks.ts";

/** Nothing where there is nothing to tell: the plain form, and of normal urgency. */
export function formBlock({ way, answers, summary: { issue_type, priority } }: Details) {
  if (way === "form" && issue_type === null && answers.length === 0 && priority === 0) return nothing;
  return html`<section aria-labelledby="form">
    <h2 id="form">${t("details.form")}</h2>
    <dl>
      <dt>${t("details.way")}</dt>
      <dd>${t(`way.${way}`)}</dd>
      ${issue_type === null ? nothing : row(t("details.issue_type"), issue_type)}
      ${priority === 0 ? nothing : row(t("details.priority"), priorityWord(priority))} ${answers.map(answer)}
    </dl>
  </section>`;
}

function answer({ label, shown }: Answer) {
  return row(label, shown);
}

function row(label: string, value: string) {
  return html`<dt dir="auto">${label}</dt>
    <dd class="answer" dir="auto">${value}</dd>`;
}
