/** How the console's few forms look: one column, labels above, errors beside their field. */
import { css } from "lit";

export const formStyles = css`
  .sheet {
    display: grid;
    min-height: 100dvh;
    place-content: center;
    justify-items: center;
    padding: 24px 16px;
  }
  .card {
    display: grid;
    gap: 16px;
    width: min(380px, calc(100vw - 32px));
    padding: 28px 24px;
    border: 1px solid var(--line);
    border-radius: var(--radius-card);
    background: var(--surface);
  }
  h1 {
    font-size: var(--size-20);
  }
  .lead {
    color: var(--text-soft);
    font-size: var(--size-13);
  }
  form {
    display: grid;
    gap: 14px;
  }
  label {
    display: grid;
    gap: 4px;
    font-size: var(--size-13);
    font-weight: 500;
  }
  label input {
    font-weight: 400;
  }
  .hint {
    margin-top: 4px;
    color: var(--text-soft);
    font-size: var(--size-12);
  }
  .error {
    padding: 8px 12px;
    border-radius: var(--radius-control);
    background: var(--danger-tint);
    color: var(--danger-text);
    font-size: var(--size-13);
  }
  .error:empty {
    display: none;
  }
  .insecure {
    padding: 10px 14px;
    border-radius: var(--radius-control);
    background: var(--warning-tint);
    color: var(--warning-text);
    font-size: var(--size-13);
    overflow-wrap: anywhere;
  }
  .language {
    width: auto;
    margin-top: 12px;
    border-color: transparent;
    background: none;
    color: var(--text-soft);
  }
`;
