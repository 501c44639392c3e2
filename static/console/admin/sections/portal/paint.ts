/** Gives an element a colour of its own: a style in the markup would be refused by the page's policy. */
import { noChange } from "lit";
import { Directive, directive, type ElementPart } from "lit/directive.js";

class Paint extends Directive {
  render(_brand: string): unknown {
    return noChange;
  }

  override update({ element }: ElementPart, [brand]: [string]): unknown {
    (element as HTMLElement).style.setProperty("--brand", brand);
    return noChange;
  }
}

export const paint = directive(Paint);
