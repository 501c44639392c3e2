/** Styles of `<dw-admin-start>`. */
import { css } from "lit";

export const startStyles = css`
  :host {
    display: block;
    overflow-y: auto;
  }
  .page {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 12px;
    max-width: 640px;
    padding: 20px 24px 48px;
  }
  header {
    display: flex;
    align-items: center;
    gap: 8px;
  }
  .back {
    display: none;
    flex: none;
    width: var(--target);
    padding: 0;
    border-color: transparent;
    background: none;
  }
  h2 {
    min-width: 0;
    font-size: var(--size-28);
    line-height: 1.2;
    overflow-wrap: anywhere;
  }
  h3 {
    font-size: var(--size-14);
  }
  p {
    color: var(--text-soft);
    font-size: var(--size-13);
    overflow-wrap: anywhere;
  }
  p.lead {
    margin-bottom: 8px;
    font-size: var(--size-14);
  }
  ol {
    border: 1px solid var(--line);
    border-radius: var(--radius-card);
  }
  ol li {
    display: flex;
    gap: 14px;
    padding: 14px 16px;
  }
  ol li + li {
    border-top: 1px solid var(--line);
  }
  ol dw-icon {
    margin-top: 1px;
    color: var(--text-faint);
  }
  .number {
    flex: none;
    width: 20px;
    height: 20px;
    border: 1px solid var(--line-strong);
    border-radius: 50%;
    color: var(--text-soft);
    font-size: var(--size-12);
    line-height: 18px;
    text-align: center;
  }
  ol dw-icon {
    width: 20px;
    height: 20px;
  }
  .done dw-icon {
    color: var(--success-text);
  }
  .later h3 {
    color: var(--text-soft);
    font-weight: 500;
  }
  .buttons {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
    margin-top: 10px;
  }
  .button.primary {
    border-color: transparent;
    background: var(--accent);
    color: var(--on-accent);
  }
  .page > h3 {
    margin-top: 16px;
  }
  ul {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(240px, 1fr));
    gap: 16px;
  }
  ul a {
    font-weight: 500;
  }
  @media (max-width: 639px) {
    .page {
      padding-inline: 16px;
    }
    .back {
      display: inline-flex;
    }
    h2 {
      font-size: var(--size-20);
    }
  }
`;
