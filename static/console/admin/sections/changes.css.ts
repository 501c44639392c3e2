/** Styles of `<dw-admin-changes>`. */
import { css } from "lit";

export const changesStyles = css`
  :host {
    display: block;
    overflow-y: auto;
  }
  .page {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    justify-items: start;
    gap: 16px;
    max-width: 840px;
    padding: 16px 24px 48px;
  }
  header {
    display: flex;
    align-items: start;
    gap: 8px;
  }
  h2 {
    font-size: var(--size-20);
  }
  .back {
    display: none;
    flex: none;
    width: var(--target);
    padding: 0;
    border-color: transparent;
    background: none;
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
    .page {
      padding-inline: 16px;
    }
    .back {
      display: inline-flex;
    }
    dl {
      grid-template-columns: minmax(0, 1fr);
    }
  }
`;
