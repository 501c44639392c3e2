/** The look of `<dw-news>`. */

import { css } from "lit";

export const newsStyles = css`
  :host {
    display: block;
    max-height: 45%;
    flex: none;
    overflow: auto;
  }
  .closed,
  section {
    display: grid;
    gap: 8px;
    padding: 12px 16px;
    border-bottom: 1px solid var(--line);
    overflow-wrap: anywhere;
  }
  .closed {
    background: var(--warning-tint);
    color: var(--warning-text);
  }
  .closed p:first-child {
    font-weight: 600;
    white-space: pre-line;
  }
  h2 {
    font-size: var(--size-13);
    font-weight: 600;
  }
  article {
    display: grid;
    gap: 6px;
    padding: 10px 12px;
    border-radius: var(--radius-control);
    background: var(--sunken);
  }
  ul {
    margin: 0;
    padding-inline-start: 20px;
    list-style: disc;
  }
  a {
    color: var(--link, inherit);
    text-decoration: underline;
  }
  .below {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px;
    color: var(--text-soft);
    font-size: var(--size-13);
  }
  button {
    min-height: 32px;
    font-size: inherit;
  }
  .problem {
    color: var(--danger-text);
  }
  @media (pointer: coarse) {
    button {
      min-height: 44px;
    }
  }
`;
