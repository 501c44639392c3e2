/**
 * A list whose elements belong to keys: lines before or after an element leave it alone, and with it the reader's focus
 * and selection. Lit's `repeat` does the same and more, for 0.9 KiB that the customers' pages do not have.
 */

import { render, type TemplateResult } from "lit";

export class KeyedList<Row extends { readonly key: string }> {
  #elements = new Map<string, HTMLElement>();

  /** The element of a row that is shown. */
  get(key: string): HTMLElement | undefined {
    return this.#elements.get(key);
  }

  /** Makes the children of `list` the rows, in order. */
  show(list: Element, rows: readonly Row[], template: (row: Row) => TemplateResult): void {
    const before = this.#elements;
    this.#elements = new Map();
    let place = list.firstElementChild;
    for (const row of rows) {
      const element = before.get(row.key) ?? document.createElement("div");
      this.#elements.set(row.key, element);
      render(template(row), element);
      if (element === place) place = place.nextElementSibling;
      else list.insertBefore(element, place);
    }
    while (place) {
      const gone = place;
      place = place.nextElementSibling;
      gone.remove();
    }
  }
}
