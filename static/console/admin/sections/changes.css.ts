/** Styles of `<dw-admin-changes>`, after those of head.css.ts. */
import { css } from "lit";

export const changesStyles = css`
  .page {
    justify-items: start;
  }
  .page header {
    align-items: start;
  }
  ol {
    width: 100%;
  }
  li {
    padding: 10px 0;
    border-top: 1px solid var(--line);
    overflow-wrap: anywhere;
  }
  dl {
    display: grid;
    grid-template-columns: minmax(100px, 220px) minmax(0, 1fr);
    gap: 2px 16px;
    margin-top: 4px;
    font-size: var(--size-13);
  }
  dt {
    color: var(--text-soft);
  }
  @media (max-width: 639px) {
    dl {
      grid-template-columns: minmax(0, 1fr);
    }
    dd + dt {
      margin-top: 6px;
    }
  }
`;
