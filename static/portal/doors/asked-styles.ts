/** The look of what `<dw-asked-form>` has beyond the plain form. */

import { css } from "lit";

export const askedStyles = css`
  :host > .hint {
    margin-bottom: 12px;
  }
  .mark {
    color: var(--danger-text);
  }
  input[type="file"] {
    padding: 6px;
  }
  .files {
    display: grid;
    gap: 2px;
  }
  .files li {
    display: flex;
    align-items: center;
    gap: 8px;
    padding-left: 8px;
    border-radius: var(--radius-control);
    background: var(--sunken);
  }
  .files span {
    flex: 1;
    min-width: 0;
    overflow-wrap: anywhere;
  }
`;
