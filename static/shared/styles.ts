/**
 * Styles that elements share. The tokens themselves (tokens.css) are custom properties on :root, which inherit into every
 * shadow root; nothing here defines a colour. Put `controls` first in `static styles`.
 */

import { css } from "lit";

/** Box model, buttons, fields, focus ring, and text for screen readers only (`.unseen`). */
export const controls = css`
  :host,
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  :host([hidden]),
  [hidden] {
    display: none !important;
  }
  h1,
  h2,
  h3,
  p,
  ul,
  ol,
  dl,
  dd {
    margin: 0;
    padding: 0;
  }
  ul,
  ol {
    list-style: none;
  }
  a {
    color: var(--accent-text);
    text-underline-offset: 2px;
  }
  :focus-visible {
    outline: 2px solid var(--focus);
    outline-offset: 2px;
  }
  .unseen {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  button,
  .button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 8px;
    min-height: var(--target);
    padding: 4px 14px;
    border: 1px solid var(--gray-4);
    border-radius: var(--radius-control);
    background: var(--surface);
    color: var(--text);
    font: inherit;
    font-weight: 500;
    text-decoration: none;
    cursor: pointer;
    transition: background-color var(--quick), border-color var(--quick);
  }
  button:hover,
  .button:hover {
    background: var(--sunken);
  }
  button:disabled {
    opacity: 0.55;
    cursor: default;
  }
  button.primary {
    border-color: transparent;
    background: var(--accent);
    color: var(--on-accent);
  }
  button.primary:hover:not(:disabled) {
    background: color-mix(in oklab, var(--accent) 88%, var(--text));
  }
  button.danger {
    border-color: transparent;
    background: var(--danger);
    color: var(--on-danger);
  }
  button.bare {
    border-color: transparent;
    background: none;
  }
  button.bare:hover {
    background: color-mix(in oklab, currentcolor 9%, transparent);
  }
  button.icon {
    width: var(--target);
    padding: 0;
    flex: none;
  }
  button.link {
    min-height: 0;
    padding: 0;
    border: 0;
    background: none;
    color: var(--accent-text);
    font-weight: inherit;
    text-decoration: underline;
    text-underline-offset: 2px;
  }
  input,
  textarea,
  select {
    width: 100%;
    min-height: var(--target);
    padding: 7px 10px;
    border: 1px solid var(--line-strong);
    border-radius: var(--radius-control);
    background: var(--surface);
    color: var(--text);
    font: inherit;
  }
  ::placeholder {
    color: var(--text-faint);
    opacity: 1;
  }
  [aria-invalid="true"] {
    border-color: var(--danger);
  }
  @media (pointer: coarse) {
    input,
    textarea,
    select {
      /* below 16 px iOS zooms the page when a field takes focus */
      font-size: 1rem;
    }
  }
`;
