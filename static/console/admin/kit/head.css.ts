/** What the heads of lists, of things and of pages have alike, and how a page looks that is neither: styles of the set-up. */
import { css } from "lit";

/** A heading, what belongs to it, and on a small screen the way back. */
export const headStyles = css`
  header {
    display: flex;
    align-items: center;
    gap: 8px;
    min-height: 56px;
    padding: 8px 12px 8px 16px;
  }
  header h2 {
    flex: 1;
    min-width: 0;
    font-size: var(--size-16);
    overflow-wrap: anywhere;
  }
  .back {
    display: none;
    flex: none;
    width: var(--target);
    padding: 0;
    border-color: transparent;
    background: none;
  }
  @media (max-width: 639px) {
    .back {
      display: inline-flex;
    }
    header {
      padding-inline: 8px;
    }
  }
`;

/** A section that is no list: one column that scrolls. After `headStyles`. */
export const pageStyles = css`
  :host {
    display: block;
    overflow-y: auto;
  }
  .page {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 16px;
    max-width: 840px;
    padding: 20px 24px 48px;
  }
  .page header {
    min-height: 0;
    padding: 0;
  }
  .page header h2 {
    font-size: var(--size-20);
    line-height: 1.25;
  }
  @media (max-width: 639px) {
    .page {
      padding: 8px 16px 48px;
    }
    .page header {
      min-height: 40px;
      margin-inline: -8px;
    }
  }
`;
