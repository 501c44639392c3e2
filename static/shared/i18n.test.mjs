import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { preferred, translate } from "./i18n.ts";

const locales = new URL("../locales/", import.meta.url);
const CATALOGS = readdirSync(new URL("en/", locales)).map((file) => file.replace(".json", ""));
const catalog = (language, name) => JSON.parse(readFileSync(new URL(`${language}/${name}.json`, locales), "utf8"));
const languages = readdirSync(locales).sort();

const forms = (entry) => (typeof entry === "string" ? [entry] : Object.values(entry));
const placeholders = (text) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

test("there are four languages", () => assert.deepEqual(languages, ["en", "fr", "nl", "ru"]));

for (const name of CATALOGS) {
  const english = catalog("en", name);
  for (const language of languages) {
    const texts = catalog(language, name);
    test(`${language}/${name}: the same keys as English`, () => {
      assert.deepEqual(Object.keys(texts).sort(), Object.keys(english).sort());
    });
    test(`${language}/${name}: the same placeholders, and every plural form that the language has`, () => {
      const wanted = new Intl.PluralRules(language).resolvedOptions().pluralCategories.toSorted();
      for (const [key, entry] of Object.entries(texts)) {
        const expected = placeholders(forms(english[key]).at(-1));
        assert.equal(typeof entry, typeof english[key], `${key}: a plural in one language only`);
        if (typeof entry !== "string") assert.deepEqual(Object.keys(entry).sort(), wanted, `${key}: plural forms`);
        for (const text of forms(entry)) {
          assert.notEqual(text.trim(), "", `${key} is empty`);
          // "one" may say the number as a word
          const missing = expected.filter((one) => one !== "n" && !placeholders(text).includes(one));
          const unknown = placeholders(text).filter((one) => !expected.includes(one));
          assert.deepEqual([missing, unknown], [[], []], `${key}: ${text}`);
        }
      }
    });
  }
}

test("every text is used", () => {
  const folder = new URL("../", import.meta.url);
  const sources = readdirSync(folder, { recursive: true })
    .filter((path) => path.endsWith(".ts") && !path.startsWith("dist"))
    .map((path) => readFileSync(new URL(path, folder), "utf8"))
    .join("\n");
  const made = [...sources.matchAll(/`([a-z_]+(?:\.[a-z_]+)*\.)\$\{/g)].map(([, beginning]) => beginning);
  // what administrators set up has texts named after each noun: `${noun}.many`
  const others = CATALOGS.filter((name) => name !== "admin");
  const unused = others.flatMap((name) => Object.keys(catalog("en", name))).filter(
    (key) => !sources.includes(`"${key}"`) && !made.some((beginning) => key.startsWith(beginning)),
  );
  assert.deepEqual(unused, []);
});

test("plurals follow the language", () => {
  const russian = { left: { one: "{n} символ", few: "{n} символа", many: "{n} символов", other: "{n} символа" } };
  const say = (n) => translate(russian, {}, "ru", "left", { n });
  assert.deepEqual([1, 3, 5, 21, 22].map(say), ["1 символ", "3 символа", "5 символов", "21 символ", "22 символа"]);
});

test("what is missing is English, what is unknown shows itself, placeholders without a value stay", () => {
  assert.equal(translate({}, { hello: "Hello {name}" }, "fr", "hello", { name: "Ada" }), "Hello Ada");
  assert.equal(translate({}, {}, "fr", "nothing.here", {}), "nothing.here");
  assert.equal(translate({ hello: "Hello {name}" }, {}, "en", "hello", {}), "Hello {name}");
});

test("a value is never read as a template", () => {
  assert.equal(translate({ said: "{name}: {text}" }, {}, "en", "said", { name: "{text}", text: "$& {name}" }), "{text}: $& {name}");
});

test("the language: chosen here, else the reader's first that we have, else the portal's first", () => {
  const all = ["en", "fr", "ru", "nl"];
  assert.equal(preferred(null, ["de-DE", "fr-CA", "en"], all), "fr");
  assert.equal(preferred("ru", ["fr"], all), "ru");
  assert.equal(preferred("ru", ["nl-BE"], ["en", "nl"]), "nl");
  assert.equal(preferred(null, ["de"], ["nl", "fr"]), "nl");
});
