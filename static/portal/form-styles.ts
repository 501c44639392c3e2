/** The look of `<dw-ticket-form>`. */

import { css } from "lit";

export const formStyles = css`
  :host {
    display: block;
  }
  form {
    display: grid;
    gap: 16px;
  }
  .field {
    display: grid;
    gap: 4px;
    min-width: 0;
  }
  label {
    font-weight: 600;
  }
  .optional {
    color: var(--text-faint);
    font-weight: 400;
  }
  .hint {
    color: var(--text-soft);
    font-size: var(--size-13);
  }
  .error {
    color: var(--danger-text);
    font-size: var(--size-13);
  }
  textarea {
    min-height: 120px;
    line-height: var(--leading);
    resize: vertical;
  }
  .person {
    display: flex;
    align-items: center;
    gap: 6px;
    color: var(--text-soft);
    overflow-wrap: anywhere;
  }
  .person dw-icon {
    color: var(--success-text);
  }
  .summary {
    display: flex;
    gap: 10px;
    padding: 12px;
    border: 1px solid var(--danger);
    border-radius: var(--radius-control);
    background: var(--danger-tint);
    color: var(--danger-text);
  }
  .summary a {
    color: inherit;
  }
  .summary ul {
    display: grid;
    gap: 4px;
    margin-top: 4px;
  }
  .send {
    justify-self: start;
    min-width: 140px;
    min-height: 40px;
  }
  @media (max-width: 480px) {
    .send {
      justify-self: stretch;
    }
  }
`;
