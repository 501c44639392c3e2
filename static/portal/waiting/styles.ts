/** The look of `<dw-waiting>`. */

import { css } from "lit";

export const waitingStyles = css`
  :host {
    display: block;
  }
  .words {
    margin-top: 6px;
    color: var(--text-soft);
    font-size: var(--size-13);
    white-space: pre-line;
    overflow-wrap: anywhere;
  }
  .notice,
  form {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: space-between;
    gap: 8px;
    margin-top: 10px;
    padding: 8px 8px 8px 12px;
    border-radius: var(--radius-control);
    background: var(--sunken);
    color: var(--text-soft);
    font-size: var(--size-13);
  }
  .notice p {
    flex: 1 1 200px;
    overflow-wrap: anywhere;
  }
  button {
    min-height: 32px;
    font-size: inherit;
  }
  input {
    flex: 1 1 200px;
    min-width: 0;
  }
  label,
  .problem {
    flex: 1 0 100%;
  }
  .problem {
    color: var(--danger-text);
  }
  .warning {
    background: var(--warning-tint);
    color: var(--warning-text);
  }
  @media (pointer: coarse) {
    button {
      min-height: 44px;
    }
  }
`;
