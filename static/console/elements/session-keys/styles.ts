/** The look of session keys. */
import { css } from "lit";

export const keyStyles = css`
  :host {
    display: block;
  }
  form,
  .shown {
    display: grid;
    gap: 8px;
  }
  label {
    display: grid;
    gap: 4px;
    font-size: var(--size-13);
    font-weight: 600;
  }
  input,
  select {
    font-weight: 400;
  }
  .shown .row > * {
    padding-inline: 10px;
    font-size: var(--size-13);
  }
  .row {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px;
  }
  .row label {
    flex: 1 1 140px;
  }
  .soft {
    color: var(--text-soft);
    font-size: var(--size-13);
    overflow-wrap: anywhere;
  }
  .key {
    font-family: var(--font-mono);
    font-size: var(--size-28);
    font-weight: 600;
    letter-spacing: 0.08em;
    text-align: center;
    user-select: all;
  }
  .spelled {
    text-align: center;
  }
  .problem {
    color: var(--danger-text);
    font-size: var(--size-13);
  }
  h3 {
    margin: 20px 0 4px;
    color: var(--text-soft);
    font-size: var(--size-12);
    font-weight: 600;
  }
  li {
    display: flex;
    align-items: center;
    gap: 8px;
    min-height: 40px;
    border-top: 1px solid var(--line);
    font-size: var(--size-13);
  }
  li .about {
    flex: 1;
    min-width: 0;
    overflow-wrap: anywhere;
  }
  .left {
    color: var(--text-soft);
    font-variant-numeric: tabular-nums;
    white-space: nowrap;
  }
`;
