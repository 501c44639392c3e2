/** Schedules: when portals are open, in a time zone of their own, and days that are different. */
import { html, nothing, svg } from "lit";
import type { ExceptionalDays, Hours, Schedule, Span } from "../../../shared/protocol.d.ts";
import { language } from "../../../shared/i18n.ts";
import { serverNow } from "../../../shared/server-time.ts";
import type { Editor } from "../kit/editor.ts";
import { text, wrong } from "../kit/fields.ts";
import type { Section } from "../kit/section.ts";
import { DAY, clocks, dayAfter, ofWeekday, standing, type Moment, type Timetable } from "../model/week.ts";
import { t } from "../texts.ts";

const ZONES = Intl.supportedValuesOf("timeZone");
const DAYS = [0, 1, 2, 3, 4, 5, 6] as const;
const WORKING_WEEK: readonly Hours[] = [0, 1, 2, 3, 4].map((day) => hours(day, "09:00", day, "17:00"));

export const section: Section<"schedule"> = {
  noun: "schedule",
  blank: ({ company }) =>
    company
      ? {
          company: company.id,
          name: "",
          time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
          hours: [...WORKING_WEEK],
          exceptions: [],
        }
      : null,
  called: ({ name }) => name,
  about: (item) => meaning(item),
  pages: [
    { name: "hours", heading: "schedule.hours", fields: ["name", "time_zone", "hours"], render: week },
    { name: "exceptions", heading: "schedule.exceptions", fields: ["exceptions"], render: exceptions },
  ],
};

/** "Open now, closes today at 18:00." */
function meaning(timetable: Timetable & Partial<Schedule>): string {
  const now = clocks(serverNow(), timetable.time_zone);
  if (now === null) return t("schedule.no_zone");
  const { open, until } = standing(timetable, now);
  if (until === null) return t(open ? "schedule.always_open" : "schedule.never_open");
  const when = said(until, now);
  return t(open ? "schedule.closes" : "schedule.opens", { when });
}

function said({ day, minute }: Moment, now: Moment): string {
  const time = clockTime(minute);
  if (day === now.day) return t("schedule.today", { time });
  if (day === dayAfter(now.day, 1)) return t("schedule.tomorrow", { time });
  const date = new Intl.DateTimeFormat(language(), { weekday: "long", day: "numeric", month: "long", timeZone: "UTC" });
  return t("schedule.on_day", { day: date.format(Date.parse(`${day}T00:00Z`)), time });
}

function clockTime(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
}

function dayName(day: number, width: "long" | "short" = "long"): string {
  // 5 January 2026 was a Monday
  return new Intl.DateTimeFormat(language(), { weekday: width, timeZone: "UTC" }).format(Date.UTC(2026, 0, 5 + day));
}

function hours(from_day: number, from_time: string, to_day: number, to_time: string): Hours {
  return { from_day, from_time, to_day, to_time };
}

// --- the week ----------------------------------------------------------------------------------------------------------

function week(editor: Editor<"schedule">) {
  const { draft } = editor;
  const set = (entries: readonly Hours[]): void => editor.set("hours", entries);
  return html`${text(editor, "name", t("kit.name"), { required: true, max: 120, placeholder: t("schedule.name_example") })}
    ${zone(editor)}
    <p class="said" role="status">${meaning(draft)}</p>
    ${strip(draft.hours)}
    <div class="field" role="group" aria-label=${t("schedule.hours")}>
      ${draft.hours.map((entry, place) => hoursRow(entry, (next) => set(draft.hours.toSpliced(place, 1, ...(next ? [next] : [])))))}
      ${wrong(editor, "hours")}
      <div class="buttons">
        <button type="button" @click=${() => set([...draft.hours, following(draft.hours)])}>
          <dw-icon name="plus"></dw-icon>${t("schedule.add_hours")}
        </button>
        <button type="button" class="bare" @click=${() => set(WORKING_WEEK)}>${t("schedule.working_week")}</button>
        <button type="button" class="bare" @click=${() => set([hours(0, "00:00", 6, "24:00")])}>${t("schedule.all_week")}</button>
      </div>
    </div>`;
}

/** After the last entry comes the same on the next day. */
function following(entries: readonly Hours[]): Hours {
  const last = entries.at(-1);
  if (!last) return hours(0, "09:00", 0, "17:00");
  return { ...last, from_day: (last.from_day + 1) % 7, to_day: (last.to_day + 1) % 7 };
}

function zone(editor: Editor<"schedule">) {
  return html`${text(editor, "time_zone", t("schedule.time_zone"), { required: true, max: 64, list: ZONES, hint: t("schedule.time_zone_hint") })}
    <p class="soft">${clockNow(editor.draft.time_zone)}</p>`;
}

function clockNow(zoneName: string): string {
  const now = clocks(serverNow(), zoneName);
  return now ? t("schedule.now_there", { time: clockTime(now.minute) }) : t("schedule.no_zone");
}

