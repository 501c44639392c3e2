/** What loader and app tell each other by postMessage, with exact origins both ways. Anything else is ignored. */

export type ToApp =
  | { readonly deskwire: "open" }
  | { readonly deskwire: "shut" }
  | { readonly deskwire: "identify"; readonly jwt: string };

export type ToLoader =
  | { readonly deskwire: "close" }
  | { readonly deskwire: "unread"; readonly count: number };
