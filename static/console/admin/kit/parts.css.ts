/** How the larger parts of settings look: cards, tables, weeks, pictures, samples. */
import { css } from "lit";

export const partStyles = css`
  .card {
    display: grid;
    gap: 10px;
    min-width: 0;
    margin: 0;
    padding: 12px 14px;
    border: 1px solid var(--line);
    border-radius: var(--radius-card);
  }
  .span {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 6px;
  }
  .span select,
  .span [type="date"] {
    width: auto;
  }
  .span .time {
    width: 68px;
    font-variant-numeric: tabular-nums;
    text-align: center;
  }
  .span .grow {
    flex: 1;
    min-width: 120px;
    width: auto;
  }
  @media (max-width: 639px) {
    /* an entry takes two lines: what belongs together stands together */
    .field > .span + .span {
      margin-top: 12px;
    }
  }
  .week {
    display: grid;
    grid-template-columns: max-content minmax(0, 1fr);
    align-items: center;
    gap: 3px 10px;
    color: var(--text-soft);
    font-size: var(--size-12);
  }
  .week svg {
    width: 100%;
    height: 10px;
    border-radius: 3px;
  }
  .shut {
    fill: var(--sunken);
  }
  .open {
    fill: var(--accent);
  }
  table {
    width: 100%;
    border-collapse: collapse;
  }
  th {
    padding: 4px 8px 4px 0;
    color: var(--text-soft);
    font-size: var(--size-12);
    font-weight: 500;
    text-align: start;
  }
  td {
    padding: 4px 8px 4px 0;
    border-top: 1px solid var(--line);
    overflow-wrap: anywhere;
  }
  .picture {
    flex: none;
    width: 64px;
    height: 64px;
    border-radius: var(--radius-card);
    background: var(--sunken);
    object-fit: contain;
  }
  .sample {
    display: grid;
    justify-items: start;
    gap: 8px;
    padding: 20px;
    border: 1px solid var(--line);
    border-radius: var(--radius-card);
    background: var(--ground);
    overflow-wrap: anywhere;
  }
  .sample strong {
    font-size: var(--size-20);
  }
  .sample-button {
    margin-top: 8px;
    padding: 6px 14px;
    border-radius: var(--radius-control);
    background: light-dark(oklch(from var(--brand) min(l, 0.52) min(c, 0.19) h), oklch(from var(--brand) max(l, 0.7) min(c, 0.15) h));
    color: var(--on-accent);
  }
  .colour {
    width: 64px;
    padding: 3px;
  }
  .moment {
    width: auto;
  }
  .push {
    flex: 1;
  }
  .bound {
    width: 104px;
  }
  .count {
    margin-top: -16px;
    text-align: end;
  }
  summary::after {
    width: 7px;
    height: 7px;
    margin: 0 4px 4px 0;
    border: solid var(--text-soft);
    border-width: 0 2px 2px 0;
    rotate: 45deg;
    content: "";
  }
  [open] > summary::after {
    margin: 4px 4px 0 0;
    rotate: 225deg;
  }
  summary span:first-child {
    flex: 1;
  }
  summary {
    display: flex;
    flex-wrap: wrap;
    justify-content: space-between;
    gap: 4px 16px;
    min-height: 28px;
    align-items: center;
    cursor: pointer;
  }
  details.card {
    display: block;
  }
  details > * + * {
    margin-top: 12px;
  }
  .said ul {
    padding-inline-start: 20px;
    list-style: disc;
  }
  .said > * + * {
    margin-top: 6px;
  }
`;
