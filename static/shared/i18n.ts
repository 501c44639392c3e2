/**
 * Texts of the pages. A page hands loaders for its languages to `startTexts`, and English at once if it wants a fall-back;
 * elements call `t` while they render and put `new Texts(this)` in their class to render again when the language changes.
 *
 * Catalogs are flat: key -> text with {placeholders}, or key -> {one, few, many, other} chosen by the number {n}.
 */

import type { ReactiveController, ReactiveControllerHost } from "lit";
import type common from "../locales/en/common.json";
import type console from "../locales/en/console.json";
import type portal from "../locales/en/portal.json";
import { recall, remember } from "./storage.ts";

/** Languages that pages are written in; languages.ts knows what they call themselves. */
const TAGS = ["en", "fr", "ru", "nl"] as const;
export type Language = (typeof TAGS)[number];

export type Key = keyof typeof common | keyof typeof portal | keyof typeof console;
export type Catalog = Readonly<Record<string, string | Readonly<Record<string, string>>>>;
export type Params = Readonly<Record<string, string | number>>;
export type Loaders = Readonly<Partial<Record<Language, () => Promise<Catalog>>>>;

const REMEMBERED = "language";

let english: Catalog = {};
let texts: Catalog = {};
let current: Language = "en";
let loaders: Loaders = {};
let offered: readonly string[] = [];
const listeners = new Set<() => void>();

/** Resolves when the reader's language is there, or English where its file cannot be loaded. */
export async function startTexts(catalog: Catalog, others: Loaders): Promise<void> {
  english = texts = catalog;
  loaders = others;
  await showPreferred();
}

/** From now on only these languages are shown (a portal may offer fewer than we have). */
export async function offerLanguages(tags: readonly string[]): Promise<void> {
  offered = tags;
  await showPreferred();
}

export function offeredLanguages(): Language[] {
  return TAGS.filter((tag) => offered.length === 0 || offered.includes(tag));
}

/** The first of the languages that the reader wants and we have; else the first that we have. */
export function preferred(chosen: string | null, wanted: readonly string[], have: readonly Language[]): Language {
  for (const tag of chosen === null ? wanted : [chosen, ...wanted]) {
    const language = have.find((one) => one === tag.toLowerCase().split("-")[0]);
    if (language) return language;
  }
  return have[0] ?? "en";
}

/** Switches the page's language and remembers the choice. */
export async function chooseLanguage(language: Language): Promise<void> {
  remember(REMEMBERED, language);
  await show(language);
}

export function language(): Language {
  return current;
}

/** What a reader understands best, for the server: an explicit choice here, else the browser's first language. */
export function spokenLanguage(): string {
  const tag = recall(REMEMBERED) ?? navigator.language;
  return /^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(tag) && tag.length <= 35 ? tag : current;
}

/** The text of a key in the page's language. */
export function t(key: Key, params: Params = {}): string {
  return translate(texts, english, current, key, params);
}

/** The text of a key that somebody else has named; null: there is none. */
export function textOf(key: string, params: Params): string | null {
  return Object.hasOwn(texts, key) ? translate(texts, {}, current, key, params) : null;
}

/** The same as a function of its catalogs. A text that is missing is English; an unknown key shows itself. */
export function translate(catalog: Catalog, fallback: Catalog, tag: string, key: string, params: Params): string {
  const entry = catalog[key] ?? fallback[key] ?? key;
  const text = typeof entry === "string" ? entry : (entry[pluralForm(tag, params["n"])] ?? entry["other"] ?? key);
  return text.replace(/\{(\w+)\}/g, (placeholder, name: string) => {
    const value = params[name];
    return value === undefined ? placeholder : typeof value === "number" ? value.toLocaleString(tag) : value;
  });
}

function pluralForm(tag: string, n: string | number | undefined): string {
  return new Intl.PluralRules(tag).select(Number(n));
}

async function showPreferred(): Promise<void> {
  await show(preferred(recall(REMEMBERED), navigator.languages, offeredLanguages()));
}

async function show(next: Language): Promise<void> {
  try {
    texts = await catalogOf(next);
    current = next;
  } catch {
    texts = await catalogOf("en");
    current = "en";
  }
  document.documentElement.lang = current;
  for (const listener of listeners) listener();
}

async function catalogOf(tag: Language): Promise<Catalog> {
  return (await loaders[tag]?.()) ?? english;
}

/** Calls back whenever the page's language has changed. */
export function onLanguage(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Renders its element again when the language changes. */
export class Texts implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  #stop: () => void = () => undefined;

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
    host.addController(this);
  }

  hostConnected(): void {
    this.#stop = onLanguage(() => this.#host.requestUpdate());
  }

  hostDisconnected(): void {
    this.#stop();
  }
}
