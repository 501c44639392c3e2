/** Styles of `<dw-shared-list>`. */
import { css } from "lit";

export const listStyles = css`
  :host {
    display: flex;
    flex-direction: column;
    min-height: 0;
  }
  .bar {
    position: relative;
    z-index: 2;
    height: 0;
    text-align: center;
  }
  button.newcomers {
    position: absolute;
    top: 34px;
    left: 50%;
    min-height: 28px;
    padding: 0 14px;
    border-radius: 14px;
    background: var(--accent);
    color: var(--on-accent);
    box-shadow: var(--shadow);
    font-size: var(--size-13);
    transform: translateX(-50%);
  }
  button.newcomers:hover {
    background: color-mix(in oklab, var(--accent) 88%, var(--text));
  }
  .grid {
    position: relative;
    flex: 1;
    min-height: 0;
    overflow: hidden auto;
    overflow-anchor: none;
    scrollbar-width: thin;
  }
  .grid:focus-visible {
    outline-offset: -2px;
  }
  /* then the active row carries the ring */
  .grid[aria-activedescendant]:focus-visible {
    outline: none;
  }
  .head {
    position: sticky;
    z-index: 1;
    top: 0;
    border-bottom: 1px solid var(--line);
    background: var(--surface);
  }
  .columns {
    display: flex;
    gap: 3px;
    height: 28px;
    padding: 0 4px 0 11px;
  }
  .column {
    min-width: 0;
  }
  .column button {
    max-width: 100%;
    min-height: 28px;
    padding: 0 3px;
    gap: 1px;
    color: var(--text-faint);
    font-size: var(--size-12);
    font-weight: 400;
  }
  .column[aria-sort$="ending"] button {
    color: var(--text);
    font-weight: 600;
  }
  .column dw-icon {
    width: 1em;
    height: 1em;
  }
  .ascending {
    rotate: 180deg;
  }
  .rows {
    contain: layout;
  }
  .empty {
    padding: 32px 24px;
    color: var(--text-soft);
    text-align: center;
  }
  .empty h2 {
    margin-bottom: 6px;
    color: var(--text);
    font-size: var(--size-14);
  }
  .empty p {
    margin-bottom: 16px;
    text-wrap: balance;
  }
  .skeleton {
    height: 100%;
    background: repeating-linear-gradient(transparent 0 14px, var(--sunken) 14px 24px, transparent 24px 31px, var(--sunken) 31px 39px, transparent 39px 52px);
    margin: 0 12px;
    animation: appear 0s 150ms both;
  }
  @keyframes appear {
    from {
      visibility: hidden;
    }
  }
`;

export const rowStyles = css`
  .row {
    display: flex;
    flex-direction: column;
    justify-content: center;
    gap: 1px;
    height: 52px;
    position: relative;
    padding: 0 12px 0 14px;
    border-bottom: 1px solid var(--line);
    border-inline-start: 3px solid transparent;
    cursor: pointer;
    contain: strict;
  }
  .row:hover {
    background: var(--ground);
  }
  .row.selected {
    border-inline-start-color: var(--accent);
    background: var(--accent-tint);
  }
  .grid:focus-visible .row.active {
    box-shadow: inset 0 0 0 2px var(--focus);
  }
  .row.selected .wait.calm,
  .row.selected .chip.done,
  .row.selected time {
    color: var(--text-soft);
  }
  .row.left :is(span, time) {
    background: none;
    color: var(--text-faint);
  }
  .row.left.selected :is(span, time) {
    color: var(--text-soft);
  }
  .hole {
    background: linear-gradient(var(--sunken) 0 0) 22px 50% / 60% 8px no-repeat;
  }
  .line {
    display: flex;
    align-items: baseline;
    gap: 6px;
    min-width: 0;
  }
  .key {
    flex: none;
    color: var(--text-soft);
    font-size: var(--size-12);
    font-variant-numeric: tabular-nums;
  }
  .line .customer {
    font-weight: 600;
    font-size: var(--size-13);
  }
  .end {
    margin-inline-start: auto;
    flex: none;
  }
  .second {
    color: var(--text-soft);
    font-size: var(--size-12);
  }
  .grow {
    flex: 1;
  }
  .line .assignee {
    max-width: 30%;
    color: var(--text);
  }
  .line .chip {
    max-width: 110px;
    vertical-align: bottom;
  }
  .dot {
    position: absolute;
    inset: 13px auto auto 2px;
    width: 8px;
    height: 8px;
    border-radius: 50%;
    background: var(--accent);
  }
  :host([wide]) .row,
  :host([wide]) .columns {
    display: grid;
    grid-template-columns: 56px 88px minmax(90px, 1fr) minmax(60px, 0.7fr) 108px minmax(70px, 0.7fr) minmax(90px, 1.6fr) 56px;
    align-items: center;
    gap: 8px;
  }
  :host([wide]) .row {
    height: 34px;
    font-size: var(--size-13);
  }
  :host([wide]) .columns {
    padding: 0 9px 0 17px;
  }
  :host([wide]) .column button {
    margin-inline-start: -3px;
  }
  .unsorted {
    display: none;
    color: var(--text-faint);
    font-size: var(--size-12);
  }
  :host([wide]) .unsorted {
    display: block;
  }
  :host([wide]) .chip {
    vertical-align: middle;
  }
  :host([wide]) .key {
    font-size: var(--size-13);
  }
  :host([wide]) .row .customer {
    font-weight: 600;
  }
  @media (pointer: coarse) {
    .row,
    :host([wide]) .row {
      height: 56px;
    }
    .column button {
      min-height: 44px;
    }
    .columns {
      height: 44px;
    }
  }
`;
