/** The look of the pages of an account. */

import { css } from "lit";

export const accountStyles = css`
  :host,
  form,
  section {
    display: grid;
    gap: 14px;
    min-width: 0;
  }
  form {
    max-width: 420px;
  }
  h1 {
    font-size: var(--size-20);
    line-height: 1.25;
    overflow-wrap: anywhere;
  }
  .lead,
  .soft {
    color: var(--text-soft);
    overflow-wrap: anywhere;
  }
  .soft {
    font-size: var(--size-13);
  }
  label {
    display: grid;
    gap: 4px;
    font-weight: 600;
  }
  label input {
    font-weight: 400;
  }
  button.link {
    justify-self: start;
  }
  label.box {
    display: flex;
    align-items: center;
    gap: 10px;
    font-weight: 400;
  }
  label.box input {
    flex: none;
    width: 18px;
    min-height: 18px;
    height: 18px;
    accent-color: var(--accent);
  }
  .buttons {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px 16px;
  }
  .error {
    color: var(--danger-text, var(--danger));
    overflow-wrap: anywhere;
  }
  ul {
    display: grid;
    gap: 8px;
  }
  li.person {
    display: flex;
    align-items: center;
    gap: 12px;
    padding: 8px 12px;
    border: 1px solid var(--line);
    border-radius: var(--radius-card);
  }
  li.person > span {
    flex: 1;
    min-width: 0;
    overflow-wrap: anywhere;
  }
`;
