/** Styles of `<dw-admin-rows>`, after those of head.css.ts. */
import { css } from "lit";

export const rowsStyles = css`
  :host {
    display: flex;
    flex: 1;
    flex-direction: column;
    min-height: 0;
  }
  .chip {
    padding: 0 7px;
    border-radius: 9px;
    background: var(--sunken);
    color: var(--text-soft);
    font-size: var(--size-12);
    line-height: 18px;
  }
  .add {
    padding-inline: 10px;
  }
  .filter {
    width: auto;
    margin: 0 16px 8px;
  }
  .scroll {
    flex: 1;
    min-height: 0;
    padding: 0 8px 16px;
    overflow-y: auto;
  }
  h3 {
    padding: 12px 8px 4px;
    color: var(--text-faint);
    font-size: var(--size-12);
    font-weight: 600;
    overflow-wrap: anywhere;
  }
  li {
    display: flex;
    align-items: center;
  }
  .more {
    width: 100%;
  }
  li a {
    display: flex;
    flex: 1;
    flex-wrap: wrap;
    align-items: center;
    gap: 0 8px;
    min-width: 0;
    min-height: 44px;
    padding: 5px 8px;
    border-radius: var(--radius-control);
    color: var(--text);
    text-decoration: none;
    overflow-wrap: anywhere;
  }
  li a:hover {
    background: var(--sunken);
  }
  li a:focus-visible {
    outline-offset: -2px;
  }
  li a[aria-current] {
    background: var(--accent-tint);
  }
  .called {
    min-width: 0;
    font-weight: 500;
  }
  .aside .called {
    color: var(--text-soft);
    font-weight: 400;
  }
  .about {
    flex-basis: 100%;
    color: var(--text-soft);
    font-size: var(--size-12);
  }
  li[draggable="true"] {
    cursor: grab;
  }
  .dragged {
    opacity: 0.5;
  }
  .before {
    box-shadow: 0 -2px 0 var(--accent);
  }
  .after {
    box-shadow: 0 2px 0 var(--accent);
  }
  .order {
    display: flex;
    opacity: 0;
  }
  li:hover .order,
  li:focus-within .order {
    opacity: 1;
  }
  @media (pointer: coarse) {
    .order {
      opacity: 1;
    }
  }
  .order button {
    width: 28px;
    min-height: 28px;
    color: var(--text-soft);
  }
  .unsaved {
    width: 8px;
    height: 8px;
    border-radius: 50%;
    background: var(--warning);
  }
  .empty {
    padding: 8px;
    color: var(--text-soft);
    font-size: var(--size-13);
  }
  .wrong {
    padding: 0 16px 8px;
    color: var(--danger-text);
    font-size: var(--size-13);
  }
  .template {
    align-self: start;
    margin: 0 8px 8px;
    padding-inline: 8px;
  }
`;
