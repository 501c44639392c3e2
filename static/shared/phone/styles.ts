/** The look of the dialogs about another device. */

import { css } from "lit";

export const phoneStyles = css`
  .ways {
    display: grid;
    gap: 12px;
    margin-top: 16px;
    text-align: center;
  }
  /* dark on light in every theme: that is what cameras read */
  .code {
    width: min(240px, 60vw, 40vh);
    margin: 0 auto;
    border-radius: var(--radius-control);
    background: #ffffff;
  }
  .code path {
    fill: #000000;
  }
  .address {
    overflow-wrap: anywhere;
  }
  .key {
    font-family: var(--font-mono);
    font-size: var(--size-28);
    font-weight: 600;
    letter-spacing: 0.08em;
  }
  .only-here {
    margin-top: 12px;
    color: var(--warning-text);
    font-size: var(--size-13);
  }
  .soft {
    color: var(--text-soft);
    font-variant-numeric: tabular-nums;
  }
  .state {
    display: flex;
    align-items: center;
    gap: 8px;
    min-height: 44px;
    margin-top: 12px;
    font-weight: 600;
  }
  .joined {
    color: var(--success-text);
  }
  .problem {
    color: var(--danger-text);
    font-size: var(--size-13);
  }
  form {
    display: grid;
    gap: 8px;
  }
  label {
    margin-top: 8px;
    font-weight: 600;
  }
  input {
    font-family: var(--font-mono);
    font-size: var(--size-20);
    letter-spacing: 0.08em;
    text-transform: uppercase;
  }
`;
