/** How fields of the set-up look: labels above, help below, what is wrong in red and in words. */
import { css } from "lit";

export const fieldStyles = css`
  .field {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    align-content: start;
    gap: 4px;
    min-width: 0;
    margin: 0;
    padding: 0;
    border: 0;
  }
  .field > label,
  .label,
  legend {
    padding: 0;
    font-size: var(--size-13);
    font-weight: 500;
  }
  legend {
    margin-bottom: 4px;
  }
  h3.part {
    margin-top: 8px;
    font-size: var(--size-14);
  }
  .soft,
  .help {
    color: var(--text-soft);
    font-size: var(--size-12);
    overflow-wrap: anywhere;
  }
  .help:not(:has(p)) {
    display: none;
  }
  .wrong {
    color: var(--danger-text);
  }
  .needed {
    color: var(--danger-text);
    font-weight: 600;
  }
  .clash {
    padding: 6px 10px;
    border-radius: var(--radius-control);
    background: var(--warning-tint);
    color: var(--warning-text);
  }
  .lang {
    padding: 0 6px;
    border-radius: 9px;
    background: var(--sunken);
    color: var(--text-soft);
    font-size: var(--size-12);
    font-weight: 400;
  }
  .toggle {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr);
    align-items: center;
    gap: 2px 10px;
  }
  .toggle .help {
    grid-column: 2;
  }
  [type="checkbox"],
  [type="radio"] {
    flex: none;
    width: 18px;
    min-height: 18px;
    height: 18px;
    margin: 0;
    accent-color: var(--accent);
  }
  .checks {
    display: flex;
    flex-wrap: wrap;
    gap: 4px 20px;
  }
  .check {
    display: inline-flex;
    align-items: center;
    gap: 8px;
    min-height: 28px;
    overflow-wrap: anywhere;
  }
  .measure {
    display: flex;
    align-items: center;
    gap: 8px;
    color: var(--text-soft);
  }
  .measure input {
    width: 104px;
  }
  .joined {
    display: flex;
    align-items: center;
  }
  .joined span {
    flex: none;
    max-width: 50%;
    padding-inline-end: 4px;
    color: var(--text-soft);
    overflow-wrap: anywhere;
  }
  .joined input {
    min-width: 0;
  }
  .pair {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(200px, 1fr));
    gap: 20px 16px;
  }
  .buttons {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px;
  }
  .languages {
    display: flex;
    flex-wrap: wrap;
    justify-self: start;
    gap: 2px;
    padding: 2px;
    border-radius: var(--radius-control);
    background: var(--sunken);
  }
  .languages button {
    min-height: 28px;
    padding: 2px 10px;
    border: 0;
    background: none;
    color: var(--text-soft);
    font-size: var(--size-13);
  }
  .languages [aria-pressed="true"] {
    background: var(--surface);
    color: var(--text);
  }
  .said {
    padding: 10px 14px;
    border-radius: var(--radius-card);
    background: var(--sunken);
    font-size: var(--size-13);
    overflow-wrap: anywhere;
  }
  .pair > * {
    min-width: 0;
  }
  .choose {
    position: relative;
  }
  .choose:has(:focus-visible) {
    outline: 2px solid var(--focus);
    outline-offset: 2px;
  }
  .choose:has([aria-invalid]) {
    border-color: var(--danger);
  }
  [type="file"]:not(.unseen) {
    flex: 1;
    min-width: min(220px, 100%);
    width: auto;
  }
  textarea {
    display: block;
    resize: vertical;
  }
  code,
  pre {
    font: var(--size-13) / var(--leading) var(--font-mono);
    overflow-wrap: anywhere;
    white-space: pre-wrap;
  }
  pre {
    margin: 0;
    padding: 10px 12px;
    border-radius: var(--radius-control);
    background: var(--sunken);
  }
`;