function hoursRow(entry: Hours, put: (next: Hours | null) => void) {
  const value = (event: Event): string => (event.target as HTMLSelectElement).value;
  const day = (name: "from_day" | "to_day", label: string) =>
    html`<select aria-label=${label} @change=${(event: Event) => put({ ...entry, [name]: Number(value(event)) })}>
      ${DAYS.map((one) => html`<option value=${one} .selected=${one === entry[name]}>${dayName(one)}</option>`)}
    </select>`;
  return html`<div class="span" role="group" aria-label=${dayName(entry.from_day)}>
    ${day("from_day", t("schedule.from_day"))} ${time(entry.from_time, t("schedule.from"), (next) => put({ ...entry, from_time: next }))}
    <span aria-hidden="true">–</span>
    ${day("to_day", t("schedule.to_day"))} ${time(entry.to_time, t("schedule.to"), (next) => put({ ...entry, to_time: next }))}
    ${gone(() => put(null))}
  </div>`;
}

/** Midnight at the end of a day is 24:00, which a field for times does not know. */
function time(value: string, label: string, put: (time: string) => void) {
  const set = (event: Event): void => {
    const input = event.target as HTMLInputElement;
    const match = /^(\d{1,2})[:.h]?(\d{2})?$/.exec(input.value.trim());
    const [, hour = "", minute = "00"] = match ?? [];
    const fits = match && Number(minute) < 60 && Number(hour) * 60 + Number(minute) <= DAY;
    if (fits) put(`${hour.padStart(2, "0")}:${minute}`);
    else input.value = value;
  };
  return html`<input class="time" aria-label=${label} inputmode="numeric" maxlength="5" .value=${value} @change=${set} />`;
}

function gone(act: () => void) {
  return html`<button type="button" class="bare icon" aria-label=${t("schedule.gone")} title=${t("schedule.gone")} @click=${act}>
    <dw-icon name="close"></dw-icon>
  </button>`;
}

/** A week at a glance. */
function strip(entries: readonly Hours[]) {
  return html`<div class="week" aria-hidden="true">
    ${DAYS.map(
      (day) => html`<span>${dayName(day, "short")}</span>
        <svg viewBox="0 0 ${DAY} 12" preserveAspectRatio="none">
          <rect class="shut" width=${DAY} height="12"></rect>
          ${ofWeekday(entries, day).map(([begins, ends]) => svg`<rect class="open" x=${begins} width=${ends - begins} height="12"></rect>`)}
        </svg>`,
    )}
  </div>`;
}

// --- days that are different -------------------------------------------------------------------------------------------

function exceptions(editor: Editor<"schedule">) {
  const all = editor.draft.exceptions;
  const today = clocks(serverNow(), editor.draft.time_zone)?.day ?? new Date(serverNow()).toISOString().slice(0, 10);
  const fresh: ExceptionalDays = { first: today, last: today, name: "", spans: [], every_year: false };
  const put = (place: number, next: ExceptionalDays | null): void => editor.set("exceptions", all.toSpliced(place, 1, ...(next ? [next] : [])));
  return html`<p class="soft">${t("schedule.exceptions_lead")}</p>
    ${all.map((days, place) => exceptional(days, (next) => put(place, next)))}
    ${wrong(editor, "exceptions")}
    <div class="buttons">
      <button type="button" @click=${() => editor.set("exceptions", [...all, fresh])}><dw-icon name="plus"></dw-icon>${t("schedule.add_days")}</button>
    </div>`;
}

function exceptional(days: ExceptionalDays, put: (next: ExceptionalDays | null) => void) {
  const value = (event: Event): string => (event.target as HTMLInputElement).value;
  const span = (place: number, next: Span | null): void => put({ ...days, spans: days.spans.toSpliced(place, 1, ...(next ? [next] : [])) });
  const first = (day: string): void => put({ ...days, first: day, last: days.last < day ? day : days.last });
  return html`<fieldset class="card">
    <legend class="unseen">${days.name || t("schedule.days")}</legend>
    <div class="span">
      <input class="grow" aria-label=${t("schedule.days_name")} placeholder=${t("schedule.days_example")} maxlength="300" .value=${days.name} @input=${(event: Event) => put({ ...days, name: value(event) })} />
      ${gone(() => put(null))}
    </div>
    <div class="span">
      <input type="date" aria-label=${t("schedule.first")} required .value=${days.first} @change=${(event: Event) => value(event) && first(value(event))} />
      <span aria-hidden="true">–</span>
      <input type="date" aria-label=${t("schedule.last")} required min=${days.first} .value=${days.last} @change=${(event: Event) => value(event) && put({ ...days, last: value(event) })} />
      <label class="check"
        ><input type="checkbox" .checked=${days.every_year} @change=${(event: Event) => put({ ...days, every_year: (event.target as HTMLInputElement).checked })} />${t("schedule.every_year")}</label
      >
    </div>
    ${days.spans.length === 0 ? html`<p class="soft">${t("schedule.closed_all_day")}</p>` : nothing}
    ${days.spans.map(
      (one, place) => html`<div class="span">
        ${time(one.from_time, t("schedule.from"), (next) => span(place, { ...one, from_time: next }))}
        <span aria-hidden="true">–</span>
        ${time(one.to_time, t("schedule.to"), (next) => span(place, { ...one, to_time: next }))} ${gone(() => span(place, null))}
      </div>`,
    )}
    <div class="buttons">
      <button type="button" class="bare" @click=${() => put({ ...days, spans: [...days.spans, { from_time: "10:00", to_time: "14:00" }] })}>${t("schedule.open_anyway")}</button>
    </div>
  </fieldset>`;
}
