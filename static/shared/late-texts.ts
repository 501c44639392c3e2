/**
 * Texts of a part that a page loads late: a catalog of its own, which visitors who never come there do not wait for. The
 * part awaits `ready()` before it draws, and its elements call `follow(this)` to draw again when the language changes.
 */

import type { ReactiveControllerHost } from "lit";
import { language, onLanguage, translate, type Catalog, type Language, type Params } from "./i18n.ts";

type LateLoaders = Readonly<Record<Language, () => Promise<{ readonly default: Catalog }>>>;

export class LateTexts<Key extends string> {
  readonly #loaders: LateLoaders;
  readonly #hosts = new Set<ReactiveControllerHost>();
  #texts: Catalog = {};
  #shown: Language | null = null;

  constructor(loaders: LateLoaders) {
    this.#loaders = loaders;
    onLanguage(() => {
      // where the other language cannot be loaded, the part stays in the one that it has
      if (this.#shown !== null) void this.ready().catch(() => undefined);
    });
  }

  /** Resolves when the texts are there in the page's language; rejects when they cannot be loaded, and may be tried again. */
  async ready(): Promise<void> {
    const wanted = language();
    if (wanted === this.#shown) return;
    const texts = (await this.#loaders[wanted]()).default;
    if (wanted !== language()) return this.ready();
    this.#texts = texts;
    this.#shown = wanted;
    for (const host of this.#hosts) host.requestUpdate();
  }

  readonly t = (key: Key, params: Params = {}): string => translate(this.#texts, {}, this.#shown ?? "en", key, params);

  /** Whether there is a text with this key, which somebody else has named. */
  has(key: string): key is Key {
    return Object.hasOwn(this.#texts, key);
  }

  /** The same text in another language, for somebody else to read. */
  async in(tag: Language, key: Key, params: Params = {}): Promise<string> {
    return translate((await this.#loaders[tag]()).default, {}, tag, key, params);
  }

  follow(host: ReactiveControllerHost): void {
    host.addController({
      hostConnected: () => void this.#hosts.add(host),
      hostDisconnected: () => void this.#hosts.delete(host),
    });
  }
}
